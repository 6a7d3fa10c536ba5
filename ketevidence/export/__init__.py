"""Tables as files for people: Excel, Word, CSV, Markdown and HTML, all made from one model of the cells.

In every form a figure is rounded in the same way and a source has the same number.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ketevidence import provenance
from ketevidence.dataset import Evidence
from ketevidence.export.cells import Cell
from ketevidence.export.definitions import Field
from ketevidence.export.document import document
from ketevidence.export.model import LEFT_OUT, Spread, model
from ketevidence.export.pages import html, markdown
from ketevidence.export.workbook import workbook
from ketevidence.writing import replace_file

__all__ = ["ENDINGS", "LEFT_OUT", "Cell", "Field", "Spread", "content", "model", "write"]

ENDINGS = ("xlsx", "docx", "csv", "md", "html")


def write(evidence: Evidence, frame: pd.DataFrame, path: str | Path, *, name: str) -> Path:
    """Write a frame of `tables` to a file, by its ending; the folder is made, the file replaced whole.

    Parameters
    ----------
    evidence : Evidence
        From which the frame was made.
    frame : pandas.DataFrame
    path : str or Path
        Of a file that ends in .xlsx, .docx, .csv, .md or .html.
    name : str
        The function of `tables` that made the frame, such as 'resistance_rates'.

    Raises
    ------
    ValueError
        Another ending, an unknown name, a frame of another evidence, or the file cannot be
        written; an old file stays as it was.
    """
    return replace_file(path, content(evidence, frame, Path(path).suffix.removeprefix(".").lower(), name=name))


def content(evidence: Evidence, frame: pd.DataFrame, format: str, *, name: str) -> bytes:
    """The bytes of the file in one of the formats; the same frame gives the same bytes.

    The .csv holds every column, nothing rounded; the .xlsx every column, rounded in what it
    shows; the others the columns for readers. All but .csv and .md carry the record by which
    `trace` finds where they come from.

    Raises
    ------
    ValueError
        Another format, an unknown name, or a frame of another evidence.
    """
    if format not in ENDINGS:
        raise ValueError(f"no format {format!r}; known: {', '.join(ENDINGS)}")
    spread = model(evidence, frame, name)
    if format == "csv":
        return str(frame.to_csv(index=False, lineterminator="\n")).encode("utf-8")
    if format == "md":
        return markdown(spread).encode("utf-8")
    record = provenance.record(
        {"kind": "table", "name": name, "title": spread.title}, spread.origin, [("table", frame)]
    )  # fmt: skip
    if format == "html":
        return html(spread, provenance.script([record])).encode("utf-8")
    made = workbook(spread, evidence.schema.limits) if format == "xlsx" else document(spread)
    return provenance.stamped(made, [record])
