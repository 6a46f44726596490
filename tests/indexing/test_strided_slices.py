"""Slices that a basis is not closed under: made at no cost, evaluated on demand."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.sources import samples
from qvarray.sources.samples import Samples

from ..ops.test_closed import HUGE, ROUNDING, huge, looked_at
from ..twin import SPECTRAL, assert_same, check, keys, spectral_twins


@pytest.fixture(params=["few", "many"])
def few(request, monkeypatch):
    """With samples kept once they are evaluated, and with all samples as if they were too many."""
    if request.param == "many":
        monkeypatch.setattr(samples, "_FEW", -1)
    return request.param


@given(pair=spectral_twins(), data=st.data())
def test_parts_and_parts_of_parts(pair, data):
    kept = samples._FEW
    try:
        samples._FEW = data.draw(st.sampled_from([-1, kept]))
        x = pair[0]
        first = data.draw(keys(x.shape))
        check(lambda x: x[first], pair, rounding=ROUNDING)
        try:
            part = x[first]
        except IndexError:
            return
        if not part.ndim:
            return
        pair = part, pair[1][first]
        second = data.draw(keys(part.shape))
        check(lambda x: x[second], pair, rounding=ROUNDING, scale=np.linalg.norm(x))
        order = data.draw(st.permutations(range(part.ndim)))
        scale = np.linalg.norm(x) + part.size
        calls = [
            lambda x: x.transpose(order),
            lambda x: x[::-1],
            lambda x: np.expand_dims(x, 1),
            lambda x: np.exp(-x * x).T,
            lambda x: np.cos(x)[..., None],
            lambda x: (x + x[:1])[::2],
            lambda x: np.cos(x + x[:1]).T,
            lambda x: x.sum(),
            lambda x: x.sum(axis=0),
            np.linalg.norm,
            lambda x: x.reshape(-1),
            lambda x: x.ravel()[[0, -1, 0]],
            lambda x: x.astype(np.float32),
            lambda x: np.maximum(x, 0.5),
            lambda x: x + np.ones(x.shape),
            lambda x: np.concatenate([x, x]),
            lambda x: np.multiply.reduce(x, axis=-1),
        ]
        for call in data.draw(st.lists(st.sampled_from(calls), min_size=4, max_size=4)):
            if part.size:
                check(call, pair, rounding=10 * ROUNDING, scale=scale**2)
    finally:
        samples._FEW = kept


@pytest.mark.parametrize("basis", SPECTRAL)
def test_elements_one_by_one(basis, few):
    x = qv.from_eigenvalues([3.0, 1.0, -2.0], [0, 5, 12], 64, basis=basis)
    w, dense = x[3:40:3], x.todense()[3:40:3]
    assert isinstance(w.source, Samples)
    np.testing.assert_allclose([w[i] for i in range(-w.size, w.size)], [*dense, *dense], atol=1e-12)
    np.testing.assert_allclose(list(w), dense, atol=1e-12)
    assert_same(dense, pickle.loads(pickle.dumps(w)), 100)
    assert "samples" in repr(w)
    np.testing.assert_allclose(w[[3, 0, 3]].todense(), dense[[3, 0, 3]], atol=1e-12)
    assert w.argmax() == dense.argmax()
    assert np.isclose(np.var(w), np.var(dense))
    with pytest.raises(IndexError):
        w[w.size]


def test_samples_are_a_view():
    x = qv.from_eigenvalues([8.0, 4.0], [0, 3], 64, basis="cosine")
    dense = x.todense()
    w, v = x[3:40], dense[3:40]
    w[2], v[2] = 7.0, 7.0
    w *= 2
    v *= 2
    w[5:9], v[5:9] = 1.0, 1.0
    assert_same(dense, x, 100)
    assert_same(v, w, 100)
    assert w.base is x


def test_what_is_few_is_kept():
    x = huge("cosine")
    w = x[5:1000]
    assert w.nbytes == x.nbytes
    w.sum()
    assert w.nbytes == x.nbytes + 995 * 8
    more = x[5:100_000]
    more.sum()
    assert more.nbytes == x.nbytes


def test_bounds_of_samples():
    t = np.arange(4096) / 4096
    x = np.exp(-20 * (t - 0.4) ** 2)
    y = qv.encode(x, tol=1e-2, basis="cosine", storage="float64")
    w = y[100:3000]
    assert isinstance(w.source, Samples)
    assert 0 < w.recovery_error < np.inf
    true = np.linalg.norm(w.todense() - x[100:3000]) / np.linalg.norm(x[100:3000])
    assert true <= w.recovery_error
    most, with_all = (
        np.tile(x, 4),
        qv.encode(np.tile(x, 4), tol=1e-2, basis="cosine", storage="float64")[1:10_000],
    )
    true = np.linalg.norm(with_all.todense() - most[1:10_000]) / np.linalg.norm(most[1:10_000])
    assert true <= with_all.recovery_error < np.inf
    assert (w + 1).recovery_error > 0


@pytest.mark.parametrize("basis", SPECTRAL)
def test_huge_samples_cost_nothing(basis):
    x = huge(basis)
    with qv.options(memory_budget=2**16):
        w = x[3 : HUGE // 2 + 12345]
        assert w.nbytes <= 2 * x.nbytes
        assert isinstance(w.source, Samples)
        for p in (0, 5, HUGE // 3):
            assert np.isclose(w[p], x[p + 3], atol=1e-7)
            assert np.isclose(w[::-1][-p - 1], x[p + 3], atol=1e-7)
            assert np.isclose(w[2::7][p // 7], x[p // 7 * 7 + 5], atol=1e-7)
            np.testing.assert_allclose(
                w[p + 1 : p + 9].todense(), looked_at(x, range(p + 4, p + 12)), atol=1e-7
            )
        y = np.exp(-w * w)[10 : 10 + 2**38]
        assert np.isclose(y[77], np.exp(-(x[90] ** 2)), atol=1e-6)
        with pytest.raises(qv.MaterializationError):
            w.todense()


@pytest.mark.parametrize("basis", SPECTRAL)
def test_reductions_page_over_samples(basis):
    n = 2**20
    x = qv.from_eigenvalues([2.0**10, 2.0**9, -3.0], [0, 3, 1000], n, basis=basis)
    dense = x.todense()
    w, v = x[3 : n - 7], dense[3 : n - 7]
    with qv.options(memory_budget=2**22):
        assert np.isclose(w.sum(), v.sum())
        assert np.isclose(np.abs(w).max(), np.abs(v).max())
        assert np.isclose(np.exp(-w).mean(), np.exp(-v).mean())
        assert np.isclose(np.linalg.norm(w), np.linalg.norm(v))
        assert np.isclose(np.abs(w[1:] - w[:-1]).max(), np.abs(v[1:] - v[:-1]).max())


def test_samples_in_two_dimensions():
    shape = (2**20, 2**30)
    x = huge(["standard", "cosine"], shape, 100)
    row = int(x.spectrum.coordinates()[0][5])
    with qv.options(memory_budget=2**16):
        w = x[row - 1 : row + 2, 5 : 2**29]
        assert w.shape == (3, 2**29 - 5)
        assert np.isclose(w[1, 77], x[row, 82])
        assert np.isclose(w.T[77, 1], x[row, 82])
        assert np.isclose(w[1][77], x[row, 82])
        fixed = x[row, 5 : 2**29]
        assert fixed.nbytes < x.nbytes
        assert np.isclose(fixed[77], x[row, 82])


@pytest.mark.parametrize("basis", ["cosine", "fourier"])
def test_samples_are_saved_as_what_they_are(tmp_path, basis):
    x = qv.from_eigenvalues(np.arange(1.0, 21.0), np.arange(20) * 3, 2**16, basis=basis)
    part = x[5:9000]
    assert isinstance(part.source, Samples)
    for saved in (part, np.exp(part * 1e-3)):
        qv.save(tmp_path / "part.qv", saved)
        again = qv.load(tmp_path / "part.qv")
        assert again.shape == saved.shape
        np.testing.assert_allclose(again.todense(), saved.todense(), rtol=1e-12, atol=1e-12)


def test_samples_of_a_lossy_array_are_off_by_as_much_as_the_array():
    rng = np.random.default_rng(0)
    dense = np.sin(np.arange(65536) / 900) + 0.01 * rng.standard_normal(65536)
    x = qv.encode(dense, tol=0.05, basis="cosine", storage="float64")
    part = x[5:20000]
    assert isinstance(part.source, Samples)
    whole = x.source.error.absolute
    for made in (part, np.abs(part)):
        # Computed along other ways: the same up to rounding.
        assert made.source.error.absolute == pytest.approx(whole, rel=1e-12)
    assert np.linalg.norm(np.abs(part).todense() - np.abs(dense[5:20000])) <= whole
    assert x[3, None].recovery_error > 0.0


@pytest.mark.parametrize("basis", ["cosine", "fourier", "db2", "haar"])
def test_parts_of_lines_that_are_full(basis):
    rng = np.random.default_rng(0)
    x = qv.encode(rng.standard_normal((32, 8, 16)), [basis, "cosine", "haar"])
    dense = x.todense()
    for key in (slice(1, None), slice(None, None, 5), slice(30, 2, -1)):
        part = x[key]
        assert [str(b) for b in part.bases] == ["standard", "cosine", "haar"]
        np.testing.assert_allclose(part.todense(), dense[key], atol=1e-12)
    np.testing.assert_allclose(x[1:, :, 3:11].todense(), dense[1:, :, 3:11], atol=1e-12)
