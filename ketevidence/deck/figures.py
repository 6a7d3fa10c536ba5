"""All charts as files, and a page that shows them: for those who have slides of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import quote

from ketevidence import gallery, provenance, style, wording
from ketevidence.chart import Chart, sources_line
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.deck.building import Tell, reason
from ketevidence.deck.parts import PARTS
from ketevidence.tables.frame import made_once
from ketevidence.writing import replace_file

FORMATS = ("svg", "png", "pdf")
_SHOWN = ("svg", "png")  # what a browser shows as a picture
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 1rem auto; max-width: 70rem; padding: 0 1rem; font-family: system-ui, sans-serif; line-height: 1.4; }}
figure {{ margin: 2.5rem 0; }}
img {{ width: 100%; height: auto; border: 1px solid rgba(127, 127, 127, 0.5); }}
figcaption {{ font-weight: bold; margin-bottom: 0.5rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>Evidence version {version}, last search {date}. A second reader saw {seen} of {figures} claims and outcomes;
the others, and those known at second hand, are drawn hollow. Not medical advice.</p>
<nav>
{contents}
</nav>
{shown}
</body>
</html>
"""


def figures(
    evidence: Evidence, folder: str | Path, *, formats: Sequence[str] = ("svg", "png"), medium: str = "slide",
    condition: str | None = None, tell: Tell | None = None,
) -> Path:  # fmt: skip
    """Write every chart that has something to show, its rows as CSV, and an index.html that shows them.

    Parameters
    ----------
    evidence : Evidence
    folder : str or Path
        It is made; files of the same names are replaced, others stay.
    formats : sequence of {'svg', 'png', 'pdf'}
    medium : {'page', 'slide', 'slide-dark'}
    condition : str, optional
        Only this condition, in the charts that can be drawn for one.
    tell : callable, optional
        Called with a line for each chart that has nothing to show, with the reason, and with
        the figures in the folder that were made before and not written again.

    Returns
    -------
    Path
        The index.html. It needs nothing but the files beside it.

    Raises
    ------
    ValueError
        An unknown format, medium or condition; a file that cannot be written.
    """
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"no format {name!r}{hint(name, FORMATS)}")
    if not formats:
        raise ValueError(f"at least one format is needed; known: {', '.join(FORMATS)}")
    style.medium(medium)
    parts, said = _parts(evidence, medium, condition)
    place, files = Path(folder), set[str]()
    if place.is_file():
        raise ValueError(f"{folder} is a file; figures are written to a folder")
    for drawn in parts.values():
        for stem, chart in drawn.items():
            files |= {chart.save(place / f"{stem}.{ending}").name for ending in formats}
            replace_file(place / f"{stem}.csv", provenance.rows_as_text(chart.table).encode("utf-8"))
    written = replace_file(place / "index.html", _page(evidence, parts, formats).encode("utf-8"))
    if tell:
        for line in (*said, *_earlier(place, files)):
            tell(line)
    return written


def _parts(
    evidence: Evidence, medium: str, condition: str | None
) -> tuple[dict[str, dict[str, Chart]], list[str]]:  # fmt: skip
    """The charts of each part of the story by the names of their files; what has nothing to show, and why."""
    parts: dict[str, dict[str, Chart]] = {}
    said = []
    with made_once():
        for part, names in PARTS.items():
            for name in (name for name in names if name in gallery.NAMES):
                if drawn := dict(_drawn(evidence, name, medium, condition)):
                    parts.setdefault(part, {}).update(drawn)
                else:
                    said.append(f"left out {name}: {reason(evidence, name, condition)}")
    return parts, said


def _drawn(evidence: Evidence, name: str, medium: str, condition: str | None) -> Iterator[tuple[str, Chart]]:
    """The parts of a chart by the names of their files."""
    chosen = condition is not None and "condition" in gallery.OPTIONS[name]
    parts = gallery.parts(evidence, name, medium=medium, **({"condition": condition} if chosen else {}))
    stem = f"{name}-{condition}" if chosen else name
    for place, chart in enumerate(parts, 1):
        yield (f"{stem}-{place:02}" if len(parts) > 1 else stem), chart


def _earlier(place: Path, files: Collection[str]) -> list[str]:
    """The figures in the folder that carry a record of ours and are not of this run, in a line if there are any."""
    others = [file for file in sorted(place.iterdir()) if file.suffix.removeprefix(".") in FORMATS and file.is_file()]
    found = []
    for file in (file for file in others if file.name not in files):
        with suppress(ValueError):  # it was not made here
            provenance.read(file)
            found.append(file.name)
    return [f"from an earlier run, not written again: {', '.join(found)}"] if found else []


def _page(evidence: Evidence, shown: dict[str, dict[str, Chart]], formats: Sequence[str]) -> str:
    seen, counted = evidence.second_reader()
    return _PAGE.format(
        title=escape(evidence.schema.title or evidence.schema.name), version=escape(evidence.version),
        date=escape(evidence.date), seen=wording.number(seen), figures=wording.number(counted),
        contents="\n".join(_contents(part, drawn) for part, drawn in shown.items()),
        shown="\n".join(
            f"<section>\n<h2>{escape(part)}</h2>\n"
            + "\n".join(_figure(name, chart, formats) for name, chart in drawn.items()) + "\n</section>"
            for part, drawn in shown.items()
        ),
    )  # fmt: skip


def _contents(part: str, drawn: dict[str, Chart]) -> str:
    links = "\n".join(f'<li><a href="#{name}">{escape(chart.title)}</a></li>' for name, chart in drawn.items())
    return f"<p>{escape(part)}</p>\n<ul>\n{links}\n</ul>"


def _figure(name: str, chart: Chart, formats: Sequence[str]) -> str:
    """One chart with its finding, its words, all its sources and the links to its files."""
    shown = next((ending for ending in _SHOWN if ending in formats), "")
    image = f'<img src="{quote(name)}.{shown}" alt="{escape(chart.alt)}" loading="lazy">' if shown else ""
    links = ", ".join(f'<a href="{quote(name)}.{ending}">{ending}</a>' for ending in (*formats, "csv"))
    words = f"<details><summary>In words</summary><p>{escape(chart.alt)}</p></details>"
    return (
        f'<figure id="{name}">\n<figcaption>{escape(chart.title)}</figcaption>\n{image}\n'
        f"<p>{escape(sources_line(chart.sources))}</p>\n<p>{links}</p>\n{words}\n</figure>"
    )
