"""Expressions: what is neither closed nor structural, evaluated page by page."""

import operator
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core import pages
from qvarray.core.pages import Pages, walk
from qvarray.sources.expression import Expression
from qvarray.sources.plan import Plan

from ..twin import BASES, SPECTRAL, assert_same, check, dense_by_definition, keys, spectral_twins

_ROUNDING = 2000.0

CALLS = [
    np.exp,
    np.cos,
    abs,
    lambda x: x * np.exp(x),
    np.tanh,
    lambda x: np.sin(x) ** 2 + np.cos(x) ** 2,
    lambda x: np.maximum(x, 0.25) - x,
    lambda x: 1 / (2 + np.cos(x)),
    lambda x: np.exp(x) / (2 + np.cos(x)),
]


def is_expression(x):
    return isinstance(x.source, Expression)


@given(spectral_twins(SPECTRAL), st.sampled_from(CALLS))
def test_values(pair, call):
    check(call, pair, rounding=_ROUNDING)
    y = call(pair[1])
    assert is_expression(y)
    assert y.nbytes == pair[1].nbytes
    stored = y.compute()
    assert stored.compute() is stored
    assert_same(y.todense(), stored)
    assert np.array_equal(y.eigenvalues, stored.eigenvalues)


@given(spectral_twins(), spectral_twins(SPECTRAL), st.sampled_from([np.add, np.multiply, np.fmax]))
def test_two_arrays_broadcast(one, other, ufunc):
    check(ufunc, one, other, rounding=_ROUNDING)
    dense = np.arange(np.prod(one[0].shape[-1:])).astype(float)
    check(lambda x: ufunc(x, dense), one, rounding=_ROUNDING)


def test_ndarrays_may_change_afterwards():
    row = np.ones(8)
    y = qv.from_eigenvalues([1.0], [0], 8, basis="walsh") * row
    row[:] = 99
    assert y[0] == pytest.approx(8**-0.5)


@given(spectral_twins(SPECTRAL), st.data())
def test_parts(pair, data):
    key = data.draw(keys(pair[0].shape))
    check(lambda x: np.exp(x)[key], pair, rounding=_ROUNDING)
    if len(pair[0].shape) > 1:
        row = qv.from_eigenvalues([1.0], [0], pair[0].shape[-1], basis="cosine")
        both = (row.todense(), row)
        check(lambda x, r: (np.exp(x) * r)[key], pair, both, rounding=_ROUNDING)


REDUCTIONS = [
    np.sum,
    lambda x, **kw: np.max(x.real, **kw),  # the order of complex numbers hangs on rounding
    lambda x, **kw: np.min(x.real, **kw),
    np.mean,
    np.var,
    np.std,
    np.prod,
    lambda x, **kw: np.any(x > 0.3, **kw),
    lambda x, **kw: np.all(x > -9, **kw),
    lambda x, **kw: np.count_nonzero(x > 0.1, **kw),
]


@given(spectral_twins(), st.sampled_from(REDUCTIONS), st.data())
def test_reductions(pair, reduction, data):
    ndim = len(pair[0].shape)
    axis = data.draw(
        st.none()
        | st.integers(-ndim, ndim - 1)
        | st.lists(st.integers(0, ndim - 1), unique=True).map(tuple)
    )
    keepdims = data.draw(st.booleans())
    scale = float(np.abs(pair[0]).sum() + 1) * pair[0].size
    for call in (lambda x: x, np.exp, lambda x: x * x - x):
        check(
            lambda x, c=call: reduction(c(x), axis=axis, keepdims=keepdims),
            pair,
            rounding=_ROUNDING,
            scale=scale,
        )


@given(spectral_twins())
def test_reductions_of_all_elements(pair):
    call: Callable[..., Any]
    for call in (
        lambda x: np.allclose(x, x + 1e-12),
        lambda x: np.allclose(x, x * x + 3),
        lambda x: np.array_equal(x, x),
        lambda x: np.array_equal(x, x + 1),
        lambda x: np.array_equal(x, x[..., None]),
    ):
        check(call, pair)
    scale = float(np.sum(np.abs(pair[0]) ** 2) + 1)
    for call in (
        np.linalg.norm,
        lambda x: np.vdot(x, x),
        lambda x: np.vdot(np.exp(x), x),
        lambda x: np.linalg.norm(np.exp(x)),
    ):
        check(call, pair, rounding=_ROUNDING, scale=scale)
    if pair[1].ndim == 1:
        for call in (lambda x: x @ x, lambda x: np.vecdot(x, x), lambda x: np.exp(x) @ x):
            check(call, pair, rounding=_ROUNDING, scale=scale)
    for order in (1, np.inf, -np.inf):
        x, y = pair[0].reshape(-1), pair[1]
        if y.ndim == 1:
            check(lambda x, p=order: np.linalg.norm(x, p), (x, y), rounding=_ROUNDING, scale=scale)
            check(lambda x: np.dot(x, np.exp(x)), (x, y), rounding=_ROUNDING, scale=scale)


