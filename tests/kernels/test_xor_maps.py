"""Maps and matrices on sorted indices, against their definitions."""

import numpy as np
import pytest

from qvarray.kernels import pair_matrix, threads, xor_maps

HADAMARD = (1 + 0j, 1 + 0j, 1 + 0j, -1 + 0j)
ROTATION = (0.6 + 0j, 0.8j, 0.8j, 0.6 + 0j)
# Bits, amplitudes, and how many of the highest bits most indices share.
STATES = [(1, 2, 0), (4, 9, 0), (12, 3000, 0), (16, 50000, 0), (40, 70000, 0), (60, 40000, 30)]


def amplitudes(rng, n, k, shared):
    indices = rng.integers(0, 2**n, k)
    indices[rng.random(k) < 0.7] &= 2 ** (n - shared) - 1
    indices = np.unique(indices)
    return indices, rng.integers(1, 4, indices.size) + 1j * rng.normal(size=indices.size)


def conditions(rng, n):
    """Of each kind one: bit, change, care, wanted, mask, flip."""
    bits = [int(bit) for bit in rng.permutation(n)[:4]] * 4
    a, b, c, d = (1 << bit for bit in bits[:4])
    yield bits[0], a, 0, 0, 0, 1
    if n >= 4:
        yield bits[0], a, 0, 0, b, int(rng.integers(2))
        yield bits[0], a, b | c, b, 0, 1
        yield max(bits[:2]), a | b, 0, 0, a | b, int(rng.integers(2))
        yield bits[0], a, d, d, b | c, 0


@pytest.mark.parametrize(("n", "k", "shared"), STATES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_flipped(monkeypatch, n, k, shared, count):
    monkeypatch.setattr(threads, "workers", lambda: count)
    rng = np.random.default_rng(n)
    indices, values = amplitudes(rng, n, k, shared)
    for _ in range(8):
        for bit, change, care, wanted, mask, flip in conditions(rng, n):
            on = (indices & care == wanted) & (np.bitwise_count(indices & mask) + flip & 1 == 1)
            moved = np.where(on, indices ^ change, indices)
            order = np.argsort(moved)
            found = xor_maps.flipped(indices, values, bit, change, care, wanted, mask, flip)
            np.testing.assert_array_equal(found[0], moved[order])
            np.testing.assert_array_equal(found[1], values[order])


@pytest.mark.parametrize(("n", "k", "shared"), STATES)
@pytest.mark.parametrize("matrix", [HADAMARD, ROTATION])
@pytest.mark.parametrize("count", [1, 3])
def test_mixed(monkeypatch, n, k, shared, matrix, count):
    monkeypatch.setattr(threads, "workers", lambda: count)
    rng = np.random.default_rng(n)
    indices, values = amplitudes(rng, n, k, shared)
    for bit, _, care, wanted, *_ in conditions(rng, n):
        for cutoff in (0.0, 1.5):
            rests = np.unique(indices & ~(1 << bit))
            pairs = np.zeros((2, rests.size), complex)
            pairs[indices >> bit & 1, rests.searchsorted(indices & ~(1 << bit))] = values
            on = rests & care == wanted
            after = np.where(on, np.array(matrix).reshape(2, 2) @ pairs, pairs)
            low = on & (np.abs(after) <= cutoff) & (after != 0)
            places = np.stack([rests, rests | 1 << bit])
            keep = (after != 0) & ~low
            order = np.argsort(places[keep])
            found = pair_matrix.mixed(indices, values, bit, matrix, care, wanted, cutoff, 0.5)
            np.testing.assert_array_equal(found[0], places[keep][order])
            np.testing.assert_allclose(found[1], after[keep][order] / 2, rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(found[2], (np.abs(after[low]) ** 2).sum(), rtol=1e-9)
            assert found[0].base is None
            assert found[1].base is None
            # And back, to fewer.
            if not cutoff and not care:
                there = pair_matrix.mixed(indices, values, bit, HADAMARD)
                back = pair_matrix.mixed(*there[:2], bit, HADAMARD, scale=0.5)
                np.testing.assert_array_equal(back[0], indices)
                np.testing.assert_allclose(back[1], values, rtol=1e-12)
