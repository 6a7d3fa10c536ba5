"""The page in a real browser: what a reader does with it, on a ward computer, a phone, by keyboard, on paper.

Pictures of its states are kept in a folder `look` below pytest's temporary one (--basetemp), to be looked at.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import re
import unicodedata
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest
from browser import opened
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from ketevidence import gallery, load, provenance, report, tables
from ketevidence.report.content import Shown
from ketevidence.trace import trace

AXE = Path(__file__).parent / "axe" / "axe-core-4.14.1.min.js"
SIZES = {"ward": (1280, 900), "phone": (320, 640)}
CLAIMS = "#table-claims tbody tr:visible"
STATEMENT = "#statement-S14"
LOOKS = [("ward", "light"), ("ward", "dark"), ("phone", "light")]
FIRST, TIMES = 50, 10


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def written(evidence, tmp_path_factory):
    return report.write(evidence, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(scope="module")
def browser():
    with opened() as browser:
        yield browser


@pytest.fixture(scope="session")
def look(tmp_path_factory):
    """Keeps a picture of a state."""
    folder = tmp_path_factory.mktemp("look", numbered=False)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


@pytest.fixture
def visit(browser, written):
    """Opens the page; in the end no error and no request to anywhere may have been seen."""
    contexts, seen = [], []

    def visited(size="ward", scheme="light", at="", path=written, **options):
        width, height = SIZES[size]
        view = {"width": width, "height": height}
        context = browser.new_context(viewport=view, color_scheme=scheme, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("dialog", lambda dialog: seen.append(dialog.message))
        page.on(
            "request", lambda asked: seen.append(asked.url) if asked.url.startswith(("http", "ws", "ftp")) else None
        )
        page.goto(f"{path.as_uri()}{at}")
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert seen == []


def said(page, table="claims"):
    return page.locator(f"form[data-table=table-{table}] output").text_content()


def search(page, table="claims"):
    return page.locator(f"form[data-table=table-{table}]").get_by_role("searchbox", name="Search")


def choose(page, column, value, table="claims"):
    page.locator(f"form[data-table=table-{table}] select[name={column}]").select_option(value)


def keys(page, rows=CLAIMS):
    return [key.removeprefix("claim-") for key in page.locator(rows).evaluate_all("rows => rows.map(row => row.id)")]


def flat(text):
    """The text without blanks, ligatures taken apart: on paper lines break anywhere."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def printed(page, format):
    """The text of each sheet, flat."""
    return [flat(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf(format=format))).pages]


def smallest(sheet):
    """The points of the smallest text on a sheet, as it is printed."""
    sizes = []

    def seen(text, current, own, font, size):
        if text.strip():
            across, up = (own[2] * current[k] + own[3] * current[k + 2] for k in (0, 1))
            sizes.append(size * math.hypot(across, up))

    sheet.extract_text(visitor_text=seen)
    return min(sizes)


def in_view(page, selector):
    script = "box => { const at = box.getBoundingClientRect(); return at.top < innerHeight && at.bottom > 0; }"
    return page.locator(selector).evaluate(script)


def focused(page):
    """Tag, address and words of what has the focus, and whether that can be seen."""
    return page.evaluate("""() => {
        const box = document.activeElement, at = box.getBoundingClientRect(), style = getComputedStyle(box);
        return {tag: box.tagName, href: box.getAttribute("href"), text: box.textContent.trim(),
                seen: at.width > 0 && at.bottom > 0 && at.top < innerHeight && parseFloat(style.outlineWidth) >= 2};
    }""")


def test_the_search_keeps_the_rows_with_every_word(visit, evidence, look):
    page = visit(at="#claims")
    assert said(page) == f"{len(evidence.claims)} claims, the first {FIRST} shown"
    search(page).fill("Midazolam  SOCIAL")
    rows = page.locator(CLAIMS)
    texts = [text.lower() for text in rows.all_inner_texts()]
    assert texts and all("midazolam" in text and "social" in text for text in texts)
    assert said(page) == f"{len(texts)} of {len(evidence.claims)} claims"
    look(page, "ward-search")
    search(page).fill('"midazolam social"')
    assert said(page) == f"0 of {len(evidence.claims)} claims"
    assert rows.count() == 0


