"""The web page: one self-contained HTML file, readable from a mail and without network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from ketevidence import provenance, wording
from ketevidence.dataset import Evidence
from ketevidence.report import content, drawings, finding, reviews
from ketevidence.tables.frame import made_once
from ketevidence.writing import replace_file

_SCRIPTS = ("tables", "citations", "saving", "addresses")  # one program: later parts use earlier ones
_STYLES = ("page", "narrow", "print")


def write(evidence: Evidence, path: str | Path) -> Path:
    """Write the page of an evidence to an .html file; an existing file is replaced whole.

    Raises
    ------
    ValueError
        Another ending, or the file cannot be written; an old one stays as it was.
    """
    if Path(path).suffix.lower() != ".html":
        raise ValueError(f"a page is an .html file, such as report.html, got {str(path)!r}")
    return replace_file(path, html(evidence).encode("utf-8"))


def html(evidence: Evidence) -> str:
    """The page as one string: statements, evidence, charts, findings, tables, references.

    The same evidence gives the same string. Text from the tables is escaped; the page
    forbids itself every request to a network and every program but its own. It carries the
    records of what it shows, which `trace` reads, and a review of each statement in the
    words of schema.org.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ketevidence.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_style"] = _in_style
    script = "\n".join(_asset("scripts", f"{name}.js") for name in _SCRIPTS)
    return environment.get_template("page.html.j2").render(
        evidence=evidence,
        wording=wording,
        css="\n".join(_asset("styles", f"{name}.css") for name in _STYLES),
        script=script,
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        columns=finding.COLUMNS,
        **_parts(evidence),
    )


def _parts(evidence: Evidence) -> dict[str, Any]:
    """What stands in the page, each part by its name in the template."""
    from tqdm import tqdm

    shown = content.Shown(evidence)
    makers: dict[str, Callable[[], Any]] = {
        "articles": lambda: content.articles(shown),
        "findings": lambda: content.findings(evidence),
        "figures": lambda: drawings.figures(evidence),
        "answers": lambda: content.answers(shown),
        "claims": lambda: content.records(shown.claims),
        "studies": lambda: content.records(shown.studies),
        "conditions": lambda: content.records(shown.conditions),
        "certainty": lambda: content.certainty(shown),
        "sources": lambda: content.sources(shown),
        "labels": lambda: content.labels(evidence),
        "reviews": lambda: _data(reviews.reviews(evidence)),
    }
    parts: dict[str, Any] = {"reader": evidence.second_reader()}
    with made_once():
        for name in tqdm(makers, desc="report", disable=None, leave=False):
            parts[name] = makers[name]()
    parts["forms"] = finding.forms(evidence, parts)
    parts["cited"] = content.cited(shown, [figure["rows"] for figure in parts["figures"]])
    parts["provenance"] = provenance.script([figure["record"] for figure in parts["figures"]] + [shown.record])
    return parts


def _asset(*names: str) -> str:
    return files("ketevidence.report").joinpath(*names).read_text(encoding="utf-8")


def _data(value: Any) -> str:
    """JSON that ends no element of HTML."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _in_style(text: object) -> str:
    """A string of CSS that ends neither itself nor its element."""
    plain = "".join(c if c.isalnum() or c in " .,:-" else f"\\{ord(c):x} " for c in str(text))
    return f'"{plain}"'
