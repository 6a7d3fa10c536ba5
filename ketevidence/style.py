"""Page and slide: sizes, type, colours. A look is a style file beside this module."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "styles"


@dataclass(frozen=True)
class Medium:
    """What a chart is made for.

    Attributes
    ----------
    name : str
        Also the name of the style file.
    height : float or None
        Height in inches; None where it follows the rows.
    line : float
        Height of one line of text, as a multiple of its size.
    """

    name: str
    height: float | None
    line: float = 1.27

    @property
    def file(self) -> Path:
        """The matplotlib style file."""
        return FOLDER / f"{self.name}.mplstyle"


MEDIA = {"page": Medium("page", None), "slide": Medium("slide", 7.2)}


def medium(name: str) -> Medium:
    """The medium of this name.

    Raises
    ------
    ValueError
        Unknown; the message names the known ones.
    """
    if name not in MEDIA:
        close = get_close_matches(name, MEDIA, n=1)
        known = f"nearest: {close[0]!r}" if close else f"known: {', '.join(MEDIA)}"
        raise ValueError(f"no medium {name!r}; {known}")
    return MEDIA[name]


def applied(chosen: Medium) -> AbstractContextManager[None]:
    """A context in which matplotlib draws in this style; rcParams are untouched after it."""
    import matplotlib as mpl

    return mpl.rc_context(fname=chosen.file)


def size() -> float:
    """Size of the text in points, in the style in force."""
    import matplotlib as mpl

    return float(mpl.rcParams["font.size"])


@lru_cache(maxsize=1)
def _measure() -> Any:
    from matplotlib.textpath import TextToPath

    return TextToPath()


@lru_cache(maxsize=8192)
def _word(text: str, size: float, weight: str) -> float:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=size, weight=weight)
    return float(_measure().get_text_width_height_descent(text, font, False)[0])


def width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points, in the family of the style in force.

    The sum of its words and spaces; kerning across a space is left out.
    """
    words = text.split(" ")
    space = _word("i i", size, weight) - _word("ii", size, weight)
    return sum(_word(word, size, weight) for word in words if word) + space * (len(words) - 1)


def wrap(text: str, size: float, limit: float, weight: str = "normal") -> str:
    """The text with line breaks, no line wider than `limit` points.

    Words that are wider than the limit are broken.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            for piece in _pieces(word, size, limit, weight):
                longer = f"{line} {piece}" if line else piece
                if line and width(longer, size, weight) > limit:
                    lines.append(line)
                    line = piece
                else:
                    line = longer
        lines.append(line)
    return "\n".join(lines)


def _pieces(word: str, size: float, limit: float, weight: str) -> list[str]:
    if width(word, size, weight) <= limit:
        return [word]
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, size, weight) > limit:
            pieces.append("")
        pieces[-1] += character
    return pieces
