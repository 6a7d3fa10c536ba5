"""Signs of the risk of bias at the right of other rows: a circle a domain, the sign inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

import pandas as pd

from ketevidence import style, wording
from ketevidence.charts import grid
from ketevidence.charts.risk_of_bias import SHADES, faces

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ORDER = "".join(SHADES)
_OVERALL = "overall"
_PITCH = 1.5  # from one circle to the next, in sizes of the text
_CIRCLE = 1.3  # diameter, likewise


@dataclass(frozen=True)
class Signs:
    """Judgements of studies.

    Attributes
    ----------
    domains : tuple of str
        In the order in which they are drawn.
    judged : mapping
        (sign, judgement) by study and domain.
    tools : tuple of str
        The names of the tools.
    """

    domains: tuple[str, ...]
    judged: Mapping[tuple[str, str], tuple[str, str]]
    tools: tuple[str, ...]

    def width(self, size: float) -> float:
        """Points that the circles need beside the axes."""
        return (len(self.domains) * _PITCH + 1) * size if self.domains else 0.0

    def of(self, study: str) -> list[tuple[str, str]]:
        """Sign and judgement of each domain, empty where there is none."""
        return [self.judged.get((study, domain), ("", "")) for domain in self.domains]

    def words(self, study: str) -> str:
        """The judgements of a study in words."""
        pairs = zip(self.domains, self.of(study))
        return ", ".join(f"{domain} {judgement}" for domain, (_, judgement) in pairs if judgement)

    def key(self) -> str:
        """What letters and signs mean."""
        letters = ", ".join(f"{letter} {domain}" for letter, domain in zip(_letters(self.domains), self.domains))
        meant = sorted(
            {pair for pair in self.judged.values() if pair[0]}, key=lambda pair: (_ORDER.find(pair[0]), pair)
        )
        signs = ", ".join(f"{grid.sign(sign)} {judgement}" for sign, judgement in meant)
        return f"risk of bias ({wording.listed(self.tools)}): {letters}; {signs}"


def signs_of(table: pd.DataFrame | None) -> Signs:
    """The judgements of a frame of `tables.risk_of_bias`; none without a frame.

    Raises
    ------
    ValueError
        Two judgements of a study in one domain.
    """
    if table is None or table.empty:
        return Signs((), {}, ())
    names = [domain for domain in dict.fromkeys(table.domain.astype(str)) if domain != _OVERALL]
    last = [_OVERALL] if (table.domain == _OVERALL).any() else []
    cells = grid.cells(table, ["study_id"], "domain")
    judged = {where: (grid.words(cell["sign"]), grid.words(cell["judgement"])) for where, cell in cells.items()}
    return Signs((*names, *last), judged, tuple(dict.fromkeys(table.tool.astype(str))))


def draw_signs(ax: Axes, rows: Iterable[tuple[float, str]], signs: Signs, start: tuple[float, float]) -> None:
    """Circles at the heights (y) of rows with a study, letters above.

    `start` is how many points right of the axes the circles begin, and how many above them the letters stand.
    """
    from matplotlib.transforms import offset_copy

    size, figure, beside = style.size(), ax.get_figure(root=True), ax.get_yaxis_transform()
    places = [start[0] + (0.5 + place) * _PITCH * size for place in range(len(signs.domains))]
    for letter, right in zip(_letters(signs.domains), places):
        ax.annotate(
            letter, (1, 1), (right, start[1]), xycoords="axes fraction", textcoords="offset points",
            ha="center", va="bottom", style="italic",
        )  # fmt: skip
    for y, study in rows:
        for (kind, _), right in zip(signs.of(study), places):
            if kind:
                face, _ = faces(kind)
                at = offset_copy(beside, figure, right, 0, units="points")
                ax.plot(
                    1, y, "o", transform=at, clip_on=False, markersize=_CIRCLE * size,
                    markerfacecolor=face, markeredgecolor=style.soft(),
                    markeredgewidth=0.06 * size,
                )  # fmt: skip
                ax.annotate(
                    grid.sign(kind), (1, y), (right, -0.36 * size), xycoords=beside, textcoords="offset points",
                    ha="center", va="baseline", weight="bold", color=style.upon(face),
                )  # fmt: skip


def _letters(domains: tuple[str, ...]) -> list[str]:
    return [ascii_uppercase[place % len(ascii_uppercase)] for place in range(len(domains))]
