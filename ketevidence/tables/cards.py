"""One condition in a few lines: what the article says, best evidence, numbers, certainty, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from ketevidence import references, wording
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.tables.card_lines import Line, certainty_of, gaps_of, statements_on, tallied
from ketevidence.tables.card_numbers import numbers
from ketevidence.tables.certainty import trials_about
from ketevidence.tables.facts import randomised_trials
from ketevidence.tables.frame import finish, remembered, vocabulary
from ketevidence.tables.people import UNPUBLISHED, first_hand, independent, people, reported, together
from ketevidence.tables.trials import RESULTS, direct_conditions, studies

_NAMED = 5  # trials of one line
_NONE = "no randomised trial with a result in the tables"
_COLUMNS = [
    "row_id", "condition", "label", "part", "text", "figure", "rank", "finding", "result", "n", "solid",
    "statement_ids", "claim_ids", "outcome_ids", "study_ids", "citation", "source_id",
]  # fmt: skip


@remembered
def condition_card(evidence: Evidence, condition: str) -> pd.DataFrame:
    """One condition in a few lines, one row a line of the card.

    What is shown is chosen by rules, never by what it says. Statements: those of the
    condition, in the order of the article. Trials: the condition's own; where it has none,
    those of a wider group whose people have the condition. Effects: the pool of most people,
    else the trial. The share not helped: the first kind of the vocabulary, a pool before a
    trial, one beside its placebo group, most people. Times: one from a comparison (of
    lengths: one with an interval), one that a second reader saw, most people.

    Parameters
    ----------
    evidence : Evidence
    condition : str
        A condition, or a group of conditions, that the evidence is about.

    Returns
    -------
    pandas.DataFrame
        row_id (key of the line), condition, label (of the condition), part ('what the article
        says', 'best evidence', 'numbers', 'certainty', 'gaps'), text (of the line), figure (str,
        or a verdict; empty where there is none), rank (int, how soon a line gives way where
        there is no room: the highest first, 1 never; the first line of a part and all results
        of trials have 1), finding (str, what a title takes from the line, else empty), result
        (str, of trials with one result of the primary outcome, else empty), n (Int64, people),
        solid (bool: False where no second reader saw a figure of the line, where it or a study is
        known at second hand, and for a provisional judgement; no second reader saw the people and
        results of studies), statement_ids (str, statements of the article, '; ' between),
        claim_ids (str, claims behind the line, '; ' between), outcome_ids (str, outcomes behind the
        line, '; ' between), study_ids (str, studies behind the line, '; ' between), citation,
        source_id.

    Raises
    ------
    ValueError
        An unknown condition.

    Examples
    --------
    >>> from ketevidence import load
    >>> "; ".join(line for line in condition_card(load(), "PD").finding if line)
    'no randomised trial with a result in the tables; certainty not rated'
    """
    known = direct_conditions(evidence)
    if condition not in known:
        raise ValueError(f"no condition {condition!r}{hint(condition, known)}")
    every = randomised_trials(evidence)
    trials, own = trials_about(evidence, every, condition)
    sets = [together(every, trials[trials.study_id == key]) for key in trials.study_id]
    trials = trials.assign(people=list(map(people, sets)), solid=list(map(first_hand, sets)))
    found = studies(evidence)
    found = found[(found.source_status != "retracted") & ~found.study_id.isin(reported(found))]
    found = found[found.condition == condition]
    parts = {
        "what the article says": statements_on(evidence, condition),
        "best evidence": _trials(evidence, found, trials, own),
        "numbers": numbers(evidence, condition, trials),
        "certainty": certainty_of(evidence, condition, trials),
        "gaps": gaps_of(evidence, condition, found, trials),
    }
    label = vocabulary(evidence, "studies", "condition").label(condition)
    cited = references.labels(evidence.sources)
    rows = [
        _row(line, cited) | {"row_id": f"{condition}: {line.key}", "part": part, "rank": line.rank if place else 1}
        for part, lines in parts.items()
        for place, line in enumerate(lines)
    ]
    frame = pd.DataFrame(rows).assign(condition=condition, label=label).astype({"n": "Int64"})
    return finish(evidence, frame, "row_id", _COLUMNS)


def _row(line: Line, cited: dict[str, str]) -> dict[str, object]:
    """A line as a row: each key and each source once."""
    sources = list(dict.fromkeys(line.sources))
    return vars(line) | {
        "statement_ids": _once(line.statements), "claim_ids": _once(line.claims), "outcome_ids": _once(line.outcomes),
        "study_ids": _once(line.studies), "citation": "; ".join(cited[source] for source in sources),
        "source_id": "; ".join(sources),
    }  # fmt: skip


def _once(keys: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(keys))


def _trials(evidence: Evidence, found: pd.DataFrame, trials: pd.DataFrame, own: bool) -> Iterator[Line]:
    """The best design, the trials by the result of their primary outcome, and the studies that are not randomised."""
    designs, kinds = (vocabulary(evidence, "studies", name) for name in ("design", "comparator_type"))
    if trials.empty:
        yield Line("trials", _NONE, finding=_NONE)
    else:
        controls = trials.comparator_type.astype("string").map(kinds.label)
        groups = wording.listed(map(vocabulary(evidence, "studies", "condition").label, trials.condition.unique()))
        control = tallied(controls, controls) if len(trials) > 1 else controls.iloc[0]
        yield Line(
            "trials", f"best design: {designs.label(trials.design.min())}; control: {control}"
            + ("" if own else f"; in {groups}, not of this one alone"),
            ", ".join([wording.counted(len(trials), "trial"), *_people(trials.people.sum())]), n=trials.people.sum(),
            finding=_finding(evidence, trials, own), solid=bool(trials.solid.all()),
            studies=trials.study_id, sources=trials.source_id,
        )  # fmt: skip
    for result in RESULTS:
        with_it = trials[trials.primary_result == result]
        if len(with_it):
            yield _result(evidence, with_it, result, alone=len(trials) == 1)
    others = found[found.design.isin(designs.having_role("not-randomised")) & (found.primary_result != UNPUBLISHED)]
    counted = len(independent(evidence, others))
    if len(others):
        said = dict.fromkeys(others.design.sort_values().astype("string").map(designs.label))
        yield Line(
            "others", f"not randomised: {wording.listed(said)}",
            ", ".join([wording.counted(counted, "study", "studies"), *_people(people(others))]),
            1 if trials.empty else 4, n=people(others), solid=first_hand(others),
            studies=others.study_id, sources=others.source_id,
        )  # fmt: skip


def _people(known: int) -> list[str]:
    return [wording.counted(known, "person", "people")] if known else []


def _result(evidence: Evidence, trials: pd.DataFrame, result: str, alone: bool) -> Line:
    """The trials with one result of the primary outcome, the largest first, and what that outcome was."""
    label = vocabulary(evidence, "studies", "primary_result").label(result)
    ordered = trials.sort_values("n", ascending=False, kind="stable")
    if alone:
        row = ordered.iloc[0]
        facts = [f"{row.citation}: {row.drug} against {row.comparator}", row.primary_outcome, row.primary_time]
        text = ", ".join(str(fact) for fact in facts if not wording.missing(fact))
    else:
        sizes = ["" if wording.missing(n) else f" ({wording.number(n)})" for n in ordered.n]
        sizes[0] = sizes[0].replace(")", " people)")
        sizes = [
            size.replace(")", f"; {wording.number(whole)} with another report)") if n < whole else size
            for size, n, whole in zip(sizes, ordered.n.fillna(0), ordered.people)
        ]
        named = [citation + size for citation, size in zip(ordered.citation, sizes)]
        more = len(named) - _NAMED
        told = [f"{name}: {_measured(outcome)}" for name, outcome in zip(named, ordered.primary_outcome)]
        text = "; ".join([*told[:_NAMED], *([f"{more} more"] if more > 0 else [])])
    figure = f"{label} result" if alone else f"{wording.number(len(trials))} {label}"
    return Line(
        f"result {result}", text, figure, result=label, n=trials.people.sum(),
        solid=bool(trials.solid.all()), studies=trials.study_id, sources=trials.source_id,
    )  # fmt: skip


def _measured(outcome: object) -> str:
    return "primary outcome not in the tables" if wording.missing(outcome) else str(outcome)


def _finding(evidence: Evidence, trials: pd.DataFrame, own: bool) -> str:
    """How many trials of how many people, how their primary outcomes came out, and that of the largest."""
    label = vocabulary(evidence, "studies", "primary_result").label
    results = trials.primary_result.astype("string")
    counted = ", ".join([wording.counted(len(trials), "randomised trial"), *_people(trials.people.sum())])
    if len(trials) == 1:
        counted += f", {label(results.iloc[0])} result"
    else:
        said = [f"{count} {label(name)}" for name in RESULTS if (count := int((results == name).sum()))]
        largest = results[(trials.n == trials.n.max()).fillna(False)]
        which = f" (largest {label(largest.iloc[0])})" if len(largest) == 1 and len(said) > 1 else ""
        counted += f", primary outcome {wording.listed(said)}{which}"
    return counted if own else f"no randomised trial of its own with a result in the tables; in a wider group {counted}"
