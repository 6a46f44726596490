"""Calls over the memory budget that NumPy refuses anyway: its exception, not that of the budget."""

import re

import numpy as np
import pytest

import qvarray as qv

X = np.arange(600.0).reshape(3, 4, 50)

CALLS = {
    "cumsum": lambda x: np.cumsum(x, axis=5),
    "method": lambda x: x.cumsum(5),
    "roll": lambda x: np.roll(x, 1, axis=(0, 5)),
    "sort": lambda x: np.sort(x, -4),
    "median": lambda x: np.median(x, axis=(1, 3)),
    "insert": lambda x: np.insert(x, np.array([0]), 1, axis=3),
    "take": lambda x: np.take(x, [0], axis=5),
    "compress": lambda x: np.compress(np.arange(50) > 3, x, axis=3),
    "percentile": lambda x: np.percentile(x, 50, axis=4),
    "gradient": lambda x: np.gradient(x, axis=4),
    "norm": lambda x: np.linalg.norm(x, axis=5),
    "accumulate": lambda x: np.logaddexp.accumulate(x, axis=5),
    "lexsort": lambda x: np.lexsort(x, axis=5),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("make", [qv.asarray, lambda x: np.sin(qv.asarray(x))], ids=["all", "lazy"])
def test_what_numpy_refuses(name, make):
    try:
        CALLS[name](X)
    except (ValueError, IndexError) as error:
        kind, said = type(error), str(error)
    x = make(X)
    with qv.options(memory_budget=64), pytest.raises(kind, match=re.escape(said)):
        CALLS[name](x)


@pytest.mark.parametrize("call", [np.linalg.inv, lambda x: np.linalg.matrix_power(x, 2)])
def test_matrices_that_are_not_square(call):
    x = qv.asarray(X[0])
    with (
        qv.options(memory_budget=64),
        pytest.raises(np.linalg.LinAlgError, match="must be square"),
    ):
        call(x)


def test_axes_that_there_are():
    x, y = qv.asarray(X), qv.asarray(np.arange(1000.0))
    calls = [
        lambda: np.cumsum(np.sin(x), axis=2),
        lambda: np.insert(x, 1, y[:4], axis=1),
        lambda: np.compress(np.arange(50) > 3, np.sin(x), axis=2),
        lambda: np.apply_along_axis(np.sum, 2, np.sin(x)),
        lambda: np.expand_dims(np.sin(x), 3).todense(),
        lambda: np.linspace(np.sin(y), y, axis=1),
    ]
    with qv.options(memory_budget=2048):
        for call in calls:
            with pytest.raises(qv.MaterializationError):
                call()
