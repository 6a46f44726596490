"""Every basis: its matrix, whole transforms, pages, elements, restrictions."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_basis, as_indices, grid, grid_rows, named_bases

from ..twin import (
    BASES,
    BLOCKED,
    FLOATS,
    MERGED,
    dense_by_definition,
    lengths,
    matrix,
    spectral_twins,
)

MORE = ["blocked(haar, 16)", "blocked(walsh, 8)", "blocked(conj(fourier), 16)"]


@st.composite
def axes(draw):
    name = draw(st.sampled_from([*BASES, "conj(fourier)", *BLOCKED, *MORE, *MERGED]))
    return as_basis(name), draw(lengths(name, 6, 70))


def test_names():
    assert named_bases()[:5] == ["standard", "haar", "walsh", "cosine", "fourier"]
    assert set(named_bases()) == {*BASES, "constant"}
    assert [str(as_basis(name)) for name in BASES] == BASES
    assert as_basis(as_basis("haar")) == as_basis("haar")
    with pytest.raises(qv.UnknownBasisError, match="'wavelet'"):
        as_basis("wavelet")
    with pytest.raises(TypeError, match="7"):
        as_basis(7)


@given(axes())
def test_elements_are_the_definition(axis):
    basis, n = axis
    p = np.arange(n)
    np.testing.assert_allclose(basis.elements(n, p, p), matrix(basis.name, n), atol=4e-15)
    precise = basis.elements(n, p, p, precise=True)
    assert precise.dtype.itemsize >= 16
    np.testing.assert_allclose(precise, matrix(basis.name, n).astype(precise.dtype), atol=4e-15)
    unitary = precise.conj().T @ precise
    assert np.abs(unitary - np.eye(n)).max() < 1e-16


@given(axes(), st.sampled_from(FLOATS), st.integers(0, 2**32 - 1))
def test_analyse_and_synthesise_are_inverse(axis, dtype, seed):
    basis, n = axis
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3, n, 2))
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(x.shape)
    x = x.astype(dtype)
    before = x.copy()
    c = basis.analyse(x, 1)
    assert np.array_equal(x, before)
    assert c.dtype == basis.coefficient_dtype(dtype) or basis.name == "standard"
    eps = np.finfo(c.dtype).eps
    expected = np.einsum("pk,ipj->ikj", matrix(basis.name, n).conj(), before)
    scale = np.linalg.norm(before.astype(np.complex128))
    assert np.abs(c - expected).max() <= (40 * eps + 1e-15) * scale
    back = basis.synthesise(c, 1)
    assert np.abs(back - before).max() <= 40 * eps * scale


@given(axes(), st.data())
def test_pages(axis, data):
    basis, n = axis
    start = data.draw(st.integers(0, n))
    stop = data.draw(st.integers(start, n))
    k = data.draw(st.integers(0, n))
    rng = np.random.default_rng(n + k)
    indices = np.sort(rng.choice(n, k, False))
    values = rng.standard_normal(k)
    expected = matrix(basis.name, n)[start:stop, indices] @ values
    page = basis.page(n, start, stop, indices, values)
    assert page.shape == (stop - start,)
    np.testing.assert_allclose(page, expected, atol=1e-13)


@given(axes(), st.data())
def test_restrictions(axis, data):
    basis, n = axis
    step = data.draw(st.sampled_from([1, -1, 2, -2, 3, 4, -4, 8]))
    bound = st.none() | st.integers(-n, n)
    positions = range(*slice(data.draw(bound), data.draw(bound), step).indices(n))
    indices = as_indices(range(n))
    closed = basis.restrict(n, positions, indices)
    if closed is None or not len(positions):
        return
    m = len(positions)
    kept = indices if closed.keep is None else indices[closed.keep]
    factors = 1.0 if closed.factors is None else closed.factors
    narrow = matrix(closed.basis.name, m)[:, closed.indices] * factors
    np.testing.assert_allclose(narrow, matrix(basis.name, n)[positions][:, kept], atol=1e-13)
    dropped = np.setdiff1d(indices, kept)
    assert not matrix(basis.name, n)[positions][:, dropped].any()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("walsh", slice(8, 16)),
        ("walsh", slice(3, None, 4)),
        ("walsh", slice(None, None, -1)),
        ("haar", slice(8, 16)),
        ("haar", slice(None, None, -1)),
        ("fourier", slice(1, None, 2)),
        ("fourier", slice(None, None, -1)),
        ("cosine", slice(None, None, -1)),
    ],
)
def test_what_is_closed(name, part):
    closed = as_basis(name).restrict(32, range(32)[part], as_indices(range(32)))
    assert closed is not None
    assert closed.basis.name == name


@given(axes())
def test_sums_and_the_constant(axis):
    basis, n = axis
    sums = basis.sums(n, np.arange(n), np.dtype(float))
    np.testing.assert_allclose(sums, matrix(basis.name, n).sum(axis=0), atol=1e-13)
    where = basis.constants(n, n)
    ones = matrix(basis.name, n)[:, where] @ sums[where]
    np.testing.assert_allclose(ones, np.ones(n), atol=1e-13)
    if basis.name == "standard":
        assert basis.constants(n, n - 1) is None


@given(axes(), st.data())
def test_covers(axis, data):
    basis, n = axis
    step = data.draw(st.sampled_from([1, -1, 2, -3]))
    positions = range(n)[data.draw(st.integers(0, n - 1)) :: step]
    cover = basis.cover(n, positions)
    assert set(positions) <= set(cover)
    assert basis.restrict(n, cover, np.arange(n)) is not None


@pytest.mark.parametrize(
    ("name", "n", "part", "after"),
    [
        ("blocked(cosine, 8)", 44, slice(8, 24), "blocked(cosine, 8)"),
        ("blocked(cosine, 8)", 44, slice(24, None), "blocked(cosine, 8)"),
        ("blocked(cosine, 8)", 44, slice(8, 16), "cosine"),
        ("blocked(haar, 8)", 44, slice(40, None), "haar"),
        ("blocked(haar, 8)", 46, slice(44, None), "haar"),
        ("blocked(cosine, 8)", 48, slice(None, None, -1), "blocked(cosine, 8)"),
        ("blocked(fourier, 8)", 48, slice(9, None, 2), "blocked(fourier, 4)"),
        ("blocked(walsh, 8)", 48, slice(47, 7, -4), "blocked(walsh, 2)"),
        ("blocked(cosine, 8)", 48, slice(3, None, 8), "standard"),
    ],
)
def test_what_is_closed_on_blocks(name, n, part, after):
    closed = as_basis(name).restrict(n, range(n)[part], as_indices(range(n)))
    assert closed is not None
    assert closed.basis.name == after


def test_blocks():
    basis = qv.blocked("cosine", 8)
    assert str(basis) == "blocked(cosine, 8)"
    assert basis == as_basis("blocked(cosine, 8)") == as_basis(" blocked( cosine ,8)")
    assert basis != qv.blocked("cosine", 4)
    assert qv.blocked("haar", 1) == qv.blocked("standard", 5) == as_basis("standard")
    assert qv.blocked("fourier", 8).conjugate == as_basis("blocked(conj(fourier), 8)")
    for one in (basis, qv.blocked(qv.blocked("haar", 2), 6)):
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("blocked(cosine, 0)", "at least 1, got 0"),
        ("blocked(walsh, 6)", "length 6"),
        ("blocked(cosine)", "argument"),
        ("blocked(8, cosine)", "integer"),
        ("blocked(wavelet, 8)", "'wavelet'"),
        ("blocked(cosine, 8", "unknown"),
        ("stacked(cosine, 8)", "unknown"),
    ],
)
def test_blocks_that_there_are_not(name, match):
    with pytest.raises(ValueError, match=match):
        as_basis(name)


def test_blocks_are_local_at_any_size():
    n = 2**40 + 3
    x = qv.from_eigenvalues([1.0, 2.0, 3.0], [5, 9, n - 1], n, basis="blocked(cosine, 8)")
    with qv.options(memory_budget=2**16):
        assert np.isclose(np.sum(x), 3.0 * matrix("cosine", 3)[:, 2].sum())
        assert np.isclose(np.var(x) * n, 14.0)
        np.testing.assert_allclose(x[8:16].todense(), 2.0 * matrix("cosine", 8)[:, 1])
        np.testing.assert_allclose(x[-3:].todense(), 3.0 * matrix("cosine", 3)[:, 2])
        assert not x[17 : n - 3 : 2**30].todense().any()
        assert np.isclose((x + 1.0)[-1], 1.0 + x[-1])


@given(axes(), axes(), st.data())
def test_grids(one, other, data):
    (basis, n), (second, m) = one, other
    rows = range(
        *slice(data.draw(st.integers(0, n - 1)), n, data.draw(st.integers(1, 3))).indices(n)
    )
    columns = range(data.draw(st.integers(1, m)))
    rng = np.random.default_rng(n * m)
    k = data.draw(st.integers(1, 9))
    i, j, values = rng.integers(0, n, k), rng.integers(0, m, k), rng.standard_normal(k)
    left, right = matrix(basis.name, n)[rows][:, i], matrix(second.name, m)[columns][:, j]
    where = [(basis, n, rows, i), (second, m, columns, j)]
    np.testing.assert_allclose(grid(where, values), (left * values) @ right.T, atol=1e-13)
    starts = np.unique(np.concatenate([[0], rng.integers(0, k, 3)]))
    parts = np.split(np.arange(k), starts[1:])
    expected = [(left[:, part] * values[part]) @ right[:, part].T for part in parts]
    np.testing.assert_allclose(grid_rows(where, values, starts), expected, atol=1e-13)


@given(spectral_twins())
def test_the_formula(pair):
    expected, y = pair
    np.testing.assert_allclose(y.todense(), expected, rtol=0, atol=1e-13)


@given(spectral_twins(), st.data())
def test_changing_bases(pair, data):
    expected, y = pair
    possible = [
        ["standard", "fourier", "cosine", "conj(fourier)"]
        + (["walsh", "haar"] if n & (n - 1) == 0 else [])
        for n in y.shape
    ]
    names = [data.draw(st.sampled_from(some)) for some in possible]
    z = y.to_basis(names)
    z.spectrum.check()
    assert [str(basis) for basis in z.bases] == names
    assert z.dtype == y.dtype
    np.testing.assert_allclose(dense_by_definition(z), expected, rtol=0, atol=1e-13)
    true = np.linalg.norm(z.todense() - expected)
    # The oracle rounds too.
    assert true <= (z.recovery_error + 5e-15) * np.linalg.norm(expected)


def test_changing_one_axis_needs_only_its_lines():
    x = qv.from_coordinates([[2**30, 5], [3, 4]], [1.0, 2.0], (2**40, 8))
    y = x.to_basis(["standard", "walsh"])
    assert y.nactive == 16
    np.testing.assert_allclose(y[2**30].todense(), x[2**30].todense(), atol=1e-15)
    with pytest.raises(qv.MaterializationError, match="budget"):
        x.to_basis(["cosine", "standard"])
