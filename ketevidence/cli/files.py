"""Commands that write files of many parts, and the one that asks what a file was made from."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from ketevidence import wording
from ketevidence.cli.opening import opened
from ketevidence.dataset import load
from ketevidence.trace import Traced
from ketevidence.trace import trace as traced

_SHOWN = 60  # characters of a value that stand in a line


def report(arguments: argparse.Namespace) -> None:
    """Write the page."""
    from ketevidence import report

    print(report.write(opened(arguments), arguments.file))


def deck(arguments: argparse.Namespace) -> None:
    """Write the slides."""
    from ketevidence import deck

    charts = None if arguments.charts is None else [name for name in arguments.charts.split(",") if name.strip()]
    if charts == []:
        raise ValueError("--charts names no chart; give one, such as rates")
    print(
        deck.build(
            opened(arguments), arguments.file, condition=arguments.condition, charts=charts,
            template=arguments.template, medium=arguments.medium, tell=_tell,
        )
    )  # fmt: skip


def figures(arguments: argparse.Namespace) -> None:
    """Write all charts and a page that shows them."""
    from ketevidence import deck

    formats = tuple(arguments.format.split(","))
    print(
        deck.figures(
            opened(arguments), arguments.folder, formats=formats, medium=arguments.medium,
            condition=arguments.condition, tell=_tell,
        )
    )  # fmt: skip


def _tell(line: str) -> None:
    """What is worth knowing beside the path of what was written, which alone stands on stdout."""
    print(f"ketevidence: {line}", file=sys.stderr)


def trace(arguments: argparse.Namespace) -> int:
    """Say what files were made from: 0 if all are current, 1 if one is stale, 2 if a file could not be read."""
    evidence = load(arguments.data)
    found, refused = [], []
    for path in arguments.paths:
        try:
            found += traced(path, evidence)
        except ValueError as error:
            refused.append(str(error))
    if arguments.csv:
        for one in found:
            text = one.rows.assign(file=str(one.file), place=one.part).to_csv(index=False, lineterminator="\n")
            print(text, end="")
    else:
        _print_found(found, every_row=arguments.rows or len(found) == 1)
    for line in refused:
        print(f"ketevidence: {line}", file=sys.stderr)
    return 2 if refused else int(not all(one.current for one in found))


def _print_found(found: list[Traced], every_row: bool) -> None:
    for one in found:
        print(one)
        _print_changes(one)
        if every_row:
            _print_rows(one)
    for said, count in Counter(one.wording for one in found if one.wording).items():
        print(said if count == len(found) else f"{count} of {len(found)} {said}")
    if found:
        silent = sum(not one.record["frames"] for one in found)
        stale = sum(not one.current for one in found) - silent
        print(
            f"{stale} of {len(found) - silent} stale; "
            "rows were compared, not titles, nor what somebody typed or drew since"
        )
        if silent:
            print(f"{wording.counted(silent, 'file')} could not be asked: damaged, or without provenance")


def _print_changes(one: Traced) -> None:
    for row in one.changes.to_dict("records"):
        old, new = _apart(row["old"], row["new"])
        values = f"  {row['column']}: {_short(old)} -> {_short(new)}" if row["column"] else ""
        cited = f" ({row['citation']})" if row["citation"] else ""
        print(f"  {row['change']:<9} {row['key']}{cited}{values}")


def _apart(old: str, new: str) -> tuple[str, str]:
    """Two values, of long ones that begin alike what comes after it: the change must be seen."""
    alike = next((place for place, (one, other) in enumerate(zip(old, new)) if one != other), min(len(old), len(new)))
    if max(len(old), len(new)) <= _SHOWN or alike < _SHOWN // 2:
        return old, new
    start = old.rfind(" ", 0, alike) + 1
    return f"…{old[start:]}", f"…{new[start:]}"


def _short(value: str) -> str:
    value = value or "empty"
    return value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"


def _print_rows(one: Traced) -> None:
    """Where each number comes from: key, citation, place in the source."""
    for frame in one.record["frames"]:
        print(f"  {frame['part']}: {wording.counted(frame['count'], 'row')}")
    names = [name for name in ("citation", "figure", "locator", "source_id") if name in one.rows]
    keys = {frame["key"] for frame in one.record["frames"]}
    rows = one.rows.fillna("")
    for row in rows.to_dict("records"):
        key = next((row[name] for name in keys if row.get(name)), "")
        said = " · ".join(_short(row[name]) for name in names if row[name])
        print(f"    {key}  {said}")