def test_signs_and_blanks_are_found_as_a_reader_types_them(visit, folder, tmp_path):
    evidence = load(folder())
    claims = evidence.claims.copy()
    claims.loc[1, "statement"] = "A change of −0.65\N{NO-BREAK SPACE}points in 2–3\N{NARROW NO-BREAK SPACE}weeks."
    frames = MappingProxyType({**evidence._frames, "claims": claims})
    page = visit(path=report.write(dataclasses.replace(evidence, _frames=frames), tmp_path / "signs.html"))
    for typed in (
        "-0.65", "−0.65", "–0.65", '"-0.65 points"', '"−0.65\N{NO-BREAK SPACE}points"', '"points  in 2-3 weeks"',
        '"2−3\N{NARROW NO-BREAK SPACE}weeks"', "2–3\N{NO-BREAK SPACE}-0.65",
    ):  # fmt: skip
        search(page).fill(typed)
        assert keys(page) == [claims.claim_id[1]], typed
    for typed in ("-0.66", "+0.65", '"- 0.65"'):
        search(page).fill(typed)
        assert keys(page) == [], typed


def test_accents_do_not_matter_to_the_search(visit):
    page = visit()
    found = []
    for word in ("rothärmel", "rothaermel".replace("ae", "a")):
        page.locator("form[data-table=table-sources] input").fill(word)
        found.append(said(page, "sources"))
    assert found[0] == found[1] != said(visit(), "sources")


def test_lists_to_choose_from_are_combined_with_each_other_and_the_search(visit, evidence, look):
    page = visit(at="#claims")
    all_claims = tables.claims(evidence)
    wanted = {"condition": "SAD", "topic": "onset", "basis": "abstract", "checked": "yes"}
    left = all_claims
    for column, value in wanted.items():
        choose(page, column, value)
        left = left[left[column] == value]
        count = len(left)
        assert said(page).startswith(f"{count} of {len(all_claims)} claims")
    assert sorted(keys(page)) == sorted(left.claim_id)
    look(page, "ward-filter")
    search(page).fill(left.claim_id.iloc[0])
    assert said(page) == f"1 of {len(all_claims)} claims"
    page.get_by_role("button", name="Reset").first.click()
    expect(page.locator("form[data-table=table-claims] output")).to_have_text(
        f"{len(all_claims)} claims, the first {FIRST} shown"
    )
    assert page.locator("form[data-table=table-claims] select").evaluate_all("all => all.map(one => one.value)") == [
        ""
    ] * len(wanted)


def test_the_number_of_rows_found_is_a_message_of_state(visit):
    page = visit()
    assert page.get_by_role("status").count() == 3


def test_a_list_names_every_value_that_occurs_with_its_rows_and_no_other(visit, evidence):
    page = visit()
    entries = page.locator("select[name=checked] option").evaluate_all("all => all.map(one => one.textContent)")
    counts = evidence.claims.checked.value_counts()
    words = evidence.schema.table("claims").column("checked")
    assert entries == ["all", *(f"{words.label(value)} ({counts[value]})" for value in words.values if counts[value])]


def test_headings_sort_up_down_and_back(visit, evidence):
    page = visit(at="#studies")
    table = page.locator("#table-studies")
    page.get_by_role("button", name=f"Show all {len(evidence.studies)}").click()
    people = table.get_by_role("columnheader", name="People", exact=False).first
    before = keys(page, "#table-studies tbody tr:visible")
    seen = []
    for state in ("ascending", "descending", None):
        people.get_by_role("button").click()
        assert people.get_attribute("aria-sort") == state
        cells = table.locator("tbody tr:visible td:nth-child(4)").all_inner_texts()
        seen.append([int(cell) for cell in cells if cell])
        assert state is None or cells[-1] == ""
    assert seen[0] == sorted(seen[0]) and seen[1] == sorted(seen[1], reverse=True)
    assert seen[0][0] != seen[0][-1]
    assert keys(page, "#table-studies tbody tr:visible") == before


