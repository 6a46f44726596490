"""Changes of bases of arrays whose coefficients are all active, and of others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.ops.basis_change import norm, sparse, synthesised, to_bases

from ..twin import SPECTRAL, assert_same, dense_by_definition, matrix

DTYPES = "efdgFDG?bI"
ALL = ["standard", *SPECTRAL, "conj(fourier)", "blocked(cosine, 2)", "walsh(1)"]


@st.composite
def dense(draw):
    shape = tuple(draw(st.lists(st.sampled_from([1, 2, 4, 8]), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    x = rng.standard_normal(shape) * 4
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    names = st.lists(st.sampled_from(ALL), min_size=len(shape), max_size=len(shape))
    x = np.abs(x) if dtype.kind == "u" else x
    return x.astype(dtype), draw(names), draw(names)


@given(dense())
def test_there_on_and_back(case):
    x, one, other = case
    y = qv.asarray(x).to_basis(one)
    wide = x.astype(y.dtype)
    y.spectrum.check()
    assert_same(wide, y, 200)
    z = y.to_basis(other)
    z.spectrum.check()
    assert_same(wide.astype(z.dtype), z, 400)
    back = z.to_basis("standard")
    back.spectrum.check()
    assert_same(wide.astype(z.dtype), back, 800)
    if wide.dtype == np.float64:
        assert_same(wide, qv.asarray(dense_by_definition(y)).astype(float), 400)


@pytest.mark.parametrize("basis", SPECTRAL)
@pytest.mark.parametrize("n", [1, 2, 64])
def test_few_coefficients_are_found(basis, n):
    one = np.real(matrix(basis, n)[:, n // 3] + 0j)
    y = qv.asarray(one).to_basis(basis)
    assert_same(one, y, 100)
    constant = qv.asarray(np.ones(n)).to_basis(basis)
    assert_same(np.ones(n), constant, 100)


def test_zeros_are_not_stored():
    assert qv.asarray(np.ones(1024)).to_basis("walsh").nactive == 1
    square = np.where(np.arange(1024) & 4, 1.0, -1.0)
    y = qv.asarray(square).to_basis("walsh")
    assert y.active_indices.tolist() == [4]
    assert y.to_basis("standard").active_indices is None
    assert qv.asarray([0.0, 0.0, 0.0, 5.0]).to_basis("haar").to_basis("standard").nactive >= 1


@pytest.mark.parametrize("basis", SPECTRAL)
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_is_refused(basis, bad):
    x = np.random.default_rng(0).standard_normal(64)
    x[5] = bad
    with pytest.raises(ValueError, match="is not finite"):
        qv.asarray(x).to_basis(basis)


@pytest.mark.parametrize("basis", SPECTRAL)
def test_coefficients_that_overflow_are_refused(basis):
    with pytest.raises(OverflowError):
        qv.asarray(np.full(64, 1e308)).to_basis(basis)


@pytest.mark.parametrize("dtype", "fdFDeg")
@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30])
@pytest.mark.parametrize("size", [0, 1, 8192, 8193, 20000])
def test_norms(dtype, scale, size):
    x = np.random.default_rng(0).standard_normal(size)
    x = (x * scale).astype(dtype) if dtype != "e" else x.astype(dtype)
    expected = float(np.sqrt(np.sum(np.square(np.abs(x.astype(np.clongdouble))))))
    assert norm(x) == pytest.approx(expected, rel=1e-6 if dtype in "eFf" else 1e-13)


@pytest.mark.parametrize("scale", [1e300, 1e-300, 5e-324])
def test_norms_neither_overflow_nor_underflow(scale):
    x = np.full(100, scale)
    assert norm(x) == pytest.approx(10 * scale)
    assert norm(np.append(x, np.inf)) == np.inf
    assert np.isnan(norm(np.append(x, np.nan)))


@given(st.sampled_from([0.0, -0.0, 1.0, np.nan]), st.integers(0, 20))
def test_sparse_counts_signs_and_nans(fill, seed):
    rng = np.random.default_rng(seed)
    x = rng.choice([0.0, -0.0, 1.0, np.nan], 40, p=[0.7, 0.1, 0.1, 0.1])
    y = qv.VirtualQArray(sparse(x, fill))
    assert_same(x, y)


@pytest.mark.parametrize("basis", ["fourier", "conj(fourier)", "cosine"])
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_real_parts(basis, n):
    rng = np.random.default_rng(0)
    c = rng.standard_normal((3, n, 2)) + 1j * rng.standard_normal((3, n, 2))
    along = qv.from_eigenvalues([1.0], [0], n, basis=basis).bases[0]
    got = synthesised(c, [(1, along)], True)
    np.testing.assert_allclose(got.real, along.synthesise(c, 1).real, atol=1e-13)


def test_real_data_of_several_complex_axes_stay_real():
    x = np.random.default_rng(0).standard_normal((4, 5, 6))
    whole = to_bases(qv.asarray(x).spectrum, qv.asarray(x).to_basis("fourier").bases)
    some = to_bases(whole, (*whole.bases[:1], *qv.asarray(x).bases[1:]))
    assert some.dtype == np.float64
    np.testing.assert_allclose(some.dense(), x, atol=1e-13)
