"""Writes of several elements: kept aside until the array is read, or made in place."""

import copy
import itertools
import pickle
import sys
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.array import views
from qvarray.array.ownership import are_its_own
from qvarray.array.write_log import Run, added, element_in, merged, put_found, within
from qvarray.core.runs import last_of_each
from qvarray.kernels import merge_sorted

N = 2**40


@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1), max_size=8))
def test_runs(writes):
    runs: tuple[Run, ...] = ()
    expected: dict[int, int] = {}
    for write in writes:
        positions, values = np.array(write).T
        runs = added(runs, Run(*last_of_each(positions.astype(np.int64), values)))
        expected.update(write)
    sizes = [run.positions.size for run in runs]
    assert all(a > 2 * b for a, b in itertools.pairwise(sizes))
    found = np.full(31, -1)
    put_found(runs, np.arange(31), found)
    for position in range(31):
        assert found[position] == expected.get(position, -1)
        assert element_in(runs, position) == expected.get(position)
    there = [int(p) for some in within(runs, 5, 20) for p in some]
    assert sorted(set(there)) == [p for p in sorted(expected) if 5 <= p < 20]
    if runs:
        positions, values = merged(runs)
        assert dict(zip(positions.tolist(), values.tolist(), strict=True)) == expected
        assert (np.diff(positions) > 0).all()


def large(k=4000):
    return qv.from_coordinates([np.arange(k) * 1000], np.ones(k), (N,))


ROW = np.arange(1.0, 101.0)


def _at(x, i):
    np.add.at(x, [i * 7, i * 7, 5], 1.0)


WRITES = {
    "slice": lambda x, i: x.__setitem__(slice(5 * i, 5 * i + 4), 2.0),
    "values": lambda x, i: x.__setitem__(slice(5 * i, 5 * i + 3), [1.0, 0.0, i]),
    "many values": lambda x, i: x.__setitem__(slice(50 * i, 50 * i + 100), ROW),
    "sparse values": lambda x, i: x.__setitem__(
        slice(3000 * i, 3000 * i + 10**6), qv.from_coordinates([[5, 7]], [i, 2.0], (10**6,))
    ),
    "nothing": lambda x, i: x.__setitem__(slice(3000 * i, 3000 * i + 10**6), 0.0),
    "flat": lambda x, i: x.flat.__setitem__(3 * i, 4.0),
    "put": lambda x, i: np.put(x, [i, i + 5, i], [1.0, 2.0, 3.0]),
    "list": lambda x, i: x.__setitem__([i, 9 * i, 3], 5.0),
    "at": _at,
    "view": lambda x, i: x.__setitem__((slice(i, i + 2), 1), 6.0),
}


@pytest.mark.parametrize("name", WRITES)
@mock.patch.object(views, "_FEW", 8)
def test_writes_do_not_look_at_all_that_is_active(name, monkeypatch):
    """Lists of k are merged when the array is read, not for each write."""
    x = large()
    if name == "view":
        x = qv.from_coordinates([np.arange(4000) * 1000], np.ones(4000), (3 * 2**38 + 7,))
        rows = x[7:].reshape(-1, 3)
    expected = x[: 5 * 10**6].todense()
    shadow = expected.copy()
    union, sizes = merge_sorted.union, []

    def counted(a, b):
        sizes.append(a.size + b.size)
        return union(a, b)

    monkeypatch.setattr(merge_sorted, "union", counted)
    for i in range(40):
        WRITES[name](rows if name == "view" else x, i)
        if name == "sparse values":
            shadow[3000 * i : 3000 * i + 10**6] = 0
            shadow[3000 * i + 5 : 3000 * i + 8 : 2] = i, 2.0
        elif name != "view":
            WRITES[name](shadow, i)
        else:
            shadow[7 + 3 * i + 1 : 7 + 3 * i + 6 : 3] = 6.0
        assert x[9 * i] == shadow[9 * i]
        assert x[5 * i + 2] == shadow[5 * i + 2]
    # The runs of the log, but never all that is active.
    if name not in ("sparse values", "nothing"):
        assert max(sizes, default=0) < 3000
    np.testing.assert_array_equal(x[: shadow.size].todense(), shadow)
    assert x.nactive < 10_000


