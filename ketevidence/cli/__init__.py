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

_OUTCOMES = "symptoms, points, response, resistance"
_POOL = ("condition", "outcome", "group")
_OPTIONS = {
    "verdicts": ("topic", "condition"), "rates": ("condition", "kind"), "timeline": ("condition", "kind"),
    "trial_facts": ("condition",), "risk_of_bias": ("condition",), "certainty": ("condition",),
    "forest": _POOL, "leave_one_out": _POOL, "gosh": _POOL, "funnel": _POOL,
}  # fmt: skip


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

    _add_lists(command)
    _add_frames(command)
    cite = command("cite", _cite, "references for the sources with these keys")
    cite.add_argument("ids", metavar="ID", nargs="+")
    cite.add_argument("--style", default="vancouver", help="vancouver, bibtex, ris, csl-json or a CSL style")
    report = command("report", _report, "one HTML file with everything, readable without network")
    report.add_argument("file", metavar="FILE", nargs="?", default="report.html")
    return parser


def _add_lists(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that print lines about the evidence as a whole."""
    command("check", _check, "every fault of a folder of tables, with file, line and column").add_argument(
        "folder", nargs="?", help="the folder, if not the one that came along")  # fmt: skip
    command("gaps", _gaps, "what the evidence still lacks, counted and listed").add_argument(
        "--list", action="store_true", help="list every key, not the first few")  # fmt: skip
    command("summary", _summary, "the evidence in a few lines")
    command("audit", _audit, "what mechanical rules find in the statements of an article").add_argument(
        "--source", metavar="ID", help="only the article with this key")  # fmt: skip


def _add_frames(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that show a frame: as a table, a chart or in words."""
    table = command("table", _table, f"one table: {', '.join(tables.__all__)}")
    table.add_argument("name", metavar="NAME")
    table.add_argument("--statement", metavar="ID", help="for evidence_for: the statement")
    table.add_argument("--csv", action="store_true", help="as CSV, every column, nothing rounded")
    chart = command("chart", _chart, f"one chart as .png, .svg or .pdf: {', '.join(charts.__all__)} (.html)")
    chart.add_argument("name", metavar="NAME")
    chart.add_argument("file", metavar="FILE")
    chart.add_argument("--topic", metavar="X", help="for verdicts: only this topic")
    chart.add_argument("--kind", metavar="X", help="for rates and timeline: only this kind of claim")
    chart.add_argument("--outcome", metavar="X", help=f"for forest and what is made from a pool: {_OUTCOMES}")
    chart.add_argument("--group", metavar="WORDS", help="for what is made from a pool: only groups with these words")
    chart.add_argument("--medium", default="page", help="page or slide")
    pool = command("pool", _pool, "what the trials say together, and what could not be used")
    pool.add_argument("--outcome", metavar="X", default="symptoms", help=f"{_OUTCOMES}; symptoms without it")
    pool.add_argument("--across-definitions", action="store_true", help="pool whatever the definition; says so")
    pool.add_argument("--csv", action="store_true", help="as CSV, every column, nothing rounded")
    sure = command("certainty", _certainty, "how certain it is: the curators' judgement beside a computed suggestion")
    sure.add_argument("--csv", action="store_true", help="as CSV, every column")
    for added in (table, chart, pool, sure):
        added.add_argument("--condition", metavar="X", help="only this condition")


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
    if frame.empty:
        print("no row in this table")
        return
    short = frame.drop(columns=[c for c in ("notes", "rationale", "source_id", "label") if c in frame])
    text = short.astype("object").where(short.notna(), "")
    print(text.to_string(index=False, max_colwidth=48))


def _chart(arguments: argparse.Namespace) -> None:
    evidence = load(arguments.data)
    if arguments.name not in charts.__all__:
        raise ValueError(f"no chart {arguments.name!r}{hint(arguments.name, charts.__all__)}")
    for name in ("topic", "condition", "kind", "outcome", "group"):
        if getattr(arguments, name) and name not in _OPTIONS[arguments.name]:
            raise ValueError(f"chart {arguments.name!r} has no --{name}")
    if arguments.name == "certainty":
        if arguments.medium != "page":
            raise ValueError("chart 'certainty' is a page of HTML; it has no --medium")
        print(charts.certainty(tables.certainty(evidence, condition=arguments.condition)).save(arguments.file))
        return
    print(_drawn(evidence, arguments).save(arguments.file))


def _drawn(evidence: Evidence, arguments: argparse.Namespace) -> Chart:
    name, medium, condition = arguments.name, arguments.medium, arguments.condition
    if name == "verdicts":
        board = tables.statements(evidence, topic=arguments.topic, condition=condition)
        return charts.verdicts(board, medium=medium)
    if name == "rates":
        rows = tables.resistance_rates(evidence, condition=condition, kind=arguments.kind)
        return charts.rates(rows, stated=tables.statements(evidence), medium=medium)
    if name == "timeline":
        people = condition or tables.direct_conditions(evidence)
        rows = tables.onset_times(evidence, condition=people, kind=arguments.kind)
        return charts.timeline(rows, stated=tables.stated_times(evidence), medium=medium)
    if name == "trial_facts":
        return charts.trial_facts(tables.trial_facts(evidence, condition=condition), medium=medium)
    if name == "risk_of_bias":
        judged = tables.risk_of_bias(evidence, condition=condition)
        if judged.empty:
            raise ValueError("the tables hold no judgement of the risk of bias; trial_facts shows what is known")
        return charts.risk_of_bias(judged, medium=medium)
    forest = _forest(evidence, arguments)
    if arguments.medium == "slide":
        forest = tables.folded(forest)
    if arguments.group:
        own = forest.group.str.contains(arguments.group, case=False, regex=False)
        chosen = forest[own | (forest.row == "listed") & forest.condition.isin(set(forest.condition[own]))]
        if not own.any():
            groups = list(dict.fromkeys(forest.group[forest.row != "listed"]))
            raise ValueError(f"no group with {arguments.group!r}; known: {'; '.join(groups) or 'none'}")
        forest = chosen
    if forest.empty:
        raise ValueError("the tables hold no randomised trial of this")
    if name == "forest":
        return charts.forest(forest, risk_of_bias=tables.risk_of_bias(evidence), medium=medium)
    made = getattr(tables, name)(forest)
    drawn: Chart = getattr(charts, name)(made, medium=medium)
    return drawn


def _forest(evidence: Evidence, arguments: argparse.Namespace, across: bool = False) -> pd.DataFrame:
    outcome = arguments.outcome or "symptoms"
    if outcome == "resistance":
        return tables.pooled_rates(evidence, condition=arguments.condition, across_definitions=across)
    if outcome not in _OUTCOMES.split(", "):
        raise ValueError(f"no outcome {outcome!r}{hint(outcome, _OUTCOMES.split(', '))}")
    return tables.pooled(evidence, condition=arguments.condition, outcome=outcome, across_definitions=across)


def _pool(arguments: argparse.Namespace) -> None:
    frame = _forest(load(arguments.data), arguments, arguments.across_definitions)
    if arguments.csv:
        _print_table(frame, as_csv=True)
        return
    for line in tables.spelled(frame):
        print(line)
    if arguments.outcome != "resistance":
        print("What reviews report, beside this: ketevidence table published_comparison")


def _certainty(arguments: argparse.Namespace) -> None:
    frame = tables.certainty(load(arguments.data), condition=arguments.condition)
    if frame.empty:
        raise ValueError(f"no comparison of {arguments.condition!r} is rated")
    if arguments.csv:
        _print_table(frame, as_csv=True)
        return
    for row in frame.to_dict("records"):
        print(f"{row['condition']}  {row['comparison']}: {row['outcome']}")
        print(f"      effect      {row['effect']}")
        print(f"      curators    {row['certainty']} ({row['status']}): {row['reasons']}")
        print(f"      suggestion  {row['suggestion']}")
        for name in ("suggestion_reasons", "differs"):
            if row[name]:
                print(f"                  {'differ on ' if name == 'differs' else ''}{row[name]}")
        print(f"      why         {row['rationale']}")
    print("Nothing here is medical advice.")


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
