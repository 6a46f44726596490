"""The memory budget: what is over it is refused, by the name of the call."""

import pickle

import numpy as np
import pytest

import qvarray as qv
from qvarray.errors import MaterializationError


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (np.cumsum, "np.cumsum"),
        (np.linalg.inv, "np.linalg.inv"),
        (lambda x: np.add.accumulate(np.sin(x + 1.0)), "np.add.accumulate"),
        (lambda x: x.todense(), "VirtualQArray.todense"),
        (lambda x: x.to_basis("haar"), "VirtualQArray.to_basis"),
        (lambda x: x.tolist(), "VirtualQArray.tolist"),
        (lambda x: np.array(x), "np.asarray"),
    ],
)
def test_the_error_names_the_outermost_call(call, name):
    x = qv.from_coordinates([5], [1.0], 2**40)
    if call is np.linalg.inv:
        x = qv.asarray(np.eye(64) + np.ones((64, 64)))
    with qv.options(memory_budget=2**10), pytest.raises(MaterializationError) as caught:
        call(x)
    error = caught.value
    assert error.call == name
    assert str(error).startswith(f"{name} would materialise ")
    assert f"({error.wanted} bytes), more than the budget of 1024 B (1024 bytes" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.call, again.wanted) == (str(error), name, error.wanted)
