"""Wavelets: PyWavelets' transform, orthonormal to rounding, and axes of 2**40 in O(k)."""

import pickle
import sys
import warnings

import numpy as np
import pytest
import pywt

import qvarray as qv
from qvarray.bases import Wavelet, as_basis
from qvarray.bases.wavelet import _filters, _of_order

from ..twin import matrix

HUGE = 2**40


def by_pywavelets(x, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that all coefficients meet an end
        level = (x.shape[0] & -x.shape[0]).bit_length() - 1
        parts = pywt.wavedec(x, name, mode="periodization", level=level, axis=0)
    return np.concatenate(parts)


@pytest.mark.parametrize("name", ["db1", "db2", "db10", "db38", "sym4", "sym20", "coif3", "coif17"])
@pytest.mark.parametrize("n", [2, 6, 40, 256])
def test_the_coefficients_are_those_of_pywavelets(name, n):
    x = np.random.default_rng(n).standard_normal((n, 3))
    basis = as_basis(name)
    c = basis.analyse(x, 0)
    expected = by_pywavelets(x, name)
    # Some filters of PyWavelets are orthonormal to ten digits.
    np.testing.assert_allclose(c, expected, atol=1e-7 if name in ("sym20", "coif17") else 1e-10)
    np.testing.assert_allclose(np.linalg.norm(c, axis=0), np.linalg.norm(x, axis=0), rtol=1e-13)
    np.testing.assert_allclose(basis.synthesise(c, 0), x, atol=1e-13)
    lost = np.linalg.norm(basis.analyse(x.astype(np.longdouble), 0) - c) / np.linalg.norm(x)
    assert lost <= basis.rounding(n, np.dtype(float)) * np.finfo(float).eps


def test_every_filter_is_orthonormal():
    for family in ("db", "sym", "coif"):
        for name in pywt.wavelist(family):
            low = as_basis(name).filters.low
            assert abs(np.sum(low) - np.sqrt(np.longdouble(2))) < 1e-17
            for m in range(low.size // 2):
                assert abs(low[: low.size - 2 * m] @ low[2 * m :] - (m == 0)) < 1e-17


def test_names():
    assert as_basis("sym5") == Wavelet("sym", 5) == pickle.loads(pickle.dumps(as_basis("sym5")))
    assert str(qv.blocked("db4", 16)) == "blocked(db4, 16)"
    for name in ("db99", "sym1", "coif0", "db", "db04", "dmey"):
        with pytest.raises(qv.UnknownBasisError):
            as_basis(name)
    with pytest.raises(ValueError, match="even length, got length 9"):
        qv.encode(np.zeros(9), "db4")


def test_without_pywavelets(monkeypatch):
    monkeypatch.setitem(sys.modules, "pywt", None)
    for cache in (_filters, _of_order):
        cache.cache_clear()
    with pytest.raises(qv.MissingExtraError, match=r"a basis of wavelets.*qvarray\[wavelets\]"):
        as_basis("db7")


def test_huge_axes():
    places = [0, 1, 5, 2**20 + 7, HUGE // 2 + 3, HUGE - 1]
    values = np.array([3.0, -1.0, 2.0, 1.0, 4.0, 0.5])
    x = qv.from_eigenvalues(values, places, HUGE, basis="db4")
    with qv.options(memory_budget=2**20):
        assert np.isclose(np.sum(x), values[0] * 2.0**20)
        assert np.isclose(np.var(x) * HUGE, np.sum(values[1:] ** 2))
        part = x[:64].todense()
        # A wave of the finest level at the end goes on at the start.
        alone = x - qv.from_eigenvalues(values[:-1], places[:-1], HUGE, basis="db4")
        around = np.concatenate([alone[-5:].todense(), alone[:3].todense()])
        assert np.isclose(np.linalg.norm(around), 0.5)
        np.testing.assert_allclose([x[p] for p in range(64)], part, atol=1e-14)
        few = np.sort(np.random.default_rng(0).integers(0, HUGE, 50))
        assert np.abs(x[few].todense()).max() < 1e-4


def test_few_samples_of_huge_axes():
    with qv.options(memory_budget=2**20):
        x = qv.from_coordinates([[3, 2**33]], [1.0, -2.0], (HUGE,))
        y = x.to_basis("coif1")
        assert y.nactive <= 2 * 6 * 41
        assert np.isclose(np.linalg.norm(y), 5**0.5)
        np.testing.assert_allclose(y[:8].todense(), x[:8].todense(), atol=1e-13)
        assert np.isclose(y[2**33], -2)


def test_moved_by_whole_waves():
    rng = np.random.default_rng(0)
    x = qv.from_eigenvalues(rng.standard_normal(24), None, 24, basis="db3")
    y = np.roll(x, 8)
    assert y.bases == x.bases
    np.testing.assert_allclose(y.todense(), np.roll(x.todense(), 8), atol=1e-14)


def test_heights_of_functions():
    basis = as_basis("sym4")
    for n in (2, 24, 2**13):
        indices = np.arange(min(n, 64))
        highest = np.abs(
            matrix("sym4", n) if n < 64 else basis.elements(n, np.arange(n), indices)
        ).max(axis=0)
        bounds = basis.peaks(n, indices)
        assert np.all(highest <= bounds * (1 + 1e-9))
        assert np.all(bounds <= 4 * highest)


def test_chosen_where_it_takes_the_fewest_bytes():
    t = np.linspace(0, 1, 4096)
    x = np.where(t < 0.3, t**2, np.where(t < 0.7, 1 - t, t**3))
    e = qv.encode(x, tol=1e-3)
    assert e.bases == (as_basis("db2"),)
    assert e.nbytes < qv.encode(x, "haar", tol=1e-3).nbytes / 2
    assert np.linalg.norm(e.todense() - x) <= qv.error_bound(e) <= 1e-3 * np.linalg.norm(x)
