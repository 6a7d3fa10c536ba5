"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: str | Path, content: bytes) -> Path:
    """Write a file in one step; its folder is made, an old file is replaced whole.

    Raises
    ------
    ValueError
        It cannot be written; an old file stays as it was.
    """
    target = Path(path)
    made: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        made = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        made.chmod(0o644)
        made.replace(target)
    except OSError as error:
        if made:
            made.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise ValueError(f"{target} cannot be written: {reason}") from None
    return target
