"""A figure says whether it is still what the tables say."""

from __future__ import annotations

import csv
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import ketevidence
from ketevidence import charts, deck, gallery, load, provenance, tables
from ketevidence.cli import main
from ketevidence.tables.frame import made_once, once
from ketevidence.trace import trace

EVIDENCE = Path(__file__).parents[1] / "evidence"
ROW = "stein2018-escitalopram-nonresponse"


@pytest.fixture(scope="module")
def evidence():
    return load()


@contextmanager
def rewritten(path: Path):
    """The rows of a table, written again in the order of their key."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    kept = [dict(zip(head, row)) for row in rows]
    yield kept
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(kept, key=lambda row: list(row.values())[:2]))


@pytest.fixture
def later(tmp_path):
    """The tables at a later time: rows by key and column changed, left out (None), or added as a copy."""

    def made(table: str, changes: dict[str, dict[str, str] | None], added: dict[str, str] | None = None):
        folder = shutil.copytree(EVIDENCE, tmp_path / "later")
        gone = {key for key, cells in changes.items() if cells is None}
        with rewritten(folder / f"{table}.csv") as rows:
            key = next(iter(rows[0]))
            copies = [row | {key: new} for row in rows for old, new in (added or {}).items() if row[key] == old]
            rows[:] = [row | (changes.get(row[key]) or {}) for row in rows if row[key] not in gone] + copies
        with rewritten(folder / "links.csv") as rows:
            rows[:] = [row for row in rows if row["claim_id"] not in gone]
        return load(folder)

    return made


@pytest.fixture(scope="module")
def rates(evidence):
    return tables.resistance_rates(evidence, condition="GAD")


@pytest.fixture
def figure(rates, tmp_path):
    return charts.rates(rates).save(tmp_path / "rates.png")


def claim(rates: pd.DataFrame) -> pd.Series:
    """A drawn row with a printed value."""
    return rates[rates.counted & rates.events.isna() & rates.proportion.notna()].iloc[0]


def test_a_figure_is_current_while_the_tables_are_the_same(figure, evidence):
    (found,) = trace(figure, evidence)
    assert found.current
    assert found.changes.empty
    assert repr(found) == (
        f"{figure}: chart rates, made from {evidence.origin['name']} {evidence.version} of {evidence.date}: current"
    )


def test_a_changed_figure_is_named_with_old_and_new_value(figure, rates, later):
    row = claim(rates)
    (found,) = trace(figure, later("claims", {row.claim_id: {"value": "0.123"}}))
    assert not found.current
    (change,) = [one for one in found.changes.to_dict("records") if one["column"] == "proportion"]
    assert change == {
        "change": "changed", "key": row.claim_id, "column": "proportion", "old": f"{row.proportion:.10g}",
        "new": "0.123", "citation": row.citation,
    }  # fmt: skip


def test_a_row_that_is_gone_and_one_that_is_new_are_named(figure, rates, later):
    row = claim(rates).claim_id
    alone = rates[rates.counted & ~rates.shares_people & (rates.claim_id != row)]
    gone, new = alone.claim_id.iloc[0], f"{row}-new"
    (found,) = trace(figure, later("claims", {gone: None}, {row: new}))
    seen = {(change, key) for change, key in zip(found.changes.change, found.changes.key)}
    assert {("vanished", gone), ("appeared", new)} <= seen
    assert "1 row vanished" in repr(found)


def test_a_new_row_is_told_also_where_somebody_chose_rows(evidence, later, tmp_path):
    everything = tables.resistance_rates(evidence)
    path = charts.rates(everything[everything.condition == "SAD"]).save(tmp_path / "chosen.svg")
    other = claim(everything[everything.condition == "GAD"]).claim_id
    alike = claim(everything[everything.condition == "SAD"]).claim_id
    (found,) = trace(path, later("claims", {}, {other: f"{other}-new", alike: f"{alike}-new"}))
    appeared = found.changes[found.changes.change == "appeared"]
    assert set(appeared.key) == {f"{alike}-new", f"{other}-new"}


@pytest.mark.parametrize(
    ("table", "key", "cells", "make", "draw"),
    [
        ("studies", "actrn12617001177347p", {"primary_result": "null"}, tables.accrual, charts.accrual),
        ("sources", "mills2025", {"status": "current"}, tables.effect_durations, charts.durations),
    ],
    ids=["a null result is published", "a retraction is taken back"],
)
def test_a_row_that_did_not_count_and_now_does_is_told(table, key, cells, make, draw, evidence, later, tmp_path):
    path = draw(make(evidence)).save(tmp_path / "figure.png")
    assert trace(path, evidence)[0].current
    (found,) = trace(path, later(table, {key: cells}))
    assert "appeared" in set(found.changes.change)


def test_a_new_row_that_does_not_count_is_told_where_the_foot_line_tells_of_those(evidence, later, tmp_path):
    rows, told = tables.accrual(evidence), [["appeared", "new-registration"]]
    drawn = [
        (charts.accrual(rows), told),
        (charts.accrual(rows[rows.condition == rows.condition[0]]), told),
        (charts.accrual(rows[rows.counted]), told),  # none was left out
        (charts.trial_facts(tables.trial_facts(evidence, condition="PTSD")), []),
    ]
    paths = [chart.save(tmp_path / f"{number}.svg") for number, (chart, _) in enumerate(drawn)]
    assert [trace(path, evidence)[0].current for path in paths] == [True] * len(paths)
    key = rows[(rows.left_out == "registered without a published result").fillna(False)].study_id.iloc[0]
    now = later("studies", {}, {key: "new-registration"})
    found = [trace(path, now)[0].changes[["change", "key"]].to_numpy().tolist() for path in paths]
    assert found == [changes for _, changes in drawn]


def test_a_figure_that_the_title_tells_of_is_compared_in_every_part(evidence, later, tmp_path):
    parts = gallery.parts(evidence, "safety", medium="slide")[:5]
    key = "janssenhcp-dissociation-drug"
    assert [part.title[-8:] for part in parts] == [f"({number}\xa0of\xa05)" for number in range(1, 6)]
    assert [key in set(part.table.claim_id) for part in parts] == [True, False, False, False, False]
    paths = [part.save(tmp_path / f"{number}.svg") for number, part in enumerate(parts)]
    assert all(trace(path, evidence)[0].current for path in paths)
    now = later("claims", {key: {"value": "0.51", "events": "176"}})
    for path in paths:
        assert "drug_rate" in set(trace(path, now)[0].changes.column)


def test_lines_of_reference_are_compared_too(evidence, later, tmp_path):
    rows = tables.onset_times(evidence, condition=tables.direct_conditions(evidence))
    stated = tables.stated_times(evidence)
    path = charts.timeline(rows, stated=stated).save(tmp_path / "timeline.png")
    key = stated.statement_id[0]
    value = "low" if evidence.statements.set_index("statement_id").low.notna()[key] else "value"
    (found,) = trace(path, later("statements", {key: {value: "1"}}))
    assert key in set(found.changes.key)


def test_a_chart_of_a_pool_is_made_again_through_all_its_steps(evidence, later, tmp_path):
    rates = tables.pooled_rates(evidence, condition="SAD", kind="non_response")
    chosen = rates[rates.group.str.contains("placebo")]
    path = charts.leave_one_out(tables.leave_one_out(chosen)).save(tmp_path / "without.pdf")
    assert trace(path, evidence)[0].current
    key = chosen[chosen.row == "study"].row_id.iloc[0]
    events, people = evidence.claims.set_index("claim_id").loc[key, ["events", "n"]]
    (found,) = trace(path, later("claims", {key: {"events": str(events - 1), "value": f"{(events - 1) / people:.3g}"}}))
    assert {"all"} < set(found.changes.key)
    assert set(found.changes.column) >= {"estimate"}


def test_rows_too_many_to_carry_are_compared_as_a_whole(evidence, tmp_path, monkeypatch):
    monkeypatch.setattr("ketevidence.provenance.records.MOST_ROWS", 3)
    path = charts.verdicts(tables.statements(evidence)).save(tmp_path / "verdicts.png")
    assert trace(path, evidence)[0].current


def test_rows_of_unknown_origin_and_of_another_data_set_say_so(rates, evidence, tmp_path):
    plain = rates.copy()
    plain.attrs = {}
    (found,) = trace(charts.rates(plain).save(tmp_path / "plain.png"), evidence)
    assert (found.current, found.trouble) == (False, "its rows are of unknown origin")
    other = rates.copy()
    other.attrs["evidence"] = other.attrs["evidence"] | {"name": "another"}
    (found,) = trace(charts.rates(other).save(tmp_path / "other.png"), evidence)
    assert found.trouble == f"made by another data set, 'another'; this one is {evidence.origin['name']!r}"


def test_rows_that_were_changed_by_hand_are_seen(rates, evidence, tmp_path):
    bent = rates.copy()
    row = claim(rates)
    bent.loc[bent.claim_id == row.claim_id, "proportion"] = 0.01
    (found,) = trace(charts.rates(bent).save(tmp_path / "bent.png"), evidence)
    assert found.changes[["key", "column", "old"]].to_numpy().tolist() == [[row.claim_id, "proportion", "0.01"]]


def test_an_option_that_is_no_longer_known_is_said(figure, evidence, monkeypatch):
    record = provenance.read(figure)[0][1]
    record["frames"][0]["recipe"][0]["table"] = "gone"
    monkeypatch.setattr(provenance, "read", lambda path: [("", record)])
    assert trace(figure, evidence)[0].trouble == "its rows cannot be made again: this version has no table 'gone'"


@pytest.fixture(scope="module")
def wider(tmp_path_factory):
    """The tables at a later time, when they are about one condition more."""
    folder = shutil.copytree(EVIDENCE, tmp_path_factory.mktemp("wider") / "evidence")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {one["name"]: one["schema"]["fields"] for one in package["resources"]}
    fields = {field["name"]: field for field in resources["conditions"]}
    known = {field["name"]: field for field in resources["claims"]}["condition"]["categories"]
    fields["condition_id"]["constraints"]["enum"].append("depression")
    fields["condition_id"]["categories"].append(next(one for one in known if one["value"] == "depression"))
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with rewritten(folder / "conditions.csv") as rows:
        rows.append(rows[0] | {"condition_id": "depression", "label": "depression"})
    return load(folder)


@pytest.mark.parametrize(
    ("name", "table"),
    [("timeline", "onset_times"), ("evidence_map", "evidence_map"), ("accrual", "accrual"), ("forest", "pooled"),
     ("trial_facts", "trial_facts")],
)  # fmt: skip
def test_a_condition_that_is_new_is_told_with_its_rows(name, table, evidence, wider, tmp_path):
    drawn = gallery.parts(evidence, name, medium="slide")[0]
    (found,) = trace(drawn.save(tmp_path / f"{name}.svg"), wider)
    appeared = found.changes[found.changes.change == "appeared"]
    own = {} if table == "pooled" else {"condition": "depression"}
    made = getattr(tables, table)(wider, **own)
    new = made[made.counted] if "counted" in made else made
    new = new[new.condition == "depression"]
    assert len(new)
    assert set(new[new.attrs["key"]]) <= set(appeared.key)


@pytest.mark.parametrize("make", [tables.effect_durations, tables.safety_rates, tables.conditions, tables.onset_times])
def test_a_frame_of_the_conditions_that_the_evidence_is_about_is_made_anew_from_those(make, evidence, wider, tmp_path):
    about = make(evidence, condition=tables.direct_conditions(evidence))
    assert about.attrs["recipe"][-1]["options"] == {"condition": {"function": "direct_conditions"}}
    record = provenance.record({"kind": "table"}, evidence.origin, [("table", about)])
    path = tmp_path / "page.html"
    path.write_text(f"<html>{provenance.script([record])}</html>")
    assert trace(path, evidence)[0].current
    (found,) = trace(path, wider)
    now = make(wider, condition="depression")
    new = now[now.counted] if "counted" in now else now
    assert set(new[now.attrs["key"]]) <= set(found.changes.key[found.changes.change == "appeared"])


def test_a_list_of_conditions_that_somebody_chose_stays_what_it_was(evidence, wider, tmp_path):
    chosen = tables.onset_times(evidence, condition=list(tables.direct_conditions(evidence)))
    path = charts.timeline(chosen).save(tmp_path / "chosen.svg")
    (found,) = trace(path, wider)
    assert "appeared" not in set(found.changes.change)


@pytest.mark.parametrize("name", gallery.NAMES)
def test_every_chart_is_current_when_it_is_new(name, evidence, tmp_path):
    for number, chart in enumerate(gallery.parts(evidence, name, medium="slide")):
        (found,) = trace(chart.save(tmp_path / f"{number}.svg"), evidence)
        assert (found.trouble, found.changes.to_dict("records")) == ("", [])


@pytest.fixture(scope="module")
def talk(evidence, tmp_path_factory):
    """A deck without charts: opening, question, limits, references."""
    return deck.build(evidence, tmp_path_factory.mktemp("talk") / "talk.pptx", charts=["certainty"])


def stale(found):
    """The names of what is stale, and the columns of it that changed."""
    return {one.record["name"]: set(one.changes.column) for one in found if not one.current}


def test_every_slide_of_words_is_traced_and_named(talk, evidence):
    found = trace(talk, evidence)
    assert [one.record["name"] for one in found][:2] == ["opening", "question"]
    assert [one.record["name"] for one in found][-2:] == ["limits", "references"]
    assert stale(found) == {}
    assert all(one.part.startswith("slide") for one in found)
    assert repr(found[0]) == (
        f"{talk}, slide 1: text opening (“Ketamine: Treating Anxiety”: what is said, and what the…), made from "
        f"{evidence.origin['name']} {evidence.version} of {evidence.date}: current"
    )


def test_the_opening_and_the_limits_are_stale_when_a_second_reader_saw_more(talk, evidence, later):
    seen = evidence.claims[evidence.claims.checked == "no"].claim_id.iloc[0]
    found = stale(trace(talk, later("claims", {seen: {"checked": "yes"}})))
    assert {"opening", "limits"} <= set(found)
    assert {"rows"} <= found["opening"] & found["limits"]
    assert "references" not in found


def test_the_references_are_stale_when_a_source_is_mended_or_retracted(talk, evidence, later):
    used = provenance.read(talk)[-1][1]["frames"][0]["rows"].splitlines()[1].split(",")[0]
    found = stale(trace(talk, later("sources", {used: {"title": "Another title"}})))
    assert found["references"] == {"title", "reference"}


def test_the_opening_and_the_question_are_stale_when_the_article_has_another_title(talk, evidence, later):
    article = evidence.statements.source_id.iloc[0]
    found = stale(trace(talk, later("sources", {article: {"title": "Another title"}})))
    assert {"opening", "question"} <= set(found)


@pytest.fixture
def reworded(tmp_path):
    """The tables at a later time, when a word of the data package is another."""

    def made(old: str, new: str):
        folder = shutil.copytree(EVIDENCE, tmp_path / "reworded")
        package = (folder / "datapackage.json").read_text(encoding="utf-8")
        assert package.count(old) == 1
        (folder / "datapackage.json").write_text(package.replace(old, new), encoding="utf-8")
        return load(folder)

    return made


def test_a_limit_that_is_another_makes_the_limits_stale(talk, evidence, reworded):
    limit = evidence.schema.limits[-1]
    (found,) = [one for one in trace(talk, reworded(limit, "Another limit.")) if not one.current]
    assert found.record["name"] == "limits"
    assert found.changes.drop(columns="citation").to_dict("records") == [
        {"change": "changed", "key": f"limit {len(evidence.schema.limits)}", "column": "text", "old": limit,
         "new": "Another limit."},
    ]  # fmt: skip


def test_a_verdict_that_means_another_thing_makes_the_question_stale(talk, evidence, reworded):
    verdicts = evidence.schema.table("statements").column("verdict").categories
    used = next(one for one in verdicts if one.value in set(evidence.statements.verdict))
    found = stale(trace(talk, reworded(json.dumps(used.description, ensure_ascii=False), '"Another meaning."')))
    assert found == {"question": {"text"}}


def test_a_source_that_is_gone_is_one_row_that_vanished(evidence, later, tmp_path):
    cited = evidence.statements.source_id.iloc[0]
    more = later("sources", {}, {cited: "gone-source"})
    works = tables.cited_works(more, source=[cited, "gone-source"])
    record = provenance.record({"kind": "text", "name": "references"}, more.origin, [("text", works)])
    path = tmp_path / "page.html"
    path.write_text(f"<html>{provenance.script([record])}</html>")
    assert trace(path, more)[0].current
    (found,) = trace(path, evidence)
    assert found.trouble == ""
    assert found.changes[found.changes.column == ""].key.tolist() == ["gone-source"]
    assert set(found.changes.change) <= {"vanished", "changed"}
    assert "1 row vanished" in repr(found)


def cropped(path, less):
    """The size of the picture, before a program that keeps its texts crops it by so many dots at the foot."""
    with Image.open(path) as picture:
        chunks = PngInfo()
        for name, text in picture.text.items():
            chunks.add_itxt(name, text)
        wide, high = picture.size
        left = picture.crop((0, 0, wide, high - less))
    left.save(path, pnginfo=chunks)
    return wide, high


def test_a_picture_that_was_cropped_is_stale_and_its_rows_are_compared(figure, rates, evidence, later):
    wide, high = cropped(figure, 100)
    (found,) = trace(figure, evidence)
    said = f"it was cropped, {wide} × {high} dots to {wide} × {high - 100}; "
    assert (found.current, found.trouble) == (False, f"{said}its rows are the same")
    assert repr(found).endswith(f": stale: {said}its rows are the same")
    (found,) = trace(figure, later("claims", {claim(rates).claim_id: {"value": "0.123"}}))
    assert repr(found).endswith(f": stale: {said}1 row changed")
    assert not found.changes.empty


def test_another_version_of_the_package_is_said_in_one_line(figure, talk, rates, later, capsys, monkeypatch):
    made = ketevidence.__version__
    assert main(["trace", str(figure)]) == 0
    assert "wording" not in capsys.readouterr().out
    monkeypatch.setattr(ketevidence, "__version__", "99.1")
    line = f"made by ketevidence {made}, this is 99.1: rows compared, wording not"
    for paths in ([str(figure)], [str(talk)], [str(figure), str(talk)]):
        assert main(["trace", *paths]) == 0
        assert [said for said in capsys.readouterr().out.splitlines() if "wording" in said] == [line]
    again = charts.rates(rates).save(figure.parent / "again.png")
    assert main(["trace", str(figure), str(again)]) == 0
    assert f"1 of 2 {line}\n" in capsys.readouterr().out
    later("claims", {claim(rates).claim_id: {"value": "0.123"}})
    assert main(["trace", str(figure), "--data", str(figure.parent / "later")]) == 1
    assert f"\n{line}\n" in capsys.readouterr().out


def test_a_frame_that_is_asked_for_twice_is_made_once_and_handed_out_as_a_copy(evidence):
    made = []
    with made_once():
        assert once(evidence, "one", lambda: made.append(1) or "x") == once(evidence, "one", lambda: made.append(2))
        first = tables.studies(evidence)
        first.loc[0, "n"] = 99_999
        second = tables.studies(evidence, condition=None)
    assert made == [1]
    assert second.n[0] != 99_999
    pd.testing.assert_frame_equal(second, tables.studies(evidence))
    assert second.attrs == tables.studies(evidence).attrs


def test_frames_of_two_evidences_are_kept_apart(evidence, wider):
    with made_once():
        here, there = (tables.conditions(one, condition=tables.direct_conditions(one)) for one in (evidence, wider))
    assert len(there) == len(here) + 1


def test_a_folder_is_traced_file_by_file(rates, evidence, tmp_path):
    charts.rates(rates).save(tmp_path / "a" / "rates.png", rows=True)
    (tmp_path / "a" / "photo.png").write_bytes(b"no picture")
    (tmp_path / "a" / "notes.txt").write_text("notes")
    found = trace(tmp_path, evidence)
    assert [(one.file.name, one.current) for one in found] == [("photo.png", False), ("rates.png", True)]
    (tmp_path / "a" / "again.jpg").write_bytes(b"\xff\xd8\xff\xe0JFIF")
    assert [one.file.name for one in trace(tmp_path, evidence)] == ["again.jpg", "photo.png", "rates.png"]
    assert found[0].trouble == f"{tmp_path / 'a' / 'photo.png'} is no PNG, SVG, PDF, HTML or Office file"


def test_a_folder_without_figures_is_refused(tmp_path, evidence):
    with pytest.raises(ValueError) as refusal:
        trace(tmp_path, evidence)
    assert str(refusal.value) == f"{tmp_path} holds no file that carries provenance"


def test_the_command_exits_with_0_for_current_and_1_for_stale_figures(figure, rates, later, capsys):
    assert main(["trace", str(figure)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(": current")
    row = claim(rates)
    assert any(line.startswith(f"    {row.claim_id}  {row.citation} · ") for line in said)
    later("claims", {row.claim_id: {"value": "0.123"}})
    assert main(["trace", str(figure), "--data", str(figure.parent / "later")]) == 1
    said = capsys.readouterr().out
    assert f"  changed   {row.claim_id} ({row.citation})  proportion: {row.proportion:.10g} -> 0.123\n" in said


def test_the_command_prints_the_rows_as_csv(figure, rates, capsys):
    assert main(["trace", str(figure), "--csv"]) == 0
    lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [line["claim_id"] for line in lines] == rates[rates.counted].claim_id.tolist()
    assert {line["file"] for line in lines} == {str(figure)}


def test_the_command_answers_a_file_without_record_in_one_line(tmp_path, capsys):
    (tmp_path / "note.png").write_bytes(b"text")
    assert main(["trace", str(tmp_path / "note.png")]) == 2
    assert capsys.readouterr().err == (
        f"ketevidence: {tmp_path / 'note.png'} is no PNG, SVG, PDF, HTML or Office file\n"
    )