@pytest.mark.parametrize("function", [np.argmax, np.argmin])
def test_positions_of_extremes(function):
    rng = np.random.default_rng(0)
    n = 2**17
    for basis in BASES:
        indices = rng.choice(n, 40, False)
        y = qv.from_eigenvalues(rng.standard_normal(40), indices, n, basis=basis).real
        for call in (lambda x: x, lambda x: np.abs(x + 0.5)):
            x = call(y.todense())
            at, expected = function(call(y)), function(x)
            assert type(at) is type(expected)
            assert abs(x[at] - x[expected]) < 1e-12


@pytest.mark.parametrize("basis", BASES)
def test_several_pages(basis):
    rng = np.random.default_rng(1)
    n = 2**18
    y = qv.from_eigenvalues(
        rng.standard_normal(64) * 100, rng.choice(n, 64, False), n, basis=basis
    ).real
    x = y.todense()
    for call in (
        lambda x: np.exp(-x * x).sum(),
        lambda x: (np.sin(x) ** 2 + np.cos(x) ** 2).mean(),
        lambda x: np.exp(x).max(),
        lambda x: np.abs(x).min(),
        lambda x: np.var(np.exp(x)),
        lambda x: np.any(np.exp(x) > 1e9),
    ):
        assert call(y) == pytest.approx(call(x), rel=1e-10)
    np.testing.assert_allclose(np.exp(y).todense(), np.exp(x), rtol=1e-9)


@pytest.mark.parametrize("basis", SPECTRAL)
def test_sums_are_closed_in_any_basis(basis):
    n = 2**60
    x = qv.from_eigenvalues([3.0, 1.0, 2.0], [0, 5, n - 1], n, basis=basis)
    assert np.sum(x) == 3.0 * 2.0**30
    assert np.mean(x) == 3.0 / 2.0**30
    assert np.var(x) == pytest.approx(5.0 / n)
    assert np.linalg.norm(x) == pytest.approx(14**0.5)
    assert np.vdot(x, x).real == pytest.approx(14)
    y = qv.from_eigenvalues([2.0, 7.0], [0, 9], n, basis="cosine" if basis != "cosine" else "haar")
    assert np.sum(2 * x - y + x) == (9.0 - 2.0) * 2.0**30
    z = qv.from_eigenvalues([3.0, 1.0], [0, 2**30 + 1], (2**30, 2**30), basis=basis)
    assert z.sum(axis=0).bases[0].name == basis
    assert z.sum(axis=0).nactive == 1


def test_dot_products_where_one_array_is_sparse():
    x = qv.from_eigenvalues([1.0, 2.0], [3, 7], 2**40, basis="cosine")
    y = qv.from_coordinates([[5, 2**39]], [2.0, -1.0], 2**40)
    assert np.dot(x, y) == pytest.approx(2 * x[5] - x[2**39])


@given(
    st.lists(st.integers(1, 40), min_size=0, max_size=3),
    st.sampled_from([1, 3, 8, 64]),
    st.booleans(),
)
def test_pages_cover_everything_once(shape, size, comb):
    pages = Pages(tuple(shape), size, comb)
    seen = np.zeros(shape, int)
    for i in range(len(pages)):
        key = pages[i]
        assert 0 < np.prod([len(part) for part in key]) <= size
        seen[np.ix_(*key) if shape else ...] += 1
    assert (seen == 1).all()


@given(st.sampled_from([1, 2, 6, 40, 64]), st.sampled_from([2, 8, 64]))
def test_mirrored_combs_cover_everything_once(n, size):
    pages = Pages((n,), size, True, True)
    seen = np.zeros(n, int)
    for i in range(len(pages)):
        (key,) = pages[i]
        assert 0 < len(key) <= size
        seen[[p if p < n else 2 * n - 1 - p for p in key]] += 1
    assert (seen == 1).all()


@given(st.sampled_from(["cosine", "fourier", "hartley"]), st.booleans(), st.integers(1, 40))
def test_sums_of_combs_are_those_of_elements(basis, is_complex, k):
    n, rng = 2**19, np.random.default_rng(k)
    values = rng.standard_normal(k) * 300 + 1j * is_complex
    indices = np.sort(rng.choice(n, k, False))
    values = values if is_complex else values.real
    x = qv.from_eigenvalues(values, indices, n, basis=basis)
    assert np.exp(1j * x.real).sum() == pytest.approx(np.exp(1j * x.real.todense()).sum(), rel=1e-9)


