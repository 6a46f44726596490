"""The oracle is NumPy: the same call on an ndarray and on its VirtualQArray twin.

`check` runs both and demands the same result, or the same type of exception.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pywt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import qvarray as qv

DTYPES = [
    np.dtype(name)
    for name in [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "longdouble",
        "complex64",
        "complex128",
        "clongdouble",
    ]
]
FLOATS = [dtype for dtype in DTYPES if dtype.kind in "fc"]
#: Dates and their differences.
DATES = [np.dtype(name) for name in ["M8[D]", "M8[ns]", "m8[D]", "m8[us]"]]
ELEMENTS = [*DTYPES, *DATES]
WAVELETS = ["db3", "coif1"]
SPECTRAL = ["walsh", "fourier", "cosine", "haar", "hartley"]
BASES = ["standard", *SPECTRAL]
BLOCKED = [
    "blocked(cosine, 4)",
    "blocked(haar, 4)",
    "blocked(walsh, 2)",
    "blocked(fourier, 3)",
    "blocked(blocked(haar, 2), 5)",
    "blocked(db2, 8)",
]
MERGED = [
    "walsh(5)",
    "walsh(2)",
    "constant",
    "kron(cosine, 3, haar, 2)",
    "kron(fourier, 2, standard, 3)",
    "kron(constant, 3, walsh, 4)",
    "kron(haar, 2, blocked(cosine, 2), 3)",
    "kron(db2, 4, cosine, 3)",
]

_SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, np.nan, np.inf, -np.inf]


def _special(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    info = np.finfo(dtype)
    real = st.sampled_from([*_SPECIAL, info.max, info.min, info.tiny, info.smallest_subnormal])
    if dtype.kind == "c":
        return st.tuples(real, real).map(lambda parts: dtype.type(complex(*map(float, parts))))
    return real.map(dtype.type)


def units(dtype: np.dtype[Any], count: int) -> Any:
    """A number as an element of `dtype`; of dates, as many units from the first."""
    return np.array([count]).astype(dtype)[0]


def nat(dtype: np.dtype[Any]) -> Any:
    """What is to dates as NaN is to floats."""
    return np.array(["NaT"]).astype(dtype)[0]


@cache
def zero_element(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    return st.just(0).map(lambda count: units(dtype, count))


def dates(dtype: np.dtype[Any], counts: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """Some counts of units, or NaT, drawn as integers: NumPy cannot hash those of no unit."""
    either = counts | st.just(None)
    return either.map(lambda count: nat(dtype) if count is None else units(dtype, count))


@cache
def elements(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    """Mostly zeros; then small numbers, then anything the dtype has."""
    if dtype.kind in "mM":
        return dates(dtype, st.just(0) | st.integers(-3, 3) | st.integers(-40_000, 40_000))
    zero = st.just(dtype.type(0))
    if dtype.kind == "b":
        return st.booleans().map(dtype.type)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        small = st.integers(max(-3, info.min), 3)
        return zero | zero | (small | st.integers(info.min, info.max)).map(dtype.type)
    return zero | zero | st.integers(-3, 3).map(dtype.type) | _special(dtype)


@cache
def shapes(max_side: int = 6, max_dims: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    return hnp.array_shapes(min_dims=0, max_dims=max_dims, min_side=0, max_side=max_side)


@lru_cache(4096)
def arrays_of(
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    values: Callable[[np.dtype[Any]], st.SearchStrategy[Any]] = elements,
) -> st.SearchStrategy[np.ndarray]:
    """Arrays of zeros and some other values. To make a strategy takes longer than to draw."""
    return hnp.arrays(dtype, shape, elements=values(dtype), fill=zero_element(dtype))


def draw_array(draw: Any, dtypes: list[np.dtype[Any]] = DTYPES, shape: Any = None) -> Any:
    """Any ndarray: every dtype of some, lengths 0 and 1, NaN, infinities, signed zeros."""
    dtype = draw(st.sampled_from(tuple(dtypes)))  # Hypothesis keeps it by its arguments
    size = draw(shapes()) if shape is None else draw(shape)
    return draw(arrays_of(dtype, size))


arrays = st.composite(draw_array)


def with_fill(draw: Any, x: np.ndarray, most: int = 3) -> tuple[np.ndarray, qv.VirtualQArray]:
    """An ndarray, and the same with zero or one of its first elements as its fill value."""
    fills = np.append(np.zeros(1, x.dtype), x.ravel()[:most])
    fill = fills[draw(st.integers(0, fills.size - 1))]
    return x, qv.array(x, fill_value=fill)


@st.composite
def twins(
    draw: Any,
    dtypes: list[np.dtype[Any]] = DTYPES,
    shape: Any = None,
    change: Callable[[np.ndarray], np.ndarray] = lambda x: x,
) -> Any:
    """An ndarray, changed by a function, and the same in the standard basis with some fill."""
    return with_fill(draw, change(draw_array(draw, dtypes, shape)))


def sided(x: np.ndarray) -> np.ndarray:
    """Zeros of one sign, and one NaN: which of those that compare equal comes first is open."""
    if x.dtype.kind not in "fc":
        return x
    out = x.copy()
    for part in [out.real, out.imag] if x.dtype.kind == "c" else [out]:
        part[part == 0] = 0
        part[np.isnan(part)] = np.nan
    return out


@cache
def lengths(name: str, bits: int, most: int) -> st.SearchStrategy[int]:
    """Lengths that an axis in a basis can have."""
    if name.startswith("kron("):
        return st.just(int(np.prod([n for _, n in merged(name)])))
    if name == "haar" or name.startswith("walsh"):
        return st.integers(0, bits).map(lambda b: 2**b)
    if name in WAVELETS:
        return st.just(1) | st.integers(1, most // 2).map(lambda half: 2 * half)
    return st.integers(1, most)


#: Numbers that sums of a few are exact of.
_QUARTERS = st.integers(-8, 8).map(lambda i: i / 4)


@st.composite
def spectral_twins(draw: Any, bases: list[str] = [*BASES, *WAVELETS, *BLOCKED, *MERGED]) -> Any:  # noqa: B006
    """Few eigenvalues in any mixture of bases, and the samples that they make."""
    dims = draw(st.integers(1, 3))
    names = draw(st.lists(st.sampled_from(tuple(bases)), min_size=dims, max_size=dims))
    shape = tuple(draw(lengths(name, 4, 9)) for name in names)
    size = int(np.prod(shape))
    k = draw(st.integers(0, min(size, 12)))
    indices = draw(st.lists(st.integers(0, size - 1), min_size=k, max_size=k, unique=True))
    values = draw(st.lists(_QUARTERS, min_size=k, max_size=k))
    y = qv.from_eigenvalues(np.array(values, float), indices, shape, basis=names)
    return dense_by_definition(y), y


@cache
def _key(n: int) -> st.SearchStrategy[Any]:
    """An integer, some out of bounds, or a slice of any step, along an axis."""
    bound = st.none() | st.integers(-n - 2, n + 2)
    step = st.none() | st.integers(-4, 4).filter(bool)
    part = st.integers(-n - 1, n) | st.builds(slice, bound, bound, step)
    return part | st.builds(slice, st.none(), st.none(), step)


_EXTRA_KEYS = st.lists(st.sampled_from([None, Ellipsis]), max_size=2)


@st.composite
def keys(draw: Any, shape: tuple[int, ...]) -> Any:
    """Integers (some out of bounds), slices of any step, Ellipsis, newaxis, too many of them."""
    parts = [draw(_key(n)) for n in shape[: draw(st.integers(0, len(shape)))]]
    for extra in draw(_EXTRA_KEYS):
        parts.insert(draw(st.integers(0, len(parts))), extra)
    if draw(st.integers(0, 20)) == 0:
        parts.append(0)
    return parts[0] if len(parts) == 1 and draw(st.booleans()) else tuple(parts)


def block_sizes(inner: str, m: int, n: int) -> list[int]:
    """The lengths of the blocks that an axis is cut into: at its edge, what there is."""
    sizes = [m] * (n // m)
    rest = n % m
    if inner in ("walsh", "haar") or (inner.startswith("db") and rest % 2):
        return sizes + [1 << bit for bit in reversed(range(rest.bit_length())) if rest >> bit & 1]
    return sizes + [rest] * (rest > 0)


def blocks(matrices: list[np.ndarray]) -> np.ndarray:
    """The block diagonal matrix of some."""
    n = sum(len(block) for block in matrices)
    out = np.zeros((n, n), np.result_type(float, *matrices))
    begin = 0
    for block in matrices:
        out[begin : begin + len(block), begin : begin + len(block)] = block
        begin += len(block)
    return out


def merged(name: str) -> list[tuple[str, int]]:
    """The bases and lengths in the name of an axis that is made of several."""
    parts, depth = [""], 0
    for character in name[len("kron(") : -1]:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [(basis.strip(), int(n)) for basis, n in zip(parts[::2], parts[1::2], strict=True)]


def kronecker(matrices: list[np.ndarray]) -> np.ndarray:
    out = np.eye(1)
    for block in matrices:
        out = np.kron(out, block)
    return out


@lru_cache(256)
def matrix(name: str, n: int) -> np.ndarray:
    """The synthesis matrix of a basis, from its definition, read-only."""
    out = _matrix(name, n)
    out.flags.writeable = False
    return out


def _matrix(name: str, n: int) -> np.ndarray:
    p, k = np.arange(n)[:, None], np.arange(n)[None, :]
    if name == "standard":
        return np.eye(n)
    if name == "fourier":
        return np.exp(2j * np.pi * (p * k % n) / n) / np.sqrt(n)
    if name == "conj(fourier)":
        return matrix("fourier", n).conj()
    if name == "hartley":
        angle = 2 * np.pi * (p * k % n) / n
        return (np.cos(angle) + np.sin(angle)) / np.sqrt(n)
    if name == "cosine":
        scale: Any = np.where(k == 0, np.sqrt(1 / n), np.sqrt(2 / n))
        return scale * np.cos(np.pi * ((2 * p + 1) * k % (4 * n)) / (2 * n))
    if name == "walsh":
        return (-1.0) ** np.bitwise_count(p & k) / np.sqrt(n)
    if name.startswith(("db", "sym", "coif")):
        return wavelet_matrix(name, n)
    if name.startswith("blocked("):
        inner, m = name[len("blocked(") : -1].rsplit(",", 1)
        return blocks([matrix(inner, size) for size in block_sizes(inner, int(m), n)])
    if name.startswith("walsh("):
        mask, hadamard = int(name[len("walsh(") : -1]), np.array([[1, 1], [1, -1]]) / np.sqrt(2)
        bits = reversed(range(n.bit_length() - 1))
        return kronecker([hadamard if mask >> bit & 1 else np.eye(2) for bit in bits])
    if name.startswith("kron("):
        return kronecker([matrix(basis, m if n > 1 else 1) for basis, m in merged(name)])
    if name == "constant":
        # The mirror between the first sample and the constant.
        away = (np.arange(n) == 0) - np.full(n, n**-0.5)
        return np.eye(n) - 2 * np.outer(away, away) / max(away @ away, 1e-300)
    assert name == "haar"
    out = np.zeros((n, n))
    out[:, 0] = n**-0.5
    for index in range(1, n):
        level = index.bit_length() - 1
        size = n >> level
        start = (index - (1 << level)) * size
        out[start : start + size // 2, index] = size**-0.5
        out[start + size // 2 : start + size, index] = -(size**-0.5)
    return out


def wavelet_matrix(name: str, n: int) -> np.ndarray:
    """Synthesis by PyWavelets' filters, level by level, with periodic ends."""
    if n % 2:
        return np.eye(n)  # no level is left
    filters = pywt.Wavelet(name)
    level = np.zeros((n, n))
    for i in range(n // 2):
        for j in range(filters.rec_len):
            where = (2 * i + j + 1 - filters.rec_len // 2) % n
            level[where, i] += filters.rec_lo[j]
            level[where, n // 2 + i] += filters.rec_hi[j]
    level[:, : n // 2] = level[:, : n // 2] @ wavelet_matrix(name, n // 2)
    return level


def dense_by_definition(x: qv.VirtualQArray) -> np.ndarray:
    """The formula, with explicit matrices: an oracle that shares no code with qvarray."""
    if x.spectrum.diagonal:
        left, right = (matrix(basis.name, n) for basis, n in zip(x.bases, x.shape, strict=True))
        coefficients = np.full(x.shape[0], x.fill_value, x.eigenvalues.dtype)
        where = slice(None) if x.active_indices is None else x.active_indices
        coefficients[where] = x.eigenvalues
        out = left @ np.diag(coefficients) @ right.T
    else:
        out = np.full(x.size, x.fill_value, x.eigenvalues.dtype)
        where = slice(None) if x.active_indices is None else x.active_indices
        out[where] = x.eigenvalues
        out = out.reshape(x.shape)
        for axis, basis in enumerate(x.bases):
            if basis.name != "standard":
                turned = np.tensordot(matrix(basis.name, x.shape[axis]), out, (1, axis))
                out = np.moveaxis(turned, 0, axis)
    return (out if x.dtype.kind == "c" else out.real).astype(x.dtype)


def densified(obj: Any) -> Any:
    if isinstance(obj, qv.VirtualQArray):
        obj.spectrum.check()
        return obj.todense()
    if isinstance(obj, (list, tuple)):
        return type(obj)(densified(part) for part in obj)
    return obj


def assert_same(expected: Any, got: Any, rounding: float = 0.0, scale: float = 0.0) -> None:
    """Same kind, shape, dtype, and values: bit for bit (any NaN for a NaN), or to rounding.

    `rounding` is relative to `scale`, or to the norm of the expected array where that is larger,
    in units of the dtype's epsilon.
    """
    if isinstance(expected, (list, tuple)):
        assert len(expected) == len(got)
        for part, got_part in zip(expected, got, strict=True):
            assert_same(part, got_part, rounding, scale)
        return
    if not isinstance(expected, (np.ndarray, np.generic)):
        assert type(got) is type(expected)
        assert got == expected or (got != got and expected != expected)
        return
    held = isinstance(expected, np.ndarray) and expected.dtype.kind in "biufcmM"
    assert isinstance(got, qv.VirtualQArray) == held, type(got)
    result, got = got, densified(got)
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    if rounding and expected.dtype.kind in "fc":
        finite = np.isfinite(expected)
        # An array also where NumPy gives a scalar.
        expected, got = np.asarray(expected), np.asarray(got)
        np.testing.assert_array_equal(got[~finite], expected[~finite])
        expected, got = expected[finite], got[finite]
        size = np.sqrt(np.sum(np.abs(expected.astype(np.clongdouble)) ** 2))
        limit = rounding * np.finfo(expected.dtype).eps * (max(size, scale) or 1)
        gap = np.abs(got.astype(np.clongdouble) - expected.astype(np.clongdouble))
        assert np.all(gap <= limit), (gap.max(), limit)
        return
    np.testing.assert_array_equal(got, expected, strict=True)
    if expected.dtype.kind in "fc":
        inactive = _inactive_positions(result)
        for part, got_part in _parts(expected, got):
            _assert_same_signs(part, got_part, inactive)


def _parts(*arrays: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """The arrays; of complex ones the real, and the imaginary parts."""
    if arrays[0].dtype.kind != "c":
        return [arrays]
    return [tuple(x.real for x in arrays), tuple(x.imag for x in arrays)]


def _inactive_positions(result: Any) -> np.ndarray:
    """Where a result stores nothing."""
    out = np.zeros(np.shape(result), bool)
    if isinstance(result, qv.VirtualQArray) and result.spectrum.is_standard:
        indices = result.spectrum.active_indices
        if indices is not None:
            out[...] = True
            out.reshape(-1)[indices] = False
    return out


def _assert_same_signs(expected: np.ndarray, got: np.ndarray, inactive: np.ndarray) -> None:
    """Zeros that are stored have NumPy's sign, and inactive ones are -0.0 only if all are."""
    zero = expected == 0
    stored = zero & ~inactive
    assert np.array_equal(np.signbit(expected) & stored, np.signbit(got) & stored)
    unstored = zero & inactive
    if np.any(np.signbit(got) & unstored):
        assert np.all(np.signbit(expected) | ~unstored)


def _outcome(call: Callable[..., Any], operands: tuple[Any, ...]) -> tuple[Any, Any, set[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result, error = call(*operands), None
        except Exception as raised:
            result, error = None, raised
    # Which loop or cast met the problem depends on how NumPy walks through memory.
    return result, error, {str(warning.message).split(" encountered in ")[0] for warning in caught}


def kind_of_error(error: BaseException) -> type[BaseException]:
    """The type of an exception; the same for all that say that there is no loop for some dtypes."""
    return TypeError if isinstance(error, TypeError) else type(error)


def check(
    call: Callable[..., Any],
    *pairs: tuple[Any, Any],
    rounding: float = 0.0,
    scale: float = 0.0,
) -> None:
    """Run `call` on ndarrays and on their twins: the same result, or the same exception type."""
    expected, error, warned = _outcome(call, tuple(pair[0] for pair in pairs))
    got, raised, got_warned = _outcome(call, tuple(pair[1] for pair in pairs))
    if error is not None:
        assert raised is not None, f"NumPy raised {error!r}, we returned {got!r}"
        assert kind_of_error(raised) is kind_of_error(error), (error, raised)
        return
    if raised is not None:
        raise AssertionError(f"NumPy returned {expected!r}, we raised {raised!r}") from raised
    if not rounding:
        dates = any(isinstance(x, np.ndarray) and x.dtype.kind in "mM" for x, _ in pairs)
        if dates and "divide by zero" in got_warned | warned:
            # Of dates, NumPy warns where it divides by one number, and not by an array of it; that
            # NaT is divided by zero it calls the one there, and "invalid value" here.
            open_to_both = {"divide by zero", "invalid value"}
            got_warned, warned = got_warned - open_to_both, warned - open_to_both
        assert got_warned == warned
    assert_same(expected, got, rounding, scale)
