"""Tables to look at in a notebook: `show` to read, `browse` to search. Both need no extension and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from ketevidence import export, provenance
from ketevidence.chart import sources_of
from ketevidence.dataset import Evidence, load
from ketevidence.sheet import Sheet, laid_out

_NUMBERED = re.compile(r" \((\d+)(, retracted)?\)$")
_WIDE = 40  # characters from which a column is given room
_BROWSED: dict[str, Any] = {
    "layout": {"topStart": "search", "topEnd": "buttons", "bottomStart": "info", "bottomEnd": "paging"},
    "buttons": ["copyHtml5", "csvHtml5"],
    "column_filters": "header",
    "allow_html": True,
    "showIndex": False,
    "lengthMenu": [10, 50, 200, -1],
    "maxBytes": 0,
    "connected": False,
    "display_logo_when_loading": False,
    "classes": "display compact",
}


def show(table: pd.DataFrame, *, evidence: Evidence | None = None, title: str = "") -> Sheet:
    """A table to read: figures rounded, intervals beside their estimates, citations that lead to their source.

    A figure that no second reader saw, or that is known at second hand, has a hollow mark,
    and a note below says so.

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
    Sheet stated_times, 2 rows, digest bcf001c4d7a9, evidence 26.2.1, sources Caledon Clinic n.d.
    """
    spread = _spread(table, evidence)
    heading = title or spread.title
    digest = provenance.digest_of(spread.name, heading, provenance.rows_as_text(table))
    least = {f.label: "14em" for f, cells in _columns(spread) if any(len(cell.text) > _WIDE for cell in cells)}
    html = laid_out(_cells(spread), f"{spread.name}-{digest}", heading, list(spread.notes), least)
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
    html = library + to_html_datatable(_cells(spread), table_id=f"{spread.name}-browsed", **_BROWSED)
    alt = f"{spread.title}: {len(table)} rows"
    return Sheet(spread.name, table, html, _cited(table), alt, spread.title, spread.origin)


def _spread(table: pd.DataFrame, evidence: Evidence | None) -> export.Spread:
    recipe = table.attrs.get("recipe")
    if not recipe:
        raise ValueError("a table that a function of tables made is needed; its rows or columns may be left out")
    return export.model(evidence or load(), table, recipe[-1]["table"])


def _columns(spread: export.Spread) -> Iterable[tuple[export.Field, list[export.Cell]]]:
    return zip(spread.readable.fields, map(list, zip(*spread.readable.rows)))


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
