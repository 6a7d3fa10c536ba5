"""``datapackage.json`` as JSON: the file, and its parts by name and type, or one line that says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DESCRIPTOR = "datapackage.json"
_WORDS: dict[type, str] = {str: "text", list: "a list", dict: "an object", bool: "true or false"}


class DescriptorError(ValueError):
    """A fault of ``datapackage.json`` itself, with its line where it is known."""

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


def package_of(path: Path) -> dict[str, Any]:
    """The JSON object of a file.

    Raises
    ------
    DescriptorError
        There is no such file, or it holds no JSON object.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise DescriptorError("begins with a byte order mark; save it as UTF-8 without BOM", 1)
        package = json.loads(text)
    except DescriptorError:
        raise
    except FileNotFoundError:
        raise DescriptorError("is missing; it defines every table of the folder") from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DescriptorError(f"cannot be opened: {reason}; name the folder that holds it") from None
    except UnicodeDecodeError:
        raise DescriptorError("is not UTF-8; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg.lower()}; look at this line and the one before"
        raise DescriptorError(message, error.lineno) from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, 100,000 brackets
        raise DescriptorError("is not JSON that can be read; take it from the last release") from None
    if not isinstance(package, dict):
        raise DescriptorError("is not a JSON object; a data package begins with '{'")
    return package


def need(part: dict[str, Any], key: str, kind: type, where: str) -> Any:
    """What stands under a key: a str, list, dict or bool; DescriptorError where it is missing or of another kind."""
    if not isinstance(part, dict):
        raise DescriptorError(f"{where} is not an object")
    if not isinstance(part.get(key), kind):
        raise DescriptorError(f"{where} has no {key!r} that is {_WORDS[kind]}")
    return part[key]


def may(part: dict[str, Any], key: str, kind: type, where: str) -> Any:
    """As `need`, but an empty one of its kind (False for a bool) where it is missing."""
    return kind() if part.get(key) is None else need(part, key, kind, where)


def names(part: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The texts of the list under a key; none where it is missing."""
    found = may(part, key, list, where)
    if not all(isinstance(name, str) for name in found):
        raise DescriptorError(f"{where} lists something in {key!r} that is not text")
    return tuple(found)
