"""How a time is taken, and how it is printed beside its bound."""

from __future__ import annotations

import time
from collections.abc import Callable

missed: list[str] = []


def best(action: Callable[[], object], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def line(what: str, measured: float, unit: str, bound: float, *, at_least: bool = False) -> None:
    kept = measured >= bound if at_least else measured <= bound
    sign = "at least" if at_least else "at most"
    print(f"{what:<66} {measured:8.2f} {unit:<2} {sign} {bound:g}{'' if kept else '   MISSED'}", flush=True)
    if not kept:
        missed.append(what)