def test_all_rows_are_shown_on_request_and_reading_goes_on_there(visit, evidence):
    page = visit()
    more = page.get_by_role("button", name=f"Show all {len(evidence.claims)}")
    assert page.locator(CLAIMS).count() == FIRST
    more.click()
    assert page.locator(CLAIMS).count() == len(evidence.claims)
    assert page.evaluate("document.activeElement.id") == page.locator(CLAIMS).nth(FIRST).get_attribute("id")
    expect(more).to_be_hidden()


def test_a_statement_opens_to_its_evidence(visit, evidence, look):
    page = visit()
    page.locator(f"{STATEMENT} > summary").click()
    rows = page.locator(f"{STATEMENT} table.evidence tbody tr")
    expect(rows.first).to_be_visible()
    expected = tables.evidence_for(evidence, "S14")
    assert rows.locator("a.cite").all_inner_texts() == expected.citation.tolist()
    look(page, "ward-statement")
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details.statement[open]").count() == len(evidence.statements)
    page.get_by_role("button", name="Close all").click()
    assert page.locator("details.statement[open]").count() == 0


def test_pointing_at_a_citation_shows_its_reference_which_can_be_pointed_at(visit, evidence, look):
    page = visit(at=STATEMENT)
    tip, cite = page.get_by_role("tooltip"), page.locator(f"{STATEMENT} a.cite").first
    cite.hover()
    expect(tip).to_be_visible()
    key = cite.get_attribute("href").removeprefix("#source-")
    title = evidence.sources.set_index("source_id").title[key]
    assert title.split(":")[0] in tip.inner_text()
    assert cite.get_attribute("aria-describedby") == tip.get_attribute("id")
    look(page, "ward-reference")
    tip.hover()
    page.wait_for_timeout(500)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    cite.hover()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    assert cite.get_attribute("aria-describedby") is None


def test_a_citation_reached_by_keyboard_shows_its_reference_until_escape(visit):
    page = visit(at=STATEMENT)
    tip = page.get_by_role("tooltip")
    page.locator(f"{STATEMENT} table.evidence a.at").first.focus()
    page.keyboard.press("Tab")
    assert focused(page)["href"].startswith("#source-")
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert focused(page)["href"].startswith("#source-")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(tip).to_be_visible()
    page.keyboard.press("Tab")
    expect(tip).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
def test_a_reference_stays_within_the_window(size, visit, look):
    page = visit(size, at=STATEMENT)
    cite = page.locator(f"{STATEMENT} a.cite").last
    cite.scroll_into_view_if_needed()
    cite.hover()
    box = page.get_by_role("tooltip").bounding_box()
    width, height = SIZES[size]
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["y"] >= 0 and box["y"] + box["height"] <= height
    look(page, f"{size}-reference-at-the-edge")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_citation_leads_to_its_source_and_back(how, visit, look):
    page = visit(at=STATEMENT)
    cite = page.locator(f"{STATEMENT} a.cite").last
    href = cite.get_attribute("href")
    cite.scroll_into_view_if_needed()
    height = page.evaluate("scrollY")
    if how == "mouse":
        cite.click()
    else:
        cite.focus()
        page.keyboard.press("Enter")
    page.wait_for_function("at => location.hash === at", arg=href)
    assert in_view(page, href)
    look(page, f"ward-source-{how}")
    if how == "mouse":
        page.locator(f"{href} button.back").click()
    else:
        for _ in range(4):
            page.keyboard.press("Tab")
            if focused(page)["text"] == "↩ Back":
                break
        page.keyboard.press("Enter")
    page.wait_for_function("at => location.hash === at", arg=STATEMENT)
    assert page.locator(STATEMENT).get_attribute("open") == ""
    page.wait_for_function("at => document.activeElement.getAttribute('href') === at", arg=href)
    page.wait_for_function("at => scrollY === at", arg=height)
    assert in_view(page, f"{STATEMENT} a.cite >> nth=-1")
    assert page.locator("button.back").count() == 0


