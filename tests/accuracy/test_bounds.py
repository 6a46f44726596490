"""Error bounds are never less than the error, and seldom much more."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.error_bound import ErrorBound

from ..twin import SPECTRAL

# What NumPy rounds as well is no error of ours.
_ROUNDING = 1e-10


@st.composite
def encoded(draw, shape=(64,)):
    """Samples, and what is left of them."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    x = np.cumsum(rng.standard_normal(shape), axis=0)
    if draw(st.booleans()):
        x = np.sin(x) + rng.standard_normal(shape) / 20
    bases = draw(st.sampled_from(SPECTRAL))
    y = qv.encode(x, bases, tol=draw(st.sampled_from([0.02, 0.1, 0.3])))
    if draw(st.integers(0, 4)) == 0:
        # In the standard basis, where elements are missing.
        kept = np.abs(x) > np.quantile(np.abs(x), 0.3)
        z = qv.array(np.where(kept, x, 0))
        lost = float(np.linalg.norm(np.where(kept, 0, x)))
        bound = type(y.spectrum.error)(lost, float(np.linalg.norm(x))) if lost else None
        y = qv.VirtualQArray(z.spectrum.replace(error=bound))
    return x, y


LINEAR = [
    (lambda a: a, True),
    (operator.neg, True),
    (lambda a: 3 * a, True),
    (lambda a: a / -7, True),
    (lambda a: a - a / 4, False),
    (lambda a: a + 1, True),
    (lambda a: 2 * a - np.arange(64.0), True),
    (lambda a: a.reshape(8, 8), True),
    (lambda a: a[::-1], True),
    (lambda a: a[3:50:5], False),
    (lambda a: a[np.random.default_rng(0).permutation(64)], True),
    (lambda a: a[np.repeat(np.arange(64), 3)], True),
    (lambda a: a[np.arange(64) % 3 > 0], False),
    (lambda a: a.reshape(8, 8)[np.ix_([1, 1, 3], [0, 5, 0])], False),
    (lambda a: a.reshape(4, 16)[[1, 1, 3], :, None], False),
    (lambda a: np.take_along_axis(a, np.arange(64)[::-1], 0), True),
    (lambda a: np.roll(a, 5), True),
    (lambda a: np.concatenate([a, a]), True),
    (lambda a: np.stack([a, a]).T, True),
    (lambda a: a.astype(complex) * 1j, True),
    (lambda a: np.sum(a.reshape(8, 8), 0), False),
    (lambda a: np.mean(a.reshape(8, 8), 1), False),
    (lambda a: np.broadcast_to(a, (3, 64)), True),
    (np.abs, False),
    (np.sin, False),
    (lambda a: np.maximum(a, 0.5), False),
    (lambda a: np.abs(np.cos(2 * a)) / 2 - a, False),
]


@given(encoded(), st.sampled_from(LINEAR))
def test_arrays(pair, call):
    function, is_tight = call
    x, y = pair
    got = function(y)
    expected = function(x)
    true = np.linalg.norm(expected - np.asarray(got))
    bound = qv.error_bound(got)
    assert true <= bound + _ROUNDING * np.linalg.norm(expected)
    assert bound < np.inf
    if is_tight and qv.error_bound(y):
        assert bound <= 1.01 * true + _ROUNDING * np.linalg.norm(expected)
    elif true > 1e-9:
        # What is picked may hold next to none of the error.
        assert bound <= max(100 * float(true), 3 * qv.error_bound(y))


@given(encoded(), encoded(), st.data())
def test_sums_and_products_of_arrays(one, other, data):
    rng = np.random.default_rng(0)
    basis = data.draw(st.sampled_from([*SPECTRAL, "standard"]))
    A = qv.operator(rng.uniform(0.5, 2, 64), None, 64, basis=basis)
    B = qv.identity(64) / 2 + qv.operator([1.0, 0.25], [3, 9], 64, basis=basis)
    L = qv.identity(64) + 0.2 * qv.laplacian(64)
    m = rng.standard_normal((5, 64))
    for call in (
        operator.add,
        operator.sub,
        lambda a, b: 2 * a - 3 * b,
        lambda a, b: A @ a + b,
        lambda a, b: a @ B - b,
        lambda a, b: L @ (a - 2 * b),
        lambda a, b: m @ a,
        np.maximum,
        np.outer,
        operator.mul,
    ):
        expected, got = call(one[0], other[0]), call(one[1], other[1])
        true = np.linalg.norm(np.asarray(expected) - np.asarray(got))
        assert true <= qv.error_bound(got) + _ROUNDING * np.linalg.norm(np.asarray(expected))
        size = np.linalg.norm(np.asarray(expected))
        assert (
            got.recovery_error == np.inf
            or true <= got.recovery_error * size * (1 + 1e-9) + _ROUNDING * size
        )


