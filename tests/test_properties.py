"""Properties: any valid table is read back as written; whatever is broken is named, or was harmless."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketevidence import Evidence, check, load, schema
from ketevidence.schema import Column, Table

TABLES = schema.read(Path(__file__).parents[1] / "evidence").tables
PLACES = [(table, column) for table in TABLES for column in table.columns]
FORMULA = ("=", "+", "-", "@")
TRICKY = ["NA", "None", "nan", "null", "TRUE", "0012", "1e5", "2020-01-01"]
TRICKY += ["a, b", 'say "x"', "a;b", "½ – é 中"]


def examples(number: int) -> settings:
    return settings(max_examples=number, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def place(folder) -> Path:
    """One valid folder for all examples; each puts back what it changes."""
    return folder()


@contextmanager
def replaced(path: Path, content: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def written(path: Path, table: Table, content: list[dict[str, str]]) -> Iterator[None]:
    before = path.read_bytes()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in table.columns], lineterminator="\n")
        writer.writeheader()
        writer.writerows(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def same(typed: object, cell: str) -> bool:
    """Does a typed value say what the written cell says?"""
    if not cell or pd.isna(typed):
        return not cell and pd.isna(typed)
    if isinstance(typed, pd.Timestamp):
        return typed.date().isoformat() == cell
    return typed == cell if isinstance(typed, str) else float(typed) == float(cell)


# Valid tables: cells from the definition, then what the rules of meaning tie together


def plain(text: str) -> bool:
    return bool(text) and text == text.strip() and text.isprintable() and not text.startswith(FORMULA)


def cell(column: Column) -> st.SearchStrategy[str]:
    least, most = column.minimum, column.maximum
    if column.categories:
        return st.sampled_from(column.values)
    if column.pattern:
        ascii_text = st.characters(min_codepoint=32, max_codepoint=126)
        return st.from_regex(column.pattern, fullmatch=True, alphabet=ascii_text).filter(plain)
    if column.type == "integer":
        return st.integers(-(10**15) + 1 if least is None else int(least), 10**15 - 1).map(str)
    if column.type == "number":
        return st.floats(least, most, allow_nan=False, allow_infinity=False).map(repr)
    if column.type == "date":
        return st.dates().map(str)
    if column.type == "duration":
        number = st.integers(0, 999_999)
        forms = st.sampled_from(["P{}Y", "P{}M", "P{}W", "P{}D", "PT{}H", "PT{}M", "P1Y{}DT1H{}S"])
        return st.builds(lambda form, a, b: form.format(a, b), forms, number, number)
    letters = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
    return (st.sampled_from(TRICKY) | st.text(letters, min_size=1, max_size=30)).filter(plain)


@st.composite
def row(draw, table: Table, known: dict[tuple[str, str], list[str]]) -> dict[str, str]:
    made = {c.name: draw(cell(c) if c.required else st.just("") | cell(c)) for c in table.columns}
    for key in table.foreign_keys:
        made[key.column] = draw(st.sampled_from(known[key.table, key.target]))
    return {**made, **draw(consistent(table, made))}


@st.composite
def consistent(draw, table: Table, made: dict[str, str]) -> dict[str, str]:
    low, value, high = map(repr, sorted(draw(st.lists(st.floats(0, 1), min_size=3, max_size=3))))
    time = {"unit": "hours"} if made.get("measure") == "duration" else {}
    people = draw(st.integers(1, 999))
    events = draw(st.integers(0, people))
    counts = {"n": str(people), "events": str(events), "events_basis": "reported"}
    counts["notes"] = f"retracted; {events} of {people}"
    if table.name == "claims":
        kind = draw(st.sampled_from([c for c in table.column("kind").categories if c.topics]))
        claim = {"kind": kind.value, "topic": draw(st.sampled_from(kind.topics))}
        return {**claim, **counts, **time, "low": low, "value": value, "high": high}
    if table.name == "outcomes":
        limits = {"ci_low": low, "value": value, "ci_high": high, "p": low, "p_relation": "equal"}
        return {**limits, **counts, "comparator": made["comparator"] or "midazolam"}
    judged = {}
    if table.name == "risk_of_bias":
        for name in ("domain", "judgement"):
            known = [c.value for c in table.column(name).categories if made["tool"] in c.tools]
            judged[name] = draw(st.sampled_from(known))
        judged["risk_of_bias_id"] = f"{made['study_id']}-{made['tool']}-{judged['domain']}"
    return {
        "sources": {"registry_id": "NCT01234567; X-1"},
        "studies": {"registry_id": "", "overlaps_with": ""},
        "statements": {"low": low, "value": value, "high": high, **time},
        "links": {"relation": "context"} if made.get("statement_id") == "S03" else {},
        "conditions": {"label": f"{made.get('label')} ({made.get('condition_id')})"},
        "instruments": {"minimum": low, "maximum": high},
        "risk_of_bias": judged,
    }.get(table.name, {})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@examples(8)
@given(data=st.data())
def test_a_valid_table_is_read_back_as_it_was_written(place, table, data) -> None:
    keys = {(key.table, key.target) for key in table.foreign_keys}
    known = {(name, column): [r[column] for r in rows(place / f"{name}.csv")] for name, column in keys}
    new = data.draw(st.lists(row(table, known), min_size=1, max_size=3))
    old = rows(place / table.path)
    by_key = {tuple(r[name] for name in table.key): r for r in [*new, *old]}
    content = [by_key[key] for key in sorted(by_key)]
    with written(place / table.path, table, content):
        assert check(place).message.tolist() == []
        frame = load(place).table(table.name)
    assert len(frame) == len(content)
    for column in table.columns:
        pairs = zip(frame[column.name], (r[column.name] for r in content), strict=True)
        assert all(same(typed, cell) for typed, cell in pairs), column.name


# Broken ones


def wrong(column: Column) -> list[str]:
    """Cells that no row of this column may hold, whatever stands in the others."""
    cells = [" x", "x ", "x\ny", "x\0", "x\u200b", "\u00a0x"]
    cells += ["?? \u00bf"] if column.pattern else []
    cells += [""] if column.required else []
    cells += ["no such value"] if column.categories else []
    cells += [str(column.minimum - 1)] if column.minimum is not None else []
    cells += [str(column.maximum + 1)] if column.maximum is not None else []
    kinds = {
        "string": ["=1+1", "+1", "-x", "@x"],
        "integer": ["x", "1.5", "1,5", "1e3", "\u0663", "9" * 16, "=1"],
        "number": ["x", "1,5", "nan", "inf", "1e999", "0x1", "1_000", "=1"],
        "date": ["x", "20261123", "23.11.2026", "2026-02-30", "2026-11"],
        "duration": ["x", "2 hours", "P", "PT", "P1.5D", "P9999999Y", "-P1D"],
    }
    return cells + kinds[column.type]


@examples(120)
@given(where=st.sampled_from(PLACES), data=st.data())
def test_a_cell_that_is_wrong_in_itself_is_named(place, where, data) -> None:
    table, column = where
    content = rows(place / table.path)
    line = data.draw(st.integers(2, len(content) + 1))
    content[line - 2][column.name] = data.draw(st.sampled_from(wrong(column)))
    with written(place / table.path, table, content):
        faults = check(place)
    assert (table.path, line, column.name) in set(zip(faults.file, faults.line, faults.column))


# A change of these may be a fault of the cells that rely on them: a key, the other half of a rule.
SHARED = {name for table in TABLES for name in table.key} | {
    "status", "overlaps_with", "notes", "statement", "outcome", "topic", "measure", "statistic", "value", "minimum",
    "n", "events", "events_basis", "censored", "p", "p_relation", "relation", "label", "tool", "domain",
}  # fmt: skip


@examples(120)
@given(where=st.sampled_from(PLACES), data=st.data())
def test_any_text_in_any_cell_is_named_or_harmless(place, where, data) -> None:
    table, column = where
    content = rows(place / table.path)
    line = data.draw(st.integers(2, len(content) + 1))
    near = st.sampled_from([r[name] for r in content for name in r])
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)
    content[line - 2][column.name] = found = data.draw(near | cell(column) | text)
    with written(place / table.path, table, content):
        faults = check(place)
        if faults.empty:
            assert same(load(place).table(table.name)[column.name][line - 2], found)
        elif column.name not in SHARED:
            assert (table.path, line, column.name) in set(zip(faults.file, faults.line, faults.column))


@examples(120)
@given(
    table=st.sampled_from(TABLES),
    junk=st.binary(max_size=3) | st.sampled_from([b'"', b"\n", b",", b"\r"]),
    start=st.integers(0, 3_000),
    length=st.integers(0, 3),
)
def test_damaged_bytes_never_raise_anything_but_faults(place, table, junk, start, length) -> None:
    path = place / table.path
    content = path.read_bytes()
    start %= len(content)
    with replaced(path, content[:start] + junk + content[start + length :]):
        assert_refused_or_loaded(place)


@examples(100)
@given(data=st.data())
def test_a_damaged_definition_never_raises_anything_but_faults(place, data) -> None:
    path = place / "datapackage.json"
    package = part = json.loads(path.read_text(encoding="utf-8"))
    step = data.draw(st.sampled_from(["resources"] * len(TABLES) + [*package]))
    while isinstance(part[step], dict | list) and part[step] and data.draw(st.integers(0, 5)):
        part = part[step]
        step = data.draw(st.sampled_from([*part] if isinstance(part, dict) else range(len(part))))
    junk = [None, True, 0, -1.5, "", "x", [], [1], [[]], ["x"], {}, {"x": 1}, "no such name", "integer", "="]
    part[step] = data.draw(st.sampled_from(junk))
    with replaced(path, json.dumps(package).encode()):
        assert_refused_or_loaded(place)


def assert_refused_or_loaded(place: Path) -> None:
    faults = check(place)
    assert all(message.isprintable() for message in faults.message)
    if faults.empty:
        assert isinstance(load(place), Evidence)