def test_the_log_is_bounded():
    x = large(100)
    for i in range(3000):
        x[10 * i : 10 * i + 10] = 1.0
        memory = x.state.memory
        logged = sum(run.positions.size for run in memory._aside[0]) + len(memory.writes)
        assert logged <= memory.most + 32
    assert x.sum() == 30_000 + 100 - 30


def test_the_order_of_writes():
    with mock.patch.object(views, "_FEW", 4):
        x = large()
        x[:100] = ROW
        x[50] = -1.0
        x[48:52] = -2.0
        x[49] = -3.0
        x[:60] = ROW[:60] * 2
        x[3] = 0.0
        expected = np.concatenate([ROW[:60] * 2, ROW[60:]])
        expected[3] = 0
        assert [x[i] for i in range(100)] == expected.tolist()
        np.testing.assert_array_equal(x[:100].todense(), expected)


def test_refused_writes_change_nothing():
    x = large()
    x[3:5] = 7.0
    with pytest.raises(ValueError, match="could not broadcast"):
        x[3:5] = [1.0, 2.0, 3.0]
    with pytest.raises(IndexError):
        x[[3, N]] = 1.0
    with qv.options(memory_budget=1 << 16), pytest.raises(qv.MaterializationError):
        x[: N // 2] = 1.0
    assert x[3] == x[4] == 7.0


# -- in place -------------------------------------------------------------------------------------


def full(n=1000):
    return qv.asarray(np.arange(1.0, n + 1))


IN_PLACE = {
    "slice": lambda x: x.__setitem__(slice(2, 9), -1.0),
    "mask": lambda x: x.__setitem__(np.arange(x.size) % 3 == 0, -1.0),
    "list": lambda x: x.__setitem__([4, 2, 4], [5.0, 6.0, 7.0]),
    "element": lambda x: (x.__setitem__(3, -4.0), x.sum()),
    "put": lambda x: np.put(x, [1, 2], [8.0, 9.0]),
    "at": lambda x: np.add.at(x, [1, 1, 5], 1.0),
    "view": lambda x: x[3:8].__setitem__(slice(None), 0.5),
    "view of a view": lambda x: x[3:11].reshape(2, 4).T.__setitem__(1, 0.5),
    "part augmented": lambda x: x[3:8].__iadd__(1.0),
    "augmented": lambda x: x.__iadd__(1.0),
    "of itself": lambda x: np.multiply(x, x, out=x),
    "of a part": lambda x: x.__isub__(0.5 * x[::-1]),
}


def holders():
    """Other holders of the elements of an array, and whether they see what is written to it."""
    return {
        "copy": (lambda x: x.copy(), False),
        "copy.copy": (copy.copy, False),
        "ndarray": (np.asarray, None),
        "eigenvalues": (lambda x: x.eigenvalues, False),
        "spectrum": (lambda x: x.spectrum.eigenvalues, False),
        "source": (lambda x: x.source, False),
        "part": (lambda x: x[2:900], True),
        "reshaped": (lambda x: x.reshape(2, -1), True),
        "part of a copy": (lambda x: x.copy()[1:], False),
        "expression": (lambda x: qv.from_eigenvalues([1.0], [1], x.size, basis="walsh") * x, False),
        "pickle": (lambda x: pickle.loads(pickle.dumps(x)), False),
        "buffer": (lambda x: memoryview(np.asarray(x)), None),
        "in a view": (lambda x: x.reshape(2, -1).source, False),
    }


def _numbers(held):
    held = getattr(held, "eigenvalues", held) if isinstance(held, qv.core.source.Source) else held
    return np.array(held).reshape(-1)


@pytest.mark.parametrize("write", IN_PLACE)
def test_elements_that_nobody_else_holds_are_written_in_place(write):
    x, expected = full(), np.arange(1.0, 1001.0)
    IN_PLACE[write](x)
    address = x.spectrum.eigenvalues.ctypes.data
    IN_PLACE[write](expected)
    np.testing.assert_array_equal(x.todense(), expected)
    IN_PLACE[write](x)
    IN_PLACE[write](expected)
    assert x.spectrum.eigenvalues.ctypes.data == address
    np.testing.assert_array_equal(x.todense(), expected)


@pytest.mark.parametrize("write", IN_PLACE)
@pytest.mark.parametrize("name", holders())
def test_what_others_hold_stays(write, name):
    hold, is_view = holders()[name]
    for times in range(3):
        x, twin = full(1024), np.arange(1.0, 1025.0)
        for _ in range(times):
            IN_PLACE[write](x)
            IN_PLACE[write](twin)
        held = hold(x)
        before = _numbers(held).copy()
        seen = hold(twin) if is_view else None
        for _ in range(2):
            IN_PLACE[write](x)
            IN_PLACE[write](twin)
            np.testing.assert_array_equal(x.todense(), twin)
            if seen is not None:
                np.testing.assert_array_equal(held.todense(), seen)
            else:
                np.testing.assert_array_equal(_numbers(held), before)


def test_arrays_larger_than_the_budget_are_written_in_place():
    x = full(1 << 16)
    rows = x.reshape(256, 256)
    with qv.options(memory_budget=1 << 17):
        x[2:9] = np.arange(7.0)
        x[[1, 2, 3]] = 5.0
        rows[3] = 4.0
        rows[4] += 1.0
        rows[:, 5] = 2.0
        x[17] = 3.0
        np.negative(x, out=x)
        x *= -1
        assert x[17] == 3.0
        kept = x.copy()
        with pytest.raises(qv.MaterializationError):
            x[2:9] = 0.0
        del kept
        x[2:9] = 0.0
    assert x[5] == 0.0
    assert rows[3].sum() == 4.0 * 255 + 2.0


def test_references_are_counted_as_on_this_python():
    x = full()
    assert are_its_own(x, [])
    source = x.source
    assert not are_its_own(x, [])
    values = source.eigenvalues
    del source
    assert not are_its_own(x, [])
    del values
    assert are_its_own(x, [])
    assert sys.getrefcount(x.source) > 0


# -- views of views ------------------------------------------------------------------------------


def test_views_of_views_are_looked_through_once(monkeypatch):
    looks = []
    seen = views.View.window.fget
    x = qv.zeros((64, 64))
    y = x
    for i in range(2000):
        y = y.reshape(-1) if i % 2 else y.reshape(64, 64).T.T
        looks.append(seen(y.state))
    assert y.window.shape == y.shape
    before: Any = y.state
    depth = 0
    while before is not None:
        assert before._window is not None
        before, depth = before._before, depth + 1
    assert depth >= 2000
    y[5] = 2.0
    assert x[0, 5] == 2.0
    x[0, 6] = 3.0
    assert y[6] == 3.0
    assert y.sum() == 5.0


def test_deep_views_of_other_bases():
    x = qv.from_eigenvalues([4.0, 1.0], [0, 3], 64, basis="walsh")
    twin = x.todense()
    y, z = x, twin
    for _ in range(12):
        y, z = y[1:], z[1:]
    x[...] = qv.from_eigenvalues([2.0], [5], 64, basis="walsh")
    twin[...] = x.todense()
    np.testing.assert_allclose(y.todense(), z)
    y[2] = 9.0
    z[2] = 9.0
    np.testing.assert_allclose(x.todense(), twin)
    np.testing.assert_allclose(y.todense(), z)
