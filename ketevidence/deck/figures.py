"""All charts as files, and a page that shows them: for those who have slides of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from ketevidence import gallery, style
from ketevidence.chart import Chart
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.provenance import rows_as_text
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
the others are drawn hollow. Not medical advice.</p>
<nav><ul>
{contents}
</ul></nav>
{shown}
</body>
</html>
"""


def figures(
    evidence: Evidence, folder: str | Path, *, formats: Sequence[str] = ("svg", "png"), medium: str = "slide",
    condition: str | None = None,
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
    place, drawn = Path(folder), dict(_drawn(evidence, medium, condition))
    for name, chart in drawn.items():
        for ending in formats:
            chart.save(place / f"{name}.{ending}")
        replace_file(place / f"{name}.csv", rows_as_text(chart.table).encode("utf-8"))
    return replace_file(place / "index.html", _page(evidence, drawn, formats).encode("utf-8"))


def _drawn(evidence: Evidence, medium: str, condition: str | None) -> Iterator[tuple[str, Chart]]:
    """The charts by the names of their files."""
    for name in gallery.NAMES:
        chosen = condition is not None and "condition" in gallery.OPTIONS[name]
        options = {"condition": condition} if chosen else {}
        parts = gallery.parts(evidence, name, medium=medium, **options)
        stem = f"{name}-{condition}" if chosen else name
        for place, chart in enumerate(parts, 1):
            yield (f"{stem}-{place:02}" if len(parts) > 1 else stem), chart


def _page(evidence: Evidence, drawn: dict[str, Chart], formats: Sequence[str]) -> str:
    seen, counted = evidence.second_reader()
    contents = "\n".join(f'<li><a href="#{name}">{escape(chart.title)}</a></li>' for name, chart in drawn.items())
    return _PAGE.format(
        title=escape(evidence.schema.title or evidence.schema.name), version=escape(evidence.version),
        date=escape(evidence.date), seen=seen, figures=counted, contents=contents,
        shown="\n".join(_figure(name, chart, formats) for name, chart in drawn.items()),
    )  # fmt: skip


def _figure(name: str, chart: Chart, formats: Sequence[str]) -> str:
    """One chart with its finding, its words and the links to its files."""
    shown = next((ending for ending in _SHOWN if ending in formats), "")
    image = f'<img src="{quote(name)}.{shown}" alt="{escape(chart.alt)}" loading="lazy">' if shown else ""
    links = ", ".join(f'<a href="{quote(name)}.{ending}">{ending}</a>' for ending in (*formats, "csv"))
    words = f"<details><summary>In words</summary><p>{escape(chart.alt)}</p></details>"
    return (
        f'<figure id="{name}">\n<figcaption>{escape(chart.title)}</figcaption>\n{image}\n'
        f"<p>{links}</p>\n{words}\n</figure>"
    )
