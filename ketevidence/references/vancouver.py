"""References in Vancouver style, one or a numbered list."""

from __future__ import annotations

import re
from itertools import takewhile

import pandas as pd

from ketevidence.references.labels import labels
from ketevidence.references.works import MONTHS, OTHERS, Name, Work, best_address, work, works


def vancouver(source: pd.Series, accessed: str | None = None) -> str:
    """One reference in Vancouver style, without a number.

    At most six authors; an address only where neither a DOI nor a PubMed number leads to
    the work.

    Parameters
    ----------
    source : pandas.Series
        One row of the sources.
    accessed : str, optional
        The day, YYYY-MM-DD, on which addresses were visited.

    Returns
    -------
    str
        The reference, which ends with a full stop or an address.

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
    return _reference(work(source.items(), accessed))


def numbered(
    sources: pd.DataFrame, accessed: str | None = None, *, known_labels: pd.Series | None = None
) -> pd.DataFrame:
    """A numbered list of Vancouver references, in the order given.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources.
    accessed : str, optional
        The day, YYYY-MM-DD, on which addresses were visited.
    known_labels : pandas.Series, optional
        The labels of the whole table; without it, the labels are those of these rows.

    Returns
    -------
    pandas.DataFrame
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
    known = (labels(sources) if known_labels is None else known_labels).to_dict()
    if lacking := [source_id for source_id in sources["source_id"] if source_id not in known]:
        raise ValueError(f"known_labels lacks {', '.join(map(repr, lacking))}")
    rows = [
        (source_id, known[source_id], _reference(item), best_address(item))
        for source_id, item in zip(sources["source_id"], works(sources, accessed), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["source_id", "label", "reference", "link"], dtype="string")
    table.insert(0, "number", range(1, len(table) + 1))
    return table


def _reference(item: Work) -> str:
    if item["PMID"]:
        item = item | {"URL": "", "accessed": []}
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


def _byline(names: list[Name]) -> str:
    shown = list(takewhile(lambda name: name != OTHERS, names))[:6]
    texts = [
        name.get("literal") or f"{name['family']} {re.sub('[. -]', '', name.get('given', ''))}".rstrip()
        for name in shown
    ]
    # commas would not tell where an organisation that holds one ends
    comma = "; " if any("literal" in name for name in shown) else ", "
    return comma.join(texts if len(shown) == len(names) else [*texts, "et al."])


def _imprint(item: Work) -> str:
    """The date, volume(issue):pages after it, the publisher before it if nothing else says who."""
    said = {"", item["container-title"], *(name.get("literal") for name in item["author"])}
    is_serial = item["volume"] or item["type"].startswith("article")
    text = "" if is_serial or said.issuperset(item["publisher"].split("; ")) else f"{item['publisher']}; "
    text += _spelled(item["issued"]) if item["issued"] else "[date unknown]"
    text += f" [cited {_spelled(item['accessed'])}]" if item["accessed"] else ""
    place = f";{item['volume']}({item['issue']}):{item['page']}"
    return text + place.replace("()", "").replace(";:", ":").rstrip(";:")


def _spelled(date: list[int]) -> str:
    return " ".join([str(date[0]), *(MONTHS[month] for month in date[1:2]), *map(str, date[2:])])
