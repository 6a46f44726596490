"""Axes that are merged, split, repeated and broadcast: structural in every basis."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_basis

from ..twin import BLOCKED, MERGED, SPECTRAL, check, spectral_twins
from .test_closed import HUGE, ROUNDING, huge

SHAPE = (2**20, 2**10, 2**20)


@pytest.fixture
def little_memory():
    with qv.options(memory_budget=2**18):
        yield


def test_names():
    for name in MERGED:
        basis = as_basis(name)
        assert str(basis) == name
        assert basis == as_basis(name)
        assert pickle.loads(pickle.dumps(basis)) == basis
        assert copy.deepcopy(basis) == basis
    assert as_basis("walsh(-1)") is as_basis("walsh")
    assert as_basis("walsh(0)") is as_basis("standard")
    # One basis has one name.
    assert as_basis("kron(walsh, 4, walsh, 2)") is as_basis("walsh")
    assert as_basis("kron(standard, 3, standard, 5)") is as_basis("standard")
    assert as_basis("kron(standard, 4, walsh, 2, standard, 2)") == as_basis("walsh(2)")
    assert as_basis("kron(cosine, 3, kron(haar, 2, haar, 4), 8)") == as_basis(
        "kron(cosine, 3, haar, 2, haar, 4)"
    )
    assert as_basis("kron(standard, 3, haar, 4)") == as_basis("blocked(haar, 4)")
    assert as_basis("kron(cosine, 8, haar, 1)") == as_basis("cosine")
    assert as_basis("kron(fourier, 3, haar, 2)").conjugate == as_basis(
        "kron(conj(fourier), 3, haar, 2)"
    )


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("walsh(-2)", ValueError, "mask"),
        ("kron(cosine, 0)", ValueError, "at least 1"),
        ("kron(haar, 3, cosine, 2)", ValueError, "length 3"),
        ("kron(cosine)", qv.UnknownBasisError, "by turns|length for each"),
        ("kron(3, cosine)", qv.UnknownBasisError, "by turns"),
        ("kron()", qv.UnknownBasisError, "unknown"),
    ],
)
def test_bad_names(name, error, said):
    with pytest.raises(error, match=said):
        as_basis(name)


def test_lengths():
    with pytest.raises(ValueError, match="length 6, got length 7"):
        qv.from_eigenvalues([1.0], [0], 7, basis="kron(cosine, 3, haar, 2)")
    with pytest.raises(ValueError, match="2\\*\\*b"):
        qv.from_eigenvalues([1.0], [0], 7, basis="walsh(5)")


def factorings(draw, n):
    """Some lengths whose product is n."""
    out = []
    while n > 1:
        m = draw(st.sampled_from([d for d in range(2, n + 1) if n % d == 0]))
        out.append(m)
        n //= m
    return tuple(out) or (1,)


def is_few(y):
    """Whether an array is by few coefficients, all of which count."""
    spectrum = y.spectrum
    return y.size > 1 and spectrum.active_indices is not None and spectrum.eigenvalues.all()


@given(spectral_twins(), st.data())
def test_other_shapes(pair, data):
    x, y = pair
    shape = factorings(data.draw, x.size)
    check(lambda x: x.reshape(shape), pair, rounding=ROUNDING)
    check(np.ravel, pair, rounding=ROUNDING)
    back = y.reshape(-1).reshape(y.shape)
    if is_few(y):
        assert back.nactive == y.ravel().nactive == y.nactive
    np.testing.assert_allclose(back.todense(), x, atol=1e-12)
    part = data.draw(st.slices(x.size))
    check(lambda x: x.ravel()[part], pair, rounding=ROUNDING, scale=np.linalg.norm(x))
    check(lambda x: np.roll(x.ravel(), 3), pair, rounding=ROUNDING)
    check(lambda x: np.sum(x.ravel()), pair, rounding=ROUNDING, scale=np.linalg.norm(x))
    check(lambda x: np.var(x.ravel()), pair, rounding=ROUNDING, scale=np.linalg.norm(x) ** 2)
    check(lambda x: (x.ravel() + 1).reshape(x.shape), pair, rounding=ROUNDING)


@given(spectral_twins(), st.data())
def test_broadcast(pair, data):
    x, y = pair
    new = tuple(data.draw(st.lists(st.integers(1, 4), max_size=2)))
    shape = new + tuple(data.draw(st.integers(1, 4)) if n == 1 else n for n in x.shape)
    scale = 4 * np.linalg.norm(x)
    check(lambda x: np.broadcast_to(x, shape), pair, rounding=ROUNDING, scale=scale)
    z, w = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    if not w.spectrum.is_standard:
        assert w.nactive <= max(y.nactive, 1)
    pair = z, w
    check(np.exp, pair, rounding=1000 * ROUNDING, scale=np.exp(np.abs(z).max()) * z.size)
    check(lambda x: x.reshape(-1), pair, rounding=ROUNDING, scale=scale)
    check(lambda x: x * x, pair, rounding=ROUNDING, scale=scale**2)
    check(lambda x: x.sum(axis=0), pair, rounding=ROUNDING, scale=4 * scale)
    check(lambda x: x[..., ::-1][-1:], pair, rounding=ROUNDING, scale=scale)


@given(spectral_twins(), st.data())
def test_repeated(pair, data):
    x, y = pair
    axis, times = data.draw(st.integers(0, x.ndim - 1)), data.draw(st.integers(2, 4))
    reps = tuple(times if a == axis else 1 for a in range(x.ndim))
    scale = times * np.linalg.norm(x)
    check(lambda x: np.tile(x, reps), pair, rounding=ROUNDING, scale=scale)
    check(lambda x: np.repeat(x, times, axis), pair, rounding=ROUNDING, scale=scale)
    if str(y.bases[axis]) != "standard" and is_few(y):
        assert np.tile(y, reps).nactive == y.nactive
        assert np.repeat(y, times, axis).nactive == y.nactive


@pytest.mark.parametrize("bases", [["cosine", "standard", "walsh"], ["haar", "fourier", "cosine"]])
def test_huge_shapes(bases, little_memory):
    x = huge(bases, SHAPE)
    flat = x.reshape(-1)
    assert flat.nactive == x.nactive
    assert flat.shape == (2**50,)
    where = (12345, 67, 891011)
    position = np.ravel_multi_index(where, SHAPE)
    assert np.isclose(flat[position], x[where])
    row = flat.reshape(2**20, 2**30)[12345]
    assert np.isclose(row[position % 2**30], x[where])
    again = flat.reshape(SHAPE)
    assert again.bases == x.bases
    np.testing.assert_array_equal(again.eigenvalues, x.eigenvalues)
    assert np.isclose(np.var(flat), np.var(x))
    assert np.isclose(flat.sum(), x.sum())
    assert np.isclose(np.vdot(flat, flat), np.vdot(x, x))
    assert np.isclose((2 * flat - flat)[position], x[where])
    assert np.isclose(flat[2**30 : 2**31][position % 2**30], x[1, 67, 891011])
    assert np.isclose(flat[3:][position - 3], x[where])


def test_blocks_are_an_axis(little_memory):
    x = huge(["blocked(cosine, 8)", "blocked(haar, 16)"], (2**20, 2**30))
    tiles = x.reshape(2**17, 8, 2**26, 16)
    assert tiles.nactive == x.nactive
    assert [str(basis) for basis in tiles.bases] == ["standard", "cosine", "standard", "haar"]
    assert np.isclose(tiles[3, 5, 1000, 7], x[29, 16007])
    assert tiles.reshape(x.shape).bases == x.bases
    assert np.isclose(tiles.sum(axis=(1, 3))[3, 1000], x[24:32, 16000:16016].sum())


@pytest.mark.parametrize("basis", [*SPECTRAL, *BLOCKED[:1]])
def test_huge_broadcasts(basis, little_memory):
    x = huge(basis, 2**30)
    y = np.broadcast_to(x, (2**20, 2**30))
    assert y.nactive == x.nactive
    assert np.isclose(y[777, 12345], x[12345])
    assert np.isclose(y.sum(), 2**20 * x.sum())
    assert np.isclose(np.mean(y, axis=0)[12345], x[12345])
    assert np.isclose(np.var(y), np.var(x))
    assert np.isclose((y * y)[3, 12345], x[12345] ** 2)
    assert np.isclose(y.reshape(-1)[2**30 + 12345], x[12345])
    assert np.isclose(y.reshape(2**5, 2**15, 2**30)[3, 4, 12345], x[12345])
    column = np.broadcast_to(x[:, None], (2**30, 2**20))
    assert column.nactive == x.nactive
    assert np.isclose(column[12345, 777], x[12345])
    assert np.isclose(column[5 : 2**29, ::7][12340, 111], x[12345])
    tiled, repeated = np.tile(x, 1000), np.repeat(x, 1000)
    assert tiled.nactive == repeated.nactive == x.nactive
    assert np.isclose(tiled[777 * 2**30 + 12345], x[12345])
    assert np.isclose(repeated[12345 * 1000 + 777], x[12345])
    assert np.isclose(tiled.mean(), x.mean())


@pytest.mark.parametrize("mask", [1, 2**39, 0x55_5555_5555, 2**40 - 2])
def test_some_bits_of_a_huge_axis(mask, little_memory):
    x = huge(f"walsh({mask})", HUGE)
    total = x.sum()
    assert np.isclose(np.sum(x[::2]) + np.sum(x[1::2]), total)
    half = np.roll(x, HUGE // 2)
    assert np.isclose(half[5], x[HUGE // 2 + 5])
    assert np.isclose((x * x).sum(), np.linalg.norm(x) ** 2)
    assert np.isclose(x.reshape((2,) * 40)[(0,) * 40], x[0])
    assert x.reshape((2,) * 40).reshape(-1).bases == x.bases
    flipped = x[::-1]
    assert np.isclose(flipped[HUGE - 1 - 5], x[5])
    assert flipped.bases == x.bases
    assert np.isclose(qv.xor_shift(x, 12345)[5], x[5 ^ 12345])
    # A Hadamard gate on one more qubit: 40 axes of length 2, of which one changes its basis.
    qubits = x.reshape((2,) * 40)
    bit = next(b for b in range(40) if not mask >> b & 1)
    bases = [*qubits.bases]
    bases[39 - bit] = as_basis("walsh")
    with qv.options(memory_budget=2**20):
        turned = qubits.to_basis(bases).reshape(-1)
    assert turned.bases in ((as_basis(f"walsh({mask | 1 << bit})"),), (as_basis("walsh"),))
    assert np.isclose(turned[5], x[5])


def test_changing_a_merged_axis_needs_only_the_lines_of_its_parts():
    x = huge(["standard", "cosine"], (2**40, 16), 20)
    flat = x.reshape(-1)
    assert str(flat.bases[0]) == "blocked(cosine, 16)"
    with qv.options(memory_budget=2**18):
        local = flat.to_basis("standard")
        assert local.nactive <= 16 * flat.nactive
        back = local.to_basis(flat.bases)
    np.testing.assert_allclose(back[: 2**10].todense(), flat[: 2**10].todense(), atol=1e-6)
