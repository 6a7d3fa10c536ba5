"""A drawn picture in few colours: a third of the bytes, and quick to encode.

Pillow's own quantising moves the white of the page by a shade; here the most frequent
colours are kept exactly. The rare shades of smoothed edges beyond them become the nearest
one of 256, half of which are those furthest from the frequent ones: else the many greys of
light words on a dark ground would leave no place for the edges of a coloured mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

_KEPT, _FREQUENT = 256, 128
_BITS = 20  # of the table in which every colour has a place of its own
_FACTORS = range(2_654_435_761, 2_654_435_761 + 400, 2)


def with_palette(pixels: NDArray[np.uint8]) -> Image:
    """The picture of opaque pixels, shape (height, width, 4), with a palette.

    A picture of very many colours, such as a photograph, stays without one.
    """
    from PIL import Image

    codes = np.ascontiguousarray(pixels).view("<u4")[..., 0]
    flat = codes.ravel()
    drawn = np.flatnonzero(flat != flat[0])  # nearly all of a page is paper, as is its first corner
    marks = flat[drawn]
    counted = _counted(marks, flat[:1], flat.size - marks.size)
    if counted is None:
        return Image.fromarray(pixels).convert("RGB")
    colours = np.array([colour[:3] for _, colour in sorted(counted, reverse=True)], dtype=np.int64)
    kept = _palette(colours)
    nearest = _distances(colours, kept).argmin(axis=1)
    known = np.c_[colours, np.full(len(colours), 255)].astype(np.uint8).view("<u4").ravel()
    factor = next((f for f in _FACTORS if np.unique(_places(known, f)).size == known.size), None)
    if factor is None:
        return Image.fromarray(pixels).convert("RGB")
    table = np.zeros(1 << _BITS, np.uint8)
    table[_places(known, factor)] = nearest
    indices = np.full(flat.size, table[_places(flat[:1], factor)], np.uint8)
    indices[drawn] = table[_places(marks, factor)]
    picture = Image.fromarray(indices.reshape(codes.shape))
    picture.putpalette(kept.astype(np.uint8).tobytes())
    return picture


def _counted(
    marks: NDArray[np.uint32], paper: NDArray[np.uint32], size: int
) -> list[tuple[int, tuple[int, ...]]] | None:
    """How often each colour occurs, among the marks and as paper; None where there are very many."""
    from PIL import Image

    found: Any = [] if not marks.size else Image.frombuffer("RGBA", (marks.size, 1), marks.tobytes()).getcolors(1 << 12)
    return None if found is None else [(size, tuple(paper.view(np.uint8).tolist())), *found]


def _palette(colours: NDArray[np.int64]) -> NDArray[np.int64]:
    """The colours of the palette: all if they fit, else the first ones and those furthest from all before them."""
    if len(colours) <= _KEPT:
        return colours
    chosen = list(range(_FREQUENT))
    apart = _distances(colours, colours[chosen]).min(axis=1)
    while len(chosen) < _KEPT:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, _distances(colours, colours[chosen[-1:]])[:, 0])
    return colours[chosen]


def _distances(colours: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """Squared distances, shape (colours, kept)."""
    squared: NDArray[np.int64] = ((colours[:, None, :] - kept[None, :, :]) ** 2).sum(axis=2)
    return squared


def _places(codes: NDArray[np.uint32], factor: int) -> NDArray[np.uint32]:
    """Multiplicative hashing: the upper bits of code times factor."""
    return (codes * np.uint32(factor)) >> np.uint32(32 - _BITS)