@pytest.mark.parametrize("size", SIZES)
def test_an_address_that_was_shared_leads_to_its_place(size, visit, evidence):
    claim, source = f"#claim-{evidence.claims.claim_id.iloc[-1]}", f"#source-{evidence.sources.source_id.iloc[-1]}"
    for at in (claim, source, STATEMENT, "#chart-forest", f"#study-{evidence.studies.study_id.iloc[-1]}"):
        page = visit(size, at=at)
        assert in_view(page, at), at
    page = visit(size)
    page.evaluate("at => { location.hash = at; }", claim)  # written into the bar of addresses
    page.wait_for_function("at => document.querySelector(at).getBoundingClientRect().top < innerHeight", arg=claim)
    assert in_view(page, claim)


def test_an_address_leads_to_a_row_that_the_search_had_left_out(visit, evidence):
    page = visit(at=STATEMENT)
    search(page).fill("nothing holds these words")
    link = page.locator(f"{STATEMENT} table.evidence a.at").first
    link.click()
    assert in_view(page, link.get_attribute("href"))
    assert said(page).startswith(f"{len(evidence.claims)} claims")


def test_an_address_that_leads_nowhere_does_no_harm(visit):
    for at in ("#nothing", "#%E0%A4%A", "#claim-<script>"):
        assert said(visit(at=at)).endswith("shown")


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(visit):
    page = visit()
    walked = []
    for _ in range(24):
        page.keyboard.press("Tab")
        walked.append(focused(page))
    assert walked[0]["href"] == "#statements"
    assert all(step["seen"] for step in walked), next(step for step in walked if not step["seen"])
    summaries = [step["text"][:3] for step in walked if step["tag"] == "SUMMARY"]
    assert summaries == [f"S{number:02}" for number in range(1, len(summaries) + 1)]
    assert len(summaries) > 5
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True


