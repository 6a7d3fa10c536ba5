"""A chart with what it shows: its rows, their sources, words for those who cannot see it."""

from __future__ import annotations

import io
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from ketevidence import provenance, style, wording
from ketevidence.pixels import with_palette
from ketevidence.writing import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Bytes: TypeAlias = bytes  # inside Chart the word is the name of a method
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
        'page', 'slide' or 'slide-dark'.
    origin : mapping
        Name, version, digest, date and licence of the evidence; empty for rows of unknown
        origin.
    beside : tuple of pandas.DataFrame
        Rows drawn as lines of reference, and those that title or foot line tell of and the chart does not draw.
    """

    name: str
    ax: Axes
    table: pd.DataFrame
    sources: tuple[str, ...]
    alt: str
    title: str
    medium: str
    origin: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[pd.DataFrame, ...] = ()

    @property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of the name, the title and all rows drawn."""
        return digest_of(self.name, self.title, self.table, *self.beside)

    def __repr__(self) -> str:
        return line_of(f"Chart {self.name}", self.digest, self.table, self.sources, self.origin)

    def _repr_png_(self) -> tuple[Bytes, dict[str, str]]:
        """The picture in Jupyter and its words: a stored notebook tells from which rows it was drawn, and by what."""
        import matplotlib as mpl

        drawn_by = f"matplotlib {mpl.__version__}, {sys.platform}, {platform.machine()}"
        return self._png(100 if self.medium == "page" else 60, self.record | {"drawn_by": drawn_by}), {"alt": self.alt}

    @property
    def record(self) -> provenance.Record:
        """What every file made of the chart carries: words, rows, origin; see `provenance.record`."""
        shown = {name: getattr(self, name) for name in ("name", "title", "medium", "alt", "digest")}
        frames = [("drawn", self.table), *(("reference", frame) for frame in self.beside)]
        return provenance.record({"kind": "chart"} | shown, self.origin, frames)

    def bytes(self, format: str, *, dpi: float | None = None, title: bool = True) -> Bytes:
        """The chart as PNG, SVG or PDF, with its record inside; the same bytes each time.

        Parameters
        ----------
        format : {'png', 'svg', 'pdf'}
        dpi : float, optional
            Dots an inch; without it 300, which makes a slide 3840 dots wide.
        title : bool
            Without it the picture starts below its title, for a slide that has one of its own.

        Raises
        ------
        ValueError
            Another format.
        """
        if format not in _METADATA:
            raise ValueError(f"no format {format!r}; known: {', '.join(_METADATA)}")
        heading = None if title else _heading(self.ax)
        if format == "png":
            return self._png(dpi or 300, self.record, heading)
        import matplotlib as mpl

        stream, record = io.BytesIO(), self.record
        entries = _METADATA[format] | (provenance.printed(record) if format == "pdf" else {})
        figure = _figure(self.ax)
        with (
            style.applied(style.medium(self.medium)),
            mpl.rc_context({"svg.hashsalt": "ketevidence"}),
            _hidden(heading),
        ):
            box = None if heading is None else _below(heading, figure)
            figure.savefig(stream, format=format, dpi=dpi or 300, metadata=entries, bbox_inches=box)
        return provenance.drawing(stream.getvalue(), record) if format == "svg" else stream.getvalue()

    def _png(self, dpi: float, record: provenance.Record, heading: Text | None = None) -> Bytes:
        stream = io.BytesIO()
        with style.applied(style.medium(self.medium)), _hidden(heading):
            _draw_pixels(_figure(self.ax), dpi, stream, record, heading)
        return stream.getvalue()

    def save(self, path: str | Path, *, rows: bool = False) -> Path:
        """Write the chart to a .png, .svg or .pdf file; the folder is made, the file replaced whole.

        Parameters
        ----------
        path : str or Path
        rows : bool
            Write the rows as drawn beside it, as .csv: every column, with their sources.

        Raises
        ------
        ValueError
            Another ending, or the file cannot be written; an old file stays as it was.
        """
        ending = Path(path).suffix.removeprefix(".").lower()
        written = replace_file(path, self.bytes(ending))
        if rows:
            replace_file(written.with_suffix(".csv"), provenance.rows_as_text(self.table).encode("utf-8"))
        return written


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def _heading(ax: Axes) -> Text | None:
    """The text above the chart, where the chart made its own figure."""
    return next((text for text in _figure(ax).texts if text.get_gid() == style.TITLE), None)


@contextmanager
def _hidden(heading: Text | None) -> Iterator[None]:
    if heading is None:
        yield
        return
    heading.set_visible(False)
    try:
        yield
    finally:
        heading.set_visible(True)


def _below(heading: Text, figure: Figure) -> Any:
    """What lies below the title, in inches."""
    from matplotlib.transforms import Bbox

    wide, high = figure.get_size_inches()
    return Bbox([(0, 0), (wide, high - _height_of(heading, figure))])


def _height_of(heading: Text, figure: Figure) -> float:
    """Inches from the top of the figure to the lower edge of its title."""
    lines = heading.get_text().count("\n") + 1
    top = (1 - heading.get_position()[1]) * figure.get_figheight()
    return float(top + lines * float(heading.get_fontsize()) * 1.3 / 72)


def _draw_pixels(
    figure: Figure, dpi: float, stream: io.BytesIO, record: provenance.Record, heading: Text | None
) -> None:
    """Draw once, without transparency; savefig would lay out every text a second time."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    before, canvas = figure.dpi, figure.canvas
    above = 0 if heading is None else round(_height_of(heading, figure) * dpi)
    try:
        figure.dpi = dpi
        pixels: Any = FigureCanvasAgg(figure)
        pixels.draw()
        seen = np.ascontiguousarray(np.asarray(pixels.buffer_rgba())[above:])
        chunks = provenance.pictured(record | {"size": [seen.shape[1], seen.shape[0]]})
        with_palette(seen).save(stream, "png", dpi=(dpi, dpi), compress_level=2, pnginfo=chunks)
    finally:
        figure.set_canvas(canvas)
        figure.dpi = before


def digest_of(name: str, title: str, *tables: pd.DataFrame) -> str:
    """First 12 hexadecimal digits of the SHA-256 of what is shown: its name, its title, its rows."""
    return provenance.digest_of(name, title, *map(provenance.rows_as_text, tables))


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


def finished(
    name: str, ax: Axes, drawn: pd.DataFrame, title: str, sentences: Iterable[str], medium: str, *beside: pd.DataFrame
) -> Chart:
    """The chart of these rows, with its sources, its words and where the rows come from."""
    alt = " ".join([title if title.endswith(("?", "!")) else f"{title}.", *sentences])
    return Chart(name, ax, drawn, sources_of(drawn), alt, title, medium, drawn.attrs.get("evidence", {}), beside)


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

    Then they stand with the picture: in the notes of its slide, under it on a page of
    figures, printed by the command; the file itself carries them in its record.

    Examples
    --------
    >>> sources_line(["Glue 2017", "Taylor 2018"])
    'Sources: Glue 2017; Taylor 2018.'
    >>> sources_line([f"Author {year}" for year in range(2000, 2020)], "slide")
    'Sources: 20, listed with the picture.'
    """
    if not citations:
        return "Sources: none."
    if medium != "page" and len(citations) > SOURCES_ON_A_SLIDE:
        return f"Sources: {len(citations)}, listed with the picture."
    return f"Sources: {'; '.join(citations).removesuffix('.')}."
