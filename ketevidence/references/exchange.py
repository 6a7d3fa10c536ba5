"""Sources in the formats that reference managers exchange: CSL-JSON, BibTeX, RIS."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ketevidence.references.works import CONFERENCE_ABSTRACT, MONTHS, OTHERS, Name, csl, named, works

# BibTeX counts braces even behind a backslash: a lone \{ would swallow the entries after it
_TEX = str.maketrans(
    {char: f"\\{char}" for char in "&%_#$"}
    | {
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_BIBTEX_ENTRIES = {"article-journal": "article", "chapter": "incollection", "report": "techreport"}
_BIBTEX_CONTAINERS = {"article": "journal", "incollection": "booktitle", "techreport": "series"}
_RIS_TYPES = {
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
_RIS_TAGS = {
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


def csl_json(sources: pd.DataFrame, accessed: str | None = None) -> list[dict[str, Any]]:
    """The sources as CSL-JSON items without empty keys, one a row.

    CSL has no word for unnamed further authors: they are left out, and the note says with
    others. A URL stands where there is no DOI, with the day `accessed`; genre is preprint or
    conference abstract; number is the work's own registry number.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources.
    accessed : str, optional
        The day, YYYY-MM-DD, on which addresses were visited.

    Returns
    -------
    list of dict
        Items that `json.dumps` can write.

    Raises
    ------
    ValueError
        If `accessed` is not a day.

    Examples
    --------
    >>> csl_json(pd.DataFrame({"source_id": ["stone2012"], "author": ["Stone; others"]}))
    [{'id': 'stone2012', 'author': [{'family': 'Stone'}], 'note': 'with others'}]
    """
    return [csl(item | {"author": named(item)}) for item in works(sources, accessed)]


def bibtex(sources: pd.DataFrame) -> str:
    r"""The sources as BibTeX entries in UTF-8, keyed by source_id.

    Titles keep their capitals, organisations stay whole; others come last, as BibTeX asks,
    even where the table names an author after them.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources.

    Returns
    -------
    str
        The entries, with an empty line between two.

    Examples
    --------
    >>> bibtex(pd.DataFrame({"source_id": ["k2"], "type": ["report"], "title": ["R&D"]}))
    '@techreport{k2,\n  title = {{R\\&D}},\n}\n'
    """
    entries = []
    for item in works(sources):
        kind = "misc" if item["genre"] else _BIBTEX_ENTRIES.get(item["type"], "misc")
        authors = [*map(_bibtex_author, named(item)), *["others"] * (OTHERS in item["author"])]
        tex = {name: value.translate(_TEX) for name, value in item.items() if isinstance(value, str)}
        fields = {
            "title": f"{{{tex['title']}}}",
            "author": " and ".join(authors),
            "year": "".join(map(str, item["issued"][:1])),
            "month": "".join(MONTHS[month].lower() for month in item["issued"][1:2]),
            _BIBTEX_CONTAINERS.get(kind, "howpublished"): tex["container-title"],
            "volume": tex["volume"],
            "number": tex["issue"],
            "pages": tex["page"].replace("-", "--"),
            "institution" if kind == "techreport" else "publisher": tex["publisher"],
            "note": "; ".join(filter(None, (tex["genre"], tex["number"]))),
            "doi": item["DOI"],
            "url": item["URL"],
        }
        full = {name: value for name, value in fields.items() if value}
        # months are macros, which braces would turn into words
        texts = {name: value if name == "month" else f"{{{value}}}" for name, value in full.items()}
        lines = [f"  {name} = {text},\n" for name, text in texts.items()]
        entries.append(f"@{kind}{{{item['id']},\n" + "".join(lines) + "}\n")
    return "\n".join(entries)


def ris(sources: pd.DataFrame) -> str:
    r"""The sources as RIS records.

    RIS takes a comma for the end of a family name, so an organisation has a full stop
    instead. AN is the PubMed number, M1 the work's own registry number, M3 preprint or
    conference abstract.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources.

    Returns
    -------
    str
        The records, with an empty line between two.

    Examples
    --------
    >>> ris(pd.DataFrame({"source_id": ["k2"], "type": ["report"], "title": ["R&D"]}))
    'TY  - RPRT\nID  - k2\nTI  - R&D\nER  - \n'
    """
    records = []
    for item in works(sources):
        kind = "ABST" if item["genre"] == CONFERENCE_ABSTRACT else _RIS_TYPES.get(item["type"], "GEN")
        date = "/".join(f"{part:02}" for part in item["issued"])
        first, _, last = item["page"].partition("-")
        lines = [
            ("TY", kind),
            ("ID", item["id"]),
            ("TI", item["title"]),
            *(("AU", _ris_author(name)) for name in named(item)),
            ("PY", date[:4]),
            ("DA", date and date + "/" * (4 - len(item["issued"]))),
            ("SP", first),
            ("EP", last),
            *((tag, item[name]) for tag, name in _RIS_TAGS.items()),
        ]
        records.append("".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n")
    return "\n".join(records)


def _bibtex_author(name: Name) -> str:
    if "family" in name:
        return ", ".join(name.values()).translate(_TEX)
    return f"{{{name['literal'].translate(_TEX)}}}"


def _ris_author(name: Name) -> str:
    return name["literal"].replace(", ", ". ") if "literal" in name else ", ".join(name.values())
