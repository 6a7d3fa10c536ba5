"""What the page says: its answers, statements, findings and references, as plain values for the template."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pandas as pd

from ketevidence import charts, provenance, references, tables, wording
from ketevidence.audit import audit
from ketevidence.dataset import Evidence

Row = dict[str, Any]


class Shown:
    """The frames that the page shows, each made once."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @cached_property
    def board(self) -> pd.DataFrame:
        """The statements with their verdicts."""
        return tables.statements(self.evidence)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """What sources say."""
        return tables.claims(self.evidence)

    @cached_property
    def studies(self) -> pd.DataFrame:
        """All studies."""
        return tables.studies(self.evidence)

    @cached_property
    def conditions(self) -> pd.DataFrame:
        """What there is for each condition."""
        return tables.conditions(self.evidence)

    @cached_property
    def certainty(self) -> pd.DataFrame:
        """The judgements of certainty."""
        return tables.certainty(self.evidence)

    @cached_property
    def linked(self) -> pd.DataFrame:
        """The rows of `tables.evidence_for` of all statements, in the same order, from one frame of claims."""
        designs = self.evidence.schema.table("sources").column("design").values
        frame = self.evidence.links.merge(self.claims, on="claim_id")
        frame = frame.rename(columns={"statement": "claim", "note": "link_note"})
        frame = frame.assign(order=frame.source_design.map({design: place for place, design in enumerate(designs)}))
        return frame.sort_values(["statement_id", "relation", "order", "claim_id"])

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The numbered references beside what is known of each source."""
        numbered = references.numbered(self.evidence.sources, self.evidence.date)
        described = self.evidence.sources[["source_id", "type", "design", "status", "notes"]]
        return numbered.merge(described, on="source_id")

    @property
    def record(self) -> provenance.Record:
        """What the tables of the page were made from."""
        frames = [("table", frame) for frame in (self.claims, self.studies, self.conditions, self.certainty)]
        shown = {"kind": "page", "name": "report", "title": self.evidence.schema.title}
        return provenance.record(shown, self.evidence.origin, frames)


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows as dicts, missing values as empty strings."""
    return [
        {str(key): "" if wording.missing(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def labels(evidence: Evidence) -> dict[str, dict[str, str]]:
    """For every vocabulary column 'table.column' the words of its values."""
    return {
        f"{table.name}.{column.name}": {category.value: category.label for category in column.categories}
        for table in evidence.schema.tables
        for column in table.columns
        if column.categories
    }


def articles(shown: Shown) -> list[Row]:
    """The audited articles, each with its statements and what bears on them."""
    known = shown.evidence.sources.set_index("source_id")
    numbers = dict(zip(shown.sources.source_id, shown.sources.number))
    linked = {str(key): own for key, own in shown.linked.groupby("statement_id", sort=False)}
    return [
        {
            "source": records(known.loc[[source]])[0],
            "link": references.link(known.loc[source]),
            "statements": [
                statement | _evidence(linked.get(statement["statement_id"], shown.linked[:0]), numbers)
                for statement in records(own)
            ],
        }
        for source, own in shown.board.groupby("source_id", sort=False)
    ]


def _evidence(linked: pd.DataFrame, numbers: dict[str, int]) -> Row:
    """The claims of a statement by their relation, and the numbers of the sources that are printed."""
    printed = _bearing(linked).groupby("relation", observed=True)
    return {
        "evidence": [(str(relation), records(own)) for relation, own in linked.groupby("relation", observed=True)],
        "numbers": {str(relation): sorted({numbers[s] for s in own.source_id}) for relation, own in printed},
    }


def _bearing(linked: pd.DataFrame) -> pd.DataFrame:
    """The claims for, against or qualifying a statement; the background where there is nothing else."""
    background = linked.relation == "context"
    alone = background.groupby(linked.statement_id).transform("all")
    return linked[~background | alone]


def findings(evidence: Evidence) -> dict[str, list[Row]]:
    """What the audit noticed, by statement; an empty key for the article as a whole."""
    found: dict[str, list[Row]] = {}
    for row in records(audit(evidence)):
        row["claim_ids"] = str(row["claim_ids"]).split("; ") if row["claim_ids"] else []
        found.setdefault(row["statement_id"], []).append(row)
    return found


def answers(shown: Shown) -> list[str]:
    """What the page says in at most five lines, each built from a table."""
    board = shown.board
    coded = shown.conditions[shown.conditions.icd11_code.notna()]
    with_trials, without = coded[coded.randomised > 0], coded[coded.randomised == 0]
    counted = charts.verdicts(board).title
    trials = wording.listed(
        f"{row.label} ({wording.counted(row.randomised, 'trial')}, {wording.number(row.randomised_people)} people)"
        for row in with_trials.itertuples()
    )
    none = wording.listed(without.label)
    null = int((coded["null"] + coded["negative"]).sum())
    positive, mixed = int(coded.positive.sum()), int(coded.mixed.sum())
    lines = [
        f"{counted}.",
        f"Randomised trials with a published result: {trials or 'none'}.",
        f"None for {none} alone; studies of mixed anxiety disorders are listed apart." if len(without) else "",
        f"The primary outcome, which may be a mechanism, was positive in {positive} of them, mixed in {mixed}, "
        f"null or negative in {null}; trials that share people count once."
        if trials
        else "",
        " ".join(board[board.measure == "omission"].statement),
    ]
    return [line for line in lines if line]


def certainty(shown: Shown) -> str:
    """The summary of findings as HTML; empty where nothing is rated."""
    return charts.certainty(shown.certainty).html if len(shown.certainty) else ""


def sources(shown: Shown) -> list[Row]:
    """The references, numbered."""
    return records(shown.sources)


def cited(shown: Shown, drawn: Iterable[pd.DataFrame]) -> frozenset[str]:
    """The sources that a printed page names: of its statements and of the charts printed."""
    keys = {*shown.board.source_id, *_bearing(shown.linked).source_id}
    for rows in drawn:
        if "source_id" in rows:
            keys |= {key for cell in rows.source_id.dropna() for key in str(cell).split("; ")}
    return frozenset(keys)
