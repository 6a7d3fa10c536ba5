"""The command line: thin commands over the doors of the library.

Tables and texts go to stdout, so that they pipe; errors go to stderr, one line each.
Exit codes: 0 done, 1 faults in the evidence, 2 wrong use.
"""

from __future__ import annotations

import argparse
import inspect
import io
import json
import os
import sys
from collections.abc import Callable, Sequence

import pandas as pd

from ketevidence import __version__, charts, references, tables, wording
from ketevidence.audit import audit
from ketevidence.chart import Chart
from ketevidence.check import EvidenceError, hint
from ketevidence.dataset import Evidence, find, load


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # output that is redirected on Windows has another one
    try:
        return int(arguments.run(arguments) or 0)
    except EvidenceError as error:
        print(error, file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"ketevidence: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ketevidence",
        description="What an article says, what the evidence says, and where every figure comes from. "
        "Not medical advice.",
    )
    parser.add_argument("--version", action="version", version=f"ketevidence {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", metavar="FOLDER", help="the evidence folder, if not the one that came along")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help, parents=[shared])
        added.set_defaults(run=run)
        return added

    command("check", _check, "every fault of a folder of tables, with file, line and column").add_argument(
        "folder", nargs="?", help="the folder, if not the one that came along")  # fmt: skip
    command("gaps", _gaps, "what the evidence still lacks, counted and listed").add_argument(
        "--list", action="store_true", help="list every key, not the first few")  # fmt: skip
    command("summary", _summary, "the evidence in a few lines")
    command("audit", _audit, "what mechanical rules find in the statements of an article").add_argument(
        "--source", metavar="ID", help="only the article with this key")  # fmt: skip
    table = command("table", _table, f"one table: {', '.join(tables.__all__)}")
    table.add_argument("name", metavar="NAME")
    table.add_argument("--statement", metavar="ID", help="for evidence_for: the statement")
    table.add_argument("--condition", metavar="X", help="only this condition")
    table.add_argument("--csv", action="store_true", help="as CSV, every column, nothing rounded")
    chart = command("chart", _chart, f"one chart as .png, .svg or .pdf: {', '.join(charts.__all__)}")
    chart.add_argument("name", metavar="NAME")
    chart.add_argument("file", metavar="FILE")
    chart.add_argument("--condition", metavar="X", help="only this condition")
    chart.add_argument("--topic", metavar="X", help="for verdicts: only this topic")
    chart.add_argument("--kind", metavar="X", help="for rates and timeline: only this kind of claim")
    chart.add_argument("--medium", default="page", help="page or slide")
    cite = command("cite", _cite, "references for the sources with these keys")
    cite.add_argument("ids", metavar="ID", nargs="+")
    cite.add_argument("--style", default="vancouver", help="vancouver, bibtex, ris, csl-json or a CSL style")
    report = command("report", _report, "one HTML file with everything, readable without network")
    report.add_argument("file", metavar="FILE", nargs="?", default="report.html")
    return parser


def _check(arguments: argparse.Namespace) -> None:
    folder = find(arguments.folder or arguments.data)
    load(folder)
    print(f"no fault in {folder}")


def _gaps(arguments: argparse.Namespace) -> None:
    for gap in tables.gaps(load(arguments.data)).to_dict("records"):
        shown = gap["keys"].split("; ") if gap["keys"] else []
        print(f"{wording.number(gap['rows']):>5}  of {wording.number(gap['of'])}  {gap['gap']}")
        kept = shown if arguments.list else shown[:4]
        more = len(shown) - len(kept)
        if kept:
            print(f"       {', '.join(kept)}{f' and {more} more (--list)' if more else ''}")


def _summary(arguments: argparse.Namespace) -> None:
    evidence = load(arguments.data)
    print(evidence)
    for row in tables.statements(evidence).to_dict("records"):
        print(f"{row['statement_id']}  {row['verdict_symbol']} {row['verdict_label']:<24} {row['statement']}")


def _audit(arguments: argparse.Namespace) -> None:
    findings = audit(load(arguments.data), source=arguments.source)
    for row in findings.fillna({"statement_id": "-"}).to_dict("records"):
        claims = f" [{wording.counted(row['claims'], 'claim')}: {_first(row['claim_ids'])}]" if row["claims"] else ""
        detail = f" ({row['detail']})" if row["detail"] else ""
        print(f"{row['statement_id']}  {row['code']:<4}{row['finding']}{detail}{claims}")


def _first(keys: str, most: int = 3) -> str:
    named = keys.split("; ")
    return ", ".join(named[:most]) + (", ..." if len(named) > most else "")


def _table(arguments: argparse.Namespace) -> None:
    evidence = load(arguments.data)
    if arguments.name not in tables.__all__:
        raise ValueError(f"no table {arguments.name!r}{hint(arguments.name, tables.__all__)}")
    make = getattr(tables, arguments.name)
    options = {name: getattr(arguments, name) for name in ("statement", "condition") if getattr(arguments, name)}
    allowed = inspect.signature(make).parameters
    for name in options:
        if name not in allowed:
            raise ValueError(f"table {arguments.name!r} has no --{name}")
    if "statement" in allowed and "statement" not in options:
        raise ValueError(f"table {arguments.name!r} needs --statement, such as S14")
    _print_table(make(evidence, **options), arguments.csv)


def _print_table(frame: pd.DataFrame, as_csv: bool) -> None:
    if as_csv:
        print(frame.to_csv(index=False, lineterminator="\n"), end="")
        return
    short = frame.drop(columns=[c for c in ("notes", "rationale", "source_id", "label") if c in frame])
    text = short.astype("object").where(short.notna(), "")
    print(text.to_string(index=False, max_colwidth=48))


def _chart(arguments: argparse.Namespace) -> None:
    evidence = load(arguments.data)
    if arguments.name not in charts.__all__:
        raise ValueError(f"no chart {arguments.name!r}{hint(arguments.name, charts.__all__)}")
    options = {"verdicts": ("topic", "condition"), "rates": ("condition", "kind"), "timeline": ("condition", "kind")}
    for name in ("topic", "condition", "kind"):
        if getattr(arguments, name) and name not in options[arguments.name]:
            raise ValueError(f"chart {arguments.name!r} has no --{name}")
    drawn = _drawn(evidence, arguments)
    print(drawn.save(arguments.file))


def _drawn(evidence: Evidence, arguments: argparse.Namespace) -> Chart:
    if arguments.name == "verdicts":
        board = tables.statements(evidence, topic=arguments.topic, condition=arguments.condition)
        return charts.verdicts(board, medium=arguments.medium)
    if arguments.name == "rates":
        rows = tables.resistance_rates(evidence, condition=arguments.condition, kind=arguments.kind)
        return charts.rates(rows, stated=tables.statements(evidence), medium=arguments.medium)
    people = arguments.condition or tables.direct_conditions(evidence)
    rows = tables.onset_times(evidence, condition=people, kind=arguments.kind)
    return charts.timeline(rows, stated=tables.stated_times(evidence), medium=arguments.medium)


def _cite(arguments: argparse.Namespace) -> None:
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


def _report(arguments: argparse.Namespace) -> None:
    from ketevidence import report

    path = report.write(load(arguments.data), arguments.file)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