def test_walks_end_when_nobody_listens_and_pass_errors_on():
    done = []

    def work(key):
        done.append(key)
        if key[0].start == 50:
            raise RuntimeError("page 50")
        return key[0].start

    assert next(walk(Pages((2**20,), 1), work)) == 0
    assert len(done) == 1
    with pytest.raises(RuntimeError, match="page 50"):
        list(walk(Pages((100,), 1), work))


def test_settings_reach_every_page(monkeypatch):
    monkeypatch.setattr(pages, "_WORTH_A_THREAD", 0.0)
    x = qv.from_eigenvalues([1.0], [0], 2**17, basis="walsh")
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        (1 / (np.sign(x) - 1)).sum()
    with np.errstate(divide="ignore"):
        assert np.isinf((1 / (np.sign(x) - 1)).sum())


def test_memory_is_used_again():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 2**20, basis="walsh")
    plan = Plan((np.exp(x * x) + x).source)
    first = plan.page((range(1024),))
    plan.release(first)
    again = plan.page((range(1024, 2048),))
    assert again is first or again.ctypes.data == first.ctypes.data


def test_in_place_at_a_size_that_cannot_be_materialised():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 2**40, basis="walsh")
    y = np.exp(x)
    y *= y
    y -= 1
    assert y[5] == pytest.approx(np.expm1(2 * x[5]))
    out = qv.asarray(np.zeros(4)).to_basis("walsh")
    assert np.add(qv.asarray([1.0, 2, 3, 4]), 1, out=out) is out
    assert out.todense().tolist() == [2, 3, 4, 5]


def test_in_place_on_expressions():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 8, basis="walsh")
    y = x.copy()
    dense = y.todense()
    y *= y
    y += 1
    np.testing.assert_allclose(y.todense(), dense * dense + 1)
    np.testing.assert_allclose(x.todense(), dense)
    with pytest.raises(TypeError):
        y += 1j


def test_wrong_dtypes_are_refused_at_the_call():
    x = qv.from_eigenvalues([1.0], [0], 8, basis="walsh")
    with pytest.raises(TypeError):
        np.bitwise_and(x, 1)
    with pytest.raises(TypeError):
        np.exp(x, dtype=int)
    with pytest.raises(ValueError, match="broadcast"):
        np.add(x, np.ones(7))


def test_recovery_error_of_what_has_no_bound_is_unknown():
    x = qv.encode(np.cumsum(np.ones(64)), "cosine", tol=0.1)
    assert 0 < (2 * x).recovery_error <= 0.1
    assert np.exp(x).recovery_error == np.inf
    y = qv.encode(np.arange(64.0), "standard", tol=0.2)
    assert 0 < (-y).recovery_error <= 0.2
    assert (y + y).recovery_error > 0
    assert np.exp(y).recovery_error == np.inf
    for lost in (
        np.cumprod(x),
        y[[1, 2]],
        np.multiply.accumulate(y),
        np.multiply.reduceat(y, [0, 5]),
        np.multiply.outer(y, y[:4]),
        np.exp(x, out=x.to_basis("standard")),
    ):
        assert lost.recovery_error == np.inf
    np.multiply.at(y, [3], 1e6)
    assert y.recovery_error == np.inf


_INTERRUPT = """
import faulthandler, numpy as np, qvarray as qv, threading, os, signal, time
faulthandler.dump_traceback_later(50, exit=True)
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in the background
x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 2**36, basis="cosine")
before = x.eigenvalues.copy()
np.exp(x[:2**16]).sum()
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
begin = time.monotonic()
try:
    np.exp(x).sum()
except KeyboardInterrupt:
    assert np.array_equal(x.eigenvalues, before)
    assert np.exp(x[:2**16]).sum() > 0
    print("interrupted")
"""


def test_an_interrupt_stops_a_walk():
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "interrupted", done.stderr
    assert signal.SIGINT


@given(st.data(), st.sampled_from(["walsh", "fourier"]))
def test_products_in_one_basis_are_closed(data, basis):
    one = data.draw(spectral_twins([basis]))
    shape = one[0].shape
    k = data.draw(st.integers(1, 4))
    indices = np.random.default_rng(k).choice(one[0].size, min(k, one[0].size), False)
    y = qv.from_eigenvalues(np.arange(1.0, indices.size + 1), indices, shape, basis=basis)
    scale = float(np.linalg.norm(one[0]) * np.linalg.norm(y.todense()))
    check(np.multiply, one, (dense_by_definition(y), y), rounding=_ROUNDING, scale=scale)
    product = one[1] * y
    if 0 < one[1].nactive * y.nactive < product.size:
        assert product.bases == y.bases
        assert product.nactive <= one[1].nactive * y.nactive


