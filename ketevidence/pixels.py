"""A drawn picture in few colours: a third of the bytes, and quick to encode.

Pillow's own quantising moves the white of the page by a shade; here the 256 most
frequent colours are kept exactly, and the rare shades of smoothed edges beyond them
become the nearest one that is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

_KEPT = 256
_BITS = 20  # of the table in which every colour has a place of its own
_FACTORS = range(2_654_435_761, 2_654_435_761 + 400, 2)


def with_palette(pixels: NDArray[np.uint8]) -> Image:
    """The picture of opaque pixels, shape (height, width, 4), with a palette.

    A picture of very many colours, such as a photograph, stays without one.
    """
    from PIL import Image

    plain = Image.fromarray(pixels).convert("RGB")
    counted = plain.getcolors(1 << 12)
    if counted is None:
        return plain
    colours = np.array([colour for _, colour in sorted(counted, reverse=True)], dtype=np.int64)
    kept = colours[:_KEPT]
    nearest = ((colours[:, None, :] - kept[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    codes = np.c_[colours, np.full(len(colours), 255)].astype(np.uint8).view("<u4").ravel()
    factor = next((f for f in _FACTORS if np.unique(_places(codes, f)).size == codes.size), None)
    if factor is None:
        return plain
    table = np.zeros(1 << _BITS, np.uint8)
    table[_places(codes, factor)] = nearest
    picture = Image.fromarray(table[_places(np.ascontiguousarray(pixels).view("<u4")[..., 0], factor)])
    picture.putpalette(kept.astype(np.uint8).tobytes())
    return picture


def _places(codes: NDArray[np.uint32], factor: int) -> NDArray[np.uint32]:
    """Multiplicative hashing: the upper bits of code times factor."""
    return (codes * np.uint32(factor)) >> np.uint32(32 - _BITS)
