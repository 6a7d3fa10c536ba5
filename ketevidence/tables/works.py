"""The works that rows cite, with their references, and the words that stand beside the tables."""

from __future__ import annotations

import pandas as pd

from ketevidence import references
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, finish, labels, remembered, vocabulary


@remembered
def cited_works(evidence: Evidence, *, source: Wanted = None, audited: bool = False) -> pd.DataFrame:
    """Works with their references, one row a source.

    Parameters
    ----------
    evidence : Evidence
    source : str or list of str, optional
        Only the sources with these keys.
    audited : bool
        Only the articles that statements are taken from.

    Returns
    -------
    pandas.DataFrame
        source_id, citation (label), title, reference (Vancouver, without the day on which an address
        was visited, which is new with each version of the evidence), status (what has become of the
        work).

    Raises
    ------
    ValueError
        An unknown source.

    Examples
    --------
    >>> from ketevidence import load
    >>> cited_works(load(), audited=True).status.tolist()
    ['current']
    """
    works = choose(evidence.sources, "source_id", source, evidence.sources.source_id)
    if audited:
        works = works[works.source_id.isin(evidence.statements.source_id)]
    listed = references.numbered(works, known_labels=labels(evidence)).set_index("source_id")
    works = works.assign(citation=works.source_id.map(listed.label), reference=works.source_id.map(listed.reference))
    return finish(evidence, works, "source_id", ["source_id", "citation", "title", "reference", "status"])


@remembered
def words(evidence: Evidence) -> pd.DataFrame:
    """What the evidence says in words of itself: its limits, and what each verdict means.

    Returns
    -------
    pandas.DataFrame
        word_id ('limit 1', 'verdict supported'), kind ('limit', 'verdict'), label (sign and name of
        a verdict; empty for a limit), text.

    Examples
    --------
    >>> from ketevidence import load
    >>> words(load()).kind.unique().tolist()
    ['limit', 'verdict']
    """
    verdicts = vocabulary(evidence, "statements", "verdict").categories
    said = [
        *((f"limit {number}", "limit", "", text) for number, text in enumerate(evidence.schema.limits, 1)),
        *((f"verdict {one.value}", "verdict", f"{one.symbol} {one.label}", one.description) for one in verdicts),
    ]
    names = ["word_id", "kind", "label", "text"]
    return finish(evidence, pd.DataFrame(said, columns=names, dtype="string"), "word_id", names)
