"""What a talk costs: each chart as a picture, a whole deck, tracing a folder."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path

from measure import best, line

from ketevidence import Evidence, deck, gallery, trace

FILES = 100


def measure(evidence: Evidence) -> None:
    for name in gallery.NAMES:
        options = {} if name != "condition_card" else {"condition": "PTSD"}
        if plans := gallery.plans(evidence, name, **options):
            largest = max(plans, key=lambda plan: len(plan.rows))
            draw = partial(largest.draw, largest.rows)
            taken = best(lambda d=draw: d().bytes("png"), 8)
            line(f"chart {name}, {len(largest.rows)} rows, to PNG at 300 dpi", taken, "s", 0.5)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        line("the whole deck", best(lambda: deck.build(evidence, folder / "talk.pptx"), 2), "s", 10)
        line("the deck traced", best(lambda: trace(folder / "talk.pptx", evidence), 2), "s", 5)
        slides = [chart for name in gallery.NAMES for chart in gallery.parts(evidence, name, medium="slide")]
        saved = [chart.save(folder / f"{number}.png") for number, chart in enumerate(slides)]
        many = folder / "many"
        many.mkdir()
        for number in range(FILES):
            shutil.copy(saved[number % len(saved)], many / f"{number}.png")
        line(f"{FILES} figures traced", best(lambda: trace(many, evidence), 2), "s", 5)
