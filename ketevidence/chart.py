"""A chart with what it shows: its rows, their sources, words for those who cannot see it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ketevidence import style, wording
from ketevidence.pixels import with_palette
from ketevidence.writing import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Without these three the same chart has other bytes each time, or on another machine.
_METADATA: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
SOURCES_ON_A_SLIDE = 8


@dataclass(frozen=True, repr=False)
class Chart:
    """A drawn chart; shows itself in Jupyter and saves itself.

    Attributes
    ----------
    name : str
        The noun of the chart, such as 'rates'.
    ax : matplotlib.axes.Axes
        Where it is drawn.
    table : pandas.DataFrame
        The rows as drawn, in their order.
    sources : tuple of str
        The citations of the rows, each once.
    alt : str
        The chart in words, one sentence a row.
    title : str
        The finding that stands above it.
    medium : str
        'page' or 'slide'.
    origin : mapping
        Name, version, digest and date of the evidence; empty for rows of unknown origin.
    """

    name: str
    ax: Axes
    table: pd.DataFrame
    sources: tuple[str, ...]
    alt: str
    title: str
    medium: str
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of the name, the title and the rows."""
        return digest_of(self.name, self.title, self.table)

    def __repr__(self) -> str:
        return line_of(f"Chart {self.name}", self.digest, self.table, self.sources, self.origin)

    def _repr_png_(self) -> bytes:
        return self.bytes("png", dpi=100 if self.medium == "page" else 60)

    def bytes(self, format: str, *, dpi: float | None = None) -> bytes:
        """The chart as PNG, SVG or PDF; the same bytes each time.

        Raises
        ------
        ValueError
            Another format.
        """
        if format not in _METADATA:
            raise ValueError(f"no format {format!r}; known: {', '.join(_METADATA)}")
        import matplotlib as mpl

        stream = io.BytesIO()
        figure = self.ax.get_figure(root=True)
        assert figure is not None
        with style.applied(style.medium(self.medium)), mpl.rc_context({"svg.hashsalt": "ketevidence"}):
            if format == "png":
                _draw_pixels(figure, dpi or 300, stream)
            else:
                figure.savefig(stream, format=format, dpi=dpi or 300, metadata=_METADATA[format])
        return stream.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the chart to a .png, .svg or .pdf file; the folder is made, the file replaced whole.

        Raises
        ------
        ValueError
            Another ending, or the file cannot be written; an old file stays as it was.
        """
        ending = Path(path).suffix.removeprefix(".").lower()
        return replace_file(path, self.bytes(ending))


def _draw_pixels(figure: Figure, dpi: float, stream: io.BytesIO) -> None:
    """Draw once, without transparency; savefig would lay out every text a second time."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    before, canvas = figure.dpi, figure.canvas
    try:
        figure.dpi = dpi
        pixels: Any = FigureCanvasAgg(figure)
        pixels.draw()
        with_palette(np.asarray(pixels.buffer_rgba())).save(stream, "png", dpi=(dpi, dpi), compress_level=2)
    finally:
        figure.set_canvas(canvas)
        figure.dpi = before


def digest_of(name: str, title: str, table: pd.DataFrame) -> str:
    """First 12 hexadecimal digits of the SHA-256 of what is shown: its name, its title, its rows."""
    rows = table.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    return hashlib.sha256(f"{name}\n{title}\n{rows}".encode()).hexdigest()[:12]


def line_of(name: str, digest: str, table: pd.DataFrame, sources: Sequence[str], origin: Mapping[str, str]) -> str:
    """The line that stands for what is shown where it cannot be shown: rows, digest, evidence, sources."""
    known = f"evidence {origin['version']}" if origin else "rows of unknown origin"
    shown = ", ".join(sources[:3])
    more = len(sources) - 3
    named = f"{shown} and {more} more" if more > 0 else shown
    return f"{name}, {wording.counted(len(table), 'row')}, digest {digest}, {known}, sources {named or 'none'}"


def counted_rows(table: pd.DataFrame, *needed: str) -> pd.DataFrame:
    """The rows to draw: those that count, where the frame says which do.

    Raises
    ------
    ValueError
        There is none, or one of the needed columns is not there: it is another table.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(
            f"a table is needed, got {type(table).__name__}; the function of this name in tables makes one"
        )
    if missing := [name for name in needed if name not in table]:
        raise ValueError(f"the table has no column {missing[0]!r}; this chart needs {', '.join(needed)}")
    drawn = table[table.counted] if "counted" in table else table
    if drawn.empty:
        raise ValueError("no row to draw")
    return drawn.reset_index(drop=True)


def finished(name: str, ax: Axes, drawn: pd.DataFrame, title: str, sentences: Iterable[str], medium: str) -> Chart:
    """The chart of these rows, with its sources, its words and where the rows come from."""
    alt = " ".join([f"{title}.", *sentences])
    return Chart(name, ax, drawn, sources_of(drawn), alt, title, medium, drawn.attrs.get("evidence", {}))


def sources_of(table: pd.DataFrame) -> tuple[str, ...]:
    """The citations of a tidy frame, each once, in the order of the alphabet.

    A row of several sources names them with '; ' between.

    Examples
    --------
    >>> sources_of(pd.DataFrame({"citation": ["Taylor 2018; Glue 2017", "Taylor 2018", None]}))
    ('Glue 2017', 'Taylor 2018')
    """
    cited = table["citation"].dropna().astype(str).str.split("; ").explode()
    return tuple(sorted(set(cited) - {""}))


def sources_line(citations: Sequence[str], medium: str = "page") -> str:
    """The last line of a chart: every source drawn; on a slide their number if there are many.

    Examples
    --------
    >>> sources_line(["Glue 2017", "Taylor 2018"])
    'Sources: Glue 2017; Taylor 2018.'
    >>> sources_line([f"Author {year}" for year in range(2000, 2020)], "slide")
    'Sources: 20, listed in the notes.'
    """
    if not citations:
        return "Sources: none."
    if medium != "page" and len(citations) > SOURCES_ON_A_SLIDE:
        return f"Sources: {len(citations)}, listed in the notes."
    return f"Sources: {'; '.join(citations).removesuffix('.')}."
