"""The page: self-contained, complete, and safe against text that looks like markup."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from types import MappingProxyType

import pytest
from markupsafe import escape

from ketevidence import Evidence, charts, gallery, load, provenance, report, tables
from ketevidence.cli import main
from ketevidence.report.content import Shown, answers
from ketevidence.report.reviews import reviews
from ketevidence.trace import trace

CHARTS = ["verdicts", "evidence_map", "rates", "timeline", "durations", "forest", "published", "safety"]
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
    return dict(re.findall(r'<figure id="chart-([\w-]+)"[^>]*>(.*?)</figure>', page, re.DOTALL))


def words(figure: str) -> str:
    """What is written in a figure, line breaks as blanks."""
    return " ".join(re.sub(r"<[^>]*>", " ", figure).split())


def test_the_page_fetches_nothing(page, links):
    assert links.fetched == []
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not [s for s in styles if re.search(r"url\((?!['\"]?(data:|#))|@import", s)]
    assert "default-src 'none'" in page


def test_only_its_own_program_may_run_in_the_page(page):
    programs = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    (digest,) = re.findall(r"script-src 'sha256-([^']+)';", page)
    assert [base64.b64encode(hashlib.sha256(program.encode()).digest()).decode() for program in programs] == [digest]
    assert re.findall(r"<script(?! type=\"(?:module|application/(?:ld\+)?json)\")", page) == []
    assert re.findall(r"<[a-z][^>]*\son[a-z]+=", page) == []


def test_what_is_hidden_before_the_program_runs_is_what_it_hides(page):
    (first,) = re.findall(r"const FIRST = (\d+);", page)
    assert f"tbody tr:nth-child(n + {int(first) + 1}) {{ display: none; }}" in page


def test_the_page_is_small_enough_for_a_mail(page):
    assert len(page.encode("utf-8")) < 3_000_000


def test_the_answer_takes_at_most_five_lines(evidence, page):
    lines = answers(Shown(evidence))
    assert len(lines) == 5
    assert lines[-1] == (
        "The article says nothing about how long the effect lasts. "
        "The article says nothing about side effects, contraindications or monitoring."
    )
    shown = re.search(r'<ul class="short" id="short">(.*?)</ul>', page, re.DOTALL)[1]
    assert re.findall("<li>(.*?)</li>", shown) == [str(escape(line)) for line in lines]


def test_the_evidence_of_a_statement_is_that_of_its_table(evidence):
    linked = Shown(evidence).linked
    for key in evidence.statements.statement_id:
        expected = tables.evidence_for(evidence, key)
        own = linked[linked.statement_id == key].reset_index(drop=True)
        assert own[["claim_id", "claim", "citation", "figure"]].equals(
            expected[["claim_id", "claim", "citation", "figure"]]
        )
        assert own.relation.astype(str).tolist() == expected.relation.astype(str).tolist()


def test_what_the_page_was_made_from_is_found_in_it(evidence, tmp_path):
    written = report.write(evidence, tmp_path / "report.html")
    found = trace(written, evidence)
    drawn = figures_of(written.read_text(encoding="utf-8"))
    assert [one.record["kind"] for one in found] == ["chart"] * len(drawn) + ["page"]
    assert [one for one in found if not one.current] == []
    frames = provenance.read(written)[-1][1]["frames"]
    assert [frame["recipe"][0]["table"] for frame in frames] == ["claims", "studies", "conditions", "certainty"]
    claims = evidence.claims.copy()
    changed = claims.index[claims.value.notna()][0]
    claims.loc[changed, "value"] = claims.loc[changed, "value"] / 2
    later = dataclasses.replace(evidence, _frames=MappingProxyType({**evidence._frames, "claims": claims}))
    stale = trace(written, later)[-1]
    assert (claims.claim_id[changed], "value") in set(zip(stale.changes.key, stale.changes.column))


def test_every_verdict_is_a_review_for_machines(evidence, page, links):
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert graph == reviews(evidence)
    assert graph["@context"] == "https://schema.org"
    assert {review["@type"] for review in graph["@graph"]} == {"ClaimReview"}
    words = evidence.schema.table("statements").column("verdict")
    article = evidence.sources.set_index("source_id").loc["caledonclinic"]
    for review, row in zip(graph["@graph"], evidence.statements.itertuples(), strict=True):
        assert review["url"].removeprefix("#") in links.ids
        assert review["claimReviewed"] == row.statement
        assert review["datePublished"] == f"{row.reviewed_on:%Y-%m-%d}"
        assert review["author"]["name"] == "ketevidence"
        assert review["reviewRating"]["alternateName"] == words.label(row.verdict)
        said = review["itemReviewed"]
        if row.measure == "omission":
            assert said == {"@type": "Claim"}
        else:
            assert said["appearance"] == {"@type": "Article", "headline": article.title, "url": article.URL}
            assert said["author"] == {"@type": "Organization", "name": article.author}


def test_a_rating_is_the_place_among_the_verdicts_and_an_open_question_has_none(evidence):
    rated = {}
    for review, verdict in zip(reviews(evidence)["@graph"], evidence.statements.verdict, strict=True):
        rated[verdict] = [review["reviewRating"].get(name) for name in ("ratingValue", "bestRating", "worstRating")]
    assert rated == {
        "supported": [5, 5, 1], "partly-supported": [4, 5, 1], "overstated": [3, 5, 1], "unsupported": [2, 5, 1],
        "contradicted": [1, 5, 1], "omission": [None] * 3, "not-assessable": [None] * 3,
    }  # fmt: skip


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
    assert [name for name in drawn if "-" not in name] == CHARTS
    for name, figure in drawn.items():
        named = figure.count(f'<svg role="img" aria-labelledby="title-{name}"')
        assert named == figure.count("The chart in words") == 1
    assert page.count("<svg role") == len(drawn)


def test_a_chart_longer_than_a_sheet_stands_in_parts_with_titles_words_and_downloads(evidence, page):
    parts = gallery.parts(evidence, "timeline")
    drawn = {name: figure for name, figure in figures_of(page).items() if name.startswith("timeline")}
    assert list(drawn) == ["timeline", *(f"timeline-{part}" for part in range(2, len(parts) + 1))]
    assert len(parts) > 1
    for number, ((name, figure), chart) in enumerate(zip(drawn.items(), parts, strict=True), 1):
        label = f"chart timeline, part {number} of {len(parts)}"
        assert f'<a id="title-{name}" href="#chart-{name}">{escape(chart.title)}</a>' in page
        assert f'aria-label="{label}"' in figure and f"<p>{escape(chart.alt)}</p>" in figure
        assert re.findall(r'data-save="(\w+)" aria-label="(.*?)"', figure) == [
            (ending, f"{ending.upper()}, {label}") for ending in ("png", "svg", "csv")
        ]


def test_the_sources_of_every_part_are_among_the_references_of_the_printed_page(evidence, page):
    cited = set(re.findall(r'<tr id="source-([\w-]+)"[^>]* class="cited"', page))
    shown = [key for chart in gallery.parts(evidence, "timeline") for key in chart.table.source_id]
    assert set(shown) <= cited


def test_the_forest_says_what_trials_say_together(evidence, page):
    chart = charts.forest(tables.pooled(evidence))
    figure = figures_of(page)["forest"]
    assert f'<a id="title-forest" href="#chart-forest">{escape(chart.title)}</a>' in page
    assert f"<p>{escape(chart.alt)}</p>" in figure
    assert "could not be pooled" in words(figure)


def test_a_code_stands_before_its_words_only_where_they_do_not_begin_with_it(page):
    cells = re.findall(r'<td>([^<]*)<span class="muted">((?:any|post|depr)[^<]*)</span></td>', page)
    assert set(cells) >= {("", "any diagnosis"), ("PTSD ", "post-traumatic stress disorder"), ("", "depression")}
    assert ("any ", "any diagnosis") not in cells


def test_a_chart_is_named_in_words(page):
    assert 'aria-label="chart evidence map"' in page and 'aria-label="CSV, chart evidence map"' in page


def test_what_reviews_report_stands_beside_it(evidence, page):
    figure = words(figures_of(page)["published"])
    rows = tables.published_comparison(evidence)
    theirs = rows[rows.published & (rows.row == "study")]
    assert len(theirs)
    assert re.search("reviews? reports? Hedges g", figure)
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
        (("certainty",), ["verdicts", "evidence_map", "timeline", "durations", "forest"]),
        (TRIALS, ["verdicts", "evidence_map", "timeline", "durations"]),
        (("certainty", *TRIALS), ["verdicts", "evidence_map", "timeline", "durations"]),
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


@pytest.mark.parametrize("name", ["nowhere/", "page.pdf", "page", "."])
def test_a_page_under_another_ending_is_refused_before_anything_is_made(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "html", lambda evidence: pytest.fail("the page was made"))
    with pytest.raises(SystemExit) as stop:
        raise SystemExit(main(["report", name]))
    assert stop.value.code == 2
    assert capsys.readouterr() == ("", f"ketevidence: a page is an .html file, such as report.html, got {name!r}\n")
    assert list(tmp_path.iterdir()) == []
