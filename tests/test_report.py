"""The page: self-contained, complete, and safe against text that looks like markup."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from types import MappingProxyType

import pytest
from markupsafe import escape

from ketevidence import Evidence, charts, load, report, tables

CHARTS = ["verdicts", "rates", "timeline", "forest", "published"]
TEXTS = [
    ("claims", "statement"), ("claims", "notes"), ("claims", "locator"), ("studies", "population"),
    ("sources", "title"), ("statements", "statement"), ("statements", "rationale"), ("certainty", "comparison"),
    ("certainty", "outcome"),
]  # fmt: skip
TRIALS = ("studies", "outcomes", "risk_of_bias")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def page(evidence) -> str:
    return report.html(evidence)


class Links(HTMLParser):
    """Collects ids, in-page targets, and addresses that a browser would fetch by itself."""

    def __init__(self):
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.fetched: list[str] = []
        self.outward: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        href = given.get("href", "")
        if tag == "a" and href.startswith("#"):
            self.targets.append(href[1:])
        elif tag == "a" and href:
            self.outward.append(href)
        for name in ("src", "srcset", "data", "poster"):
            if given.get(name):
                self.fetched.append(given[name])
        if tag == "link":
            self.fetched.append(href)


def links_of(page: str) -> Links:
    parser = Links()
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def links(page) -> Links:
    return links_of(page)


def figures_of(page: str) -> dict[str, str]:
    """The HTML of each figure by its name."""
    return dict(re.findall(r'<figure id="chart-(\w+)">(.*?)</figure>', page, re.DOTALL))


def words(figure: str) -> str:
    """What is written in a figure, line breaks as blanks."""
    return " ".join(re.sub(r"<[^>]*>", " ", figure).split())


def test_the_page_fetches_nothing(page, links):
    assert links.fetched == []
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not [s for s in styles if re.search(r"url\((?!['\"]?(data:|#))|@import", s)]
    assert "default-src 'none'" in page


def test_every_statement_claim_study_and_source_has_an_address(evidence, links):
    expected = (
        {f"statement-{key}" for key in evidence.statements.statement_id}
        | {f"claim-{key}" for key in evidence.claims.claim_id}
        | {f"study-{key}" for key in evidence.studies.study_id}
        | {f"source-{key}" for key in evidence.sources.source_id}
    )
    assert expected <= set(links.ids)


def test_every_link_in_the_page_leads_somewhere_in_it(links):
    assert set(links.targets) - set(links.ids) == set()


def test_no_address_stands_twice(links):
    assert len(links.ids) == len(set(links.ids))


def test_links_outward_are_web_addresses_only(links):
    assert {href.split(":")[0] for href in links.outward} <= {"https", "http"}


def test_no_part_of_a_drawing_points_to_nothing(page, links):
    pointed = re.findall(r'(?:url\(|xlink:href="|href=")#([\w-]+)', "".join(figures_of(page).values()))
    assert pointed
    assert set(pointed) - set(links.ids) == set()


def test_the_charts_are_drawings_with_words(page):
    drawn = figures_of(page)
    assert list(drawn) == CHARTS
    for figure in drawn.values():
        assert figure.count("<svg aria-hidden") == figure.count("The chart in words") == 1
    assert page.count("<svg ") == len(CHARTS)


def test_the_forest_says_what_trials_say_together(evidence, page):
    chart = charts.forest(tables.pooled(evidence))
    figure = figures_of(page)["forest"]
    assert f'aria-label="chart forest: {escape(chart.title)}"' in figure
    assert f"<p>{escape(chart.alt)}</p>" in figure
    assert "could not be pooled" in words(figure)


def test_what_reviews_report_stands_beside_it(evidence, page):
    figure = words(figures_of(page)["published"])
    rows = tables.published_comparison(evidence)
    theirs = rows[rows.published & (rows.row == "study")]
    assert len(theirs)
    assert "What reviews report, beside our own trials and pools" in figure
    for label in theirs.label:
        assert str(escape(label)) in figure
    assert figure.count("as published") >= len(theirs)


def test_the_certainty_of_each_comparison_is_a_table_in_the_page(evidence, page, links):
    sheet = charts.certainty(tables.certainty(evidence))
    _, _, section = page.partition('<h2 id="certainty">How certain it is</h2>')
    assert sheet.html in section.partition("</section>")[0]
    assert page.count(sheet.html) == 1
    assert "certainty" in links.targets


@pytest.mark.parametrize(
    ("empty", "drawn"),
    [
        (("certainty",), ["verdicts", "timeline", "forest"]),
        (TRIALS, ["verdicts", "timeline"]),
        (("certainty", *TRIALS), ["verdicts", "timeline"]),
    ],
    ids=["certainty", "trials", "both"],
)
def test_a_folder_without_certainty_or_trials_still_gives_a_page(folder, empty, drawn):
    made = folder()
    definition = json.loads((made / "datapackage.json").read_text(encoding="utf-8"))
    for resource in definition["resources"]:
        if resource["name"] in empty:
            resource["mayBeEmpty"] = True
            file = made / resource["path"]
            file.write_text(file.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    (made / "datapackage.json").write_text(json.dumps(definition), encoding="utf-8")
    page = report.html(load(made))
    links = links_of(page)
    assert list(figures_of(page)) == drawn
    assert ("How certain it is" in page) == ("certainty" in links.ids) == ("certainty" not in empty)
    assert set(links.targets) - set(links.ids) == set()
    assert len(links.ids) == len(set(links.ids))
    said = "none" if "studies" in empty else "generalised anxiety disorder (1 trial, 40 people)"
    assert f"<li>Randomised trials with a published result: {said}.</li>" in page
    assert ("The primary outcome, which may be" in page) == ("studies" not in empty)


def test_the_page_says_version_digest_check_state_and_that_it_is_no_advice(evidence, page):
    seen, figures = evidence.second_reader()
    assert f"<b>{evidence.version}</b>" in page and evidence.digest in page
    assert f"<b>{seen:,} of {figures:,}</b>" in page
    assert "Not medical advice" in page


def test_the_same_evidence_gives_the_same_page(folder):
    made = folder()
    assert report.html(load(made)) == report.html(load(made))


def test_text_that_looks_like_markup_stays_text(folder):
    evidence = load(folder())
    frames = {**evidence._frames}
    for table, column in TEXTS:
        frames[table] = frames[table].assign(**{column: f'"><img src=x> <script>alert("{table} {column}")</script>&'})
    page = report.html(dataclasses.replace(evidence, _frames=MappingProxyType(frames)))
    assert "<img src=x" not in page
    assert "<script>alert(" not in page
    assert "&gt;&lt;img src=x&gt;" in figures_of(page)["verdicts"].partition("</svg>")[0]
    for table, column in TEXTS:
        end = f"{table} {column}"
        assert re.search(
            rf'&lt;script&gt;alert\((?:"|&#34;|&quot;){end}(?:"|&#34;|&quot;)\)&lt;/script&gt;&amp;', page
        ), end


def test_a_page_that_cannot_be_written_leaves_the_old_one(evidence, tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")

    def full(self, other):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    monkeypatch.setattr(report, "html", lambda evidence: "new")
    with pytest.raises(ValueError, match=r"report\.html cannot be written: no space left on device$"):
        report.write(evidence, target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
