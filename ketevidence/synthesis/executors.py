"""Work in pieces: here or on any executor, with a bar where it takes longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_NUMBERS = 100_000  # effects in one piece: large enough that its overhead does not count, small for a cache


def pieces(members: Sequence[T], size: int) -> Iterator[list[T]]:
    """The members in pieces of equal size, `size` effects each."""
    at_once = max(_NUMBERS // size, 1)
    for first in range(0, len(members), at_once):
        yield list(members[first : first + at_once])


def done(action: Callable[..., R], tasks: Sequence[tuple[Any, ...]], executor: Executor | None, what: str) -> list[R]:
    """The results of an action for every task (its arguments), in their order.

    The bar stands on a terminal and in Jupyter, never in a file. It waits a second, so that
    short work leaves nothing in stored outputs; the first task, which may have to import
    PyMARE, does not count.
    """
    from tqdm import tqdm

    results = iter(map(action, *zip(*tasks)) if executor is None else executor.map(action, *zip(*tasks)))
    first = list(islice(results, 1))
    watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    silent = {} if watched else {"disable": True}  # where it is watched, TQDM_DISABLE still decides
    return first + list(tqdm(results, total=len(tasks), initial=1, desc=what, delay=1, leave=False, **silent))
