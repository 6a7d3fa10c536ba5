"""Where the work is done: here, in threads, in processes or on a Dask cluster the numbers are the same."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from ketevidence.synthesis import executors, gosh, pool_many

RANDOM = np.random.default_rng(7)
EFFECT, VARIANCE = RANDOM.normal(-0.5, 0.6, 11), RANDOM.uniform(0.02, 0.3, 11)
SIZES = RANDOM.integers(2, 9, 500).tolist()
EFFECTS = [RANDOM.normal(0, 0.5, size) for size in SIZES]
VARIANCES = [RANDOM.uniform(0.01, 0.2, size) for size in SIZES]


class Counting(Executor):
    """Works here, and counts the tasks that it is given."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, action, /, *arguments, **options) -> Future:
        self.tasks += 1
        future: Future = Future()
        future.set_result(action(*arguments, **options))
        return future


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def threads() -> Executor:
    return ThreadPoolExecutor(2)


def processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def dask() -> Iterator[Executor]:
    """Two worker processes on this machine, without the web page that a cluster serves."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
        client.get_executor() as executor,
    ):
        assert len({os.getpid(), *client.run(os.getpid).values()}) == 3
        yield executor


def content(result: object) -> dict[str, object]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(result).items()}


@pytest.mark.parametrize("place", [threads, processes, dask])
def test_the_very_same_numbers_come_from_any_executor(place):
    with place() as executor:
        subsets = gosh(EFFECT, VARIANCE, executor=executor)
        many = pool_many(EFFECTS, VARIANCES, executor=executor)
    assert content(subsets) == content(gosh(EFFECT, VARIANCE))
    assert content(many) == content(pool_many(EFFECTS, VARIANCES))


def test_work_is_handed_out_in_pieces_of_equal_size_that_a_worker_holds_in_its_cache():
    executor = Counting()
    gosh(EFFECT, VARIANCE, executor=executor)
    assert executor.tasks == len(range(2, 12))
    pool_many(np.tile(EFFECT, (20_000, 1)), np.tile(VARIANCE, (20_000, 1)), method="EE", executor=executor)
    assert executor.tasks == len(range(2, 12)) + 3
    assert [len(piece) for piece in executors.pieces(range(20_000), 11)] == [9_090, 9_090, 1_820]
    assert [len(piece) for piece in executors.pieces([1, 2], 10**6)] == [1, 1]


def test_what_cannot_be_pooled_is_refused_before_any_work_is_handed_out():
    executor = Counting()
    with pytest.raises(ValueError) as refusal:
        pool_many([[1.0, 2.0], [1.0, 2.0]], [[1.0, 1.0], [1.0, -1.0]], executor=executor)
    assert str(refusal.value) == "meta-analysis 1: variance -1 in row 1 is not above 0"
    assert executor.tasks == 0


def watched(monkeypatch, terminal: io.StringIO) -> io.StringIO:
    """What stands on a screen from now on; outside Jupyter. Called in a test, since pytest sets stderr before it."""
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def slowly(number: int) -> int:
    time.sleep(0.4)
    return number


SLOW = [(1,), (2,), (3,), (4,), (5,)]


def test_slow_work_shows_its_progress_on_a_terminal_and_wipes_it_away(monkeypatch):
    screen = watched(monkeypatch, Terminal())
    assert executors.done(slowly, SLOW, None, "subsets") == [1, 2, 3, 4, 5]
    assert "subsets:  80%" in screen.getvalue()
    assert screen.getvalue().split("\r")[-1] == ""


def test_work_under_a_second_shows_nothing(monkeypatch):
    screen = watched(monkeypatch, Terminal())
    gosh(EFFECT, VARIANCE)
    pool_many(EFFECTS, VARIANCES)
    assert screen.getvalue() == ""


def test_slow_work_shows_nothing_in_a_file(monkeypatch):
    screen = watched(monkeypatch, io.StringIO())
    executors.done(slowly, SLOW, None, "subsets")
    assert screen.getvalue() == ""


def test_slow_work_shows_its_progress_in_jupyter(monkeypatch):
    screen = watched(monkeypatch, io.StringIO())
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    executors.done(slowly, SLOW, None, "meta-analyses")
    assert "meta-analyses:  80%" in screen.getvalue()


def test_a_first_task_that_has_to_import_the_engine_does_not_count(monkeypatch):
    screen = watched(monkeypatch, Terminal())
    executors.done(time.sleep, [(1.2,), (0,), (0,)], None, "subsets")
    assert screen.getvalue() == ""