def test_products_at_a_size_that_cannot_be_materialised():
    n = 2**60
    x = qv.from_eigenvalues([2.0, 1.0], [5, n - 1], n, basis="walsh")
    assert (x * x).active_indices.tolist() == [0, 5 ^ (n - 1)]
    assert np.allclose((x * x).eigenvalues * 2**30, [5.0, 4.0])
    y = qv.from_eigenvalues([2.0, 1.0], [5, n - 1], n, basis="fourier")
    assert (y * y).active_indices.tolist() == [4, 10, n - 2]
    assert is_expression(x * qv.from_eigenvalues([1.0], [1], n, basis="haar"))


def test_long_walks_show_a_bar_on_a_terminal(monkeypatch):
    shown: list[Any] = []

    class Bar:
        def __init__(self, done, count):
            shown.append((done, count))

        def update(self, pages):
            shown.append(pages)

        def close(self):
            shown.append("closed")

    monkeypatch.setattr(pages, "_WORTH_A_BAR", 0.0)
    monkeypatch.setattr(pages, "_bar", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    n = 50_000
    assert len(list(walk(Pages((n,), 1), lambda key: 0))) == n
    assert shown[0][1] == n
    assert shown[-1] == "closed"
    assert shown[0][0] + sum(shown[1:-1]) == n
    shown.clear()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    list(walk(Pages((n,), 1), lambda key: 0))
    assert not shown


def test_operators_on_expressions():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 3], 8, basis="walsh")
    dense = dense_by_definition(x)
    for call in (operator.truediv, operator.pow, operator.lt):
        np.testing.assert_allclose(call(np.exp(x), 2).todense(), call(np.exp(dense), 2))


@given(spectral_twins(SPECTRAL), st.booleans())
def test_masked_calls_into_outputs(pair, inverted):
    x, _ = pair
    mask = np.arange(x.size).reshape(x.shape) % 2 == inverted

    def program(x):
        before = np.zeros_like(x)
        out = np.exp(x, out=before, where=mask)
        np.add(out, x, out=before, where=mask if isinstance(x, np.ndarray) else qv.array(mask))
        return out is before, out

    check(program, pair, rounding=_ROUNDING)


@given(spectral_twins(SPECTRAL), st.sampled_from([np.add, np.multiply, np.maximum, np.logical_or]))
def test_masked_reductions(pair, ufunc):
    x, _ = pair
    mask = np.arange(x.shape[-1]) % 2 == 0
    axis = None if x.ndim > 1 else 0
    for kwargs in ({}, {"initial": 2.0}):
        check(
            lambda x, kwargs=kwargs: ufunc.reduce(x, axis=axis, where=mask, **kwargs),
            pair,
            rounding=_ROUNDING,
            scale=float(np.abs(x).sum()),
        )


def test_masked_calls_at_any_size():
    x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="walsh")
    out = np.zeros_like(x)
    np.sqrt(x, out=out, where=x > 0)
    assert is_expression(out)
    assert out[5] == np.sqrt(x[5])


def test_what_occurs_several_times_is_computed_once():
    x = np.exp(qv.from_eigenvalues([1.0], [3], 64, basis="walsh").reshape(8, 8) / 64)
    y = x
    for _ in range(60):
        y = (y + y) / 2  # exact
    dense = x.todense()
    assert y[2, 3] == dense[2, 3]
    assert np.array_equal(y[1:3, ::2].todense(), dense[1:3, ::2])
    assert np.array_equal(y.T.todense(), dense.T)
    assert np.array_equal(y[[5, 1]].todense(), dense[[5, 1]])
    assert np.array_equal(y[[[5], [1]], [2, 7]].todense(), dense[[[5], [1]], [2, 7]])
    w = np.exp(qv.from_eigenvalues([1.0], [3], 8, basis="walsh"))
    for _ in range(5):
        w = np.hypot(w + y, w)
    dense = w.todense()
    assert_same(dense[2], w[2], rounding=_ROUNDING)
    assert_same(dense.T, w.T, rounding=_ROUNDING)
    assert_same(dense[:, None, 1], w[:, None, 1], rounding=_ROUNDING)


def test_memory_of_one_of_several_outputs_is_used_again():
    x = qv.from_eigenvalues([4.0, -2.0, 1.0], [0, 3, 9], 64, basis="walsh")
    y = np.frexp(x)[1] * np.int32(3)
    assert np.array_equal(y.todense(), np.frexp(x.todense())[1] * np.int32(3))
