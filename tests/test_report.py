"""The page: self-contained, complete, and safe against text that looks like markup."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from types import MappingProxyType

import pytest

from ketevidence import Evidence, load, report


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


@pytest.fixture(scope="module")
def links(page) -> Links:
    parser = Links()
    parser.feed(page)
    return parser


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


def test_the_three_charts_are_drawings_with_words(page):
    assert page.count("<svg aria-hidden") == 3
    assert page.count("The chart in words") == 3


def test_the_page_says_version_digest_check_state_and_that_it_is_no_advice(evidence, page):
    seen, figures = evidence.second_reader()
    assert f"<b>{evidence.version}</b>" in page and evidence.digest in page
    assert f"<b>{seen:,} of {figures:,}</b>" in page
    assert "Not medical advice" in page


def test_the_same_evidence_gives_the_same_page(evidence, page):
    assert report.html(evidence) == page


def test_text_that_looks_like_markup_stays_text(evidence):
    claims = evidence.claims
    claims.loc[0, "statement"] = "<script>alert(1)</script> & <b>bold</b>"
    claims.loc[1, "notes"] = '"><img src=x onerror=alert(1)>'
    hostile = dataclasses.replace(evidence, _frames=MappingProxyType({**evidence._frames, "claims": claims}))
    page = report.html(hostile)
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in page
    assert "<img src=x" not in page


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
