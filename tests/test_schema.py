"""datapackage.json: read into dataclasses, or refused with one line that says why."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from ketevidence import check, schema

REAL = Path(__file__).parents[1] / "evidence"

FRIEND = {"fields": ["friend"], "reference": {"resource": "people", "fields": ["id"]}}
LETTERS = {"pattern": "[a-z]+"}
UP = {"value": "up", "label": "well", "description": "Well.", "role": "good", "topics": ["x"]}
SMALL = {
    "name": "small",
    "version": "1.0.0",
    "created": "2026-11-23T00:00:00Z",
    "licenses": [{"name": "CC-BY-4.0"}],
    "resources": [
        {
            "name": "people",
            "path": "people.csv",
            "schema": {
                "fields": [
                    {"name": "id", "type": "string", "description": "Key", "constraints": LETTERS},
                    {
                        "name": "mood",
                        "type": "string",
                        "description": "How they are.",
                        "categories": [
                            UP,
                            {"value": "down", "label": "unwell", "description": "Not well."},
                        ],
                        "constraints": {"enum": ["up", "down"], "required": True},
                    },
                    {"name": "age", "type": "integer", "description": "Age.", "constraints": {"minimum": 0}},
                    {"name": "friend", "type": "string", "description": "Another one."},
                ],
                "primaryKey": ["id"],
                "foreignKeys": [FRIEND],
            },
        }
    ],
}
PEOPLE = "table 'people'"
TABLE = "resources/0"
FIELD = "resources/0/schema/fields"
FOREIGN = "resources/0/schema/foreignKeys/0"
ID, MOOD, AGE = (f"column {name!r} of table 'people'" for name in ("id", "mood", "age"))
A_CATEGORY, A_KEY = f"a category of {MOOD}", "a foreign key of table 'people'"
NOWHERE = f"{A_KEY} points nowhere:"
NO_TEXT = "that is not text"
OUTSIDE = ("../../etc/passwd", "/etc/passwd", "../x.csv", "sub/x.csv", "..", "https://a.b/c.csv", "a.csv\n")
LOOK = "look at this line and the one before"
UNREADABLE = "is not JSON that can be read; take it from the last release"


def changed(place: str, value: object) -> dict:
    """The small definition with one part changed; None takes it away, ... repeats it."""
    package = copy.deepcopy(SMALL)
    *path, last = (int(step) if step.isdigit() else step for step in place.split("/"))
    part = package
    for step in path:
        part = part[step]
    if value is None:
        del part[last]
    elif value is ...:
        part.append(part[last])
    else:
        part[last] = value
    return package


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("name", None, "the package has no 'name' that is text"),
        ("version", 26, "the package has no 'version' that is text"),
        ("licenses", "CC-BY", "the package has no 'licenses' that is a list"),
        ("licenses/0", "CC-BY", "a licence is not an object"),
        ("resources", None, "the package has no 'resources' that is a list"),
        (TABLE, "people", "a table is not an object"),
        (TABLE, ..., "table 'people' is defined twice"),
        (f"{TABLE}/name", None, "a table has no 'name' that is text"),
        (f"{TABLE}/path", None, "table 'people' has no 'path' that is text"),
        (f"{TABLE}/path", ["a.csv"], "table 'people' has no 'path' that is text"),
        *(
            (f"{TABLE}/path", path, f"{PEOPLE} has path {path!r}; a table is a .csv file of this folder")
            for path in OUTSIDE
        ),
        (f"{TABLE}/mayBeEmpty", "yes", "table 'people' has no 'mayBeEmpty' that is true or false"),
        (f"{TABLE}/mayBeEmpty", 1, "table 'people' has no 'mayBeEmpty' that is true or false"),
        (f"{TABLE}/schema", None, "table 'people' has no 'schema' that is an object"),
        (f"{TABLE}/schema/primaryKey", None, "table 'people' has no key; list its columns in 'primaryKey'"),
        (f"{TABLE}/schema/primaryKey", [], "table 'people' has no key; list its columns in 'primaryKey'"),
        (f"{TABLE}/schema/primaryKey", "id", "table 'people' has no 'primaryKey' that is a list"),
        (f"{TABLE}/schema/primaryKey", [1], f"{PEOPLE} lists something in 'primaryKey' {NO_TEXT}"),
        (f"{TABLE}/schema/primaryKey", ["ego"], "the key of table 'people' names no column: 'ego'"),
        (FIELD, {}, "table 'people' has no 'fields' that is a list"),
        (f"{FIELD}/0", 1, "a column of table 'people' is not an object"),
        (f"{FIELD}/0", ..., "column of table 'people' 'id' is defined twice"),
        (f"{FIELD}/0/name", None, "a column of table 'people' has no 'name' that is text"),
        (f"{FIELD}/0/description", None, f"{ID} has no 'description' that is text"),
        (f"{FIELD}/0/type", "any", f"{ID} has type 'any'; known: string, integer, number, date, duration"),
        (f"{FIELD}/0/type", None, f"{ID} has type None; known: string, integer, number, date, duration"),
        (f"{FIELD}/0/constraints", [], f"{ID} has no 'constraints' that is an object"),
        (
            f"{FIELD}/0/constraints/pattern",
            "[a-z",
            (f"{ID} has a pattern that is no regular expression: unterminated character set at position 0"),
        ),
        (f"{FIELD}/0/constraints/pattern", 5, f"{ID} has no 'pattern' that is text"),
        (f"{FIELD}/0/constraints/minimum", 0, f"{ID} has a minimum, but is no column of numbers"),
        (f"{FIELD}/2/constraints/minimum", "0", f"{AGE} has the minimum '0', which is no number"),
        (f"{FIELD}/1/constraints/enum", None, f"{MOOD} lists other values in 'enum' than in 'categories'"),
        (f"{FIELD}/1/constraints/enum/1", "low", f"{MOOD} lists other values in 'enum' than in 'categories'"),
        (f"{FIELD}/1/constraints/enum", 1, f"{MOOD} has no 'enum' that is a list"),
        (f"{FIELD}/1/categories", "up", f"{MOOD} has no 'categories' that is a list"),
        (f"{FIELD}/1/categories/0", "up", f"{A_CATEGORY} is not an object"),
        (f"{FIELD}/1/categories/0/value", None, f"{A_CATEGORY} has no 'value' that is text"),
        (f"{FIELD}/1/categories/0/label", None, f"{A_CATEGORY} has no 'label' that is text"),
        (f"{FIELD}/1/categories/0/description", None, f"{A_CATEGORY} has no 'description' that is text"),
        (f"{FIELD}/1/categories/0/topics", "x", f"{A_CATEGORY} has no 'topics' that is a list"),
        (f"{FIELD}/1/categories/0/tools", "x", f"{A_CATEGORY} has no 'tools' that is a list"),
        (f"{FIELD}/1/categories/0/members", [1], f"{A_CATEGORY} lists something in 'members' {NO_TEXT}"),
        (FOREIGN, "id", f"{A_KEY} is not an object"),
        (f"{FOREIGN}/reference", None, f"{A_KEY} has no 'reference' that is an object"),
        (f"{FOREIGN}/reference/resource", None, f"{A_KEY} has no 'resource' that is text"),
        (f"{FOREIGN}/fields", ["id", "friend"], f"{A_KEY} names 2 and 1 columns; one each is supported"),
        (f"{FOREIGN}/fields", [[]], f"{A_KEY} lists something in 'fields' that is not text"),
        (f"{FOREIGN}/fields/0", "foe", f"{NOWHERE} foe to people.id"),
        (f"{FOREIGN}/reference/resource", "cats", f"{NOWHERE} friend to cats.id"),
        (f"{FOREIGN}/reference/fields/0", "ego", f"{NOWHERE} friend to people.ego"),
    ],
)
def test_a_definition_that_cannot_be_followed_is_refused(tmp_path, place, value, message) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps(changed(place, value)))
    with pytest.raises(schema.DescriptorError) as refusal:
        schema.read(tmp_path)
    assert str(refusal.value) == message


def test_a_category_that_stands_twice_is_refused(tmp_path) -> None:
    package = changed(f"{FIELD}/1/categories/0", ...)
    package["resources"][0]["schema"]["fields"][1]["constraints"]["enum"].append("up")
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert check(tmp_path).message.tolist() == [f"category of {MOOD} 'up' is defined twice"]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, f"is not JSON: expecting value; {LOOK}"),
        (b'{\n"a": 1\n"b": 2}', 3, f"is not JSON: expecting ',' delimiter; {LOOK}"),
        (b'\xef\xbb\xbf{"name": ""}', 1, "begins with a byte order mark; save it as UTF-8 without BOM"),
        (b'{"name": "\xe9"}', None, "is not UTF-8; save it as UTF-8"),
        (b"[1, 2]", None, "is not a JSON object; a data package begins with '{'"),
        (b"[" * 100_000, None, UNREADABLE),
        (b'{"a": ' + b"1" * 5_000 + b"}", None, UNREADABLE),
    ],
    ids=["nothing", "comma missing", "mark", "latin-1", "a list", "too deep", "too long a number"],
)
def test_a_file_that_is_no_definition_is_refused(tmp_path, content, line, message) -> None:
    (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(schema.DescriptorError) as refusal:
        schema.read(tmp_path)
    assert (refusal.value.line, str(refusal.value)) == (line, message)


def test_a_definition_without_the_columns_of_the_rules_is_refused(folder) -> None:
    place = folder()
    package = json.loads((place / "datapackage.json").read_text())
    package["resources"] = [table for table in package["resources"] if table["name"] != "links"]
    (place / "datapackage.json").write_text(json.dumps(package))
    assert check(place).message.tolist() == [
        "defines no column 'statement_id' of a table 'links'; the library needs it"
    ]


def test_the_small_definition_is_read_into_dataclasses(tmp_path) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps(SMALL))
    read = schema.read(tmp_path)
    assert (read.name, read.title, read.version, read.created, read.licence) == (
        "small",
        "",
        "1.0.0",
        "2026-11-23",
        "CC-BY-4.0",
    )
    people = read.table("people")
    assert (people.title, people.row, people.key) == ("people", "row of people", ("id",))
    assert people.may_be_empty is False
    assert people.foreign_keys == (schema.ForeignKey("friend", "people", "id"),)
    mood = people.column("mood")
    assert (mood.values, mood.required, mood.ordered) == (("up", "down"), True, False)
    assert (mood.label("down"), mood.label("odd")) == ("unwell", "odd")
    assert (mood.having_role("good"), mood.having_role("bad")) == (("up",), ())
    assert (mood.categories[0].topics, mood.categories[0].tools) == (("x",), ())
    assert people.column("id").pattern == "[a-z]+"
    assert (people.column("age").minimum, people.column("age").maximum) == (0, None)


@pytest.mark.parametrize("said", [True, False])
def test_a_table_may_be_empty_where_the_definition_says_so(tmp_path, said) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps(changed(f"{TABLE}/mayBeEmpty", said)))
    assert schema.read(tmp_path).table("people").may_be_empty is said


def test_a_name_that_is_not_there_is_a_key_error() -> None:
    read = schema.read(REAL)
    with pytest.raises(KeyError, match=r"^'cats'$"):
        read.table("cats")
    with pytest.raises(KeyError, match=r"^'paws'$"):
        read.table("links").column("paws")
