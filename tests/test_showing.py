"""Tables in a notebook: rounded, cited, marked, the same each time; searchable without network."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from browser import opened
from playwright.sync_api import expect

from ketevidence import browse, load, show, tables


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def rates(evidence):
    return tables.resistance_rates(evidence, condition="GAD")


def cells_of(html: str) -> list[str]:
    """The words of the cells of a table, row by row."""
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*gt_row[^>]*>(.*?)</td>", html, re.DOTALL)]


def test_figures_are_rounded_and_citations_lead_to_their_source(evidence, rates):
    sheet = show(rates)
    taken = rates[rates.citation == "Stein 2018"].iloc[0]
    assert f"{taken.proportion:.0%} ({100 * taken.low:.0f} to {100 * taken.high:.0f})" in cells_of(sheet.html)
    doi = evidence.sources.set_index("source_id").DOI[taken.source_id]
    assert re.search(rf'<a href="https://doi\.org/{re.escape(doi)}" rel="noreferrer">Stein 2018</a>', sheet.html)
    assert sheet.sources == tuple(sorted(set(rates.citation)))


def test_a_hollow_mark_stands_at_what_nobody_saw_again_and_a_note_explains_it(rates):
    hollow = rates[~rates.solid]
    assert len(hollow)
    sheet = show(hollow)
    assert sum("○" in cell for cell in cells_of(sheet.html)) >= len(hollow)
    assert "Hollow in charts" in sheet.html
    assert "Hollow in charts" not in show(rates[rates.solid & rates.counted]).html


def test_the_same_rows_give_the_same_bytes_and_other_rows_another_id(rates):
    once, again = show(rates), show(rates)
    assert once.html == again.html
    ids = [re.search(r'id="(resistance_rates-[0-9a-f]{12})"', sheet.html)[1] for sheet in (once, show(rates.head(3)))]
    assert ids[0] != ids[1]
    assert repr(once).startswith(f"Sheet resistance_rates, {len(rates)} rows, digest {once.digest}, evidence ")


def test_columns_may_be_left_out(rates):
    sheet = show(rates[["label", "proportion", "citation"]].head(2), title="Two rows & their <source>")
    assert len(cells_of(sheet.html)) == 6
    assert "Two rows &amp; their &lt;source&gt;" in sheet.html


def test_a_table_whose_columns_were_chosen_keeps_its_running_text(evidence):
    behind = tables.evidence_for(evidence, "S14")
    chosen = show(behind[["claim", "locator", "citation"]].head(2))
    assert cells_of(chosen.html)[1::3] == list(behind.locator.head(2))
    assert set(behind.locator.head(2)).isdisjoint(cells_of(show(behind).html))


def test_a_table_becomes_cards_only_where_it_does_not_fit(evidence, rates):
    few, many = show(rates[["label", "n"]]), show(tables.studies(evidence))
    least = [int(re.search(r"@container \(max-width: (\d+)px\)", sheet.html)[1]) for sheet in (few, many)]
    assert least[0] < 400 and least[1] == 900


def test_words_stand_at_the_left_where_jupyter_has_taken_the_styles_out(rates):
    html = re.sub(r"<style>.*?</style>", "", show(rates).html, flags=re.DOTALL)
    cells = re.findall(r"<t[hd] [^>]*>(?:<div [^>]*>)?", html)
    assert len(cells) > len(rates) and [cell for cell in cells if "text-align: left" not in cell] == []


def test_words_that_look_like_markup_stay_words(rates):
    bent = rates[["label", "citation"]].head(2).copy()
    bent["label"] = '<script>alert("x")</script>'
    for sheet in (show(bent), browse(bent)):
        assert "<script>alert(" not in sheet.html
        assert "&lt;script&gt;alert(" in sheet.html or "\\u003cscript" in sheet.html or "&amp;lt;script" in sheet.html


def test_a_retracted_source_is_named_as_such(evidence):
    times = tables.effect_durations(evidence)
    assert re.search(r">Mills 2025 <strong>retracted</strong></a>", show(times).html)


@pytest.mark.parametrize("looks", [show, browse])
def test_rows_of_unknown_making_are_refused(looks, evidence):
    for table in (pd.DataFrame({"a": [1]}), evidence.claims):
        with pytest.raises(ValueError) as refusal:
            looks(table)
        assert str(refusal.value) == (
            "a table that a function of tables made is needed; its rows or columns may be left out"
        )


def test_rows_of_another_evidence_are_refused(folder, rates):
    other = load(folder())
    with pytest.raises(ValueError) as refusal:
        show(rates, evidence=other)
    assert str(refusal.value) == (
        f"the rows are from evidence {rates.attrs['evidence']['digest']}, not from {other.digest}; make them anew"
    )


def test_a_browsed_table_is_searched_and_filtered_without_network(rates, tmp_path):
    path = tmp_path / "table.html"
    path.write_text(f"<!doctype html><meta charset='utf-8'>{browse(rates).html}", encoding="utf-8")
    with opened() as browser:
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(path.as_uri())
        rows = page.locator("table tbody tr:visible")
        info = page.locator(".dt-info")
        info.wait_for()
        assert f"of {len(rates)}" in info.inner_text()
        page.get_by_label("Search:").fill("agomelatine")
        expect(rows).to_have_count(3)
        assert [row for row in rows.all_inner_texts() if "agomelatine" not in row] == []
        assert "(filtered from" in info.inner_text()
        page.get_by_label("Search:").fill("")
        with page.expect_download() as taken:
            page.get_by_role("button", name="CSV").click()
        written = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert taken.value.suggested_filename == "resistance_rates.csv"
        assert (written[0].split(",")[:3], len(written)) == (['"mark"', '"kind"', '"arm"'], len(rates) + 1)
        names, filters = page.locator("thead th:visible").all_inner_texts(), page.locator("tfoot input:visible")
        assert names == [one.get_attribute("placeholder") for one in filters.all()]
        assert filters.first.bounding_box()["y"] < rows.first.bounding_box()["y"], "the filters stand above the rows"
        assert page.get_by_text("† Not counted").is_visible()
        filters.nth(1).press_sequentially("nothing of it")
        expect(rows).to_have_count(1)
        assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