def _tightness(pairs):
    ratios = [bound / true for true, bound in pairs if true > 1e-12 and np.isfinite(bound)]
    return np.median(ratios)


def test_bounds_of_operators_are_tight():
    """Where eigenvalues are of one size, and where the error is that of a truncation."""
    rng = np.random.default_rng(0)
    found = []
    for basis in SPECTRAL:
        for tol in (0.01, 0.1, 0.3):
            x = np.cumsum(rng.standard_normal(256))
            y = qv.encode(x, basis, tol=tol)
            A = qv.operator(rng.uniform(1, 2, 256), None, 256, basis=basis)
            dense = A.todense()
            found += [
                (np.linalg.norm(dense @ x - np.asarray(A @ y)), qv.error_bound(A @ y)),
                (
                    np.linalg.norm(A.todense() @ (x - 2 * x)) * y.recovery_error,
                    qv.error_bound(A @ y),
                ),
            ]
    assert _tightness(found) <= 10


def _scalars(a, b):
    return [
        np.sum(a),
        a.sum(),
        np.add.reduce(a),
        np.mean(a),
        np.average(a),
        np.average(a, weights=np.arange(64.0)),
        np.var(a),
        np.std(a),
        np.var(a, ddof=1),
        np.max(a),
        np.min(a),
        np.ptp(a),
        np.median(a),
        np.quantile(a, 0.3),
        np.dot(a, b),
        np.vdot(a, b),
        np.inner(a, b),
        np.vecdot(a, b),
        a @ b,
        np.linalg.norm(a),
        np.linalg.norm(a, 1),
        np.linalg.norm(a, np.inf),
        np.linalg.vector_norm(a),
        np.linalg.norm(a.reshape(8, 8)),
        np.linalg.norm(a.reshape(8, 8), 2),
        np.linalg.norm(a.reshape(8, 8), 1),
        np.linalg.norm(a.reshape(8, 8), "nuc"),
        np.trace(a.reshape(8, 8)),
    ]


@given(encoded(), encoded())
def test_scalars(one, other):
    expected = _scalars(one[0], other[0])
    with qv.error_bounds() as bounds:
        got = _scalars(one[1], other[1])
    assert len(bounds.all) == len(got)
    assert bounds.last == bounds.all[-1]
    for true, value, bound in zip(expected, got, bounds.all, strict=True):
        assert bound < np.inf
        assert abs(true - value) <= bound + _ROUNDING * (1 + abs(true))


def test_scalars_of_exact_arrays_and_unknown_bounds():
    x = qv.encode(np.arange(16.0), "haar", tol=0.2)
    exact = qv.array(np.arange(16.0))
    with qv.error_bounds() as bounds:
        with pytest.raises(ValueError, match="scalar"):
            bounds.last  # noqa: B018
        np.sum(exact)
        np.dot(exact, exact)
        assert bounds.all == [0.0, 0.0]
        np.dot(exact, x)
        assert 0 < bounds.last < np.inf
        np.prod(x)
        assert bounds.last == np.inf
        np.sum(x, dtype=int)
        assert bounds.last == np.inf
        np.mean(x, where=np.arange(16) > 3)
        assert bounds.last == np.inf
        count = len(bounds.all)
        np.add(x, x)  # an array carries its own
        assert len(bounds.all) == count
    np.sum(x)
    assert len(bounds.all) == count
    assert qv.error_bound(exact) == qv.error_bound(np.ones(3)) == 0.0
    assert "bounds" in repr(bounds)


def _written(write):
    z = qv.zeros(64)
    write(z)
    return z


def test_nothing_made_of_inexact_arrays_is_exact():
    x = np.cumsum(np.random.default_rng(0).standard_normal(64))
    c = qv.encode(x, "cosine", tol=0.1)
    mask, places = np.arange(64) % 2 == 0, np.arange(64)

    def flat(z):
        z.flat = c

    def real(z):
        z.real = c

    known = [
        np.kron(c, np.ones(3)),
        np.cross(c[:63].reshape(21, 3), [1, 2, 3]),
        np.convolve(c, np.ones(3)),
        np.clip(c, -1, 1),
        np.where(mask, c, 0),
        np.fft.fft(c),
        np.fft.rfft(c),
        np.fft.ifft(c, 100),
        *map(
            _written,
            [
                lambda z: z.__setitem__(mask, c[:32]),
                lambda z: z.__setitem__(places, c),
                lambda z: np.put(z, places, c),
                lambda z: np.place(z, mask, c),
                lambda z: np.fill_diagonal(z.reshape(8, 8), c),
                lambda z: z.__setitem__(3, c[3:4].reshape(())),
                flat,
                real,
            ],
        ),
    ]
    for result in known:
        assert 0 < qv.error_bound(result) < np.inf
    assert qv.error_bound(_written(lambda z: np.putmask(z, mask, c))) > 0
    unknown = [
        (c * 100).astype(int),
        c.astype(bool),
        c.view("i8"),
        c.view("u1"),
        c.byteswap(),
        np.argsort(c),
        c[c > 0],
        qv.ones(64)[c > 0],
        _written(lambda z: z.__setitem__(c > 0, 1.0)),
        _written(lambda z: np.putmask(z, c > 0, 1.0)),
        _written(lambda z: z.view("i8").__setitem__(slice(3, 9), (c * 10).astype(int)[:6])),
    ]
    for result in unknown:
        assert result.recovery_error == np.inf
    # What looks at no element is exact, and so is what was only beside.
    exact = qv.ones(64)
    assert np.zeros_like(c).recovery_error == 0
    assert np.broadcast_arrays(exact, c)[0].recovery_error == exact.recovery_error == 0
    out = qv.encode(x, "standard", tol=0.5)
    np.add(exact, exact, out=out)
    assert out.recovery_error == 0


