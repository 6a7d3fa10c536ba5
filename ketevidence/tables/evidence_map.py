"""Where there are studies, and where there are none: conditions by kinds of design."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, connected, finish, remembered, vocabulary
from ketevidence.tables.people import UNPUBLISHED, first_hand, independent, overlaps, people, reported
from ketevidence.tables.trials import RESULTS, direct_conditions, studies

_GROUPS = {  # roles of designs, and what stands beside them
    "randomised": "randomised, published",
    "not-randomised": "not randomised, published",
    "other": "other designs, published",
    "unpublished": "registered, not published",
}
_COLUMNS = [
    "cell_id", "condition", "label", "group", "group_label", "studies", "people", "people_known", *RESULTS,
    "no_comparison", "designs", "solid", "study_ids", "sharing", "shared_with", "citation", "source_id",
]  # fmt: skip


@remembered
def evidence_map(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """How many studies and people there are for each condition and kind of design, empty cells too.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions; without it those that the evidence is about.

    Returns
    -------
    pandas.DataFrame
        cell_id (key of the cell), condition, label, group ('randomised', 'not-randomised',
        'unpublished', and 'other' where there is such a study), group_label, studies (int, of
        those that share people one, best one with a comparison), people (Int64, those of
        studies that share people once; a lower bound where studies overlap in part; missing
        where no study gives a number), people_known (int, studies with a number), positive,
        mixed, null, negative, no_comparison (int, each the studies counted with this primary
        result; the primary outcome may be a mechanism), designs (str, of the studies counted),
        solid (bool, False where a study that counts, or whose people count, is known at second
        hand; no second reader saw these figures), study_ids, sharing (keys of those that do not count, because their
        people are in one that does), shared_with (keys of other cells with some of the same
        people), citation, source_id. Retracted studies are nowhere. A registration counts only
        if its people are in no report.

    Raises
    ------
    ValueError
        An unknown condition.
    """
    names = vocabulary(evidence, "studies", "condition")
    everything = studies(evidence)
    everything.attrs = {}  # pandas copies them at every step
    everything = _grouped(evidence, everything[everything.source_status != "retracted"])
    wanted = direct_conditions(evidence) if condition is None else condition
    chosen = choose(pd.DataFrame({"condition": names.values}), "condition", wanted, names.values)
    found = everything[everything.condition.isin(chosen.condition)]
    groups = [group for group in _GROUPS if group != "other" or (found.group == group).any()]
    own = dict(list(found.groupby(["condition", "group"], observed=True)))
    cells = {
        f"{name}: {group}": _cell(evidence, own.get((name, group), found[:0]))
        | {"condition": name, "label": names.label(name), "group": group, "group_label": _GROUPS[group]}
        for name in chosen.condition
        for group in groups
    }
    frame = pd.DataFrame([{"cell_id": key} | cell for key, cell in cells.items()], columns=_COLUMNS)
    frame["shared_with"] = _shared_with(everything, frame)
    texts = ["designs", "study_ids", "sharing", "shared_with", "citation", "source_id"]
    frame = frame.astype(dict.fromkeys(texts, "string") | {"people": "Int64"})
    return finish(evidence, frame, "cell_id", _COLUMNS)


def _grouped(evidence: Evidence, everything: pd.DataFrame) -> pd.DataFrame:
    """The studies with group, and spare: whether their people are in a report that stands in another row."""
    designs = vocabulary(evidence, "studies", "design")
    roles = {category.value: category.role for category in designs.categories}
    group = everything.design.astype("string").map(roles)
    group = group.where(group.isin(["randomised", "not-randomised"]), "other")
    silent = everything.primary_result == UNPUBLISHED
    labels = everything.design.astype("string").map(designs.label)
    spare = everything.study_id.isin(reported(everything))
    return everything.assign(group=group.where(~silent, "unpublished"), spare=spare, design_label=labels)


def _cell(evidence: Evidence, own: pd.DataFrame) -> dict[str, Any]:
    if own.empty:
        return dict.fromkeys(("studies", "people", "people_known", *RESULTS, "no_comparison"), 0) | {"solid": True}
    behind = _behind(own)
    names = set[str]().union(*(_one_each(evidence, part).study_id for part in behind))
    counted, rest = own[own.study_id.isin(names)], own[~own.study_id.isin(names)]
    results = counted.primary_result.astype("string").value_counts()
    designs = counted.design_label.value_counts().sort_index()
    given = int(counted.n.notna().sum())
    return {
        "studies": len(counted),
        "people": sum(map(people, behind)) if given or counted.empty else pd.NA,
        "people_known": given,
        **{result: int(results.get(result, 0)) for result in RESULTS},
        "no_comparison": int((~counted.primary_result.isin([*RESULTS, UNPUBLISHED])).sum()),
        "designs": "; ".join(f"{design}: {count}" for design, count in designs.items()) or pd.NA,
        "solid": all(map(first_hand, behind)),
        "study_ids": _joined(own.study_id),
        "sharing": _joined(rest.study_id),
        "citation": _joined(own.citation),
        "source_id": _joined(own.source_id),
    }


def _behind(own: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Studies of a cell with a comparison, and those without whose people are not in one of the former."""
    compared = own.primary_result.isin(RESULTS)
    group = connected(overlaps(own))
    taken = {group.get(study) for study in own.study_id[compared]} - {None}
    shared = own.study_id.map(group).isin(taken)
    return own[compared], own[~compared & ~shared & ~own.spare]


def _one_each(evidence: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Of studies that share people one."""
    return independent(evidence, studies) if overlaps(studies) else studies


def _shared_with(everything: pd.DataFrame, frame: pd.DataFrame) -> list[Any]:
    """For every cell the other cells with some of the same people, by direct overlaps only."""
    cells = {study: f"{row['condition']}: {row['group']}"
             for study, row in everything[~everything.spare].set_index("study_id").iterrows()}  # fmt: skip
    pairs = {(cells[one], cells[other]) for one, other in overlaps(everything) if one in cells and other in cells}
    return [
        _joined(other for other in frame.cell_id if other != cell and (cell, other) in pairs) for cell in frame.cell_id
    ]


def _joined(texts: Any) -> Any:
    return "; ".join(sorted(set(texts))) or pd.NA
