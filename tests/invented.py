"""Small invented trials, laid beside those of tests/data/valid."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from ketevidence import Evidence, load

Row = dict[str, str]


def trial(study: str, **cells: str) -> Row:
    """A parallel trial in social anxiety against a drug that is felt; its source has the same key."""
    row = {
        "study_id": study, "source_id": study, "condition": "SAD", "design": "rct-parallel",
        "masking": "double-blind", "n_randomised": "40", "population": "adults with SAD",
        "treatment_resistant": "no", "drug": "ketamine", "comparator": "midazolam",
        "comparator_type": "psychoactive", "primary_outcome": "LSAS", "primary_timepoint": "P7D",
        "primary_result": "positive", "basis": "full_text",
    }  # fmt: skip
    return row | cells


def result(key: str, **cells: str) -> Row:
    """A result of the trial that the first word of the key names."""
    study = key.partition("-")[0]
    row = {
        "outcome_id": key, "study_id": study, "source_id": study, "outcome": "LSAS", "domain": "social-anxiety",
        "timepoint": "P7D", "arm": "ketamine", "unit": "points", "locator": "table 2", "basis": "full_text",
        "checked": "yes",
    }  # fmt: skip
    return row | cells


def contrast(key: str, value: str = "-10", low: str = "-18", high: str = "-2", **cells: str) -> Row:
    """A printed difference of the arms in points, with its interval."""
    limits = {"value": value, "ci_low": low, "ci_high": high, "ci_level": "0.95"}
    return result(key, **({"comparator": "midazolam", "statistic": "mean_difference", "n": "40"} | limits | cells))


def arms(
    key: str, drug: tuple[str, str, str] = ("50", "20", "20"), control: tuple[str, str, str] = ("60", "22", "20"),
    **cells: str,
) -> list[Row]:  # fmt: skip
    """Mean, standard deviation and people of both arms."""
    return [
        result(f"{key}-{arm}", **({"arm": arm, "statistic": "mean", "value": mean, "sd": sd, "n": n} | cells))
        for arm, (mean, sd, n) in (("ketamine", drug), ("midazolam", control))
    ]


def counts(key: str, drug: tuple[str, str], control: tuple[str, str], **cells: str) -> list[Row]:
    """People with the outcome, and people, of both arms."""
    named = {
        "statistic": "proportion",
        "unit": "proportion",
        "events_basis": "reported",
        "outcome": "response (LSAS 35% lower)",
    }
    return [
        result(f"{key}-{arm}", **(named | {"arm": arm, "events": events, "n": n} | cells))
        for arm, (events, n) in (("ketamine", drug), ("midazolam", control))
    ]


def claim(key: str, **cells: str) -> Row:
    """A count of people without response, in an arm of the trial that the first word of the key names."""
    row = {
        "claim_id": key, "source_id": key.partition("-")[0], "topic": "treatment_resistance", "condition": "SAD",
        "kind": "non_response", "intervention": "placebo", "statement": "So many did not respond.",
        "measure": "proportion", "interval": "none", "unit": "proportion", "events_basis": "reported",
        "definition": "CGI-I 2 not reached", "locator": "table 3", "basis": "full_text", "checked": "yes",
    }  # fmt: skip
    return row | cells


def estimate(key: str, **cells: str) -> Row:
    """A pooled effect that a review prints."""
    printed = {
        "topic": "efficacy", "kind": "pooled_effect", "intervention": "ketamine", "comparator": "control",
        "statement": "Fewer symptoms.", "measure": "smd", "value": "0.3", "low": "0.1", "high": "0.5",
        "interval": "ci95", "unit": "Hedges g", "events_basis": "", "definition": "all times",
        "notes": "Printed as positive when ketamine is better.",
    }  # fmt: skip
    return claim(key, **(printed | cells))


def renamed(rows: Sequence[Row], study: str) -> list[Row]:
    """The rows of the trial ash as those of another one."""
    return [{name: cell.replace("ash", study) for name, cell in row.items()} for row in rows]


def evidence_of(
    folder: Callable[..., Path],
    trials: Sequence[Row] = (),
    results: Sequence[Row] = (),
    claims: Sequence[Row] = (),
    cells: dict[str, str] | None = None,
    **instruments: str,
) -> Evidence:
    """tests/data/valid with these rows laid beside its own, and cells of its own changed.

    `instruments` are names of instruments with what a higher score means.
    """
    made = folder(cells=cells)
    keys = dict.fromkeys(row["source_id"] for row in (*trials, *claims))
    named = {key: f"20{place:02}" for place, key in enumerate(keys, start=10)}
    known = {row["source_id"] for row in _rows(made / "sources.csv")}
    sources = [
        {
            "source_id": key, "type": "article-journal", "design": "rct-parallel", "title": f"A trial of {key}",
            "author": f"{key.capitalize()}, A.", "issued": issued, "status": "current",
        }
        for key, issued in named.items()
        if key not in known
    ]  # fmt: skip
    _add(made / "sources.csv", sources)
    _add(made / "studies.csv", trials)
    _add(made / "outcomes.csv", results)
    _add(made / "claims.csv", claims)
    _add(
        made / "instruments.csv",
        [
            {"instrument_id": name, "name": name, "domain": "anxiety", "higher_means": means, "rated_by": "self"}
            for name, means in instruments.items()
        ],
    )
    return load(made)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _add(path: Path, added: Sequence[Row]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    rows = sorted([*_rows(path), *added], key=lambda row: row[header[0]])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
