"""Commands that print lines about the evidence as a whole, and its references."""

from __future__ import annotations

import argparse
import json

import pandas as pd

from ketevidence import references, tables, wording
from ketevidence.audit import audit
from ketevidence.check import hint
from ketevidence.dataset import Evidence, find, load


def check(arguments: argparse.Namespace) -> None:
    """Say that the folder has no fault; its faults are an error."""
    folder = find(arguments.folder or arguments.data)
    load(folder)
    print(f"no fault in {folder}")


def gaps(arguments: argparse.Namespace) -> None:
    """Print what the evidence lacks."""
    for gap in tables.gaps(load(arguments.data)).to_dict("records"):
        shown = gap["keys"].split("; ") if gap["keys"] else []
        print(f"{wording.number(gap['rows']):>5}  of {wording.number(gap['of'])}  {gap['gap']}")
        kept = shown if arguments.list else shown[:4]
        more = len(shown) - len(kept)
        if kept:
            print(f"       {', '.join(kept)}{f' and {more} more (--list)' if more else ''}")


def summary(arguments: argparse.Namespace) -> None:
    """Print the evidence in a few lines."""
    evidence = load(arguments.data)
    print(evidence)
    for row in tables.statements(evidence).to_dict("records"):
        print(f"{row['statement_id']}  {row['verdict_symbol']} {row['verdict_label']:<24} {row['statement']}")


def audited(arguments: argparse.Namespace) -> None:
    """Print what the rules find."""
    findings = audit(load(arguments.data), source=arguments.source)
    for row in findings.fillna({"statement_id": "-"}).to_dict("records"):
        claims = f" [{wording.counted(row['claims'], 'claim')}: {_first(row['claim_ids'])}]" if row["claims"] else ""
        detail = f" ({row['detail']})" if row["detail"] else ""
        print(f"{row['statement_id']}  {row['code']:<4}{row['finding']}{detail}{claims}")


def _first(keys: str, most: int = 3) -> str:
    named = keys.split("; ")
    return ", ".join(named[:most]) + (", ..." if len(named) > most else "")


def cite(arguments: argparse.Namespace) -> None:
    """Print references."""
    evidence = load(arguments.data)
    sources = evidence.sources
    for key in arguments.ids:
        if key not in set(sources.source_id):
            raise ValueError(f"no source {key!r}{hint(key, sources.source_id)}")
    chosen = sources.set_index("source_id", drop=False).loc[arguments.ids].reset_index(drop=True)
    print(_formatted(chosen, arguments.style, evidence))


def _formatted(chosen: pd.DataFrame, style: str, evidence: Evidence) -> str:
    if style == "vancouver":
        known = references.labels(evidence.sources)
        listed = references.numbered(chosen, evidence.date, known_labels=known)
        return "\n".join(f"{row.number}. {row.reference}" for row in listed.itertuples())
    if style == "bibtex":
        return references.bibtex(chosen).rstrip()
    if style == "ris":
        return references.ris(chosen).rstrip()
    if style == "csl-json":
        return json.dumps(references.csl_json(chosen, evidence.date), indent=2, ensure_ascii=False)
    return "\n".join(references.styled(chosen, style, evidence.date))
