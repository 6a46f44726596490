"""What every basis answers, against its matrix by definition: one function a question.

`functions` is the matrix of the basis at length n, a basis function a column.
"""

import numpy as np

from qvarray.bases import as_indices

from ..twin import matrix


def elements(basis, n, functions):
    p = np.arange(n)
    np.testing.assert_allclose(basis.elements(n, p, p), functions, atol=4e-15)
    precise = basis.elements(n, p, p, precise=True)
    assert precise.dtype.itemsize >= 16
    np.testing.assert_allclose(precise, functions.astype(precise.dtype), atol=4e-15)
    unitary = precise.conj().T @ precise
    assert np.abs(unitary - np.eye(n)).max() < 1e-16


def transforms(basis, n, functions, dtype, seed):
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
    expected = np.einsum("pk,ipj->ikj", functions.conj(), before)
    scale = np.linalg.norm(before.astype(np.complex128))
    assert np.abs(c - expected).max() <= (40 * eps + 1e-15) * scale
    back = basis.synthesise(c, 1)
    assert np.abs(back - before).max() <= 40 * eps * scale


def pages(basis, n, functions, start, stop, k):
    rng = np.random.default_rng(n + k)
    indices = np.sort(rng.choice(n, k, False))
    values = rng.standard_normal(k)
    page = basis.page(n, start, stop, indices, values)
    assert page.shape == (stop - start,)
    np.testing.assert_allclose(page, functions[start:stop, indices] @ values, atol=1e-13)


def combs(basis, n, functions, start, step):
    """Samples at a stride that divides n."""
    rng = np.random.default_rng(n)
    indices, values = np.arange(n), rng.standard_normal(n)
    comb = basis.comb(n, range(start, n, step), indices, values)
    if comb is not None:
        np.testing.assert_allclose(comb, functions[start::step] @ values, atol=1e-13)
    if basis.cheap_pages == "mirrored combs" and start < step:
        comb = basis.comb(n, range(start, 2 * n, step), indices, values)
        reflected = np.concatenate([functions, functions[::-1]])
        np.testing.assert_allclose(comb, reflected[start::step] @ values, atol=1e-13)


def closed_as(closed, functions, samples):
    """Whether coefficients stand for some rows of the matrix of a basis."""
    indices = np.arange(functions.shape[1])
    kept = closed.kept(indices)
    factors = 1.0 if closed.factors is None else closed.factors
    narrow = matrix(closed.basis.name, len(samples))[:, closed.indices] * factors
    np.testing.assert_allclose(narrow, functions[samples][:, kept], atol=1e-13)
    assert not functions[samples][:, np.setdiff1d(indices, kept)].any()


def restrictions(basis, n, functions, positions):
    closed = basis.restrict(n, positions, as_indices(range(n)))
    if closed is not None and len(positions):
        closed_as(closed, functions, positions)


def moves(basis, n, functions, times, shift, mask):
    indices = as_indices(range(n))
    asked = [
        (basis.tile(n, times, indices), np.tile(indices, times)),
        (basis.repeat(n, times, indices), np.repeat(indices, times)),
    ]
    if n > 1:
        asked.append((basis.roll(n, shift, indices), np.roll(indices, shift)))
        if n % (1 << mask.bit_length()) == 0:
            asked.append((basis.xor_shift(n, mask, indices), indices ^ mask))
    for closed, samples in asked:
        if closed is not None:
            closed_as(closed, functions, samples)


def sums(basis, n, functions):
    found = basis.sums(n, np.arange(n), np.dtype(float))
    np.testing.assert_allclose(found, functions.sum(axis=0), atol=1e-13)
    where = basis.constants(n, n)
    np.testing.assert_allclose(functions[:, where] @ found[where], np.ones(n), atol=1e-13)


def covers(basis, n, positions):
    cover = basis.cover(n, positions)
    assert set(positions) <= set(cover)
    assert basis.restrict(n, cover, np.arange(n)) is not None


def bounds(basis, n, functions):
    """Peaks, and which functions do not overlap."""
    indices, sizes = np.arange(n), np.abs(functions)
    assert np.all(sizes.max(axis=0) <= basis.peaks(n, indices) + 1e-12)
    numbers = basis.layers(n, indices)
    assert numbers.min() >= 0
    assert numbers.max() < n
    active = sizes > 1e-12
    for number in np.unique(numbers):
        assert active[:, numbers == number].sum(axis=1).max() <= 1
    numbers = basis.supports(n, indices)
    if numbers is not None:
        overlap = active.T.astype(int) @ active
        assert not overlap[numbers[:, None] != numbers].any()


def blocks(basis, n):
    """Runs cover the axis; frequencies and conjugates are numbers of functions."""
    end = 0
    for run in basis.runs(n):
        assert (run.start, run.stop) == (end, end + run.size * run.count)
        end = run.stop
    assert end == n
    indices = np.arange(n)
    frequencies = basis.frequencies(n, indices)
    assert frequencies.min() >= 0
    assert frequencies.max() < n
    assert sorted(basis.reflect(n, indices)) == indices.tolist()
    assert np.array_equal(basis.reflect(n, basis.reflect(n, indices)), indices)


def operators(basis, n, functions):
    """Elements of operators that are convolutions of a group; merged axes."""
    values = np.random.default_rng(n).standard_normal(n)
    dense, index = (functions * values) @ functions.conj().T, np.arange(n)
    if basis.group is not None:
        first = (index[:, None] - index) % n if basis.group == "cyclic" else index[:, None] ^ index
        np.testing.assert_allclose(dense, dense[first, 0], atol=1e-13)
    if basis.is_kronecker_closed:
        both = matrix(basis.name, n * n)
        np.testing.assert_allclose(np.kron(functions, functions), both, atol=1e-13)


def groups(basis, n, functions, indices, most):
    """Positions of a group have equal values, and begin with its first."""
    found = basis.alike(n, indices, most)
    if found is None:
        assert n > most
        return
    assert found.firsts.size == found.counts.size <= most
    assert found.counts.sum() == n
    assert (np.diff(found.firsts) > 0).all()
    rows = functions[:, indices]
    near = np.abs(rows[:, None] - rows[found.firsts]).max(axis=2, initial=0) < 1e-12
    # All rows are among those of the firsts, none of which is the row of a position before it.
    assert near.any(axis=1).all()
    distinct = near[found.firsts].argmax(axis=1)
    totals = np.bincount(near.argmax(axis=1), minlength=distinct.size)
    expected = np.bincount(distinct, found.counts, distinct.size)
    np.testing.assert_array_equal(totals, expected)
    assert (near.argmax(axis=1)[found.firsts] == distinct).all()
