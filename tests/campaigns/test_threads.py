"""Threads that read and write one array: nothing is lost that NumPy would not lose."""

import os
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

import qvarray as qv
from qvarray.array import writable
from qvarray.runtime.locks import Lockable
from qvarray.sources import packed

from .trials import at_once, switching, trials

N = 10**6


def sparse(seed, k=20):
    rng = np.random.default_rng(seed)
    where = np.sort(rng.choice(N, k, replace=False))
    return qv.from_eigenvalues(rng.integers(1, 9, k).astype(float), where, N)


def test_reading_just_after_writes():
    with switching():
        for seed in trials(40, 3000):
            x = sparse(seed)
            where = np.random.default_rng(seed).choice(N, 30, replace=False)
            for i in where:
                x[i] = 1.0
            expected = x.copy().sum() if seed % 2 else None
            for i in where:
                x[i] = 2.0
            sums: list[Any] = []
            at_once(*3 * [lambda x=x, sums=sums: sums.append(float(x.sum()))])
            assert len(set(sums)) == 1
            if expected is not None:
                assert sums[0] == expected + 30
            assert sums[0] == float(x.sum())


def test_reading_through_views_just_after_writes():
    with switching():
        for seed in trials(30, 2000):
            x = sparse(seed)
            view = x[1000:9000:7]
            found: list[Any] = []

            def write(start, x=x, view=view):
                for i in range(start, 60, 2):
                    x[1000 + 7 * i] = 1.0
                    assert view[i] == 1.0

            def read(view=view, found=found):
                found.extend(float(view[:60].sum()) for _ in range(5))

            at_once(partial(write, 0), partial(write, 1), read)
            assert found == sorted(found)
            assert view[:60].sum() == 60


def test_rows_of_their_own_by_augmented_assignment():
    with switching():
        for _ in trials(20, 1000):
            x = qv.asarray(np.zeros((8, 64)))
            y = qv.from_eigenvalues([1.0], [5], N).reshape(1000, 1000)

            def add(t, x=x, y=y):
                for _ in range(4):
                    x[t] += 1
                    x[t + 4 : t + 5] += 2
                    y[t] += 1
                    y[t, 7 * t : 7 * t + 3] *= 3

            at_once(*(partial(add, t) for t in range(4)))
            np.testing.assert_array_equal(x[:4].todense(), 4)
            np.testing.assert_array_equal(x[4:].todense(), 8)
            expected = np.zeros((4, 2))
            for row in range(4):
                for _ in range(4):
                    expected[row] += 1
                    expected[row, 0] *= 3
            np.testing.assert_array_equal(
                [[y[t, 7 * t], y[t, 900]] for t in range(1, 4)], expected[1:]
            )


def test_rows_of_their_own_from_a_pool():
    with switching(), ThreadPoolExecutor(4) as pool:
        for _ in trials(6, 300):
            x = qv.asarray(np.zeros((64, 256)))

            def write(i, x=x):
                x[i] = 1.0

            list(pool.map(write, range(64)))
            np.testing.assert_array_equal(x.todense(), 1)


def test_parts_of_elements_and_elements_of_their_own():
    with switching():
        for seed in trials(15, 1000):
            z = qv.asarray(np.zeros(64, complex))
            y = sparse(seed)

            def real(z=z):
                for i in range(20):
                    z.real[i] = 1

            def imaginary(z=z):
                for i in range(20):
                    z.imag[i : i + 1] = 2

            def masked(start, z=z, y=y):
                mask = np.arange(64) >= 62 + start
                mask &= np.arange(64) < 63 + start
                for _ in range(5):
                    np.add(z, 1, out=z, where=mask)
                    np.add.at(z, [40 + start], 1)
                    np.copyto(z, z + 1, where=np.arange(64) == 44 + start)
                    z[qv.asarray(np.arange(64) == 50 + start)] = 7
                    np.put(z, [54 + start], 8)
                    z[[58 + start]] += 1
                    np.add.at(y, [start], 1)

            at_once(real, imaginary, partial(masked, 0), partial(masked, 1))
            expected = np.zeros(64, complex)
            expected[:20] = 1 + 2j
            expected[[40, 41, 44, 45, 58, 59, 62, 63]] = 5
            expected[[50, 51]] = 7
            expected[[54, 55]] = 8
            np.testing.assert_array_equal(z.todense(), expected)
            np.testing.assert_array_equal(y[:2].todense(), sparse(seed)[:2].todense() + 5)


