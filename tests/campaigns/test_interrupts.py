"""Ctrl-C at any moment: no thread waits for ever, nothing is written twice, by half or too late."""

import faulthandler
import os
import signal
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import qvarray as qv
from qvarray.kernels import threads

from .trials import IS_DEEP, Interrupts, trials

pytestmark = [
    pytest.mark.skipif(
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread(),
        reason="signals are for the main thread",
    ),
    # In hypothesis's callback of the garbage collector Python reports it and goes on.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored .*\bgc_callback\b:pytest.PytestUnraisableExceptionWarning"
    ),
]


@pytest.fixture(autouse=True)
def _a_deadlock_ends_the_process():
    faulthandler.dump_traceback_later(3000 if IS_DEEP else 300, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def _several_threads(monkeypatch):
    """Also on a machine of one core."""
    monkeypatch.setattr(os, "process_cpu_count", lambda: 3, raising=False)


def large(seed, k=300_000, n=10**9):
    rng = np.random.default_rng(seed)
    where = np.unique(rng.integers(0, n, k))
    return qv.from_eigenvalues(rng.integers(1, 9, where.size).astype(float), where, n)


def matrix(seed, k, n):
    rng = np.random.default_rng(seed)
    coords = rng.integers(0, n, (2, k))
    return qv.from_coordinates(coords, np.ones(k), (n, n))


a, b = large(0), large(1)
m = matrix(2, 40_000, 2000)
dense = np.ones((2000, 70))
line = np.cos(np.arange(2**18))
circuit = qv.gates.Circuit(16)
for _p in range(16):
    circuit.h(_p).cx(_p, (_p + 1) % 16).t(_p).ry(0.3, _p)
wave = qv.from_eigenvalues([1.0, 2.0], [3, 70], 2**17, basis="cosine")

#: Calls that threads share, by what they do.
CALLS = {
    "merge": lambda: a + b,
    "same indices": lambda: a * a,
    "compare": lambda: np.equal(a, b),
    "join": lambda: np.concatenate((a, b)),
    "transpose": lambda: a.reshape(1000, -1).T.reshape(-1),
    "matmul": lambda: m @ m,
    "matmul dense": lambda: m @ dense,
    "matvec": lambda: m @ line[:2000],
    "vecmat": lambda: line[:2000] @ m,
    "walsh": lambda: qv.asarray(line).to_basis("walsh"),
    "haar": lambda: qv.asarray(line).to_basis("haar"),
    "pages": lambda: np.exp(wave * wave).sum(),
    "sort": lambda: np.sort(a),
    "circuit": lambda: qv.gates.run(circuit),
}


@pytest.mark.parametrize("name", CALLS)
def test_interrupted_calls(name):
    call = CALLS[name]
    expected = _told(call())
    start = time.perf_counter()
    call()
    most = time.perf_counter() - start
    with Interrupts(len(name)) as interrupts:
        for _ in trials(25, 8000):
            interrupts.during(call, most)
    assert interrupts.count
    assert _told(call()) == expected
    assert len(threads._pool._ends) <= threads.MOST_WORKERS
    assert threading.active_count() < 20


def _told(answer):
    answer = answer[0] if isinstance(answer, tuple) else answer
    return complex(np.sum(answer)), getattr(answer, "nactive", None)


def test_interrupted_writes():
    """What an interrupt cuts short is written or not; what is written later is."""

    def write(x, rows):
        for i in range(50):
            x[i] = 1.0
            rows[i, 7:9] = 2.0
            x.sum()
            rows[:, 7].sum()
            np.add.at(x, [3], 0.0)

    def other(x, rows, told):
        x[100:150] = 3.0
        x[200] = 4.0
        told.append(float(x[100:201].sum()))
        told.append(float(rows[0, 100:201].sum()))

    with Interrupts(5) as interrupts:
        for seed in trials(100, 10_000):
            x = large(seed % 7, 3000)
            rows = x.reshape(1000, -1)
            if not seed:  # an interrupt while Numba compiles is the end of Numba
                write(x, rows)
                other(x, rows, [])
            interrupts.during(lambda x=x, rows=rows: write(x, rows), 0.005)
            told: list[Any] = []
            thread = threading.Thread(target=other, args=(x, rows, told))
            thread.start()
            thread.join(60)
            assert not thread.is_alive(), "a lock is held"
            assert told[0] == told[1]
            assert set(np.asarray(x[100:150]).tolist()) == {3.0}
            assert set(np.unique(np.asarray(x[10:50])).tolist()) <= {*map(float, range(9))}


def test_all_pieces_are_called_once():
    """Whoever makes the calls, the pool or the caller; also where threads cannot be started."""
    for count in trials(200, 20_000):
        called: list[Any] = []
        threads.run(lambda k, called=called: called.append(k), [(k,) for k in range(count % 7 + 1)])
        assert sorted(called) == list(range(count % 7 + 1))


def test_pieces_without_a_pool(monkeypatch):
    def refuse(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "start_new_thread", refuse)
    monkeypatch.setattr(threads, "_pool", threads._Pool())
    called: list[Any] = []
    threads.run(called.append, [(k,) for k in range(5)])
    assert called == list(range(5))
    with pytest.raises(ZeroDivisionError):
        threads.run(lambda k: 1 // k, [(0,), (1,), (2,)])


def test_settings_of_the_caller_are_those_of_its_pieces():
    seen = []
    with qv.options(memory_budget=12345):
        threads.run(lambda _: seen.append(qv.options.memory_budget), [(k,) for k in range(6)])
    assert seen == [12345] * 6
