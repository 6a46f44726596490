"""Arrays of every scale, dtype, basis and storage: the bound holds, or `encode` refuses."""

import numpy as np
import pytest

import qvarray as qv

from ..accuracy.distances import ROUNDS, l2, widened

_DTYPES = ["f2", "f4", "f8", "c8", "c16", "g", "i4", "u8", "i1"]
_BASES = [
    "standard",
    "walsh",
    "fourier",
    "cosine",
    "haar",
    "hartley",
    "auto",
    "blocked(cosine, 4)",
    "blocked(haar, 4)",
]
_STORAGES = [None, None, "int8", "int16", "float32", "float16"]
_TOLERANCES = [None, 0.5, 0.1, 1e-2, 1e-3, 1e-5, 1e-8]


def _exponent(rng, dtype):
    """Of two: anywhere, or near where numbers end."""
    info = np.finfo(dtype if dtype.char != "g" else np.float64)
    low, high = round(float(np.log2(info.smallest_subnormal))), int(info.maxexp) - 1
    ends = (low, high), (low, low + 60), (high - 12, high)
    return int(rng.integers(*ends[rng.choice(3, p=[0.6, 0.2, 0.2])]))


def _samples(rng):
    dtype = np.dtype(rng.choice(_DTYPES))
    shape = tuple(int(n) for n in rng.choice([1, 2, 4, 8, 16, 64], size=rng.integers(1, 3)))
    x = rng.standard_normal(shape)
    kind = rng.random()
    if kind < 0.5:
        x = np.cumsum(x, 0)
    elif kind < 0.65:
        x = np.full(shape, x.flat[0])
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(shape)
    if dtype.kind in "fc":
        with np.errstate(over="ignore"):
            return (widened(x) * np.longdouble(2) ** _exponent(rng, dtype)).astype(dtype)
    return (np.abs(x) * 10.0 ** rng.integers(0, {4: 9, 8: 18, 1: 1}[dtype.itemsize])).astype(dtype)


def _check(x, y, tol):
    """One array: how far it is off, its elements one by one, and a part of it."""
    dense = y.todense()
    assert np.isfinite(dense).all()
    off, size = l2(widened(dense) - widened(x)), l2(x)
    assert off <= qv.error_bound(y)
    if size:
        assert off / size <= y.recovery_error
    assert tol is None or y.recovery_error <= tol
    part = y[1:]
    assert l2(widened(part) - widened(x[1:])) <= qv.error_bound(part)
    if y.size <= 16:
        each = np.array([y[index] for index in np.ndindex(*y.shape)], y.dtype)
        assert l2(widened(each) - widened(x).ravel()) <= qv.error_bound(y)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(2))
def test_bounds_hold_at_every_scale(seed):
    rng = np.random.default_rng(seed)
    checked = refused = 0
    for _ in range(2 * ROUNDS):
        x = _samples(rng)
        if x.dtype.kind in "fc" and not np.isfinite(x).all():
            continue
        basis = str(rng.choice(_BASES))
        options = {
            "tol": rng.choice(_TOLERANCES),
            "storage": rng.choice(_STORAGES),
            "max_active": int(rng.integers(0, 10)) if rng.random() < 0.15 else None,
        }
        try:
            y = qv.encode(x, basis, **options)
        except ValueError:
            refused += 1
            continue
        checked += 1
        try:
            _check(x, y, options["tol"])
        except AssertionError as error:
            error.add_note(f"qv.encode({x!r}, {basis!r}, **{options})")
            raise
    assert checked > refused


@pytest.mark.parametrize("basis", ["haar", "cosine", "walsh", "fourier", "hartley"])
@pytest.mark.parametrize("scale", [8e307, 1.7e308])
def test_what_overflows_is_refused(basis, scale):
    x = scale * np.cos(np.arange(64.0))
    for storage in (None, "int8", "float32"):
        with pytest.raises(ValueError, match="overflow"):
            qv.encode(x, basis, tol=1e-2, storage=storage)


def test_numbers_near_zero():
    x = 1e-310 * np.cos(np.arange(64.0))
    y = qv.encode(x, "haar", tol=1e-2)
    assert 0 < l2(widened(y) - widened(x)) / l2(x) <= y.recovery_error <= 1e-2
    with pytest.raises(ValueError, match="rounding error"):
        qv.encode(np.full(64, 5e-324), "cosine", tol=0.5, storage="int8")


def test_single_precision_is_rounded_there_and_back():
    x = np.array([[34.77599, -48.97371]], np.complex64)
    y = qv.encode(x, "cosine")
    assert l2(widened(y) - widened(x)) / l2(x) <= y.recovery_error < 1e-5


def test_max_active_takes_a_basis_that_keeps_something():
    t = np.arange(64.0)
    for x in (np.cos(t), np.cos(t * np.pi / 8), np.cumsum(np.sin(t * t))):
        y = qv.encode(x, max_active=1)
        assert y.nactive == 1
        assert y.recovery_error < 1
    # Two conjugates are as good as it gets.
    assert qv.encode(np.cos(t * np.pi / 8), max_active=2).recovery_error < 1e-12
