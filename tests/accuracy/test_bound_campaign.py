"""No bound is less than the error: of every function, and of operations in higher precision."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from .. import calls
from ..functions.test_every_function import BY_NAME, Draws, parameters
from .distances import ROUNDS, l2, widened

# -- every function ---------------------------------------------------------------------------


class _Encoded(Draws):
    """Arguments of which the arrays are encoded, and so a little off; a few are exact."""

    def array(self, values, dtypes=None, shape=None):
        shape = self.any_shape() if shape is None else shape
        rng = np.random.default_rng(self.draw(st.integers(0, 10**6)))
        x = rng.standard_normal(shape) * 3
        if x.ndim and self.draw(st.booleans()):
            x = np.cumsum(x, -1)
        if self.draw(st.integers(0, 3)) == 0:
            x = x + 1j * rng.standard_normal(shape)
        # Of no axes, an array, not a scalar: what is written to copies of those is lost.
        x = np.asarray(x)
        if not x.size or not x.ndim or self.draw(st.integers(0, 3)) == 0:
            return x, qv.array(x)
        smooth = ["standard", "cosine", "fourier", "hartley"]
        names = [
            self.draw(st.sampled_from([*smooth, "walsh", "haar"] if n & (n - 1) == 0 else smooth))
            for n in shape
        ]
        tol = self.draw(st.sampled_from([0.05, 0.3, 0.6]))
        return x, qv.encode(x, names, tol=tol, storage=self.draw(st.sampled_from([None, "int8"])))

    def exact(self, *args, **kwargs):
        return super().array(*args, **kwargs)


def _is_lossy(x):
    return isinstance(x, qv.VirtualQArray) and x.source.error is not None


def _own(x):
    return x.copy() if isinstance(x, (np.ndarray, qv.VirtualQArray)) else x


def _compare(expected, got):
    """Every array in what a call returned has a bound that is no less than its error."""
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        for part, got_part in zip(expected, got, strict=False):
            _compare(part, got_part)
    if not isinstance(got, qv.VirtualQArray) or qv.error_bound(got) == np.inf:
        return
    expected, dense = np.asarray(expected), np.asarray(got)
    # A shape that depends on elements that are off has no bound.
    assert expected.shape == dense.shape
    if not (np.isfinite(expected).all() and np.isfinite(dense).all()):
        return
    off, size = l2(widened(expected) - widened(dense)), l2(expected)
    # What NumPy rounds as well is in both.
    assert off <= qv.error_bound(got) + 1e-11 * (1 + size)
    if size > 1e-9:
        assert off / size <= got.recovery_error + 1e-10


def _run(call, draws):
    pairs = draws.pairs(parameters(call))
    if not any(_is_lossy(pair[1]) for pair in pairs):
        return
    try:
        expected = call(*(_own(pair[0]) for pair in pairs))
        got = call(*(_own(pair[1]) for pair in pairs))
    except Exception:  # that both raise, other tests hold
        return
    try:
        _compare(expected, got)
    except AssertionError as error:
        error.add_note(f"calls.py:{call.__code__.co_firstlineno}")
        raise


def _campaign(of_function):
    @settings(max_examples=max(ROUNDS // 100, 1))
    @given(st.data())
    def run(data):
        draws = _Encoded(data.draw)
        for call in of_function:
            _run(call, draws)

    run()


@pytest.mark.filterwarnings("ignore")
def test_every_function(monkeypatch):
    # Where calls put together what NumPy leaves open, they make arrays that know no bound.
    monkeypatch.setattr(calls, "similar", lambda array, x: np.asarray(array))
    for function in BY_NAME:
        _campaign(calls.CALLS[function].calls)


# -- in higher precision -----------------------------------------------------------------------

_MASK = np.arange(16) % 3 == 0
_PLACES = np.array([3, 1, 1, 15, 0])


def _after(write):
    """What is in an array after some elements were written."""

    def call(a, b):
        out = a.copy()
        write(out, b)
        return out

    return call


def _flat(z, b):
    z.flat = b


def _real(z, b):
    z.real = b.real


def _square(x):
    return x.reshape(4, 4)


_CALLS = [
    lambda a, b: -a,
    lambda a, b: a + b,
    lambda a, b: 2 * a - b / 3,
    lambda a, b: a - a * 0.5,
    lambda a, b: 1000 * (a - a),
    lambda a, b: a * b,
    lambda a, b: np.square(a),
    lambda a, b: np.abs(a),
    lambda a, b: np.conj(a),
    lambda a, b: a.real.copy(),
    lambda a, b: a.imag.copy(),
    lambda a, b: _square(a).sum(0),
    lambda a, b: _square(a).mean(1),
    lambda a, b: a[3:11].copy(),
    lambda a, b: a[8:] * 1000,
    lambda a, b: a[::2] * 3,
    lambda a, b: a[::-1] + b,
    lambda a, b: a[_PLACES],
    lambda a, b: a[_MASK],
    lambda a, b: np.roll(a, 5),
    lambda a, b: np.repeat(a, 3),
    lambda a, b: np.tile(a, 3),
    lambda a, b: np.concatenate([a, b]),
    lambda a, b: np.stack([a, b], 1),
    lambda a, b: a.reshape(2, 8).T + 1,
    lambda a, b: np.broadcast_to(a, (3, 16)) * 2,
    np.outer,
    np.kron,
    np.convolve,
    np.correlate,
    lambda a, b: _square(a) @ _square(b),
    lambda a, b: _square(a) @ b[:4],
    lambda a, b: np.tensordot(a.reshape(4, 2, 2), b.reshape(2, 2, 4), 2),
    lambda a, b: np.cross(a[:15].reshape(5, 3), b[:15].reshape(5, 3)),
    lambda a, b: np.pad(a, 3, mode="reflect"),
    lambda a, b: np.diag(_square(a)),
    lambda a, b: np.tril(_square(a)),
    lambda a, b: np.where(_MASK, a, b),
    lambda a, b: np.delete(a, [2, 5]),
    lambda a, b: np.insert(a, 3, b[:2]),
    lambda a, b: np.cumsum(a),
    lambda a, b: np.cumulative_sum(_square(a), axis=0),
    lambda a, b: np.add.accumulate(_square(b), axis=1),
    lambda a, b: np.add.reduceat(a, [0, 3, 4, 11]),
    lambda a, b: np.add.reduceat(a, [9, 3, 4, 0]),
    lambda a, b: np.where(a.real > 0, a, b),
    lambda a, b: np.where(a.real > b.real, a, 3.0),
    lambda a, b: np.select([_MASK, a.real > 0], [a, b], 0.5),
    lambda a, b: np.choose(_MASK.astype(int), [a, b]),
    lambda a, b: np.choose((a.real > 0).astype(int), [a, b]),
    lambda a, b: np.exp(a.real),
    lambda a, b: np.exp2(a.real / 4),
    lambda a, b: np.cosh(b.real),
    lambda a, b: np.expm1(a.real * b.real),
    lambda a, b: np.logaddexp(a.real, b.real),
    lambda a, b: a.real**3,
    lambda a, b: np.rint(a.real),
    lambda a, b: np.floor(a.real * 3),
    lambda a, b: np.sign(a.real),
    lambda a, b: np.quantile(a.real, [0.1, 0.5, 0.9]),
    lambda a, b: np.linalg.svdvals(_square(a)),
    lambda a, b: np.linalg.eigvalsh(_square(a) + _square(a).T.conj()),
    lambda a, b: np.sort(a),
    np.maximum,
    lambda a, b: np.max(_square(a), 0),
    lambda a, b: np.clip(a.real, -1, 1),
    lambda a, b: np.sin(a.real) / 2 + b,
    lambda a, b: np.cos(a),
    lambda a, b: np.tanh(a) * b,
    lambda a, b: np.hypot(a.real, b.real),
    lambda a, b: a / (np.arange(16) + 1.0),
    lambda a, b: np.add(a, b, where=_MASK, out=a.copy()),
    lambda a, b: a.real.astype(np.float32),
    lambda a, b: (a.real * 3).astype(int),
    lambda a, b: a.astype(bool),
    lambda a, b: np.diff(a),
    lambda a, b: np.linalg.inv(_square(a) + 20 * np.eye(4)),
    *map(
        _after,
        [
            lambda z, b: z.__setitem__(_MASK, b[:6]),
            lambda z, b: z.__setitem__(_PLACES, b[:5]),
            lambda z, b: z.__setitem__(slice(2, 9), b[:7]),
            lambda z, b: z.__setitem__(slice(2, 9), b[:1]),
            lambda z, b: z.__setitem__(slice(1, None), 0),
            lambda z, b: z.__setitem__(3, 1.5),
            lambda z, b: z.__setitem__(3, b[3:4].reshape(())),
            lambda z, b: np.put(z, _PLACES, b),
            lambda z, b: np.place(z, _MASK, b),
            lambda z, b: np.putmask(z, _MASK, b),
            lambda z, b: np.fill_diagonal(_square(z), b[:4]),
            lambda z, b: np.copyto(z, b, where=_MASK),
            lambda z, b: np.add.at(z, _PLACES, b[:5]),
            _flat,
            _real,
        ],
    ),
]

_BASES = [
    "standard",
    "walsh",
    "fourier",
    "cosine",
    "haar",
    "hartley",
    "blocked(cosine, 4)",
    "blocked(haar, 8)",
]


def _pair(rng):
    """Sixteen samples, and an encoding of them, within rounding or a tolerance, or exact."""
    dtype = np.dtype(rng.choice(["f4", "f8", "f8", "c8", "c16"]))
    x = rng.standard_normal(16)
    kind = rng.random()
    if kind < 0.4:
        x = np.cumsum(x)
    elif kind < 0.5:
        x = np.full(16, x[0])
    elif kind < 0.6:
        x[4:] *= 1e-3
    elif kind < 0.7:
        x[rng.random(16) < 0.6] = 0
    if dtype.kind == "c":
        x = x + 1j * rng.standard_normal(16)
    if rng.random() < 0.15:
        x = x * 2.0 ** float(rng.integers(-100, 90) * (8 if dtype.char in "dD" else 1))
    x = x.astype(dtype)
    if rng.random() < 0.15:
        return x.astype(np.float64 if dtype.kind == "f" else complex), None
    options = {
        "tol": rng.choice([None, None, 0.3, 0.05, 1e-3]),
        "storage": rng.choice([None, None, None, "int8", "float32"]),
    }
    try:
        return x, qv.encode(x, str(rng.choice(_BASES)), **options)
    except ValueError:
        return _pair(rng)


def _checked(call, a, b):
    """Whether the call returned an array of inexact ones, and has a bound that holds."""
    twins = [qv.array(x) if y is None else y for x, y in (a, b)]
    if not any(map(_is_lossy, twins)):
        return False
    try:
        call(a[0], b[0])
    except (TypeError, ValueError):  # that both raise, other tests hold
        return False
    try:
        expected = call(widened(a[0]), widened(b[0]))
    except TypeError:  # that NumPy has only in double precision
        expected = call(*(x.astype(np.result_type(x, float)) for x in (a[0], b[0])))
    try:
        got = call(*twins)
    except np.linalg.LinAlgError:  # a matrix is singular without the coefficients that it lost
        return False
    bound, dense = qv.error_bound(got), np.asarray(got)
    if got.source.error is None or not (np.isfinite(expected).all() and np.isfinite(dense).all()):
        # Of what is exact NumPy's own rounding is left, of what overflows nothing.
        return False
    off, size = l2(widened(dense) - widened(expected)), l2(expected)
    # What NumPy rounds of the operands that are exact, in their own precision or as elements of
    # the result, is in both.
    exact = [x for (x, _), twin in zip((a, b), twins, strict=True) if not _is_lossy(twin)]
    kinds = [got.dtype, *(x.dtype for x in exact)]
    eps = [float(np.finfo(kind).eps) for kind in kinds if kind.kind in "fc"]
    own = sum(4 * max(eps) * l2(x) for x in exact)
    assert off <= bound + own
    assert not size or off / size <= got.recovery_error * (1 + 1e-12) + own / size
    return True


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(2))
def test_operations_in_higher_precision(seed):
    rng = np.random.default_rng(seed)
    count = 0
    for _ in range(ROUNDS):
        a, b = _pair(rng), _pair(rng)
        for which in rng.choice(len(_CALLS), 8, replace=False):
            try:
                count += _checked(_CALLS[which], a, b)
            except AssertionError as error:
                error.add_note(f"_CALLS[{which}] of {a!r} and {b!r}")
                raise
    assert count > 2 * ROUNDS
