"""A table to look at, as HTML: it shows itself in Jupyter and saves itself as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from ketevidence.chart import digest_of, line_of
from ketevidence.writing import replace_file

_LEFT = 'style="text-align: left"'  # Jupyter aligns to the right, and drops styles until a notebook is run
_RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")
_CLASS = re.compile(r"\.(gt_\w+)")
_LINE = "rgba(127, 127, 127, 0.5)"
_MOST = 900  # pixels of the place where the table stands; below them, or below its own need, a row becomes a card
_LETTER, _SPACE = 0.6, 1.15  # ems of a letter in a word that cannot be broken; room beside the least
_OPTIONS: dict[str, Any] = {  # colours of the place where the table stands, light or dark
    "table_background_color": "inherit",
    "table_width": "100%",
    "table_font_size": "13px",
    "heading_align": "left",
    "heading_title_font_size": "115%",
    "column_labels_font_weight": "bold",
    "data_row_padding": "6px",
    "data_row_padding_horizontal": "6px",
    "column_labels_padding_horizontal": "6px",
    "heading_padding_horizontal": "6px",
    "source_notes_padding_horizontal": "6px",
} | {
    f"{part}_color": _LINE
    for part in ("table_border_top", "table_border_bottom", "column_labels_border_top", "column_labels_border_bottom",
                 "table_body_hlines", "table_body_border_top", "table_body_border_bottom")
}  # fmt: skip
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>:root {{ color-scheme: light dark; }} body {{ margin: 1rem; font-family: system-ui, sans-serif; }}</style>
</head>
<body>
{html}
</body>
</html>
"""


@dataclass(frozen=True, repr=False)
class Sheet:
    """A table with what it shows; shows itself in Jupyter and saves itself.

    Attributes
    ----------
    name : str
        The noun of the table, such as 'certainty'.
    table : pandas.DataFrame
        The rows shown, in their order.
    html : str
        The table as a fragment of HTML; it needs nothing from elsewhere and runs nothing.
    sources : tuple of str
        The citations of the rows, each once.
    alt : str
        The table in words, one sentence a row.
    title : str
        The finding that stands above it.
    origin : mapping
        Name, version, digest and date of the evidence; empty for rows of unknown origin.
    """

    name: str
    table: pd.DataFrame
    html: str
    sources: tuple[str, ...]
    alt: str
    title: str
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of the name, the title and the rows."""
        return digest_of(self.name, self.title, self.table)

    def __repr__(self) -> str:
        return line_of(f"Sheet {self.name}", self.digest, self.table, self.sources, self.origin)

    def _repr_html_(self) -> str:
        return self.html

    def save(self, path: str | Path) -> Path:
        """Write the table to an .html file, a whole page; the folder is made, the file replaced whole.

        Raises
        ------
        ValueError
            Another ending, or the file cannot be written; an old file stays as it was.
        """
        ending = Path(path).suffix.removeprefix(".").lower()
        if ending != "html":
            raise ValueError(f"no format {ending!r}; known: html")
        return replace_file(path, _PAGE.format(title=escape(self.title), html=self.html).encode("utf-8"))


def laid_out(cells: pd.DataFrame, id: str, title: str, notes: Sequence[str], least: Mapping[str, str]) -> str:
    """A table as a fragment of HTML: wide as a table, narrow as one card a row.

    The same cells give the same bytes. Colours are those of the place where it stands.

    Parameters
    ----------
    cells : pandas.DataFrame
        What stands in the cells, as HTML: texts must be escaped. The names of the columns
        stand above them.
    id : str
        Of the element; its styles hold for nothing else on the page.
    title : str
        Above the table.
    notes : sequence of str
        Below the table, one a line.
    least : mapping
        The least width of columns, as CSS.
    """
    from great_tables import GT

    boxed = cells.map(lambda cell: f"<div {_LEFT}>{cell}</div>")  # one box a cell beside its name in a card
    table = GT(boxed, id=id).tab_header(title=title).cols_align("left").fmt_passthrough(escape=False)
    table = table.tab_options(**_OPTIONS)
    for note in notes:
        table = table.tab_source_note(note)
    html = re.sub(r'<th |<td (?=colspan|class="gt_sourcenote)', lambda tag: f"{tag[0]}{_LEFT} ", table.as_raw_html())
    start, end = html.index("<style>") + len("<style>"), html.index("</style>")
    own = _scoped(html[start:end], html[end:], id) + _additions(list(cells.columns), id, least, _need(cells, least))
    return html[:start] + own + html[end:]


def _scoped(css: str, html: str, id: str) -> str:
    """The rules in use, with the id before every selector: some of great_tables would hold for the whole page."""
    rules = []
    for selectors, body in _RULE.findall(css):
        if all(name in html for name in _CLASS.findall(selectors)):
            parts = (part.strip() for part in selectors.split(","))
            scoped = ", ".join(part if part.startswith(f"#{id}") else f"#{id} {part}" for part in parts)
            rules.append(f"{scoped} {' '.join(body.split())}")
    return "\n" + "\n".join(rules)


def _need(cells: pd.DataFrame, least: Mapping[str, str]) -> int:
    """The pixels below which a table is worse to read than cards."""
    widths = []
    for name, column in cells.items():
        words = re.split(r"[\s-]+", " ".join([str(name), *re.sub(r"<[^>]+>", " ", " ".join(column)).split()]))
        widths.append(max(float(least.get(str(name), "0em").removesuffix("em")), _LETTER * max(map(len, words))))
    return min(_MOST, round(_SPACE * (13 * sum(widths) + 12 * len(widths))))


def _additions(names: Sequence[str], id: str, least: Mapping[str, str], narrow: int) -> str:
    """Styles of our own: the type of the page, and cards in which each cell says its column."""
    wide = [f"#{id} .gt_row:nth-child({place}) {{ min-width: {least[name]}; }}"
            for place, name in enumerate(names, 1) if name in least]  # fmt: skip
    said = [f'#{id} .gt_row:nth-child({place})::before {{ content: "{name}"; }}'
            for place, name in enumerate(names, 1)]  # fmt: skip
    return f"""
#{id} {{ container-type: inline-size; }}
#{id} table {{ font-family: inherit; line-height: 1.35; table-layout: auto; }}
#{id} .gt_title {{ font-weight: bold; }}
#{id} .gt_row {{ vertical-align: top; overflow-wrap: break-word; }}
#{id} .soft {{ opacity: 0.8; }}
#{id} .whole {{ white-space: nowrap; }}
{chr(10).join(wide)}
@container (max-width: {narrow}px) {{
#{id} table, #{id} thead, #{id} tbody, #{id} tfoot, #{id} tr, #{id} td {{ display: block; width: auto; }}
#{id} .gt_col_headings {{ display: none; }}
#{id} tbody tr {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(17em, 1fr)); padding: 6px 0; }}
#{id} tbody tr + tr {{ border-top: 2px solid {_LINE}; }}
#{id} .gt_row {{ display: grid; grid-template-columns: 6.5em minmax(0, 1fr); gap: 0 10px; }}
#{id} .gt_row {{ border: 0; padding: 2px 6px; }}
#{id} .gt_row:last-child {{ grid-column: 1 / -1; }}
#{id} .gt_row::before {{ opacity: 0.8; }}
{chr(10).join(said)}
}}
"""
