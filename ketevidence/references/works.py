"""What a work is: its names, dates, numbers and address, read from a row of the sources."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote

import pandas as pd

Name: TypeAlias = dict[str, str]
Work: TypeAlias = dict[str, Any]

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CONFERENCE_ABSTRACT = "conference abstract"
RETRACTED = "RETRACTED: "
OTHERS = {"literal": "others"}
_GENRES = {"preprint": "preprint", "conference-abstract": CONFERENCE_ABSTRACT}
_SAME_NAME = ("volume", "issue", "page", "publisher", "DOI", "PMID", "PMCID")
_PERSON = re.compile(r"(?P<family>.+), (?P<given>(?:[^\W\d_]\.[ -]?)+)")


def link(source: pd.Series) -> str:
    """The best address of a source: DOI, PubMed, PubMed Central, its own.

    Parameters
    ----------
    source : pandas.Series
        One row of the sources.

    Returns
    -------
    str
        An http or https address, empty if there is none.

    Examples
    --------
    >>> link(pd.Series({"DOI": "10.1038/npp.2017.194", "PMID": "28849779"}))
    'https://doi.org/10.1038/npp.2017.194'
    """
    return best_address(work(source.items()))


def best_address(item: Work) -> str:
    """The address of the DOI, else that which the work keeps as its URL."""
    return f"https://doi.org/{quote(item['DOI'], safe='/:;()')}" if item["DOI"] else item["URL"]


def works(sources: pd.DataFrame, accessed: str | None = None) -> list[Work]:
    """Every row of the sources as a work.

    Raises
    ------
    ValueError
        If `accessed` is not a day.
    """
    return [work(record.items(), accessed) for record in sources.to_dict("records")]


def work(cells: Iterable[tuple[Any, Any]], accessed: str | None = None) -> Work:
    """All CSL variables of a work, empty ones too; dates as lists of year, month and day.

    Raises
    ------
    ValueError
        If `accessed` is not a day.
    """
    row = defaultdict(str, {str(name): text(value) for name, value in cells})
    authors, genre = names(row["author"]), _GENRES.get(row["status"], "")
    url, visited = "" if row["DOI"] else _address(row), _day(accessed)
    # a paper's registry number is that of its trial, not its own
    is_registered = row["type"] in ("dataset", "report") and not genre
    return {
        "id": row["source_id"],
        "type": row["type"],
        "title": RETRACTED * (row["status"] == "retracted") + row["title"],
        "author": authors,
        "issued": date(row["issued"]),
        "accessed": visited if url else [],
        "container-title": row["container_title"],
        **{name: row[name] for name in _SAME_NAME},
        "URL": url,
        "genre": genre,
        "number": row["registry_id"] if is_registered else "",
        "note": "with others" if OTHERS in authors else "",
    }


def text(value: object) -> str:
    """A cell on one line, empty if it is missing."""
    return "" if pd.isna(value) else " ".join(str(value).split())


def date(issued: str) -> list[int]:
    """Year, month and day, as far as they are known."""
    return [int(part) for part in issued.split("-") if part]


def names(author: str) -> list[Name]:
    """Persons as family and given, or family alone; anything else as literal."""
    parts = [name for name in re.split(r"\s*;\s*", author) if name]
    authors = []
    for name in parts:
        is_family = " " not in name and len(parts) > 1 and name != OTHERS["literal"]
        person = _PERSON.fullmatch(name)
        authors.append(person.groupdict() if person else {"family" if is_family else "literal": name})
    return authors


def named(item: Work) -> list[Name]:
    """The authors of a work without the unnamed others."""
    return [name for name in item["author"] if name != OTHERS]


def csl(item: Work) -> Work:
    """A work as a CSL-JSON item: without empty keys, dates in date-parts."""
    dates = {name: {"date-parts": [item[name]]} for name in ("issued", "accessed") if item[name]}
    return {name: value for name, value in (item | dates).items() if value}


def _address(row: defaultdict[str, str]) -> str:
    if row["PMID"]:
        return f"https://pubmed.ncbi.nlm.nih.gov/{quote(row['PMID'])}/"
    if row["PMCID"]:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(row['PMCID'])}/"
    is_web = re.match(r"https?://[^/\s]", row["URL"], re.IGNORECASE)
    return quote(row["URL"], safe="!#$%&'()*+,/:;=?@[]~") if is_web else ""


def _day(accessed: str | None) -> list[int]:
    try:
        return list(datetime.strptime(accessed, "%Y-%m-%d").timetuple()[:3]) if accessed else []
    except ValueError:
        raise ValueError(f"accessed {accessed!r} is no day; write YYYY-MM-DD") from None