def test_what_is_inactive_scales_its_bound():
    x = np.cumsum(np.random.default_rng(0).standard_normal(64))
    x[:8] *= 1000
    e = qv.encode(x, "blocked(cosine, 8)", tol=0.1)
    part = e[8:] * 1000
    assert np.linalg.norm(np.asarray(part) - x[8:] * 1000) <= qv.error_bound(part)
    nothing = e - e
    assert qv.error_bound(1000 * nothing) >= 1000 * qv.error_bound(nothing)
    z = e.copy()
    z[:8] = 0  # what is left is smaller than what the bound was relative to
    rest = np.where(np.arange(64) < 8, 0, x)
    assert np.linalg.norm(np.asarray(z) - rest) / np.linalg.norm(rest) <= z.recovery_error


def test_arrays_that_are_made_of_inexact_coefficients():
    x = np.cumsum(np.random.default_rng(0).standard_normal(16))
    c = qv.encode(x, "cosine", tol=0.3)
    bound = qv.error_bound(c)
    for made in (
        qv.from_eigenvalues(c, None, 16, basis="walsh"),
        qv.operator(c, None, 16, basis="walsh"),
        qv.from_coordinates([np.arange(16)], c, (16,)),
    ):
        assert bound <= qv.error_bound(made) <= bound * (1 + 1e-12)
    assert qv.error_bound(qv.array([c, c])) == np.inf
    assert qv.error_bound(qv.from_coordinates([[1, 1]], c[:2], (4,))) == np.inf
    assert np.full_like(c, 3.0).recovery_error == 0
    assert qv.array([1.0] * 99).recovery_error == 0


def test_parts_of_a_diagonal_matrix():
    # Most of the norm is where nothing is active.
    exact = np.append(np.full(32, 1000.0), np.arange(1.0, 9.0))
    kept = exact.copy()
    kept[32:] += 0.5
    lost = float(np.linalg.norm(kept - exact))
    bound = ErrorBound(lost, float(np.linalg.norm(exact)))
    line = qv.from_coordinates([np.arange(32, 40)], kept[32:], (40,), fill_value=1000.0)
    bases = line.spectrum.bases * 2
    x = qv.VirtualQArray(
        line.spectrum.replace(shape=(40, 40), bases=bases, diagonal=True, error=bound)
    )
    for rows, columns in ((slice(32, 40), slice(32, 40)), (slice(39, 31, -2), slice(35, 40))):
        part = x[rows, columns]
        expected = np.diag(exact)[rows, columns]
        off = float(np.linalg.norm(np.asarray(part) - expected))
        assert 0 < off <= qv.error_bound(part) <= lost * (1 + _ROUNDING)
        assert off / np.linalg.norm(expected) <= part.recovery_error


def test_the_least_integer_is_not_the_smallest():
    rng = np.random.default_rng(0)
    samples = 20 * rng.standard_normal(64)
    x = qv.encode(samples, "cosine", tol=0.1, storage="float64")
    for least in (np.int8(-128), np.array([-128, 5] * 32, np.int8)):
        y = qv.asarray(least) if np.ndim(least) else least
        off = np.linalg.norm(np.asarray(x * y) - samples * least.astype(float))
        assert 0 < off <= qv.error_bound(x * y)
    assert qv.full(8, -128, dtype=np.int8).source.norm_bound() == pytest.approx(128 * 8**0.5)


def test_powers_that_are_no_positive_integer_have_no_bound():
    rng = np.random.default_rng(0)
    samples = rng.standard_normal(64)
    x = qv.encode(samples, "cosine", tol=0.1, storage="float64")
    small = qv.from_eigenvalues([0.5], [3], 64, basis="cosine")
    assert qv.error_bound((small**-2.0) * x) == np.inf
    assert qv.error_bound((2.0 ** (x * 1e-2)) * x) == np.inf
    off = np.linalg.norm(np.asarray(small**3 * x) - np.asarray(small) ** 3 * samples)
    assert off <= qv.error_bound(small**3 * x) < np.inf
