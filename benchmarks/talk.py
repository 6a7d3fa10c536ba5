"""What a talk costs: each chart as a picture, a whole deck, tracing a folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from measure import best, line

from ketevidence import Evidence, deck, gallery, trace
from ketevidence.cutting import cut

FILES = 100


def measure(evidence: Evidence) -> None:
    for name in gallery.NAMES:
        options = {} if name != "condition_card" else {"condition": "PTSD"}
        sheets = [(plan, chart) for plan in gallery.plans(evidence, name, **options) for chart in cut(plan, "page")]
        if sheets:
            plan, largest = max(sheets, key=lambda sheet: len(sheet[1].alt))
            taken = best(lambda p=plan, rows=largest.table: p.draw(rows).bytes("png"), 8)
            line(f"chart {name}, {len(largest.table)} rows, to PNG at 300 dpi", taken, "s", 0.5)
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
