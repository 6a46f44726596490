"""Operators are reduced through one line: as NumPy does it, and at sizes beyond all walks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.ufuncs.operator_lines import operator_line

from ..twin import check

N = 2**40
REDUCTIONS = [np.sum, np.prod, np.max, np.min, np.any, np.all, np.var, np.mean, np.count_nonzero]
POSITIONS = [np.argmax, np.argmin]
CHANGES = {
    "itself": lambda A: A,
    "shifted": lambda A: A + 1,
    "squared": lambda A: A * A,
    "positive": lambda A: A > 0,
    "chosen": lambda A: np.where(A > 0.5, A, 2.0),
    "with itself": lambda A: np.sin(A) * A,
}

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@st.composite
def operators(draw, basis):
    """An operator of small eigenvalues with few bits, and its elements."""
    # Walsh functions of these lengths are exact: no zero is rounded to another number.
    n = draw(st.sampled_from([1, 4]))
    indices = sorted(draw(st.sets(st.integers(0, n - 1))))
    values = [draw(st.integers(-3, 3)) * 0.5 for _ in indices]
    fill = draw(st.sampled_from([0.0, 0.0, 2.0]))
    A = qv.operator(values, indices, n, basis=basis, fill_value=fill)
    return A.todense(), A


@given(
    operators("standard"),
    st.sampled_from(sorted(CHANGES)),
    st.sampled_from([*REDUCTIONS, *POSITIONS]),
    st.sampled_from([None, 0, 1]),
    st.booleans(),
)
def test_diagonal_matrices(pair, change, function, axis, keepdims):
    changed = CHANGES[change]
    check(lambda A: function(changed(A), axis=axis, keepdims=keepdims), pair, rounding=64)


@given(
    operators("walsh"),
    st.sampled_from(sorted(CHANGES)),
    st.sampled_from(REDUCTIONS),
    st.sampled_from([None, 0, 1]),
    st.booleans(),
)
def test_dyadic_matrices(pair, change, function, axis, keepdims):
    changed = CHANGES[change]
    check(lambda A: function(changed(A), axis=axis, keepdims=keepdims), pair, rounding=64, scale=64)


@given(operators("walsh") | operators("standard"), st.sampled_from(["sum", "var", "std", "max"]))
def test_methods_with_a_dtype(pair, name):
    kwargs = {} if name == "max" else {"dtype": np.float32}
    check(lambda A: getattr(A, name)(**kwargs), pair, rounding=64, scale=64)


def test_only_what_repeats_its_lines_is_such_a_matrix():
    n = 8
    dyadic, circulant, diagonal, other = (
        qv.operator([1.0, 2.0], [0, 3], n, basis=basis)
        for basis in ("walsh", "fourier", "standard", "cosine")
    )
    row = qv.from_eigenvalues([1.0], [3], n, basis="walsh")
    for one in (dyadic, circulant, diagonal, np.sin(dyadic), np.exp(diagonal) + 1):
        assert operator_line(one.source) is not None
    for one in (other, row, dyadic + row, dyadic[:4], np.sin(dyadic) + np.sin(circulant.real)):
        assert operator_line(one.source) is None


@pytest.mark.parametrize("fill", [0.0, 2.0])
def test_diagonal_matrices_of_any_size(fill):
    A = qv.operator([5.0, -3.0], [0, 9], N, fill_value=fill)
    total, energy = 2 + fill * (N - 2), 34 + fill**2 * (N - 2)
    assert A.max() == 5
    assert A.min() == -3
    assert A.argmax() == 0
    assert A.argmin() == 9 * (N + 1)
    assert A.any()
    assert not A.all()
    assert np.count_nonzero(A) == (N if fill else 2)
    assert np.isclose((A + 1).sum(), total + float(N) * N)
    assert np.isclose(A.var(), energy / N / N - (total / N / N) ** 2)
    assert A.max(axis=0)[9] == 0
    assert A.max(axis=1)[10] == fill
    assert np.count_nonzero(A, axis=1)[9] == 1
    assert A.argmax(axis=1)[7] == 0 if not fill else True
    assert np.abs(A).max() == 5


@pytest.mark.parametrize("basis", ["walsh", "fourier", "cosine", "haar"])
def test_moments_of_operators_of_any_size(basis):
    A = qv.operator([2.0, -3.0], [0, 5], N, basis=basis)
    assert np.isclose(A.sum(), 2.0 * N)
    assert np.isclose(A.mean(), 2.0 / N)
    assert np.isclose(A.std(), 3 / N)
    assert np.isclose((A + qv.identity(N)).var(), (4 + N - 2) / N / N)
    assert np.isclose(np.trace(A), -1)
    assert np.isclose(np.linalg.norm(A), 13**0.5)


@pytest.mark.parametrize("basis", ["walsh", "fourier"])
def test_sums_of_functions_of_operators_of_any_size(basis):
    A = qv.operator([2.0, -3.0], [0, 5], N, basis=basis)
    assert np.isclose((A + 1).sum(), 2.0 * N + float(N) * N)
    assert np.isclose((A + 1).sum(axis=0)[7], 2.0 + N)
    assert np.isclose((A * A).sum(), 13 if basis == "walsh" else 4)


def test_a_position_beyond_all_integers_is_refused():
    A = qv.operator([5.0], [N - 1], N)
    with pytest.raises(OverflowError, match="beyond"):
        A.argmax()


@pytest.mark.parametrize("function", [np.nansum, np.nanmean, np.nanstd, np.nanprod, np.nanargmax])
@pytest.mark.parametrize("basis", ["standard", "walsh", "cosine"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_operators_have_no_nan(function, basis, axis):
    A = qv.operator([2.0, 3.0], [0, 3], 4, basis=basis, fill_value=0.5)
    check(lambda A: function(A, axis=axis), (A.todense(), A), rounding=64, scale=8.0)


@pytest.mark.parametrize("basis", ["walsh", "cosine", "fourier", "haar"])
def test_operators_of_any_size_have_no_nan(basis):
    A = qv.operator([2.0, 3.0], [0, 5], N, basis=basis)
    assert np.nansum(A) == 2.0 * N
    assert np.nanmean(A) == 2.0 / N
    assert np.nansum(A, axis=1)[7] == 2.0


@pytest.mark.parametrize("boundary", ["periodic", "neumann"])
@pytest.mark.parametrize("n", [1, 8, 9])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_sums_of_eigenvalues_by_index(boundary, n, keepdims, axis):
    A = qv.laplacian(n, boundary, step=0.5)
    for B in (A, A * 3.0):
        pair = (B.todense(), B)
        for f in (np.sum, np.mean):
            check(lambda A, f=f: f(A, axis=axis, keepdims=keepdims), pair, rounding=64, scale=64.0)


def test_sums_of_eigenvalues_by_index_at_any_size():
    A = qv.linalg.expm(qv.laplacian(N))
    assert np.mean(A, axis=0)[3] * N == 1.0
    assert np.sum(A) == N
    assert np.sum(qv.laplacian(N)) == 0
