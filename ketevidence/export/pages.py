"""A table as text for people: Markdown, and a page of HTML that needs nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from ketevidence.export.cells import Cell
from ketevidence.export.definitions import Field
from ketevidence.export.model import NO_ROW, Spread

RIGHT = ("share", "number", "count", "year", "p")  # kinds of figures that stand under each other
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#])")
_NUMBERED = re.compile(r"\((\d+)(?:, retracted)?\)$")
_STYLE = """
:root { color-scheme: light dark; --line: rgba(127, 127, 127, 0.5); --ground: #fff; --soft: #eef2f5; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --soft: #24282d; --link: #8ab8ea; } }
body { margin: 1.5rem; font: 15px/1.45 system-ui, sans-serif; background: var(--ground); }
a { color: var(--link); } h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; }
.table { overflow: auto; max-height: 85vh; border: 1px solid var(--line); }
table { border-collapse: collapse; min-width: 100%; font-size: 0.9em; }
th, td { padding: 0.35em 0.6em; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: var(--soft); vertical-align: bottom; }
.words { min-width: 12em; } .figure { text-align: right; } .joined { white-space: nowrap; }
.notes, dd, footer { font-size: 0.9em; } dt { font-weight: 600; } dd { margin: 0 0 0.4em 1em; } li { margin: 0.3em 0; }
@media print { body { margin: 0; } .table { overflow: visible; max-height: none; border: 0; } th { position: static; } }
"""
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{table}
{notes}
{references}
{columns}
</main>
<footer><p>{source}</p></footer>
{record}
</body>
</html>
"""


def markdown(spread: Spread) -> str:
    """The table between pipes, its notes, its references.

    Markup in the words is escaped, so that it shows as it stands in the tables.
    """
    fields, rows = spread.readable.fields, spread.readable.rows
    lines = [f"# {_plain(spread.title)}", ""]
    if rows:
        lines.append(_line(_plain(field.label) for field in fields))
        lines.append(_line("---:" if field.kind in RIGHT else "---" for field in fields))
        lines += [_line(map(_linked, row)) for row in rows]
    else:
        lines.append(NO_ROW)
    for note in (*spread.notes, _columns(fields), spread.source_line):
        lines += ["", _plain(note)]
    if spread.references:
        lines += ["", "## References", ""]
        lines += [f"{s.number}. {_plain(s.text)}{f' <{s.link}>' if s.link else ''}" for s in spread.references]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _linked(cell: Cell) -> str:
    """Words and where they lead; the address stands between angles, which nothing in it can end."""
    return f"[{_plain(cell.text)}](<{cell.link}>)" if cell.link else _plain(cell.text)


def _columns(fields: Iterable[Field]) -> str:
    return f"Columns: {'; '.join(f'{field.label} = {field.definition}' for field in fields if field.kind != 'mark')}."


def html(spread: Spread, record: str) -> str:
    """The table as a whole page; `record` is the element that carries where the rows come from.

    Words are escaped; the page runs nothing and fetches nothing.
    """
    fields, rows = spread.readable.fields, spread.readable.rows
    described = "".join(
        f"<dt>{escape(field.label)}</dt><dd>{escape(field.definition)}</dd>" for field in fields if field.kind != "mark"
    )
    listed = "".join(
        f'<li id="source-{source.number}" value="{source.number}">{_anchor(source.link, escape(source.text))}</li>'
        for source in spread.references
    )
    return _PAGE.format(
        title=escape(spread.title),
        style=_STYLE,
        table=_table(fields, rows, spread.title) if rows else f"<p>{NO_ROW}</p>",
        notes="".join(f'<p class="notes">{escape(note)}</p>' for note in spread.notes),
        references=f"<h2>References</h2><ol>{listed}</ol>" if listed else "",
        columns=f"<details><summary>What the columns hold</summary><dl>{described}</dl></details>",
        source=escape(spread.source_line),
        record=record,
    )


def _table(fields: Iterable[Field], rows: Iterable[Iterable[Cell]], title: str) -> str:
    known = list(fields)
    head = "".join(f'<th scope="col" class="{_class(field, ())}">{escape(field.label)}</th>' for field in known)
    body = "\n".join(
        "<tr>" + "".join(
            f'<td class="{_class(field, (cell,))}" dir="auto">{_inside(field, cell)}</td>'
            for field, cell in zip(known, row)
        ) + "</tr>"
        for row in rows
    )  # fmt: skip
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _class(field: Field, cells: Iterable[Cell]) -> str:
    if field.kind in RIGHT:
        return "figure"
    if field.kind == "joined":
        return "joined"
    return "words" if any(len(cell.text) > 40 for cell in cells) else ""


def _inside(field: Field, cell: Cell) -> str:
    """The words of a cell; each citation leads to its reference below."""
    if field.kind != "citation":
        return escape(cell.text)
    parts = []
    for part in cell.text.split("; "):
        number = _NUMBERED.search(part)
        parts.append(f'<a href="#source-{number[1]}">{escape(part)}</a>' if number else escape(part))
    return "; ".join(parts)


def _anchor(link: str, words: str) -> str:
    return f'{words} <a href="{escape(link)}" rel="noreferrer">{escape(link)}</a>' if link else words
