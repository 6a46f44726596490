"""Walks over expressions: what is shared is computed once, and depth is no limit."""

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import qvarray as qv
from qvarray.core.error_bound import ErrorBound
from qvarray.core.inside_out import folded, inside_out
from qvarray.sources.element_functions import ElementwiseCall
from qvarray.sources.expression import Expression

DEEP = 100_000


def chain(depth, first=None):
    """An expression of that many calls, one of the other, and its elements."""
    x = qv.from_eigenvalues([4.0, 1.0], [0, 3], 16, basis="walsh") if first is None else first
    node, dense = x.source, x.todense()
    for _ in range(depth):
        node = Expression(np.fabs, (node,), node.shape, node.dtype, {})
    return qv.VirtualQArray(node), np.fabs(dense)


@pytest.fixture(scope="module")
def deep():
    return chain(DEEP)


def test_each_node_is_met_once_and_after_its_operands():
    x = qv.from_eigenvalues([4.0, 1.0], [0, 3], 16, basis="walsh")
    node = x.source
    for _ in range(50):
        node = Expression(np.add, (node, node), node.shape, node.dtype, {})
    order = inside_out(node)
    assert len(order) == len({id(one) for one in order}) == 51
    assert order[0] is x.source
    assert order[-1] is node
    calls = []

    def depth(one, said):
        calls.append(one)
        return 1 + max(said, default=0)

    assert folded(node, depth) == 51
    assert calls == order


ASKED: dict[str, Callable[..., Any]] = {
    "element": lambda x: x[7],
    "elements": lambda x: x[[7, 7, 3]],
    "slice": lambda x: np.asarray(x[3:9]),
    "slice that is computed": lambda x: np.asarray(x[None, 2:8:2, None]),
    "transposed": lambda x: np.asarray(x[None].T),
    "all": np.asarray,
    "sum": np.sum,
    "largest": np.max,
    "text": str,
    "bytes": lambda x: x.nbytes,
    "bound": lambda x: x.recovery_error,
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_shared_is_computed_once(name):
    """Of a step in time that uses what was before twice: as many evaluations as steps."""
    calls = []

    def counted(values):
        calls.append(1)
        return np.sin(values)

    ufunc = ElementwiseCall(counted)
    u = qv.from_eigenvalues([4.0, 1.0], [0, 3], 16, basis="walsh")
    dense = u.todense()
    steps = 40
    for _ in range(steps):
        node = u.source
        u = u - 0.1 * qv.VirtualQArray(Expression(ufunc, (node,), node.shape, node.dtype, {}))
        dense = dense - 0.1 * np.sin(dense)
    calls.clear()
    found = ASKED[name](u)
    # Text asks what is shown, and how wide that is.
    assert len(calls) <= 2 * steps
    if name not in ("text", "bytes", "bound"):
        np.testing.assert_allclose(found, ASKED[name](dense), rtol=1e-12)


@pytest.mark.parametrize("name", ASKED)
def test_depth_is_no_limit(name, deep):
    x, dense = deep
    found = ASKED[name](x)
    if name == "bytes":
        assert found == x.source.operands[0].nbytes
    elif name == "bound":
        assert found == 0.0
    elif name == "text":
        assert found == str(dense)
    else:
        np.testing.assert_allclose(found, ASKED[name](dense), rtol=1e-12)


def test_deep_arrays_are_copied_pickled_and_saved(deep):
    x, dense = deep
    for same in (x.copy(), copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert same[5] == dense[5]
    assert f"{DEEP}" not in repr(x)
    with pytest.raises(ValueError, match=r"compute\(\)"):
        qv.save(io.BytesIO(), x)
    file = io.BytesIO()
    qv.save(file, x.compute())
    file.seek(0)
    np.testing.assert_array_equal(qv.load(file).todense(), x.todense())


def test_bounds_of_deep_arrays():
    lossy = qv.from_eigenvalues([4.0, 1.0], [0, 3], 16, basis="walsh")
    lossy = qv.VirtualQArray(lossy.spectrum.replace(error=ErrorBound.of(1e-9, 4.0)))
    x, _ = chain(20_000, lossy)
    assert 1e-9 <= x.source.absolute_error < 1e-6
    assert (x + x).source.absolute_error >= 2 * x.source.absolute_error


def test_sharing_is_pickled():
    u = qv.from_eigenvalues([4.0, 1.0], [0, 3], 16, basis="walsh")
    sizes = []
    for _ in range(2):
        for _ in range(10):
            u = u * np.sin(u)
        sizes.append(len(pickle.dumps(u)))
    assert sizes[1] < 3 * sizes[0]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(u)).todense(), u.todense())


def test_sums_of_shared_terms():
    walsh = qv.from_eigenvalues([4.0, 1.0], [0, 3], 2**30, basis="walsh")
    other = qv.from_eigenvalues([2.0, 1.0], [0, 5], 2**30, basis="cosine")
    u = walsh + other
    for _ in range(200):
        u = u - 0.5 * u
    expected = (walsh.sum() + other.sum()) * 0.5**200
    np.testing.assert_allclose(u.sum(), expected, rtol=1e-12)


def test_operators_of_many_steps():
    first = qv.laplacian(2**30)
    deep = shared = first
    for _ in range(3000):
        deep = deep * 0.5 + first
    for _ in range(60):
        shared = shared @ first * 0.01 + shared
    there = np.array([0, 3, 2**29])
    values = first.source.node.at(2**30, there)
    expected = values.copy()
    for _ in range(60):
        expected = expected * values * 0.01 + expected
    np.testing.assert_allclose(shared.source.node.at(2**30, there), expected)
    np.testing.assert_allclose(deep.source.node.at(2**30, there), 2 * values)
    assert deep.source.node.interval()[0] <= -8.0
    for x in (deep, shared):
        assert x.recovery_error == 0.0
        assert x.nbytes == 0
        again = pickle.loads(pickle.dumps(x))
        np.testing.assert_array_equal(
            again.source.node.at(2**30, there), x.source.node.at(2**30, there)
        )


def test_operators_and_their_transposes():
    x = qv.derivative(16) + qv.circulant(np.random.default_rng(0).random(16))
    dense = x.todense()
    y, twin = x, dense
    for _ in range(5):
        y, twin = y.T @ x * 0.1 + y, twin.T @ dense * 0.1 + twin
    np.testing.assert_allclose(y.todense(), twin, atol=1e-9 * np.abs(twin).max())
