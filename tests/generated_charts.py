"""docs/charts.md: every chart with its frame, its command and its picture, made from the tables."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from ketevidence import Evidence, charts, gallery, tables

POOL = {"condition": "SAD", "outcome": "resistance", "group": "placebo"}
EXAMPLES: dict[str, dict[str, str]] = {
    "verdicts": {"topic": "treatment_resistance"},
    "condition_card": {"condition": "SAD"},
    "rates": {"condition": "SAD", "kind": "non_response"},
    "timeline": {"condition": "GAD"},
    "durations": {"condition": "PTSD"},
    "forest": {"condition": "PTSD"},
    "published": {"condition": "PTSD"},
    "leave_one_out": POOL,
    "gosh": POOL,
    "funnel": POOL,
    "trial_facts": {"condition": "OCD"},
    "safety": {"condition": "depression"},
}
INTRODUCTION = """# The charts

<!-- Made from the tables by `make generated`. -->

A chart is a function of `ketevidence.charts`: a tidy frame of `ketevidence.tables` goes in, a `Chart` comes out, and
nothing is computed on the way. It shows itself in Jupyter and saves itself (`chart.save("rates.svg", rows=True)`) as
PNG, SVG or PDF, the same bytes each time; `rows=True` writes the rows drawn beside it. `medium` is `page`, `slide`
(16:9, nothing under 14 points) or `slide-dark`. A hollow mark is a figure that no second reader saw or that is known
only at second hand; that nobody saw the numbers of people again, the last line says.

Every file carries inside it what it was made from: the rows drawn, their keys and sources, the version and digest of
the tables, how the frame was made, the words for those who cannot see it, the licence. `ketevidence trace FILE` reads
that again and says whether each number is still current.

Another look is another style file: `ketevidence/styles/page.mplstyle`, `slide.mplstyle` and `slide-dark.mplstyle`
hold every colour and size, and no chart names one. A chart in a new style is a copy of one of them and a line in
`ketevidence/style.py`.
"""


def charts_page(evidence: Evidence) -> tuple[str, dict[str, bytes]]:
    """The page, and its pictures by the name of their file."""
    pictures: dict[str, bytes] = {}
    sections = [_section(evidence, name, pictures) for name in gallery.NAMES]
    return "\n".join([INTRODUCTION, *sections, _certainty()]), pictures


def _section(evidence: Evidence, name: str, pictures: dict[str, bytes]) -> str:
    options = EXAMPLES.get(name, {})
    told = " ".join(f"--{option} {value}" for option, value in options.items())
    command = f"ketevidence chart {name} {name}.png {told}".rstrip()
    try:
        chart = gallery.draw(evidence, name, **options)
    except ValueError as refusal:
        function = getattr(charts, name)
        lines = [*_head(name, function), f"The tables cannot fill it today: {refusal}.", ""]
        return "\n".join([*lines, *_command(command)])
    pictures[f"{name}.png"] = chart.bytes("png", dpi=110)
    function = getattr(charts, chart.name)
    made = " → ".join(f"`tables.{step['table']}`" for step in chart.table.attrs["recipe"])
    return "\n".join([
        *_head(name, function),
        f"Frame: {made}. Options of the command: {', '.join(f'`--{o}`' for o in gallery.OPTIONS[name]) or 'none'}.",
        "",
        *_command(command),
        f"![{_plain(chart.title)}](charts/{name}.png)",
        "",
    ])  # fmt: skip


def _head(name: str, function: object) -> list[str]:
    return [f"## {name}", "", f"{_first(function)} Drawn from: {_columns(function)}", ""]


def _command(command: str) -> list[str]:
    return ["```", command, "```", ""]


def _certainty() -> str:
    return "\n".join([
        "## certainty", "",
        f"{_first(charts.certainty)} It is a table, saved as .html: {_columns(charts.certainty)}", "",
        f"Frame: `tables.certainty`. {_first(tables.certainty)}", "",
        *_command("ketevidence chart certainty certainty.html --condition PTSD"),
    ]).rstrip() + "\n"  # fmt: skip


def _first(function: object) -> str:
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


def _columns(function: object) -> str:
    """What the docstring says of the table."""
    found = re.search(r"table : pandas\.DataFrame\n((?: {4}.*\n)+)", inspect.getdoc(function) or "")
    assert found, f"{function} does not say what its table holds"
    text = " ".join(line.strip() for line in found[1].splitlines())
    return re.sub(r"`(?!\w+`)([^`]*)`", r"`\1`", text)


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace("\n", " ")


def files(root: Path, evidence: Evidence) -> dict[Path, bytes]:
    """The files of the page with what they should hold."""
    page, pictures = charts_page(evidence)
    folder = root / "docs"
    return {folder / "charts.md": page.encode()} | {folder / "charts" / n: p for n, p in pictures.items()}