def test_parts_of_their_own():
    """Each thread reads what it wrote, whether it is kept aside, merged or written in place."""
    with switching():
        for seed in trials(20, 1000):
            x = sparse(seed, 200) if seed % 2 else qv.asarray(np.ones(2**13))
            view = x[:6000].reshape(-1, 3)

            def write(which, x=x, view=view):
                for i in range(which, 60, 3):
                    begin = 90 * i
                    x[begin : begin + 4] = i
                    x[begin + 5] = 2.0
                    assert x[begin + 3] == i
                    view[30 * i + 10 : 30 * i + 30] = 3.0
                    assert x[begin + 31] == 3.0
                    x[[begin + 80, begin + 3]] = 5.0
                    np.add.at(x, [begin + 3], 1.0)
                    assert x[begin + 3] == 6.0
                    if i % 4 == which:
                        assert float(x[begin : begin + 4].sum()) == 3 * i + 6.0

            at_once(*(partial(write, which) for which in range(3)))
            rows = x[:5400].todense().reshape(60, 90)
            assert (rows[:, 3] == 6.0).all()
            assert (rows[:, 30:80] == 3.0).all()
            np.testing.assert_array_equal(rows[:, 0], np.arange(60))


def test_what_is_held_does_not_change():
    """A copy that is taken while another thread writes is one of a moment, and stays so."""
    size = 2**15
    with switching():
        for _ in trials(6, 300):
            x = qv.asarray(np.zeros(size))
            rounds = 40

            def write(x=x, rounds=rounds):
                for i in range(rounds):
                    x[: size - 1] = float(i)
                    x += 0.0

            def read(x=x, rounds=rounds):
                for _ in range(rounds):
                    held = x.copy()
                    first = held[: size - 1].todense()
                    assert (first == first[0]).all()
                    np.testing.assert_array_equal(held[: size - 1].todense(), first)

            at_once(write, read, read)


def test_operands_that_are_each_others_outputs():
    with switching():
        for _ in trials(20, 1000):
            x, y = qv.asarray(np.zeros(64)), qv.asarray(np.zeros(64))
            mask = np.arange(64) < 32

            def add(a, b, mask=mask):
                for i in range(10):
                    b[i] = 1.0
                    np.add(a, b, out=a, where=mask)

            at_once(partial(add, x, y), partial(add, y, x))


def test_single_elements_and_all_of_them():
    """What one thread wrote it reads, whatever another one merges."""
    with switching():
        for seed in trials(15, 1000):
            x = sparse(seed)

            def own(start, x=x):
                for i in range(start, 200, 4):
                    x[i] = i
                    assert x[i] == i

            def merge(x=x):
                for _ in range(20):
                    x.sum()

            at_once(*(partial(own, t) for t in range(4)), merge)
            np.testing.assert_array_equal(x[:200].todense(), np.arange(200.0))


def test_packed_arrays_are_unpacked_by_many():
    with switching():
        for seed in trials(5, 200):
            smooth = np.cumsum(np.random.default_rng(seed).normal(size=(64, 64)), axis=1)
            x = qv.encode(smooth, tol=0.1, storage="int8", basis="cosine")
            expected = x.copy().todense()

            def read(x=x, expected=expected):
                for i in range(10):
                    np.testing.assert_allclose(x[i].todense(), expected[i], rtol=0, atol=1e-9)
                    np.testing.assert_array_equal((x * 1).todense(), expected)

            at_once(*4 * [read])


