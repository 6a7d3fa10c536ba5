"""Tables to look at in a notebook: `show` to read, `browse` to search. Both need no extension and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from ketevidence import export, provenance
from ketevidence.chart import sources_of
from ketevidence.dataset import Evidence, load
from ketevidence.sheet import Sheet, laid_out

_NUMBERED = re.compile(r" \((\d+)(, retracted)?\)$")
_WIDE = 40  # characters from which a column is given room
_LETTER = 0.6  # ems
_CHOSEN = 10  # a table of so many columns was chosen by somebody, who wants to see all of them
_LEFT_OUT_ELSE = ("locator", "rationale", "sentence", "remarks", "how", "primary_result", "registry_id")
_BROWSED: dict[str, Any] = {
    "layout": {"topStart": "search", "topEnd": "buttons", "bottomStart": "info", "bottomEnd": "paging"},
    "column_filters": "footer",  # in the header they would take the place of the names, in a download too
    "allow_html": True,
    "showIndex": False,
    "lengthMenu": [10, 50, 200, -1],
    "maxBytes": 0,
    "connected": False,
    "display_logo_when_loading": False,
    "classes": "display compact",
    "autoWidth": False,
}


def show(table: pd.DataFrame, *, evidence: Evidence | None = None, title: str = "") -> Sheet:
    """A table to read: figures rounded, intervals beside their estimates, citations that lead to their source.

    A figure that no second reader saw, or that is known at second hand, has a hollow mark,
    and a note below says so. Keys, marks and running text are left out; of a table of at
    most 10 columns the text stays, such as locator or rationale: somebody chose it.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows that a function of `tables` made; rows and columns may be left out.
    evidence : Evidence, optional
        From which the rows are; without it the one that `load` finds.
    title : str
        Above the table; without it what the table is.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        Rows that no function of `tables` made, or of another evidence.

    Examples
    --------
    >>> from ketevidence import tables
    >>> show(tables.stated_times(load()))
    Sheet stated_times, 2 rows, digest bcf001c4d7a9, evidence 26.2.2, sources Caledon Clinic n.d.
    """
    spread = _spread(table, evidence)
    heading = title or spread.title
    digest = provenance.digest_of(spread.name, heading, provenance.rows_as_text(table))
    least = {field.label: f"{_room(field, cells):g}em" for field, cells in _columns(spread) if _room(field, cells)}
    notes = [note for note in spread.notes if note != export.LEFT_OUT]  # in a notebook the code stands above
    html = laid_out(_cells(spread), f"{spread.name}-{digest}", heading, notes, least)
    alt = f"{heading}: {len(table)} rows"
    return Sheet(spread.name, table, html, _cited(table), alt, heading, spread.origin)


def browse(table: pd.DataFrame, *, evidence: Evidence | None = None) -> Sheet:
    """The same table with search, a filter in every column, sorting, copy and download; all of it in the output.

    The output holds a library of half a megabyte, so that it works without network: look,
    and clear the output before the notebook is stored.

    Parameters
    ----------
    table : pandas.DataFrame
        As for `show`.
    evidence : Evidence, optional
        As for `show`.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        As for `show`.
    """
    from itables import options, to_html_datatable
    from itables.javascript import generate_init_offline_itables_html

    spread = _spread(table, evidence)
    library = generate_init_offline_itables_html(options.dt_bundle)
    id = f"{spread.name}-browsed"
    files: list[dict[str, Any]] = [
        {"extend": "copyHtml5", "title": None, "footer": False},
        {"extend": "csvHtml5", "filename": spread.name, "footer": False},
    ]
    html = library + _styles(spread, id) + to_html_datatable(_cells(spread), table_id=id, buttons=files, **_BROWSED)
    html += "".join(f"<p>{escape(note)}</p>" for note in spread.notes if note != export.LEFT_OUT)
    alt = f"{spread.title}: {len(table)} rows"
    return Sheet(spread.name, table, html, _cited(table), alt, spread.title, spread.origin)


def _styles(spread: export.Spread, id: str) -> str:
    """Words to the left, the filters above the names of their columns, long texts with room."""
    room = [f"#{id} td:nth-child({place}) {{ min-width: {_room(field, cells):g}em; }}"
            for place, (field, cells) in enumerate(_columns(spread), 1) if _room(field, cells)]  # fmt: skip
    return f"""<style>
#{id} tfoot {{ display: table-header-group; }}
#{id} thead {{ display: table-row-group; }}
#{id} tfoot input {{ box-sizing: border-box; width: 100%; min-width: 4em; }}
#{id} th, #{id} td {{ text-align: left; vertical-align: top; }}
{chr(10).join(room)}
</style>"""


def _spread(table: pd.DataFrame, evidence: Evidence | None) -> export.Spread:
    recipe = table.attrs.get("recipe")
    if not recipe:
        raise ValueError("a table that a function of tables made is needed; its rows or columns may be left out")
    return export.model(evidence or load(), table, recipe[-1]["table"])


def _room(field: export.Field, cells: Sequence[export.Cell]) -> float:
    """The least width of a column in ems: long texts need some, an estimate stands on one line with its interval."""
    longest = max((len(cell.text) for cell in cells), default=0)
    if longest > _WIDE:
        return 14
    return _LETTER * longest if field.kind == "joined" else 0


def _columns(spread: export.Spread) -> Iterable[tuple[export.Field, list[export.Cell]]]:
    """The columns for readers, with the running text of a table whose columns were chosen."""
    shown = list(zip(spread.readable.fields, map(list, zip(*spread.readable.rows))))
    order = list(spread.frame.columns)
    if len(order) > _CHOSEN:
        return shown
    known = {field.name for field, _ in shown}
    whole = zip(spread.whole.fields, map(list, zip(*spread.whole.rows)))
    text = [(field, cells) for field, cells in whole if field.name in _LEFT_OUT_ELSE and field.name not in known]
    return sorted(shown + text, key=lambda column: order.index(column[0].name) if column[0].name in order else -1)


def _cells(spread: export.Spread) -> pd.DataFrame:
    """The readable cells as HTML: words escaped, every citation a link."""
    links = {reference.label: reference.link for reference in spread.references}
    return pd.DataFrame({
        field.label: [_linked(cell.text, links) if field.kind == "citation" else escape(cell.text) for cell in cells]
        for field, cells in _columns(spread)
    })  # fmt: skip


def _linked(text: str, links: dict[str, str]) -> str:
    parts = []
    for part in text.split("; "):
        found = _NUMBERED.search(part)
        label = part[: found.start()] if found else part
        said = escape(label) + (" <strong>retracted</strong>" if found and found[2] else "")
        link = links.get(label)
        parts.append(f'<a href="{escape(link)}" rel="noreferrer">{said}</a>' if link else said)
    return "; ".join(parts)


def _cited(table: pd.DataFrame) -> tuple[str, ...]:
    return sources_of(table) if "citation" in table else ()
