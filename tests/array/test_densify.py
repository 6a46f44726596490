"""Functions that NumPy answers: their results share memory with nothing that others know."""

import numpy as np
import pytest

import qvarray as qv
from qvarray.array.densify import call_dense


def test_what_is_returned_is_ours_alone():
    mine, x = np.arange(4.0), qv.asarray(np.arange(4.0))
    for function in (
        lambda a, b: (a, b),
        lambda a, b: [a[::-1], b.reshape(2, 2)],
        lambda a, b: [np.asarray(a), np.squeeze(b)],
    ):
        for out in call_dense(function, (x, mine), {}):
            out[...] = 7.0
        for out in call_dense(function, (x,), {"b": mine}):
            out[...] = 7.0
    kept = np.ones(3)
    call_dense(lambda a, f: f(a), (x, lambda a: kept), {})[...] = 7.0
    call_dense(lambda a: a[0], ([mine, x],), {})[...] = 7.0
    assert mine.tolist() == x.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert kept.tolist() == [1.0] * 3


def test_operands_are_not_written_to():
    x = qv.asarray(np.arange(4.0))
    with pytest.raises(ValueError, match="read-only"):
        call_dense(lambda a: a.sort(), (x,), {})
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_results_can_be_written_to():
    x = qv.asarray(np.arange(4.0))
    out = call_dense(lambda a: a + 1, (x,), {})
    out[2] = 9.0
    out += 1
    assert out.tolist() == [2.0, 3.0, 10.0, 5.0]


def test_memory_that_an_object_keeps_is_not_lent():
    class Keeper:
        def __init__(self):
            self.kept = np.zeros(3)

        def __array__(self, dtype=None, copy=None):
            return self.kept

    keeper = Keeper()
    out = call_dense(lambda _, b: np.asarray(b), (qv.ones(3), keeper), {})
    keeper.kept[0] = 7.0
    assert out.tolist() == [0.0, 0.0, 0.0]
