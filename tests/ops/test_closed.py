"""Operations that move the coefficients of a basis: tiles, rolls, flips, strides, products."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_basis, as_indices

from ..bases import questions
from ..bases.test_bases import axes
from ..twin import SPECTRAL, check, matrix, spectral_twins

HUGE = 2**40
#: How far elements may be off, in units of the dtype's epsilon.
ROUNDING = 500


@given(axes(), st.integers(2, 8), st.data())
def test_moves_are_the_definition(axis, times, data):
    basis, n = axis
    shift = data.draw(st.integers(1, n - 1) | st.just(n // 2)) if n > 1 else 0
    mask = data.draw(st.integers(1, n - 1) | st.just(n - 1)) if n > 1 else 0
    questions.moves(basis, n, matrix(basis.name, n), times, shift, mask)


@given(axes())
def test_products_are_the_definition(axis):
    basis, n = axis
    i, j = (one.ravel() for one in np.indices((n, n)))
    terms = basis.products(n, i, j, np.dtype(float))
    functions = matrix(basis.name, n)
    expected = functions[:, i] * functions[:, j]
    got = np.zeros_like(expected)
    if terms is None:
        # Of wavelets they are sums of many.
        if any(name in basis.name for name in ("db", "coif")):
            return
        # Of impulses in the constant basis the products are sums of many.
        assert "constant" in basis.name
        i, j = np.append(i[i == 0], 0), np.append(j[i == 0], 0)
        terms = basis.products(n, i, j, np.dtype(float))
        expected, got = (functions[:, i] * functions[:, j] for _ in range(2))
        got[...] = 0
        if terms is None:
            return
    for keep, indices, factors in terms:
        got[:, slice(None) if keep is None else keep] += functions[:, indices] * factors
    np.testing.assert_allclose(got, expected, atol=1e-13)


@given(axes())
def test_bounds_and_layers(axis):
    basis, n = axis
    questions.bounds(basis, n, matrix(basis.name, n))


#: What is closed in the bases that have moves of their own.
MOVES = {
    "walsh": ["tile", "repeat", "half", "xor", "flip"],
    "fourier": ["tile", "roll", "half", "flip"],
    "cosine": ["flip"],
    "haar": ["repeat", "half", "xor", "flip"],
    "hartley": ["tile", "half"],
    "blocked(haar, 4)": ["repeat", "half", "xor", "flip"],
}


def test_which_moves_are_closed():
    indices = as_indices(range(32))
    has = {
        name: [
            what
            for what, closed in [
                ("tile", basis.tile(32, 4, indices)),
                ("repeat", basis.repeat(32, 4, indices)),
                ("roll", basis.roll(32, 5, indices)),
                ("half", basis.roll(32, 16, indices)),
                ("xor", basis.xor_shift(32, 5, indices)),
                ("flip", basis.restrict(32, range(32)[::-1], indices)),
            ]
            if closed is not None
        ]
        for name, basis in ((name, as_basis(name)) for name in MOVES)
    }
    assert has == MOVES


@given(spectral_twins(), st.data())
def test_moved(pair, data):
    ndim = pair[0].ndim
    axis = data.draw(st.integers(0, ndim - 1))
    shift = data.draw(st.integers(-20, 20))
    times = data.draw(st.integers(0, 4))
    check(lambda x: np.roll(x, shift, axis), pair, rounding=ROUNDING)
    check(lambda x: np.roll(x, x.shape[axis] // 2, axis), pair, rounding=ROUNDING)
    check(lambda x: np.repeat(x, times, axis), pair, rounding=ROUNDING)
    check(lambda x: np.tile(x, (times,) + (1,) * (ndim - 1)), pair, rounding=ROUNDING)
    check(lambda x: np.flip(x, axis), pair, rounding=ROUNDING)
    order = data.draw(st.permutations(range(ndim)))
    check(lambda x: np.transpose(x, order), pair, rounding=ROUNDING)


@given(spectral_twins(), st.data())
def test_exclusive_or(pair, data):
    x, y = pair
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    n = x.size if axis is None else x.shape[axis]
    masks = [mask for mask in range(n) if n % (1 << mask.bit_length()) == 0]
    mask = data.draw(st.sampled_from(masks))

    def moved(x):
        if isinstance(x, qv.VirtualQArray):
            return qv.xor_shift(x, mask, axis)
        where = np.arange(n) ^ mask
        return np.take(x, where, axis).reshape(x.shape)

    check(moved, pair, rounding=ROUNDING)
    np.testing.assert_allclose(qv.xor_shift(moved(y), mask, axis).todense(), x, atol=1e-12)


def test_exclusive_or_of_other_arrays():
    x = np.array([True, False, False, True, False, False])
    assert (
        qv.xor_shift(qv.array(x, fill_value=True), 1).todense().tolist()
        == x[[1, 0, 3, 2, 5, 4]].tolist()
    )
    for mask in (2, 8, -1):
        with pytest.raises(ValueError, match="length 6"):
            qv.xor_shift(x, mask)
    with pytest.raises(np.exceptions.AxisError):
        qv.xor_shift(x, 1, 1)
    with pytest.raises(TypeError):
        qv.xor_shift(x, 0.5)


@given(spectral_twins(), st.data())
def test_products(pair, data):
    x, y = pair
    k = data.draw(st.integers(0, min(x.size, 12)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    indices = np.sort(rng.choice(x.size, k, False))
    other = qv.from_eigenvalues(rng.integers(-4, 5, k) / 2, indices, x.shape, basis=y.bases)
    scale = np.linalg.norm(x) * np.linalg.norm(other.todense())
    check(np.multiply, pair, (other.todense(), other), rounding=ROUNDING, scale=scale)
    check(np.square, pair, rounding=ROUNDING, scale=np.linalg.norm(x) ** 2)


def huge(basis, shape=HUGE, k=50, seed=0):
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape, dtype=object))
    indices = np.unique(np.append(rng.integers(0, size, k), [0, 3, size - 1]))
    values = rng.standard_normal(indices.size) * size**0.5
    return qv.from_eigenvalues(values, indices, shape, basis=basis)


def looked_at(x, positions):
    return np.array([x[int(p)] for p in positions])


@pytest.fixture
def positions():
    rng = np.random.default_rng(7)
    return np.append(rng.integers(0, HUGE, 20), [0, 1, HUGE // 2, HUGE - 1])


@pytest.mark.parametrize("basis", SPECTRAL)
def test_products_of_huge_arrays(basis, positions):
    x, y = huge(basis, seed=1), huge(basis, seed=2)
    with qv.options(memory_budget=2**20):
        z = x * y
    assert isinstance(z.source, type(x.source))
    assert z.bases == x.bases
    expected = looked_at(x, positions) * looked_at(y, positions)
    np.testing.assert_allclose(looked_at(z, positions), expected, atol=1e-10 * abs(expected).max())


def test_products_in_mixed_bases():
    shape = (2**20, 2**10, 2**20)
    bases = ["standard", "blocked(cosine, 8)", "walsh"]
    x = huge(bases, shape, 2000)
    rows = np.unique(x.spectrum.coordinates()[0])
    with qv.options(memory_budget=2**20):
        z = np.square(x)
    assert isinstance(z.source, type(x.source))
    assert z.nactive < 5 * x.nactive
    for row in rows[:20]:
        assert np.isclose(z[int(row), 5, 77], x[int(row), 5, 77] ** 2, atol=1e-8)


def test_too_many_products():
    x = huge("walsh", k=10_000)
    assert not isinstance((x * x).source, type(x.source))
    small = huge("cosine", 64, 40)
    assert not isinstance((small * small).source, type(small.source))


@pytest.mark.parametrize("basis", SPECTRAL)
def test_moves_of_huge_arrays(basis, positions):
    x, moves = huge(basis), MOVES.get(basis, [])
    with qv.options(memory_budget=2**16):
        if "flip" in moves:
            flipped = x[::-1]
            np.testing.assert_allclose(
                looked_at(flipped, HUGE - 1 - positions), looked_at(x, positions), atol=1e-7
            )
            assert flipped.nactive == x.nactive
        if "xor" in moves:
            mask = 0x35_1234_5671
            moved = qv.xor_shift(x, mask)
            np.testing.assert_allclose(
                looked_at(moved, positions ^ mask), looked_at(x, positions), atol=1e-7
            )
            np.testing.assert_array_equal(qv.xor_shift(moved, mask).eigenvalues, x.eigenvalues)
        if "half" in moves:
            half = np.roll(x, HUGE // 2)
            np.testing.assert_allclose(
                looked_at(half, (positions + HUGE // 2) % HUGE), looked_at(x, positions), atol=1e-7
            )
        if "tile" in moves:
            tiled = np.tile(x, 4)
            assert tiled.shape == (4 * HUGE,)
            np.testing.assert_allclose(
                looked_at(tiled, positions + 3 * HUGE), looked_at(x, positions), atol=1e-7
            )
        if basis in ("walsh", "fourier"):
            strided = x[3::16]
            inside = positions[positions < HUGE // 16]
            np.testing.assert_allclose(
                looked_at(strided, inside), looked_at(x, 3 + 16 * inside), atol=1e-7
            )


def test_the_middle_of_every_few_samples_of_cosines():
    n = 3**25
    x = huge("cosine", n)
    y = x[4::9]
    assert y.bases == x.bases
    assert y.nactive <= x.nactive
    for p in (0, 5, 10**9, 3**23 - 1):
        assert np.isclose(y[p], x[4 + 9 * p], atol=1e-7)
    # Frequencies that fold add up, and some of them are 0 at all of these samples.
    z = qv.from_eigenvalues([1.0, 2.0, 4.0], [1, 3, 5], 9, basis="cosine")
    check(lambda a: a[1::3], (z.todense(), z), rounding=100)
