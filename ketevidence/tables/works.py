"""The works that rows cite, with their references."""

from __future__ import annotations

import pandas as pd

from ketevidence import references
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, finish, once, remembered


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
    labels = once(evidence, "labels", lambda: references.labels(evidence.sources))
    works = choose(evidence.sources, "source_id", source, evidence.sources.source_id)
    if audited:
        works = works[works.source_id.isin(evidence.statements.source_id)]
    listed = references.numbered(works, known_labels=labels).set_index("source_id")
    works = works.assign(citation=works.source_id.map(listed.label), reference=works.source_id.map(listed.reference))
    return finish(evidence, works, "source_id", ["source_id", "citation", "title", "reference", "status"])
