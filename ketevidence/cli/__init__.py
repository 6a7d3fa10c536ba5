"""The command line: thin commands over the doors of the library.

Tables and texts go to stdout, so that they pipe; errors go to stderr, one line each.
Exit codes: see `EXITS`.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence

from ketevidence import __version__, gallery, style, tables
from ketevidence.check import EvidenceError
from ketevidence.cli import evidence, files, frames

_OUTCOMES = ", ".join(gallery.OUTCOMES)
_MEDIA = ", ".join(style.MEDIA)
EXITS = "Exit codes: 0 done; 1 faults in the evidence, or trace found something stale; 2 wrong use."


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
        epilog=EXITS,
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
    _add_files(command)
    return parser


def _add_lists(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that print lines about the evidence as a whole."""
    command("check", evidence.check, "every fault of a folder of tables, with file, line and column").add_argument(
        "folder", nargs="?", help="the folder, if not the one that came along")  # fmt: skip
    command("gaps", evidence.gaps, "what the evidence still lacks, counted and listed").add_argument(
        "--list", action="store_true", help="list every key, not the first few")  # fmt: skip
    command("summary", evidence.summary, "the evidence in a few lines")
    command("audit", evidence.audited, "what mechanical rules find in the statements of an article").add_argument(
        "--source", metavar="ID", help="only the article with this key")  # fmt: skip
    cite = command("cite", evidence.cite, "references for the sources with these keys")
    cite.add_argument("ids", metavar="ID", nargs="+")
    cite.add_argument("--style", default="vancouver", help="vancouver, bibtex, ris, csl-json or a CSL style")


def _add_frames(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that show a frame: as a table, a chart or in words."""
    table = command("table", frames.table, f"one table: {', '.join(tables.__all__)}")
    table.add_argument("name", metavar="NAME")
    table.add_argument("file", metavar="FILE", nargs="?", help="a .xlsx, .docx, .csv, .md or .html file to write")
    table.add_argument("--statement", metavar="ID", help="for evidence_for: the statement")
    table.add_argument("--csv", action="store_true", help="as CSV, every column, nothing rounded")
    chart = command(
        "chart", frames.chart, f"one chart as .png, .svg or .pdf: {', '.join(gallery.NAMES)}; or certainty as .html"
    )
    chart.add_argument("name", metavar="NAME")
    chart.add_argument("file", metavar="FILE")
    chart.add_argument("--topic", metavar="X", help="for verdicts: only this topic")
    chart.add_argument("--kind", metavar="X", help="for rates, timeline and durations: only this kind of claim")
    chart.add_argument("--outcome", metavar="X", help=f"for forest and what is made from a pool: {_OUTCOMES}")
    chart.add_argument("--group", metavar="WORDS", help="for what is made from a pool: only groups with these words")
    chart.add_argument(
        "--rows", action="store_true", help="write the rows drawn, with their sources, beside it as .csv"
    )
    pool = command("pool", frames.pool, "what the trials say together, and what could not be used")
    pool.add_argument("--outcome", metavar="X", default="symptoms", help=f"{_OUTCOMES}; symptoms without it")
    pool.add_argument("--across-definitions", action="store_true", help="pool whatever the definition; says so")
    pool.add_argument("--csv", action="store_true", help="as CSV, every column, nothing rounded")
    sure = command(
        "certainty", frames.certainty, "how certain it is: the curators' judgement beside a computed suggestion"
    )
    sure.add_argument("--csv", action="store_true", help="as CSV, every column")
    for added in (table, chart, pool, sure):
        added.add_argument("--condition", metavar="X", help="only this condition")
    _add_medium(chart, "page")


def _add_files(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that write files of many parts, and trace."""
    report = command("report", files.report, "one HTML file with everything, readable without network")
    report.add_argument("file", metavar="FILE", nargs="?", default="report.html")
    deck = command("deck", files.deck, "slides for a talk as .pptx, with sources, notes and alt text")
    deck.add_argument("file", metavar="FILE")
    deck.add_argument("--template", metavar="FILE", help="a .pptx whose master, fonts and colours are used")
    deck.add_argument("--charts", metavar="A,B,C", help=f"only these charts: {', '.join(gallery.NAMES)}, certainty")
    figures = command("figures", files.figures, "all charts in a folder, with an index.html that shows them")
    figures.epilog = (
        "Files of the same names are replaced. Figures of an earlier run that are not written again stay, and are "
        "named on stderr; nothing else in the folder is touched."
    )
    figures.add_argument("folder", metavar="FOLDER")
    figures.add_argument("--format", metavar="A,B", default="svg,png", help="svg, png, pdf; svg,png without it")
    for added in (deck, figures):
        added.add_argument("--condition", metavar="X", help="only this condition")
    _add_medium(figures, "slide")
    deck.add_argument("--medium", help="slide or slide-dark; without it the one nearest to the template's background")
    trace = command(
        "trace", files.trace, "what a figure, deck or folder of them was made from, and whether it is current"
    )
    trace.add_argument("paths", metavar="FILE", nargs="+")
    trace.add_argument("--rows", action="store_true", help="list the rows of every figure, not of a single one only")
    trace.add_argument("--csv", action="store_true", help="the rows as drawn, as CSV")


def _add_medium(added: argparse.ArgumentParser, usual: str) -> None:
    added.add_argument("--medium", default=usual, help=f"{_MEDIA}; {usual} without it")
