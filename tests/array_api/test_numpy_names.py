"""NumPy's other functions are found in the namespace by their names."""

import ast
import inspect
import pickle
from array import array
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import qvarray as qv
from qvarray.array_api.numpy_names import names_in_numpy

X = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, -3.0], [1.0, 0.0, 0.0]])

CALLS = {
    "pad": lambda xp, x: xp.pad(x, 2),
    "median": lambda xp, x: xp.median(x, axis=0),
    "quantile": lambda xp, x: xp.quantile(x, 0.3),
    "einsum": lambda xp, x: xp.einsum("ij,kj->ik", x, x),
    "concatenate": lambda xp, x: xp.concatenate([x, x], axis=1),
    "dot": lambda xp, x: xp.dot(x, x),
    "diag": lambda xp, x: xp.diag(x),
    "cumsum": lambda xp, x: xp.cumsum(x, axis=0),
    "gradient": lambda xp, x: xp.gradient(x),
    "histogram": lambda xp, x: xp.histogram(x, bins=3),
    "arctan2": lambda xp, x: xp.arctan2(x, 2),
    "divmod": lambda xp, x: xp.divmod(x, 2),
    "swapaxes": lambda xp, x: xp.swapaxes(x, 0, 1),
    "allclose": lambda xp, x: xp.allclose(x, x),
    "shape": lambda xp, x: xp.shape(x),
    "ndim": lambda xp, x: xp.ndim(x),
    "array_str": lambda xp, x: xp.array_str(x),
    "linalg.norm": lambda xp, x: xp.linalg.norm(x),
    "linalg.lstsq": lambda xp, x: xp.linalg.lstsq(x, x[0], rcond=None)[0],
    "linalg.eig": lambda xp, x: xp.linalg.eig(x)[0],
    "linalg.cond": lambda xp, x: xp.linalg.cond(x),
}


def _compare(got, expected):
    if isinstance(expected, (tuple, list)) and not isinstance(expected, str):
        assert type(got) is type(expected)
        for one, other in zip(got, expected, strict=True):
            _compare(one, other)
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert type(got) is qv.VirtualQArray
        np.testing.assert_allclose(np.asarray(got), expected, strict=True)
    else:
        assert got == expected
        assert type(got) is type(expected)


@pytest.mark.parametrize("name", CALLS)
def test_functions(name):
    call = CALLS[name]
    for x in (qv.asarray(X), X):
        _compare(call(qv, x), call(np, X))


def test_every_name_is_there_and_listed():
    listed = dir(qv)
    for name in names_in_numpy():
        function = getattr(qv, name)
        assert name in listed
        assert function.__name__ == name or name in qv.__all__
        assert function.__doc__
    assert len(names_in_numpy()) > 300
    assert set(listed) == {*qv.__all__, *names_in_numpy()}


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="some names are newer")
def test_type_checkers_know_the_names():
    stub = Path(qv.__file__).parent / "array_api" / "numpy_names.pyi"
    named = {
        node.target.id
        for node in ast.walk(ast.parse(stub.read_text()))
        if isinstance(node, ast.AnnAssign)
    }
    assert named - {"_Function"} == set(names_in_numpy()) - set(qv.__all__)


def test_what_is_no_function_of_arrays_is_not_there():
    for name in ("no_such_function", "vectorize", "ndarray", "_core", "poly1d", "__wrapped__"):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(qv, name)


def test_arguments_are_written_to():
    x = X.copy()
    qv.fill_diagonal(x, 7)
    assert x[1, 1] == 7
    y = qv.asarray(X)
    qv.put(y, [0], 9)
    assert y[0, 0] == 9
    out = np.empty(3)
    qv.nansum(X, axis=0, out=out)
    np.testing.assert_array_equal(out, X.sum(axis=0))


def test_huge_and_sparse():
    x = qv.from_coordinates([[2**39]], [1.0], (2**40,))
    assert qv.pad(x, 1)[2**39 + 1] == 1
    assert qv.median(x).item() == 0
    a = sp.eye_array(10**5, format="csr")
    assert qv.trace(a).item() == 10**5
    assert qv.vstack([a, a]).nactive == 2 * 10**5


def test_functions_are_as_any_other():
    assert pickle.loads(pickle.dumps(qv.pad)) is qv.pad
    assert list(inspect.signature(qv.pad).parameters)[:2] == ["array", "pad_width"]


@pytest.mark.parametrize(
    "values", [range(3), array("d", [1, 2]), memoryview(b"ab"), bytearray(b"ab"), [1, 2], (1, 2)]
)
def test_sequences_are_arrays_for_our_rules(values):
    for name in ("tile", "repeat"):
        got, expected = (getattr(place, name)(values, 3) for place in (qv, np))
        np.testing.assert_array_equal(np.asarray(got), expected)
        assert got.dtype == expected.dtype
    # NumPy's own rule would allocate it.
    with qv.options(memory_budget=1 << 20), pytest.raises(qv.MaterializationError):
        qv.tile(values, (1 << 10, 1 << 10))


@pytest.mark.parametrize("number", [True, -3, 2.5, 1j])
def test_a_number_is_an_array_for_our_rules(number):
    got, expected = qv.tile(number, (2, 3)), np.tile(number, (2, 3))
    np.testing.assert_array_equal(np.asarray(got), expected)
    assert got.dtype == expected.dtype
    assert qv.tile(number, (1 << 20, 1 << 20)).shape == (1 << 20, 1 << 20)
