"""Commands that show one frame: as a table, in words, or as a chart."""

from __future__ import annotations

import argparse
import inspect

import pandas as pd

from ketevidence import charts, export, gallery, layout, style, tables
from ketevidence.check import hint
from ketevidence.cli.opening import opened


def table(arguments: argparse.Namespace) -> None:
    """Print one table, or write it to a file."""
    evidence = opened(arguments)
    if arguments.name not in tables.__all__:
        raise ValueError(f"no table {arguments.name!r}{hint(arguments.name, tables.__all__)}")
    make = getattr(tables, arguments.name)
    options = {name: getattr(arguments, name) for name in ("statement", "condition") if getattr(arguments, name)}
    allowed = inspect.signature(make).parameters
    for name in options:
        if name not in allowed:
            raise ValueError(f"table {arguments.name!r} has no --{name}")
    for name, such in {"statement": "S14", "condition": "GAD"}.items():
        if name in allowed and allowed[name].default is inspect.Parameter.empty and name not in options:
            raise ValueError(f"table {arguments.name!r} needs --{name}, such as {such}")
    made = make(evidence, **options)
    if not arguments.file:
        _print_table(made, arguments.csv)
        return
    if arguments.csv:
        raise ValueError("--csv prints; a file has its form by its ending")
    print(export.write(evidence, made, arguments.file, name=arguments.name))


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


def chart(arguments: argparse.Namespace) -> None:
    """Write one chart."""
    evidence, name = opened(arguments), arguments.name
    given = ("topic", "condition", "kind", "outcome", "group")
    options = {option: getattr(arguments, option) for option in given if getattr(arguments, option)}
    if name != "certainty":
        try:
            drawn = gallery.draw(evidence, name, medium=arguments.medium, **options)
        except layout.TooManyRows as error:
            fewer = [f"--{option}" for option in gallery.OPTIONS[name] if option not in options]
            raise ValueError(f"{error}; {', '.join([*fewer, 'or ketevidence figures for several slides'])}") from None
        print(drawn.save(arguments.file, rows=arguments.rows))
        if style.medium(drawn.medium).height is not None:  # a slide may have no room for their names
            print(f"Sources: {'; '.join(drawn.sources)}")
        return
    for option in options.keys() - {"condition"}:
        raise ValueError(f"chart 'certainty' has no --{option}")
    if arguments.medium != "page" or arguments.rows:
        raise ValueError("chart 'certainty' is a page of HTML; it has no --medium and no --rows")
    print(charts.certainty(tables.certainty(evidence, condition=arguments.condition)).save(arguments.file))


def pool(arguments: argparse.Namespace) -> None:
    """Print what the trials say together."""
    across = arguments.across_definitions
    frame = gallery.pools(opened(arguments), arguments.outcome, condition=arguments.condition, across=across)
    if arguments.csv:
        _print_table(frame, as_csv=True)
        return
    for line in tables.spelled(frame):
        print(line)
    if arguments.outcome != "resistance":
        print("What reviews report, beside this: ketevidence table published_comparison")


def certainty(arguments: argparse.Namespace) -> None:
    """Print how certain the findings are."""
    frame = tables.certainty(opened(arguments), condition=arguments.condition)
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
