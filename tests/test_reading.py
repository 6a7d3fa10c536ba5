"""A CSV file as text: cells and lines as they stand, flaws where it is no table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketevidence import reading

BOM = b"\xef\xbb\xbf"
MARK = "begins with a byte order mark; save it as UTF-8 without BOM"
RETURN = "holds a carriage return, the Windows end of line; save it with LF line ends"
STRAY = "has a stray quote; a quote inside a quoted cell is written twice"
OPEN = "opens a quote that is never closed; close it, or remove it"
EMPTY = "is empty, without even a header; restore it"
LONG = "has a cell longer than 131,072 characters; shorten it"


@pytest.mark.parametrize(
    ("content", "flaws"),
    [
        (b"", [(None, EMPTY)]),
        (b"\n \r\n", [(None, EMPTY)]),
        (BOM, [(None, EMPTY)]),
        (BOM + b"a,b\n1,2\n", [(1, MARK)]),
        (b"a,b\n1,2\r\n3,4\r\n", [(2, RETURN)]),
        (b"a,b\r1,2\r", [(1, RETURN)]),
        (b"a,b\n1,\xe9\n", [(2, "is not UTF-8: byte 0xe9; save it as UTF-8")]),
        ("a,b\n".encode("utf-16"), [(1, "is not UTF-8: byte 0xff; save it as UTF-8")]),
        (b"a;b\n1;2\n", [(1, "is separated by semicolons; export it with commas and decimal points")]),
        (b"a\tb\n1\t2\n", [(1, "is separated by tabs; export it with commas and decimal points")]),
        (b"\na,b\n1,2\n", [(1, "is blank; the first line names the columns")]),
        (b"a,b\n\n1,2\n", [(2, "is blank; remove the line")]),
        (b"a,b\n1,2\n\n", [(3, "is blank; remove the line")]),
        (b"a,b\n \n", [(2, "has 1 cell where the header has 2; a comma is missing")]),
        (
            b"a,b\n1\n1,2,3\n",
            [
                (2, "has 1 cell where the header has 2; a comma is missing"),
                (3, "has 3 cells where the header has 2; text that holds a comma stands in quotes"),
            ],
        ),
        (b'a,b\n1,"2"3"\n', [(2, STRAY)]),
        (b'a,b\n1,"x\n2,y\n3,"z"\n', [(2, STRAY)]),
        (b'a,b\n1,2\n3,"x\n4,y\n', [(3, OPEN)]),
        (b'a,b\n1,"x\ny"\n3,"x\n4,y\n', [(4, OPEN)]),
        (b'a,"b\n1,2\n', [(1, OPEN)]),
        (b"a,b\n1,2\n3," + b"x" * 131_073 + b"\n", [(3, LONG)]),
        (b"a,b\n1,2\n" + b"x" * 131_073 + b",", [(3, LONG)]),
    ],
)
def test_a_flaw_is_named_where_it_begins(tmp_path, content, flaws) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    table = reading.read(path)
    assert [(flaw.line, flaw.message) for flaw in table.flaws] == flaws
    assert table.cells is None


@pytest.mark.parametrize(
    ("content", "cells", "lines"),
    [
        ("a,b\n1,2\n3,\n", {"a": ["1", "3"], "b": ["2", ""]}, [2, 3]),
        ("a,b\n1,2", {"a": ["1"], "b": ["2"]}, [2]),
        ("a,b\n", {"a": [], "b": []}, []),
        ('a,b\n"1,5","say ""x"""\n', {"a": ["1,5"], "b": ['say "x"']}, [2]),
        ('a,b\n1,5 "mg"\n', {"a": ["1"], "b": ['5 "mg"']}, [2]),
        ('a,b\n"1\n\n2",x\n3,4\n', {"a": ["1\n\n2", "3"], "b": ["x", "4"]}, [2, 5]),
        ("a,b\nNA,None\n", {"a": ["NA"], "b": ["None"]}, [2]),
        ("a,b\n é,x\0y\n", {"a": [" é"], "b": ["x\0y"]}, [2]),
        ("a,a\n1,2\n", {"a": ["1"]}, [2]),
        ("a;x,b\n1,2\n", {"a;x": ["1"], "b": ["2"]}, [2]),
    ],
)
def test_cells_are_read_as_they_stand(tmp_path, content, cells, lines) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode())
    table = reading.read(path)
    found = {name: list(column) for name, column in table.cells.items()}
    assert (found, [*table.lines], table.flaws) == (cells, lines, ())
    assert reading.digest(path) == hashlib.sha256(content.encode()).hexdigest()


def test_a_header_is_kept_with_its_repeats(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,a\n1,2,3\n")
    assert reading.read(path).header == ("a", "b", "a")


def test_a_file_that_cannot_be_opened_is_a_flaw(tmp_path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    flaws = [reading.read(tmp_path / name).flaws[0] for name in ("no.csv", "folder.csv", "loop.csv")]
    assert [(flaw.line, flaw.message) for flaw in flaws] == [
        (None, "is missing; datapackage.json names it"),
        (None, "cannot be opened: is a directory"),
        (None, "cannot be opened: too many levels of symbolic links"),
    ]


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.text(alphabet='ab ,"\n\u00e9', max_size=40))
def test_the_fast_way_reads_what_the_strict_way_reads_or_leaves_it(body):
    """Arrow reads whole columns; where it does, the csv module must see the same cells and lines."""
    content = f"one,two\n{body}"
    fast = reading._well_formed("t.csv", content.encode())
    if fast is not None:
        strict = reading._parsed("t.csv", content)
        assert (fast.flaws, strict.flaws) == ((), ())
        assert [*fast.lines] == [*strict.lines]
        assert {n: list(c) for n, c in fast.cells.items()} == {n: list(c) for n, c in strict.cells.items()}


def test_the_real_tables_are_read_the_fast_way():
    folder = Path(__file__).parents[1] / "evidence"
    filled = [file for file in folder.glob("*.csv") if reading.read(file).lines]
    assert filled
    assert [file.name for file in filled if reading._well_formed(file.name, file.read_bytes()) is None] == []
