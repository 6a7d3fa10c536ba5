"""Side-by-side measurements, printed as ratios in one run: `make bench`.

Bounds stand beside what is measured; a line that misses its bound says so, and the
program then ends with exit code 1. Times are the best of several runs in this process,
except imports, which need a new interpreter each.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import synthesis
import talk
from measure import best, line, missed

import notebooks
from ketevidence import Evidence, check, load, report, tables

EVIDENCE = Path(__file__).parents[1] / "evidence"


def imported(module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout) for _ in range(7)
    ]
    return min(runs)


def grown(folder: Path, claims: int) -> Path:
    """The evidence folder with its claims repeated under new keys until there are so many."""
    target = folder / str(claims)
    target.mkdir()
    for file in EVIDENCE.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    with (EVIDENCE / "claims.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    copies = claims // len(rows) + 1
    more = [[f"{row[0]}-x{copy:06d}", *row[1:]] for row in rows for copy in range(copies)]
    kept = sorted(rows + more[: claims - len(rows)])
    with (target / "claims.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *kept])
    return target


def frictionless(folder: Path) -> None:
    from frictionless import system, validate

    with system.use_context(trusted=True):
        result = validate(str(folder / "datapackage.json"))
    if not result.valid:
        raise SystemExit("Frictionless finds faults in the grown folder")


def syntheses(evidence: Evidence) -> None:
    """Everything that is pooled from the real tables, and what is made of it."""
    for outcome in ("symptoms", "points", "response"):
        for across in (False, True):
            tables.pooled(evidence, outcome=outcome, across_definitions=across)
        tables.published_comparison(evidence, outcome=outcome)
    tables.pooled_rates(evidence)
    tables.certainty(evidence)


def main() -> int:
    line("import ketevidence / import pandas", imported("ketevidence") / imported("pandas"), "x", 1.3)
    load()
    line("load and check the real evidence", best(load, 5), "s", 0.3)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        hundred, million = grown(folder, 100_000), grown(folder, 1_000_000)
        rounds = [(best(lambda: check(hundred), 6), best(lambda: frictionless(hundred), 1)) for _ in range(3)]
        ours, theirs = (min(times) for times in zip(*rounds))  # in turn: a shared machine has slow minutes
        print(f"  100,000 claims: ours {ours:.2f} s, Frictionless {theirs:.2f} s")
        line("Frictionless validate / our check, 100,000 claims", theirs / ours, "x", 20, at_least=True)
        large = best(lambda: check(million), 2)
        print(f"  1,000,000 claims: ours {large:.2f} s")
        line("growth of our check from 100,000 to 1,000,000 claims", large / ours, "x", 12)
    evidence = load()
    line("all syntheses of the evidence", best(lambda: syntheses(evidence)), "s", 2)
    talk.measure(evidence)
    notebooks.measure()
    line("the whole report", best(lambda: report.html(evidence), 2), "s", 10)
    line("its size", len(report.html(evidence).encode()) / 1e6, "MB", 3)
    synthesis.measure()
    print("every bound is kept" if not missed else f"missed: {', '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