def test_states_are_read_by_many():
    with switching():
        for seed in trials(10, 500):
            rng = np.random.default_rng(seed)
            circuit = qv.gates.Circuit(6)
            for p in rng.integers(0, 6, 12).tolist():
                circuit.h(p).t(p).cx(p, (p + 1) % 6).s((p + 2) % 6).x((p + 3) % 6)
            expected = qv.gates.run(circuit).todense()
            state = qv.gates.run(circuit)

            def read(start, state=state, expected=expected):
                for p in range(6):
                    found = qv.gates.probabilities(state, [p]) if start % 2 else None
                    assert found is None or abs(np.sum(found) - 1) < 1e-9
                    np.testing.assert_allclose(state[start + p], expected[start + p], atol=1e-12)
                    other = qv.gates.x(state, p)
                    assert abs(abs(np.vdot(other, other)) - 1) < 1e-9
                np.testing.assert_allclose(state.copy().todense(), expected, atol=1e-12)

            at_once(*(partial(read, t) for t in range(4)))


def test_settings_are_those_of_the_thread_that_set_them():
    before = qv.options.memory_budget
    seen, entered, left = {}, threading.Event(), threading.Event()

    def narrow():
        with qv.options(memory_budget=1000):
            entered.set()
            left.wait(60)
            seen["own"] = qv.options.memory_budget

    def other():
        entered.wait(60)
        seen["other"] = qv.options.memory_budget
        left.set()

    at_once(narrow, other)
    assert seen == {"own": 1000, "other": before}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_finds_no_lock_that_is_held():
    """A process is forked while other threads write and unpack all the time.

    In a basis of ours: SciPy's transforms have a lock of their own, which a child may find held.
    """
    x = qv.asarray(np.zeros((16, 512)))
    z = qv.encode(np.cumsum(np.ones((64, 64)), 0), tol=0.1, storage="int8", basis="haar")
    ends = threading.Event()

    def busy():
        while not ends.is_set():
            x[3] += 1
            packed.UNPACKED.held.clear()
            z.todense()

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        with switching():
            for _ in trials(8, 1000):
                assert _forked(x, z) == 0
    finally:
        ends.set()
        for thread in threads:
            thread.join()


def _forked(x, z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        signal.alarm(60)  # a deadlock ends the child, not the test run
        try:
            x[5] += 1
            x[6, 7] = 1.0
            fine = x[6].sum() == 1 and z.todense().shape == (64, 64)
            fine = fine and qv.asarray(np.zeros(3))[1:].base is not None
            os._exit(0 if fine else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_every_lock_is_free_in_a_child():
    x = qv.asarray(np.zeros(8))
    x[1] = 1.0
    held, ends = threading.Event(), threading.Event()

    def hold():
        with x.state.lock, packed.UNPACKED.lock, writable._FIRST.lock:
            held.set()
            ends.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    z = qv.encode(np.cumsum(np.ones((64, 64)), 0), tol=0.1, storage="int8", basis="haar")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            signal.alarm(60)
            try:
                os._exit(0 if x.sum() == 1 and z.sum() > 0 and x[2:].shape == (6,) else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        ends.set()
        thread.join()


def test_what_small_calls_take_no_lock_for(monkeypatch):
    x, dense = sparse(0), qv.asarray(np.arange(9.0))
    view = x[2:50]
    view[1] = dense[1] = 2.0  # the first write to an array takes one

    def refused(self):
        raise AssertionError("a lock was asked for")

    with monkeypatch.context() as without:
        without.setattr(Lockable, "lock", property(refused))
        x[5] = view[4] = dense[3] = 1.0
        values = x[5], x[6], view[4], dense[3]
    assert values == (1, 1, 1, 1)
    all_of_x, all_of_dense = np.asarray(x), np.asarray(dense)  # what was written is merged
    with monkeypatch.context() as without:
        without.setattr(Lockable, "lock", property(refused))
        sums = float((x + x).sum()), float((dense * dense).sum()), float(np.add(x, 1).max())
    assert sums == (2 * all_of_x.sum(), (all_of_dense**2).sum(), all_of_x.max() + 1)
