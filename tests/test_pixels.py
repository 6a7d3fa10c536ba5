"""Pictures with a palette: frequent colours exactly, rare ones nearly, photographs untouched."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image
from test_layout import rates_of

from ketevidence import charts, style
from ketevidence.pixels import with_palette


def opaque(colours: np.ndarray) -> np.ndarray:
    return np.dstack([colours, np.full(colours.shape[:2], 255)]).astype(np.uint8)


def test_up_to_256_colours_are_kept_exactly():
    random = np.random.default_rng(1)
    palette = random.integers(0, 256, (256, 3))
    drawn = palette[random.integers(0, 256, (60, 80))]
    picture = with_palette(opaque(drawn))
    assert picture.mode == "P"
    assert (np.asarray(picture.convert("RGB")) == drawn).all()


def test_of_more_colours_the_frequent_are_exact_and_the_rare_become_the_nearest():
    drawn = np.full((100, 100, 3), 255)
    shades = np.arange(900)
    drawn[shades // 100, shades % 100] = np.c_[shades % 256, shades // 256, np.zeros(900)]
    seen = np.asarray(with_palette(opaque(drawn)).convert("RGB")).astype(int)
    assert (seen[50:] == 255).all(), "the white of the page"
    kept = np.unique(seen.reshape(-1, 3), axis=0)
    assert len(kept) == 256
    distances = np.abs(drawn.reshape(-1, 1, 3) - kept[None]).astype(int) ** 2
    assert (((drawn - seen) ** 2).sum(axis=2).ravel() == distances.sum(axis=2).min(axis=1)).all()


def test_a_picture_of_very_many_colours_has_no_palette():
    drawn = np.random.default_rng(2).integers(0, 256, (80, 80, 3))
    picture = with_palette(opaque(drawn))
    assert picture.mode == "RGB"
    assert (np.asarray(picture) == drawn).all()


def test_rare_edges_of_a_colour_are_not_lost_among_the_greys_of_many_words():
    greys = np.repeat(np.c_[np.arange(40, 240), np.arange(42, 242), np.arange(44, 244)], 20, axis=0)
    warmer = np.repeat(np.c_[np.arange(40, 240), np.arange(40, 240), np.arange(38, 238)], 10, axis=0)
    edges = np.linspace((16, 23, 31), (91, 185, 249), 60).round()
    drawn = np.concatenate([greys, warmer, edges])[None]
    picture = with_palette(opaque(drawn))
    assert picture.mode == "P"
    assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - drawn).max() <= 6


def test_the_ground_of_a_dark_slide_and_its_marks_are_exact():
    chart = charts.rates(rates_of(5).assign(solid=True), medium="slide-dark")
    seen = np.asarray(Image.open(BytesIO(chart.bytes("png", dpi=60))).convert("RGB"))
    with style.applied(style.medium("slide-dark")):
        for name in (style.paper(), style.ink(), style.colour("C0"), style.colour("C1")):
            assert (seen == np.round(255 * np.array(to_rgb(name)))).all(axis=2).any(), name
