"""Faults of meaning: each rule is a function from a folder to its faults."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from ketevidence.check.faults import Fault, hint, quoted
from ketevidence.check.folder import Folder, Rows
from ketevidence.check.structure import number

Rule = Callable[[Folder], Iterator[Fault]]

REGISTRIES = {
    "NCT": (re.compile(r"NCT\d{8}"), "NCT and 8 digits"),
    "ACTRN": (re.compile(r"ACTRN\d{14}p?"), "ACTRN and 14 digits, p for a pending one"),
}
FORMULA = {"=", "+", "-", "@"}
TIME_UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
SAME_PEOPLE = re.compile(r"same participants(?: in part)? as ([^.;:]+)", re.IGNORECASE)


def proportions_are_shares(folder: Folder) -> Iterator[Fault]:
    """A proportion is a share from 0 to 1."""
    places = [
        ("claims", "measure", ("value", "low", "high")),
        ("statements", "measure", ("value", "low", "high")),
        ("outcomes", "statistic", ("value", "ci_low", "ci_high")),
    ]
    for table, kind, columns in places:
        for column in columns:
            for rows, (what, cell) in folder.distinct(table, kind, column):
                share = number(cell) if what == "proportion" else None
                if share is not None and share > 1:
                    yield from folder.faults(rows, column, f"{cell} is above 1, the largest proportion")
                elif share is not None and share < 0:
                    yield from folder.faults(rows, column, f"{cell} is below 0, the smallest proportion")


def limits_enclose_the_value(folder: Folder) -> Iterator[Fault]:
    """The lower limit is at most the value, the value at most the upper limit."""
    for table, low, value, high in [
        ("claims", "low", "value", "high"),
        ("statements", "low", "value", "high"),
        ("outcomes", "ci_low", "value", "ci_high"),
        ("instruments", "minimum", "minimum", "maximum"),
    ]:
        for rows, cells in folder.distinct(table, low, value, high):
            least, middle, most = map(number, cells)
            if least is not None and middle is not None and least > middle:
                yield from folder.faults(rows, low, f"{cells[0]} is above {value} {cells[1]}")
            if most is not None and middle is not None and middle > most:
                yield from folder.faults(rows, high, f"{cells[2]} is below {value} {cells[1]}")
            if middle is None and least is not None and most is not None and least > most:
                yield from folder.faults(rows, low, f"{cells[0]} is above {high} {cells[2]}")


def events_fit_the_printed_share(folder: Folder) -> Iterator[Fault]:
    """No more events than people, and events of n give the printed proportion.

    A source that contradicts itself is kept as printed when the notes name the two
    counts, as in '17 of 138'.
    """
    for table, kind in [("claims", "measure"), ("outcomes", "statistic")]:
        columns = (kind, "events", "events_basis", "n", "value", "notes")
        for rows, (what, events, basis, n, value, notes) in folder.distinct(table, *columns):
            if bool(events) != bool(basis):
                present, absent = ("events", "events_basis") if events else ("events_basis", "events")
                yield from folder.faults(rows, absent, f"is empty, but {present} is given")
            count, people, share = number(events), number(n), number(value)
            if count is None or people is None:
                continue
            if count > people:
                yield from folder.faults(rows, "events", f"{events} is above n {n}")
            elif not people or what != "proportion" or share is None:
                continue
            elif not (_agrees(count, people, share, value, basis) or _names(notes, f"{events} of {n}")):
                message = (
                    f"{value} is not {events} of {n}, which is {count / people:.3g}; "
                    f"correct it, or explain it in notes as '{events} of {n}'"
                )
                yield from folder.faults(rows, "value", message)


def _names(notes: str, counts: str) -> bool:
    return re.search(rf"\b{re.escape(counts)}\b", notes) is not None  # not in '117 of 138'


def _agrees(count: float, people: float, share: float, printed: str, basis: str) -> bool:
    decimals = max(2, len(printed.partition(".")[2]))  # a rate is printed in whole per cent or finer
    rounding = 0.5 * 0.1**decimals + 1e-9
    if basis == "derived":
        return abs(count - share * people) <= 0.5 + rounding * people
    return abs(count / people - share) <= rounding


def registry_numbers_have_their_form(folder: Folder) -> Iterator[Fault]:
    """NCT numbers have 8 digits, ACTRN numbers 14."""
    for table in ("sources", "studies"):
        for rows, (cell,) in folder.distinct(table, "registry_id"):
            for part in cell.split("; "):
                for prefix, (form, words) in REGISTRIES.items():
                    if part.upper().startswith(prefix) and not form.fullmatch(part):
                        message = f"{quoted(part)} is no registry number; expected: {words}"
                        yield from folder.faults(rows, "registry_id", message)


def contrasts_name_both_arms(folder: Folder) -> Iterator[Fault]:
    """A contrast names its comparator."""
    contrasts = folder.defined("outcomes", "statistic").having_role("contrast")
    for rows, (statistic, comparator) in folder.distinct("outcomes", "statistic", "comparator"):
        if statistic in contrasts and not comparator:
            yield from folder.faults(rows, "comparator", f"is empty; a {statistic} names both arms")


def overlaps_are_named_on_both_sides(folder: Folder) -> Iterator[Fault]:
    """Studies that share people name each other."""
    named = list(folder.distinct("studies", "study_id", "overlaps_with"))
    overlaps = {study: others.split("; ") for _, (study, others) in named}
    for rows, (study, others) in named:
        for other in filter(None, others.split("; ")):
            if other == study:
                yield from folder.faults(rows, "overlaps_with", f"{quoted(study)} names itself")
            elif other not in overlaps:
                message = f"no study {quoted(other)}{hint(other, sorted(overlaps))}"
                yield from folder.faults(rows, "overlaps_with", message)
            elif study not in overlaps[other]:
                message = f"names {other!r}, which does not name {study!r}; name them on both sides"
                yield from folder.faults(rows, "overlaps_with", message)


def same_participants_are_known_claims(folder: Folder) -> Iterator[Fault]:
    """'same participants as ...' in the notes of a claim names other claims."""
    known = set(folder.cells("claims", "claim_id").values)
    for rows, (notes,) in folder.distinct("claims", "notes"):
        for named in same_participants(notes):
            if named not in known:
                message = f"no claim {quoted(named)} for 'same participants'{hint(named, sorted(known))}"
                yield from folder.faults(rows, "notes", message)


def same_participants(notes: str) -> list[str]:
    """The claims that notes name as resting on the same people.

    Examples
    --------
    >>> same_participants("Open label. Same participants in part as a-1, b-2 and c-3: draw once.")
    ['a-1', 'b-2', 'c-3']
    """
    return [
        part.split()[0] for named in SAME_PEOPLE.findall(notes) for part in re.split(r", | and ", named) if part.split()
    ]


def retracted_sources_are_called_retracted(folder: Folder) -> Iterator[Fault]:
    """A claim or outcome of a retracted source says so."""
    status = {source: word for _, (source, word) in folder.distinct("sources", "source_id", "status")}
    for table, columns in [("claims", ("statement", "notes")), ("outcomes", ("outcome", "notes"))]:
        for rows, (source, *texts) in folder.distinct(table, "source_id", *columns):
            if status.get(source) == "retracted" and "retracted" not in " ".join(texts).lower():
                message = f"does not say that source {source!r} is retracted; say so"
                yield from folder.faults(rows, "notes", message)


def kinds_belong_to_their_topic(folder: Folder) -> Iterator[Fault]:
    """The kind of a claim is one of its topic."""
    topics = {c.value: c.topics for c in folder.defined("claims", "kind").categories}
    yield from _strangers(folder, ("claims", "topic", "kind"), topics)


def domains_belong_to_their_tool(folder: Folder) -> Iterator[Fault]:
    """The domain and the judgement of a risk of bias are ones that its tool knows."""
    for column in ("domain", "judgement"):
        tools = {c.value: c.tools for c in folder.defined("risk_of_bias", column).categories}
        yield from _strangers(folder, ("risk_of_bias", "tool", column), tools)


def _strangers(folder: Folder, place: tuple[str, str, str], owners: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    """Values that do not belong to the owner that stands in their row; one without owners belongs to all.

    ``place`` is a table, its column of owners, its column of values.
    """
    table, owner, column = place
    known = folder.defined(table, owner).values
    for rows, (own, value) in folder.distinct(table, owner, column):
        if owners.get(value) and own in known and own not in owners[value]:
            message = f"{value!r} is a {column} of {' or '.join(owners[value])}, not of {own}"
            yield from folder.faults(rows, column, message)


def domains_are_judged_once(folder: Folder) -> Iterator[Fault]:
    """A domain of a study is judged once by each tool."""
    cells = [folder.cells("risk_of_bias", column) for column in ("study_id", "tool", "domain")]
    text = folder.texts["risk_of_bias"]
    first: dict[tuple[str, ...], int] = {}
    for line, judged in zip(text.lines, zip(*cells)):
        if judged in first and all(judged):
            study, tool, domain = map(quoted, judged)
            message = f"{domain} of {study} by {tool} stands already in line {first[judged]}"
            yield Fault(text.file, line, "domain", f"{message}; a tool judges it once")
        first.setdefault(judged, line)


def times_have_a_unit(folder: Folder) -> Iterator[Fault]:
    """A duration is in a unit of time, and a censored one says until when was looked."""
    for table in ("claims", "statements"):
        for rows, (measure, unit) in folder.distinct(table, "measure", "unit"):
            if measure == "duration" and unit not in TIME_UNITS:
                found = f"{quoted(unit)} is not a unit of time" if unit else "is empty, but a time has a unit"
                message = f"{found}{hint(unit, TIME_UNITS)}"
                yield from folder.faults(rows, "unit", message)
    for rows, (censored, high) in folder.distinct("claims", "censored", "high"):
        if censored in ("left", "right") and not high:
            message = f"is empty, but the time is {censored}-censored; give the last time looked at"
            yield from folder.faults(rows, "high", message)


def p_values_say_how_they_are_printed(folder: Folder) -> Iterator[Fault]:
    """A p value and its relation stand together."""
    for rows, (p, relation) in folder.distinct("outcomes", "p", "p_relation"):
        if p and not relation:
            yield from folder.faults(rows, "p_relation", "is empty, but p is given")
        elif relation and not p:
            yield from folder.faults(rows, "p", "is empty, but p_relation is given")


def verdicts_fit_their_links(folder: Folder) -> Iterator[Fault]:
    """A verdict is not the opposite of what all its links say; omissions have context only."""
    relations: dict[str, set[str]] = defaultdict(set)
    for _, (statement, relation) in folder.distinct("links", "statement_id", "relation"):
        relations[statement].add(relation)
    for rows, (statement, verdict) in folder.distinct("statements", "statement_id", "verdict"):
        judged = relations[statement] - {"context"}
        if verdict == "supported" and judged == {"contradicts"}:
            message = "'supported', but every claim linked to it contradicts it"
            yield from folder.faults(rows, "verdict", message)
        elif verdict == "contradicted" and judged == {"supports"}:
            message = "'contradicted', but every claim linked to it supports it"
            yield from folder.faults(rows, "verdict", message)
        elif verdict == "omission" and judged:
            message = f"'omission', but a claim is linked as {min(judged)!r}; omissions have context only"
            yield from folder.faults(rows, "verdict", message)


def no_cell_is_a_formula(folder: Folder) -> Iterator[Fault]:
    """No text begins with = + - or @, which a spreadsheet would run."""
    for table in folder.schema.tables:
        for column in table.columns:
            if column.type != "string" or folder.texts[table.name].cells is None:
                continue
            cells = folder.cells(table.name, column.name)
            if FORMULA.isdisjoint({cell[:1] for cell in cells.values}):
                continue
            for place, cell in enumerate(cells.values):
                if cell[:1] in FORMULA:
                    message = f"{quoted(cell)} begins like a formula, which a spreadsheet would run"
                    rows = Rows(table.name, cells.codes, place)
                    yield from folder.faults(rows, column.name, f"{message}; begin with a word")


RULES: tuple[Rule, ...] = (
    proportions_are_shares,
    limits_enclose_the_value,
    events_fit_the_printed_share,
    registry_numbers_have_their_form,
    contrasts_name_both_arms,
    overlaps_are_named_on_both_sides,
    same_participants_are_known_claims,
    retracted_sources_are_called_retracted,
    kinds_belong_to_their_topic,
    domains_belong_to_their_tool,
    domains_are_judged_once,
    times_have_a_unit,
    p_values_say_how_they_are_printed,
    verdicts_fit_their_links,
    no_cell_is_a_formula,
)
