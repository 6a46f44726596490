"""Arrays of few values are reduced as NumPy reduces all elements, however many they are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources.few_values import few_values
from qvarray.ufuncs.operator_lines import few_values_of

from ..twin import check

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

#: What depends on the values and their first positions alone.
REDUCTIONS: dict[str, Any] = {
    "max": np.max, "min": np.min, "argmax": np.argmax, "argmin": np.argmin, "any": np.any,
    "all": np.all, "count_nonzero": np.count_nonzero, "prod": np.prod, "ptp": np.ptp,
    "median": np.median, "nanmedian": np.nanmedian, "nanmax": np.nanmax, "nanargmin": np.nanargmin,
    "quantile": lambda x: np.quantile(x, [0.1, 0.5, 0.77]),
    "percentile": lambda x: np.percentile(x, 30, method="median_unbiased", keepdims=True),
    "nanquantile": lambda x: np.nanquantile(x, [0.25, 1]),
    "histogram": lambda x: np.histogram(x, [-70.3, -0.6, 0.4, 0.7, 70.3]),
    "unique": np.unique,
    "unique, all": lambda x: np.unique(x, return_index=True, return_counts=True),
    "unique_counts": lambda x: tuple(np.unique_counts(x)),
    "xor": lambda x: np.logical_xor.reduce(x, axis=None),
    "hypot": lambda x: np.hypot.reduce(x + 0.0, axis=None),
    "keepdims": lambda x: np.max(x, keepdims=True),
    "argmax of a line": lambda x: np.argmax(x.reshape(-1), axis=0),
    "norm": lambda x: np.linalg.norm(x.reshape(-1) + 0.0, 1),
    "allclose": lambda x: np.allclose(x, 0.5),
}  # fmt: skip
CHANGES = {
    "itself": lambda x: x,
    "positive": lambda x: x > 0.4,
    "of size": lambda x: np.abs(x) + 1,
    "integers": lambda x: np.sign(x).astype(int),
    "twice": lambda x: x * x - x,
}


@st.composite
def of_few_values(draw):
    """An array of more than a page, whose elements are sums of few bits, and these."""
    shape, bases, along = draw(
        st.sampled_from(
            [
                ((2**18,), ("walsh",), [range(2**18)]),
                ((2**18,), ("haar",), [(0, 1, 4, 5, 6, 7)]),
                ((2**18,), ("walsh(255)",), [range(2**18)]),
                ((2**18,), ("blocked(walsh, 16)",), [range(2**18)]),
                ((2**8, 2**10), ("walsh", "haar"), [range(2**8), (0, 1, 4, 7)]),
                ((4, 2**16), ("standard", "walsh"), [range(4), range(2**16)]),
            ]
        )
    )
    where = np.zeros(draw(st.integers(1, 3)), int)
    for n, some in zip(shape, along, strict=True):
        where = where * n + [draw(st.sampled_from(some)) for _ in where]
    where = np.unique(where)
    values = [draw(st.sampled_from([-3.0, -1.0, 0.5, 1.0, 2.0])) * 2.0**9 for _ in where]
    x = qv.from_eigenvalues(np.array(values), where, shape, basis=bases)
    assert few_values(x.source) is not None
    return np.rint(x.todense() * 64) / 64, x


@settings(max_examples=12)
@given(of_few_values(), st.sampled_from(sorted(CHANGES)))
def test_reductions(pair, change):
    changed = CHANGES[change]
    for reduction in REDUCTIONS.values():
        check(lambda x, f=reduction: f(changed(x)), pair, rounding=1000)


@pytest.mark.parametrize("basis", ["fourier", "hartley", "cosine"])
@pytest.mark.parametrize("name", ["max", "min", "ptp", "median", "quantile", "norm", "hypot"])
def test_waves(basis, name):
    n = 3 * 2**18
    where = [0, n // 8, n - n // 8] if basis == "fourier" else [0, n // 8, n // 4]
    x = qv.from_eigenvalues(np.array([1.0, 2.0, 2.0]) * n**0.5, where, n, basis=basis).real
    assert few_values(x.source).counts.tolist() == [n // 8] * 8
    dense = x.todense()
    np.testing.assert_allclose(np.asarray(REDUCTIONS[name](x)), REDUCTIONS[name](dense), rtol=1e-9)


def spread(n, basis, where):
    """An array of n elements, of which each value is there equally often."""
    values = np.array([1.0, 2.0, -4.0][: len(where)]) * n**0.5
    return qv.from_eigenvalues(values, where, n, basis=basis)


@pytest.mark.parametrize("n", [2**40, 2**62])
@pytest.mark.parametrize("basis", ["walsh", "haar", "two"])
def test_at_sizes_beyond_all_walks(n, basis):
    x: Any
    if basis == "two":
        x = spread(n, "walsh", [0, n // 2]).reshape(4, n // 4)
    else:
        x = spread(n, basis, [0, n // 2 if basis == "walsh" else 1])
    assert (np.max(x), np.min(x), np.ptp(x)) == (3, -1, 4)
    assert np.argmax(x) == 0
    assert np.argmin(x) == n // 2
    assert (np.median(x), np.quantile(x, 0.9)) == (1, 3)
    assert np.any(x)
    assert np.all(x)
    assert not np.all(x > 0)
    assert np.count_nonzero(x > 0) == n // 2
    assert np.sum(np.exp(x)) == pytest.approx((np.exp(3) + np.exp(-1)) * (n / 2))
    assert np.prod(np.sign(x)) == 1
    values, first, counts = np.unique(x, return_index=True, return_counts=True)
    assert values.tolist() == [-1, 3]
    assert first.tolist() == [n // 2, 0]
    assert counts.tolist() == [n // 2, n // 2]
    counts, edges = np.histogram(x, 4)
    assert counts.tolist() == [n // 2, 0, 0, n // 2]
    assert edges.tolist() == [-1, 0, 1, 2, 3]
    assert not np.allclose(x, 3)
    assert np.allclose(np.abs(x - 1), 2)
    with pytest.raises(qv.MaterializationError):
        np.unique(x, return_inverse=True)


def test_products_that_depend_on_the_order():
    n = 2**40
    x = spread(n, "walsh", [0, 1])  # 3 and -1 by turns
    assert np.prod(x) == np.inf
    assert np.prod(x[: 2**18]) == np.prod(x[: 2**18].todense())
    assert np.prod(x / 4) == 0
    assert np.prod(x - 3) == 0
    with pytest.raises(qv.TimeLimitError), qv.options(max_seconds=0.01):
        # Ones on the first page.
        np.prod(np.where(spread(n, "walsh", [0, 2**30]) > 0, 1.0, np.where(x > 0, 2.0, 0.5)))


def test_waves_of_no_period_take_many_values():
    n = 2**40
    for basis, where in (("fourier", [3]), ("cosine", [7]), ("walsh", 2 ** np.arange(40))):
        assert (
            few_values(qv.from_eigenvalues(np.ones(len(where)), where, n, basis=basis).source)
            is None
        )
    both = spread(n, "walsh", [0, 3]) * spread(n, "haar", [0, 1])
    assert few_values(both.source) is None
    assert few_values(qv.ones(5).source) is None


def test_operators_of_many_rows():
    n = 2**40
    scale = np.array([1.0, 2.0]) * n
    dyadic = qv.operator(scale, [0, n // 2], n, basis="walsh")
    haar = qv.operator(scale, [0, 1], n, basis="haar")
    for A in (dyadic, haar):
        assert (np.max(A), np.min(A), np.ptp(A)) == (3, -1, 4)
        assert np.argmax(A) == 0
        assert np.argmin(A) == n // 2
        assert np.unique(A).tolist() == [-1, 3]
        assert np.unique(np.abs(A) > 2).tolist() == [False, True]
        assert not np.all(A > 0)
        assert np.prod(np.sign(A)) == 1
        for count in (
            np.count_nonzero,
            np.histogram,
            np.unique_counts,
            lambda A: np.sum(A > 0),
        ):
            with pytest.raises(OverflowError, match=r"beyond (2\*\*63|int64)"):
                count(A)
    few = few_values_of(dyadic.source)
    assert few is not None
    assert few.counts.tolist() == [n * n // 2] * 2
    diagonal = qv.operator([5.0, 7.0], [0, 3], n)
    few = few_values_of(diagonal.source)
    assert few is not None
    assert few.values.tolist() == [5, 0, 0, 7]
    assert few.firsts.tolist() == [0, 1, n + 1, 3 * (n + 1)]
    assert sum(few.counts.tolist()) == n * n
    assert np.unique(diagonal).tolist() == [0, 5, 7]
    assert np.unique(diagonal, return_index=True)[1].tolist() == [1, 0, 3 * (n + 1)]
