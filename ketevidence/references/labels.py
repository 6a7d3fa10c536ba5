"""Short names to cite sources by, each of them unique."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from string import ascii_lowercase

import pandas as pd

from ketevidence.references.works import date, names, text

LONGEST = 32
_COLUMNS = ["source_id", "author", "issued", "title"]
_LETTERS = [first + second for first in ("", *ascii_lowercase) for second in ascii_lowercase]
_LETTERS_ROOM = 3
_NUMBER_KEY = re.compile(r"(pmid|pmc)(\d+)", re.IGNORECASE)
_NAME_KEY = re.compile(r"([^\W\d_])([^\W\d_]*)(\d{4}[a-z]?)")
# what follows one of these at the end of a name, as in College of … Alberta, tells it from others
_OF = {"at", "de", "du", "en", "for", "in", "of"}
# no part of a cut name or title ends with one of these
_SMALL = _OF | {"&", "a", "an", "and", "as", "by", "et", "from", "on", "or", "the", "to", "used", "with"}
_WORTH_OF_OF = 7


def labels(sources: pd.DataFrame) -> pd.Series:
    """Short names to cite sources by, such as Taylor 2018, each of them unique.

    A label is the first author and the year, or n.d. if no date is known. Square brackets
    mean, as in a library catalogue, that the name does not come from the work: the curators
    who gathered the sources saw no list of authors and supplied the name themselves. There
    the label is the key of the source, so [Thom 2000] is the work filed as thom2000 and
    [PMID 36149841] the one filed under its PubMed number. If the key is of another form,
    the label is the first words of the title in quotation marks.

    Labels have at most 32 characters: a longer organisation or title loses words, and an
    ellipsis stands for them. Names of persons, keys and single words are never cut.

    Compute labels from the whole table, then look them up: the letters, and where a long
    name is cut, depend on which rows are given, though not on their order.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources, of which source_id, author, issued and title are read.

    Returns
    -------
    pandas.Series
        Texts named label, indexed by source_id. Where several agree, each has a letter, in
        order of source_id.

    Examples
    --------
    >>> labels(pd.DataFrame({"source_id": ["glue2020b", "glue2020", "thom2000", "pmid36149841"],
    ...     "author": ["Glue, P.; others", "Glue, P.", pd.NA, pd.NA],
    ...     "issued": ["2020", "2020-05", "2000", pd.NA]})).tolist()
    ['Glue 2020b', 'Glue 2020a', '[Thom 2000]', '[PMID 36149841]']
    """
    cells = sources.reindex(columns=_COLUMNS).astype(object).to_numpy().tolist()
    rows = {row[0]: row[1:] for row in ([text(value) for value in values] for values in cells)}
    stems = {key: _stem(key, *row) for key, row in rows.items()}
    for ids in _alike(stems):
        stems |= {key: _stem(key, *rows[key], is_alone=False) for key in ids}
    for ids in _alike(stems):
        hyphen = "-" if stems[ids[0]].endswith("n.d.") else ""
        stems |= {key: f"{stems[key]}{hyphen}{letter}" for key, letter in zip(ids, _LETTERS, strict=False)}
    return pd.Series(stems, dtype="string", name="label").rename_axis("source_id")


def _alike(stems: dict[str, str]) -> list[list[str]]:
    """The keys that share a stem, in order."""
    groups = defaultdict(list)
    for key in sorted(stems):
        groups[stems[key]].append(key)
    return [ids for ids in groups.values() if len(ids) > 1]


@lru_cache(maxsize=4096)
def _stem(key: str, author: str, issued: str, title: str, *, is_alone: bool = True) -> str:
    """The label without a letter; where others have the same, with room for one."""
    year = str(date(issued)[0]) if date(issued) else "n.d."
    room = LONGEST - len(f" {year}") - (0 if is_alone else _LETTERS_ROOM)
    if not (authors := names(author)):
        return _from_key(key) or f"“{_start(title.strip('[]'), room - len('“”'))}” {year}"
    if "family" in authors[0]:
        return f"{authors[0]['family']} {year}"
    # a subordinate body or an explanation follows the name proper
    organisation = re.split(r", | \(", authors[0]["literal"])[0]
    return f"{(_without_middle if is_alone else _start)(organisation, room)} {year}"


def _from_key(key: str) -> str:
    if number := _NUMBER_KEY.fullmatch(key):
        kind, digits = number.groups()
        return f"[PMID {digits}]" if kind.lower() == "pmid" else f"[PMC{digits}]"
    if name := _NAME_KEY.fullmatch(key):
        return f"[{name[1].upper()}{name[2]} {name[3]}]"
    return ""


def _start(whole: str, room: int) -> str:
    """As many first words as there is room for, at least one, and no half of a bracket."""
    words = whole.split()
    if len(whole) <= room or len(words) == 1:
        return whole
    heads = [_head(words[:end]) for end in range(len(words) - 1, 0, -1)]
    fitting = [head for head in heads if len(head) <= room and head.count("(") == head.count(")")]
    return fitting[0] if fitting else heads[-1]


def _without_middle(whole: str, room: int) -> str:
    """As much of both ends as there is room for, or of the start alone."""
    words = whole.split()
    if len(whole) <= room or len(words) == 1:
        return whole
    cuts = {_start(whole, room): 0}
    for start in range(2, len(words)):
        # UK, U.S. or VA alone would say too little before a gap
        for end in range(2 if len(words[0]) <= 4 else 1, start):
            cut = f"{_head(words[:end])} {' '.join(words[start:])}"
            if len(cut) <= room and words[start] not in _SMALL:
                cuts[cut] = _WORTH_OF_OF * (words[start - 1] in _OF)
    return max(cuts, key=lambda cut: len(cut) + cuts[cut])


def _head(words: list[str]) -> str:
    while len(words) > 1 and words[-1].casefold() in _SMALL:
        words = words[:-1]
    return f"{' '.join(words).rstrip(' ,;:–-')} …"
