"""Page and slide: sizes, type, colours. A look is a style file beside this module.

Charts name no colour of their own. A style file gives `paper`, `ink`, `soft` and `faint`, and in its cycle the
series C0 to C6: blue, vermillion, green, pink, orange, sky, grey. All other shades are mixed from these, so that
they follow the file: `mixed` towards paper or ink, `legible` where words or marks must stand out.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "styles"
TITLE = "title"  # the id of the text that stands above a chart


@dataclass(frozen=True)
class Medium:
    """What a chart is made for.

    Attributes
    ----------
    name : str
        Also the name of the style file.
    height : float or None
        Height in inches; None where it follows the rows.
    sheet : float or None
        Inches that one sheet of paper holds, where the height follows the rows.
    line : float
        Height of one line of text, as a multiple of its size.
    """

    name: str
    height: float | None
    sheet: float | None = None
    line: float = 1.27

    @property
    def file(self) -> Path:
        """The matplotlib style file."""
        return FOLDER / f"{self.name}.mplstyle"


_A4 = 9.6  # inches between margins of one inch
MEDIA = {"page": Medium("page", None, _A4), "slide": Medium("slide", 7.2), "slide-dark": Medium("slide-dark", 7.2)}


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


def paper() -> str:
    """The colour behind everything, in the style in force; the face of a hollow mark."""
    return _setting("axes.facecolor")


def ink() -> str:
    """The colour of the text, in the style in force."""
    return _setting("text.color")


def soft() -> str:
    """The colour of what stands behind the text: ticks, reference lines, brackets."""
    return _setting("xtick.color")


def faint() -> str:
    """The colour of the lightest lines and faces: grids, separators."""
    return _setting("grid.color")


def colour(name: str) -> str:
    """A colour such as 'C0' as it is in the style in force: what was drawn with it keeps it in another one."""
    from matplotlib.colors import to_hex

    return to_hex(name)


def mixed(name: str, share: float) -> str:
    """A colour on its way from paper (share 0) through itself (1) to ink (2)."""
    from matplotlib.colors import to_hex, to_rgb

    other, part = (paper(), share) if share <= 1 else (ink(), 2 - share)
    red, green, blue = (part * own + (1 - part) * rest for own, rest in zip(to_rgb(name), to_rgb(other)))
    return to_hex((red, green, blue))


def legible(name: str, face: str = "", least: float = 4.5) -> str:
    """The colour, moved towards the ink as far as it must be to stand out on a face; the paper without one.

    `least` is the contrast wanted: 4.5 for words, 3 for marks (WCAG 2.2, 1.4.3 and 1.4.11).
    """
    steps = (mixed(name, 1 + step / 20) for step in range(21))
    return next((shade for shade in steps if contrast(shade, face or paper()) >= least), ink())


def upon(face: str) -> str:
    """Ink or paper, whichever can be read better on this face."""
    return max(ink(), paper(), key=lambda shade: contrast(shade, face))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2.2 defines it.

    Examples
    --------
    >>> contrast("#000000", "#ffffff"), contrast("#ffffff", "#ffffff")
    (21.0, 1.0)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(shade: str) -> float:
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


def _setting(name: Any) -> str:
    import matplotlib as mpl

    return colour(mpl.rcParams[name])


@lru_cache(maxsize=1024)
def slant(text: str) -> str:
    """Italic for a text whose every character the italic font has, else normal: it has no Arabic, for one."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    italic = get_font(findfont(FontProperties(style="italic")))
    return "italic" if all(italic.get_char_index(ord(letter)) for letter in text if letter.strip()) else "normal"


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
    return sum(_word(word, size, weight) for word in words if word) + _space(size, weight) * (len(words) - 1)


def _space(size: float, weight: str) -> float:
    return _word("i i", size, weight) - _word("ii", size, weight)


def wrap(text: str, size: float, limit: float, weight: str = "normal") -> str:
    """The text with line breaks, no line wider than `limit` points.

    Words that are wider than the limit are broken.
    """
    lines: list[str] = []
    space = _space(size, weight)
    for paragraph in text.split("\n"):
        line, long = "", 0.0
        for word in paragraph.split(" "):
            for piece in _pieces(word, size, limit, weight):
                wide = width(piece, size, weight)
                if line and long + space + wide > limit:
                    lines.append(line)
                    line, long = piece, wide
                else:
                    line, long = (f"{line} {piece}", long + space + wide) if line else (piece, wide)
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