def test_the_skip_link_leads_past_the_top(visit):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Open all"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(scheme, visit, evidence, look):
    page = visit("phone", scheme)
    look(page, f"phone-{scheme}-top")
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES["phone"][0]
    page.get_by_role("button", name="Close all").click()
    for section in ("statements", "charts", "conditions", "certainty", "claims", "studies", "sources", "limits"):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        page.evaluate("id => document.getElementById(id).scrollIntoView()", section)
        look(page, f"phone-{scheme}-{section}")
    page.locator(f"{STATEMENT} > summary").click()
    page.locator(f"{STATEMENT} a.cite").first.scroll_into_view_if_needed()
    look(page, f"phone-{scheme}-statement")
    cut = page.evaluate("""() => [...document.querySelectorAll("table.cards td")].filter(cell =>
        cell.getBoundingClientRect().right > innerWidth).map(cell => cell.textContent)""")
    assert cut == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_light_or_dark_of_the_system(scheme, visit, look):
    page = visit(scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    channels = [int(part) for part in re.findall(r"\d+", colour)]
    assert (min(channels) > 200) if scheme == "light" else (max(channels) < 50)
    for section in ("statements", "charts", "conditions", "certainty", "claims", "studies", "sources", "limits"):
        page.evaluate("id => document.getElementById(id).scrollIntoView()", section)
        look(page, f"ward-{scheme}-{section}")
    assert (
        page.locator(".drawing").first.evaluate("box => getComputedStyle(box).backgroundColor") == "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing(size, scheme, visit):
    page = visit(size, scheme, at=STATEMENT)
    page.locator("#chart-rates summary").click()
    page.locator(f"{STATEMENT} a.cite").first.focus()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("""async () => {
        const options = {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}};
        return (await axe.run(document, options)).violations.map(one => [one.impact, one.id, one.nodes[0].html]);
    }""")
    assert found == []


@pytest.mark.parametrize("format", ["A4", "Letter"])
def test_paper_is_a_handout_with_verdicts_charts_and_references(format, visit, evidence, written):
    page = visit()
    page.locator("#table-sources th").nth(1).get_by_role("button").click()
    search(page, "sources").fill("what is searched on the screen")
    pages = printed(page, format)
    assert len(pages) <= 32
    assert min(len(text) for text in pages) > 500, "a sheet is nearly empty"
    whole = "".join(pages)
    for statement in evidence.statements.itertuples():
        assert flat(f"{statement.statement_id} {statement.statement}") in whole
        assert flat(statement.rationale) in whole
    sources = Shown(evidence).sources
    cited = set(re.findall(r'<tr id="source-([\w-]+)"[^>]* class="cited"', written.read_text(encoding="utf-8")))
    linked = evidence.links.merge(evidence.claims, on="claim_id")
    omitted = evidence.statements[evidence.statements.measure == "omission"].statement_id
    assert set(linked[(linked.relation != "context") | linked.statement_id.isin(omitted)].source_id) <= cited
    assert cited < set(sources.source_id)
    places = {}
    for source in sources.itertuples():
        places[source.source_id] = whole.find(flat(f"{source.number}. {source.label} · {source.reference}"))
    assert {key for key, place in places.items() if place >= 0} == cited
    assert [place for key, place in places.items() if key in cited] == sorted(places[key] for key in cited)
    assert f"1of{len(pages)}" in pages[0] and all("Notmedicaladvice" in text for text in pages)
    assert not [word for word in ("Showall", "Saveas", "Search", "Openall", "↩") if word in whole]


@pytest.mark.parametrize("format", ["A4", "Letter"])
def test_each_part_of_a_chart_is_printed_whole_on_a_sheet_in_text_of_seven_points(format, visit):
    page = visit()
    charts = page.locator("figure:not(.screen) svg").evaluate_all(
        "all => all.map(one => [...one.querySelectorAll('text')].map(text => text.textContent))"
    )
    assert page.locator("figure.screen").evaluate_all("all => all.map(one => one.id)") == [
        "chart-verdicts", "chart-verdicts-2"
    ]  # fmt: skip
    sheets = PdfReader(io.BytesIO(page.pdf(format=format))).pages
    texts = [flat(sheet.extract_text()) for sheet in sheets]
    places = []
    for chart in charts:  # its title is one of its texts
        places.append([place for place, text in enumerate(texts) if all(flat(line) in text for line in chart)])
        assert len(places[-1]) == 1, chart
    assert len(charts) > 15 and places == sorted(places)
    sizes = {place: smallest(sheets[place]) for (place,) in places}
    assert min(sizes.values()) > 6.99, sizes


def test_nothing_on_paper_is_wider_than_the_sheet_which_would_make_all_of_it_smaller(visit):
    page = visit()
    width = round((210 - 2 * 12) / 25.4 * 96)  # of A4, the narrower
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_heading_of_the_certainty_is_printed_with_its_first_row(visit):
    page = visit()
    first = page.evaluate("""() => {
        const own = document.getElementById("certainty").closest("section");
        document.querySelector("main").replaceChildren(own);
        document.querySelector("header").replaceChildren();
        const texts = document.createTreeWalker(own.querySelector("tbody tr"), NodeFilter.SHOW_TEXT), found = [];
        while (texts.nextNode()) found.push(texts.currentNode.data);
        return found;
    }""")
    places = []
    for height in range(0, 270, 15):
        page.evaluate("height => { document.querySelector('header').style.height = `${height}mm`; }", height)
        pages = printed(page, "A4")
        (place,) = [place for place, text in enumerate(pages) if "Howcertainitis" in text]
        assert all(flat(text) in pages[place] for text in first), height
        places.append(place)
    assert set(places) == {0, 1}


def test_nothing_dark_is_printed(visit):
    page = visit(scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.paper .in-part')).color") == "rgb(0, 80, 143)"


def test_a_statement_that_is_open_is_printed_with_its_claims(visit, evidence):
    closed, page = visit(), visit(at=STATEMENT)
    claims = tables.evidence_for(evidence, "S14").claim
    for shown, wanted in ((closed, False), (page, True)):
        whole = "".join(printed(shown, "A4"))
        assert [flat(claim) in whole for claim in claims] == [wanted] * len(claims)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_chart_that_is_saved_carries_its_record(ending, visit, evidence, written, tmp_path):
    page = visit(at="#charts")
    names = page.locator("figure").evaluate_all("all => all.map(one => one.id.slice(6))")
    records = [record for _, record in provenance.read(written) if record["kind"] == "chart"]
    for name, record in zip(names, records, strict=True):
        with page.expect_download() as saved:
            page.locator(f"#chart-{name} button[data-save={ending}]").click()
        target = tmp_path / saved.value.suggested_filename
        assert target.name == f"ketevidence-{name}-{evidence.version}.{ending}"
        saved.value.save_as(target)
        assert provenance.read(target) == [("", record)]
        (found,) = trace(target, evidence)
        assert found.current, found


def test_a_chart_that_is_saved_looks_like_the_chart(visit, evidence, tmp_path):
    page = visit(at="#charts")
    with page.expect_download() as saved:
        page.locator("#chart-evidence_map button[data-save=png]").click()
    saved.value.save_as(tmp_path / "saved.png")
    made = gallery.draw(evidence, "evidence_map").save(tmp_path / "made.png")
    with Image.open(tmp_path / "saved.png") as one, Image.open(made) as other:
        assert [round(dots) for dots in one.info["dpi"]] == [300, 300]
        assert all(abs(own - its) <= 1 for own, its in zip(one.size, other.size))
        small = [picture.convert("L").resize((32, 34)).tobytes() for picture in (one, other)]
    differences = [abs(own - its) for own, its in zip(*small)]
    assert max(differences) < 40 and sum(differences) / len(differences) < 4


def test_the_rows_of_a_chart_are_saved_with_their_sources(visit, evidence, tmp_path):
    page = visit(at="#charts")
    rows = []
    for button in page.locator("figure[id^=chart-timeline] button[data-save=csv]").all():
        with page.expect_download() as saved:
            button.click()
        saved.value.save_as(tmp_path / "rows.csv")
        assert (tmp_path / "rows.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file))
    drawn = tables.onset_times(evidence, condition=tables.direct_conditions(evidence))
    assert sorted(row["claim_id"] for row in rows) == sorted(drawn[drawn.counted].claim_id)
    assert all(row["citation"] for row in rows)


def test_text_that_looks_like_markup_runs_nothing(visit, folder, tmp_path):
    hostile = (
        '"><img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">x</a> ]]> <!-- </style>'
    )
    evidence = load(folder())
    frames = {**evidence._frames}
    texts = {
        "claims": ("statement", "notes", "locator", "definition"), "sources": ("title", "notes", "author"),
        "statements": ("statement", "rationale"), "studies": ("population", "drug"), "links": ("note",),
    }  # fmt: skip
    for table, columns in texts.items():
        frames[table] = frames[table].assign(**dict.fromkeys(columns, hostile))
    frames["sources"] = frames["sources"].assign(URL="javascript:alert(4)", DOI=None, PMID=None, PMCID=None)
    schema = dataclasses.replace(evidence.schema, title=hostile, limits=(hostile,))
    path = tmp_path / "hostile.html"
    report.write(dataclasses.replace(evidence, schema=schema, _frames=MappingProxyType(frames)), path)
    page = visit(path=path)
    page.get_by_role("button", name="Open all").click()
    assert page.locator("img, script:not([type]), a[href^='javascript' i]").count() == 0
    assert page.title() == hostile
    assert hostile in page.locator(".says").first.inner_text()
    page.locator("a.cite").first.hover()
    assert "<img src=x" in page.get_by_role("tooltip").inner_text()
    with page.expect_download() as saved:
        page.locator("button[data-save=svg]").first.click()
    saved.value.save_as(tmp_path / "saved.svg")
    assert provenance.read(tmp_path / "saved.svg")[0][1]["name"] == "verdicts"
    graph = json.loads(page.locator("script[type='application/ld+json']").inner_text())["@graph"]
    assert graph[0]["claimReviewed"] == hostile


def test_the_policy_forbids_requests_and_other_programs(browser, written):
    context = browser.new_context()
    page = context.new_page()
    asked, refused = [], []
    context.route("http*://**", lambda route: (asked.append(route.request.url), route.abort()))
    page.on("console", lambda message: refused.append(message.text))
    page.goto(written.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.evaluate("""() => {
        const image = new Image(); image.src = "https://example.org/x.png";
        const script = document.createElement("script"); script.textContent = "window.ran = true";
        const frame = document.createElement("iframe"); frame.src = "https://example.org/";
        document.body.append(image, script, frame);
        return fetch("https://example.org/").catch(() => null);
    }""")
    assert page.evaluate("window.ran") is None
    assert len(refused) >= 4
    assert all("Content Security Policy" in text for text in refused)
    assert asked == []
    context.close()


def test_without_scripts_everything_can_be_read(visit, evidence):
    page = visit(java_script_enabled=False)
    assert page.locator(CLAIMS).count() == len(evidence.claims)
    assert page.locator("form:visible, p.save:visible, p.acts:visible, button.more:visible").count() == 0
    page.locator(f"{STATEMENT} > summary").click()
    expect(page.locator(f"{STATEMENT} a.cite").first).to_be_visible()


def test_the_page_is_painted_within_a_second(visit):
    paints = []
    for _ in range(5):
        page = visit()
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        page.close()
    assert min(paints) < 1000, paints


@pytest.fixture(scope="module")
def large(evidence, tmp_path_factory):
    """The page with ten times the claims, each under a key of its own."""
    own = evidence.claims
    copies = [own.assign(claim_id=own.claim_id + f"-x{copy}") for copy in range(1, TIMES)]
    claims = pd.concat([own, *copies]).sort_values("claim_id", ignore_index=True)
    frames = MappingProxyType({**evidence._frames, "claims": claims})
    path = tmp_path_factory.mktemp("large") / "report.html"
    return report.write(dataclasses.replace(evidence, _frames=frames), path)


# Milliseconds from a change in a field, or a click, to the picture after it.
TAKEN = """async ([selector, values]) => {
    const field = document.querySelector(selector), taken = [];
    for (const value of values) {
        const start = performance.now();
        if (value === null) field.click();
        else { field.value = value; field.dispatchEvent(new Event("input", {bubbles: true})); }
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        taken.push(performance.now() - start);
    }
    return taken;
}"""


@pytest.mark.parametrize(
    ("act", "field", "values"),
    [
        ("search", "input", ["k", "ke", "ket", "ketamine 2", "zzz", "pain", ""]),
        ("filter", "select[name=condition]", ["GAD", "SAD", "depression", ""]),
        ("sort", "+ div thead button", [None] * 6),
    ],
    ids=["search", "filter", "sort"],
)
def test_ten_times_the_claims_answer_at_once(act, field, values, visit, large, evidence):
    page = visit(path=large, at="#claims")
    assert said(page) == f"{len(evidence.claims) * TIMES:,} claims, the first {FIRST} shown"
    selector = f"form[data-table=table-claims] {field}"
    page.locator("form[data-table=table-claims] input").focus()
    best = [1000.0] * len(values)
    for _ in range(20):  # others may use the machine: each act counts by its best time
        best = [min(times) for times in zip(best, page.evaluate(TAKEN, [selector, values]))]
        if max(best) < 100:
            break
    assert max(best) < 100, best


def test_without_a_browser_ci_fails_and_others_skip(monkeypatch):
    monkeypatch.setattr("browser.program", lambda: None)
    for variable, outcome in (("1", pytest.fail.Exception), ("", pytest.skip.Exception)):
        monkeypatch.setenv("CI", variable)
        with pytest.raises(outcome, match=r"^no Chromium or Chrome; \.ci/programs installs it"), opened():
            pass
