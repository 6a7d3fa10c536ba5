"""The parts of the documents that are made from the tables: `make generated` writes them, a test reads them.

Run as a program it rewrites evidence/README.md, the blocks of README.md between markers,
and the picture of README.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import generated_charts

from ketevidence import Evidence, charts, gallery, load, tables, wording
from ketevidence.schema import Category, Column, Table

ROOT = Path(__file__).parents[1]


def data_dictionary(evidence: Evidence) -> str:
    """evidence/README.md: every table, column and allowed value, with row counts."""
    schema = evidence.schema
    seen, figures = evidence.second_reader()
    lines = [
        "# The evidence tables",
        "",
        "<!-- Made from datapackage.json by `make generated`; change it there. -->",
        "",
        f"{schema.title}. Version {schema.version}, last search {evidence.date}. Licence: {schema.licence} "
        "(see LICENSE in this folder).",
        "",
        f"The tables are {len(schema.tables)} CSV files (UTF-8, comma, LF, empty = missing, rows sorted by key), "
        "usable without the package. They hold what sources say, in our own words, with the place in the source "
        "(`locator`) and how close to it the extractor was (`basis`). `checked` says whether a second reader, working "
        "alone, saw the figure again: "
        f"{wording.number(seen)} of {wording.number(figures)} claims and outcomes. What can be computed (intervals, "
        "ratios) is not stored. Signs: a contrast is arm minus comparator, negative = fewer symptoms with the arm; "
        "ratios are arm over comparator.",
        "",
        "What every use of the tables must respect:",
        "",
        *(f"- {limit}" for limit in schema.limits),
        "",
        "| table | rows | what a row is |",
        "| --- | ---: | --- |",
        *(f"| [{t.name}](#{t.name}) | {len(evidence.table(t.name))} | {t.description} |" for t in schema.tables),
    ]
    for table in schema.tables:
        lines += _table(table)
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    lines = [
        "",
        f"## {table.name}",
        "",
        f"{table.description} Key: {', '.join(f'`{name}`' for name in table.key)}."
        + " It may have no row." * table.may_be_empty,
    ]
    for key in table.foreign_keys:
        lines.append(f"`{key.column}` names a row of {key.table}.")
    lines += ["", "| column | type | unit | what it holds |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{column.name}`{'' if not column.required else ' *'} | {column.type} | {column.unit} | {_meaning(column)} |"
        for column in table.columns
    ]
    lines += ["", "\\* never empty"]
    for column in table.columns:
        if column.categories:
            lines += ["", f"Values of `{column.name}`:", ""]
            lines += [f"- `{c.value}`: {c.description}{_tools(c)}" for c in column.categories]
    return lines


def _meaning(column: Column) -> str:
    form = f" Form: `{column.pattern.replace('|', chr(92) + '|')}`" if column.pattern else ""
    return column.description + form


def _tools(category: Category) -> str:
    return f" Of {' and '.join(f'`{tool}`' for tool in category.tools)}." if category.tools else ""


def readme_blocks(evidence: Evidence) -> dict[str, str]:
    """The blocks of README.md by the name in their marker."""
    seen, figures = evidence.second_reader()
    counts = "\n".join(
        f"| `{t.path}` | {wording.number(len(evidence.table(t.name)))} | {t.description} |"
        for t in evidence.schema.tables
    )
    listed = charts.verdicts(tables.statements(evidence)).title.partition(": ")[2]
    return {
        "counts": f"| table | rows | what a row is |\n| --- | ---: | --- |\n{counts}\n\n"
        f"A second reader, working alone, saw {wording.number(seen)} of {wording.number(figures)} claims and "
        f"outcomes again in their sources. Version {evidence.version}, last search {evidence.date}.",
        "pooled": pooled_sentence(evidence),
        "verdicts": f"Of the {len(tables.statements(evidence))} statements: {listed}.",
    }


def pooled_sentence(evidence: Evidence) -> str:
    """What can be pooled of the symptoms, what reviews report, and how much cannot be pooled."""
    forest, beside = tables.pooled(evidence), tables.published_comparison(evidence)
    condition = tables.conditions(evidence).set_index("condition").label
    pools = [
        f"{wording.counted(row.k, 'trial')} of {condition[row.condition]} with {row.n} people, {row.measure} "
        f"{wording.number(row.effect)} (95% CI {wording.span(row.low, row.high)}; below 0: {row.favours_low})"
        for row in forest[forest.row == "pooled"].itertuples()
    ]
    reviews = [
        f"{row.citation}, which pooled {wording.counted(row.k, 'trial')}, reports {wording.number(row.effect)} "
        f"({wording.span(row.low, row.high)})"
        for row in beside[beside.difference.notna()].itertuples()
    ]
    refused = tables.not_comparable(evidence)
    others = refused[refused.published & ~refused.other_rows]
    largest = others.loc[others.n.idxmax()]
    trials = others.groupby("condition", observed=True).people.nunique().sum()
    return (
        f"Of symptoms this can be pooled: {'; '.join(pools)}. {'; '.join(reviews)}. Randomised trials of all "
        f"conditions whose figures, as far as we could read them (mostly abstracts), do not allow it: {trials}; the "
        f"largest, {largest.citation} with {largest.n} people, had a {largest.primary_result} primary outcome."
    )


def filled(text: str, blocks: dict[str, str]) -> str:
    """A document with its blocks, between <!-- name --> and <!-- /name -->, written anew."""
    for name, block in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text, found = re.subn(pattern, lambda match, b=block: match[1] + b + "\n" + match[2], text, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"README.md has {found} blocks {name!r}, expected 1")
    return text


def picture(evidence: Evidence) -> bytes:
    """The chart that README.md shows."""
    rates = tables.resistance_rates(evidence, condition="GAD", kind="non_response")
    stated = tables.statements(evidence, topic="treatment_resistance")
    return charts.rates(rates[rates.design == "trial arm"], stated=stated).bytes("png", dpi=150)


def slide(evidence: Evidence) -> bytes:
    """The slide that README.md shows."""
    return gallery.draw(evidence, "condition_card", condition="PTSD", medium="slide").bytes("png", dpi=100)


def documents() -> dict[Path, bytes]:
    """Every generated file with what it should hold."""
    evidence = load(ROOT / "evidence")
    readme = ROOT / "README.md"
    return {
        ROOT / "evidence" / "README.md": data_dictionary(evidence).encode(),
        readme: filled(readme.read_text(encoding="utf-8"), readme_blocks(evidence)).encode(),
        ROOT / "docs" / "rates.png": picture(evidence),
        ROOT / "docs" / "slide.png": slide(evidence),
        **generated_charts.files(ROOT, evidence),
    }


if __name__ == "__main__":
    for path, content in documents().items():
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content)
        print(path.relative_to(ROOT))
