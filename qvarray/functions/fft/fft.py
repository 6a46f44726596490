"""``numpy.fft``: the transform of an axis is another label on its coefficients.

With the unitary Fourier basis ``B[p, k] = exp(2j pi p k / n) / sqrt(n)``, which is symmetric, the
transform of n samples is ``sqrt(n) * conj(B)``. So few elements become as many coefficients in the
basis conj(B); coefficients in B become elements, as ``conj(B) @ B`` is the identity; and those in
conj(B) become elements at reflected positions, as ``conj(B) @ conj(B)`` is the reflection.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np
import scipy

from ...array.densify import call_dense
from ...array.inheritance import is_lossy
from ...array.virtual_array import VirtualQArray
from ...bases import FOURIER, FOURIER_CONJUGATE, STANDARD, Basis, working_dtype
from ...core.budget import fits_budget, require_budget
from ...core.numpy_versions import Behaviour, has
from ...core.peaks import DENSE_PEAKS
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...ops.basis_change import (
    as_samples,
    coefficient_dtype,
    gather_sums,
    linear,
    off_diagonal,
    to_bases,
)
from ...ops.bounds import bounded, rescaled
from ...ops.linear import conjugate
from ...sources.samples import Samples
from ..common import Operand, Output, array_of, delivered

#: What a coefficient of half of the frequencies takes, with its mirror image and their order.
_BYTES_OF_HALF = 128
#: What one takes of which a transform is another label, scaled and perhaps reflected.
_BYTES_OF_WAVE = 64
#: The most elements of an array in the standard basis that NumPy transforms.
FEW = 2**16

_WAVES = (FOURIER, FOURIER_CONJUGATE)
_LATE = (np.fft.hfft, np.fft.ifft2, np.fft.irfft2)
#: NumPy takes their `out`, and leaves it as it is.
_WITHOUT_OUT = () if has(Behaviour.EVERY_FFT_WRITES_OUT) else _LATE
#: Functions that take no complex samples.
_REAL = (np.fft.rfft, np.fft.ihfft, np.fft.rfft2, np.fft.rfftn)
_OTHER_WAY = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


class NotFiniteError(ArithmeticError):
    """Coefficients that are infinite or NaN: they would be so in every element."""


def pays_dense(
    spectrum: Spectrum, axes: Sequence[int], size: int, waves: Sequence[Basis] = _WAVES
) -> bool:
    """Whether to transform all elements: of a small array, or one of which all are stored.

    `size` is that of the result; along axes in `waves` coefficients become elements.
    """
    if any(spectrum.bases[axis] in waves for axis in axes):
        return False
    everywhere = spectrum.active_indices is None and not spectrum.diagonal
    size = max(size, spectrum.size)
    return size <= FEW or (everywhere and fits_budget(4 * size * spectrum.eigenvalues.itemsize))


def unitary_scale(n: int, forward: bool, norm: str | None, dtype: np.dtype[Any]) -> Any:
    """Return what a unitary transform is multiplied by."""
    real = working_dtype(dtype).type(0).real.dtype.type
    if norm == "ortho":
        return real(1)
    root = np.sqrt(real(n))
    return root if forward == (norm in (None, "backward")) else 1 / root


def relabelled(
    spectrum: Spectrum,
    axis: int,
    pair: tuple[Basis, Basis],
    scale: Any,
    dtype: np.dtype[Any],
) -> Spectrum:
    """Return a unitary transform along an axis, times a number.

    O(k), or O(k log k) where indices are reflected. Raises MaterializationError along an axis in
    another basis than the standard one and these, whose lines are over the memory budget;
    ArithmeticError where coefficients are not finite: they would make every element so.

    Parameters
    ----------
    spectrum : Spectrum
        With a fill value of 0.
    pair : tuple of Basis
        The basis whose coefficients the transform gives, and the one of whose functions the
        transforms of single elements are: its conjugate, or itself.
    dtype : numpy.dtype
        Of the result.
    """
    straight, crossed = pair
    bases, n = spectrum.bases, spectrum.shape[axis]
    if bases[axis] not in (STANDARD, *pair):
        spectrum = to_bases(spectrum, (*bases[:axis], straight, *bases[axis + 1 :]))
    old = spectrum.bases[axis]
    mirrors = old not in (STANDARD, straight)
    if spectrum.diagonal and mirrors:
        spectrum = off_diagonal(spectrum)
    new = crossed if old is STANDARD else STANDARD
    bases = (*spectrum.bases[:axis], new, *spectrum.bases[axis + 1 :])
    error = spectrum.error
    is_standard = not spectrum.diagonal and bases == (STANDARD,) * len(bases)
    kind = dtype if is_standard else coefficient_dtype(bases, dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        values = as_samples(spectrum.eigenvalues * scale, kind)
        fill = dtype.type(dtype.type(spectrum.fill_value) * scale)
    if not (np.isfinite(values).all() and np.isfinite(fill)):
        raise NotFiniteError
    if mirrors:
        along = list(spectrum.coordinates())
        along[axis] = old.reflect(n, along[axis])
        indices, values = gather_sums(linear(tuple(along), spectrum.shape), values)
        out = compact(spectrum.shape, dtype, bases, values, indices, fill)
    else:
        out = spectrum.replace(
            dtype=dtype, bases=bases, eigenvalues=values, fill_value=fill, error=None
        )
    return out if error is None else rescaled(out, error, float(scale))


def transformed(
    spectrum: Spectrum, axis: int, forward: bool, norm: str | None, dtype: np.dtype[Any]
) -> Spectrum:
    """Return the discrete Fourier transform along an axis, or its inverse; see `relabelled`."""
    scale = unitary_scale(spectrum.shape[axis], forward, norm, dtype)
    return relabelled(spectrum, axis, _WAVES if forward else _WAVES[::-1], scale, dtype)


def _constant(value: Any, shape: tuple[int, ...], basis: Any, dtype: np.dtype[Any]) -> Spectrum:
    """Return an array of one value, as one coefficient."""
    values = np.array([value], dtype) * np.sqrt(dtype.type(0).real.dtype.type(prod(shape)))
    return compact(shape, dtype, (basis,) * len(shape), values, np.zeros(1, int), dtype.type(0))


def _terms(spectrum: Spectrum, forward: bool, dtype: np.dtype[Any]) -> list[Spectrum]:
    """Arrays with a fill value of 0 whose sum is one with another. O(k)."""
    if spectrum.fill_value == 0 or spectrum.diagonal:
        return [spectrum]
    straight = FOURIER if forward else FOURIER_CONJUGATE
    whole = _constant(spectrum.fill_value, spectrum.shape, straight, dtype)
    if not spectrum.nactive:
        return [whole]
    with np.errstate(invalid="ignore", over="ignore"):
        values = spectrum.eigenvalues.astype(dtype) - dtype.type(spectrum.fill_value)
    rest = spectrum.replace(dtype=dtype, eigenvalues=values, fill_value=dtype.type(0))
    return [rest, whole]


def resized(x: VirtualQArray, n: int, axis: int) -> VirtualQArray:
    """Return the first n samples along an axis, zeros after the last."""
    m = x.shape[axis]
    if n < m:
        part: VirtualQArray = x[(slice(None),) * axis + (slice(n),)]
        return part
    if n > m:
        padded: Any = np.pad(x, [(0, n - m) if a == axis else (0, 0) for a in range(x.ndim)])
        return array_of(padded)
    return x


def _length(n: int | None, default: int) -> int | None:
    """Return the number of samples; None where NumPy would not take it, and is to say so."""
    if n is None:
        return default if default >= 1 else None
    try:
        n = operator.index(n)
    except TypeError:
        return None
    return n if n >= 1 else None


def _axis(axis: int, ndim: int) -> int | None:
    try:
        return np.lib.array_utils.normalize_axis_index(axis, ndim)
    except (TypeError, np.exceptions.AxisError):
        return None


class _Plan:
    """A call of one of the functions, with NumPy's defaults filled in.

    Attributes
    ----------
    steps : list of (int, int)
        The axis and the number of samples of each transform, in the order in which they are done.
    dtype : numpy.dtype
        Of the result.
    dense : VirtualQArray or None
        The elements that count, where NumPy is to transform them.
    """

    def __init__(
        self, x: VirtualQArray, steps: list[tuple[int, int]], norm: str | None, dtype: np.dtype[Any]
    ) -> None:
        self.x = x
        self.steps = steps
        self.norm = norm
        self.dtype = dtype
        self.dense: VirtualQArray | None = None

    @property
    def axes(self) -> list[int]:
        return [axis for axis, _ in self.steps]


#: Carries out a plan, or returns None where NumPy is to.
Work = Callable[[_Plan], VirtualQArray | None]


def _shape(x: VirtualQArray, steps: list[tuple[int, int]]) -> tuple[int, ...]:
    shape = list(x.shape)
    for axis, n in steps:
        shape[axis] = n
    return tuple(shape)


def _planned(
    probe: Callable[..., Any], x: Operand, steps: list[tuple[Any, Any]], norm: Any, last: int = 0
) -> _Plan | None:
    """Return the plan of a call, or None where NumPy is to do it, or to raise an exception.

    `last` is 0 where the default length of the last axis is that of the input, and 1 where it is
    one of all the frequencies of which the input has the first half.
    """
    if not isinstance(x, VirtualQArray) or not x.ndim or not isinstance(norm, (str, type(None))):
        return None
    if norm not in _OTHER_WAY or (probe in _REAL and x.dtype.kind == "c"):
        return None
    known = []
    for number, (axis, n) in enumerate(steps):
        axis = _axis(axis, x.ndim)
        if axis is None:
            return None
        halved = last and number == len(steps) - 1
        length = _length(n, 2 * (x.shape[axis] - 1) if halved else x.shape[axis])
        if length is None:
            return None
        known.append((axis, length))
    size = prod(_shape(x, known))
    if not known or x.size == 0 or size > 2**63 - 1:
        return None
    if max(size, x.size) <= FEW and not _has_waves(x, known):
        return None
    dtype = np.fft.fft(np.zeros(1, x.dtype)).dtype
    return _Plan(x, known, norm, dtype)


def _has_waves(x: VirtualQArray, steps: list[tuple[int, int]]) -> bool:
    spectrum = x.source.stored
    return spectrum is not None and any(spectrum.bases[axis] in _WAVES for axis, _ in steps)


def _complex(plan: _Plan, forward: bool) -> VirtualQArray | None:
    """Return the transforms of all axes of a plan; None where NumPy is to do them."""
    x = plan.x
    for axis, n in plan.steps:
        x = resized(x, n, axis)
    spectrum = x.spectrum
    if pays_dense(spectrum, plan.axes, spectrum.size):
        plan.dense = VirtualQArray(spectrum)
        return None
    require_budget(spectrum.nactive * _BYTES_OF_WAVE, "transform a part of it")
    result = None
    for term in _terms(spectrum, forward, plan.dtype):
        for axis in reversed(plan.axes):
            term = transformed(term, axis, forward, plan.norm, plan.dtype)
        part = VirtualQArray(term)
        result = part if result is None else result + part
    return result


def _halves(spectrum: Spectrum, axis: int, n: int) -> Spectrum:
    """Frequencies whose spectrum of n, transformed back, has the real part that is wanted. O(k).

    The first half of the frequencies of real samples counts twice, but for those that are their
    own mirror images.
    """
    along = list(spectrum.coordinates())
    keep = along[axis] <= n // 2
    along = [index[keep] for index in along]
    shape = (*spectrum.shape[:axis], n, *spectrum.shape[axis + 1 :])
    single = (along[axis] == 0) | (2 * along[axis] == n)
    values = spectrum.eigenvalues[keep] * np.where(single, 1, 2).astype(spectrum.dtype)
    fill = spectrum.dtype.type(0)
    indices = linear(tuple(along), shape)
    out = compact(shape, spectrum.dtype, spectrum.bases, values, indices, fill)
    return out if spectrum.error is None else bounded(out, 2.0 * spectrum.error.absolute)


def _real_part(spectrum: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
    """Take the real part of an array in a complex basis: at most twice its coefficients."""
    mirrored = conjugate(spectrum)
    where = np.concatenate([spectrum.indices(), mirrored.indices()])
    both = np.concatenate([spectrum.eigenvalues, mirrored.eigenvalues])
    indices, values = gather_sums(where, both)
    values = values * values.real.dtype.type(0.5)
    out = compact(spectrum.shape, dtype, spectrum.bases, values, indices, dtype.type(0))
    return out if spectrum.error is None else bounded(out, spectrum.error.absolute)


def _undone(x: VirtualQArray, axis: int, n: int, norm: str | None) -> VirtualQArray | None:
    """Return the real array whose first half of the frequencies `x` is, if it is one."""
    source = x.source
    if not isinstance(source, Samples) or source.spectrum.diagonal:
        return None
    whole, key = source.spectrum, list(source.key)
    if any(not isinstance(part, range) for part in key) or whole.shape[axis] != n:
        return None
    half = key.pop(axis)
    others = (*whole.shape[:axis], *whole.shape[axis + 1 :])
    if half != range(n // 2 + 1) or key != [range(m) for m in others]:
        return None
    if whole.bases[axis] != FOURIER_CONJUGATE or whole.fill_value != 0:
        return None
    back = transformed(whole, axis, False, norm, whole.dtype)
    if not back.is_standard or back.eigenvalues.imag.any():
        return None
    real = back.eigenvalues.real
    dtype = real.dtype
    return VirtualQArray(
        back.replace(dtype=dtype, eigenvalues=real.copy(), fill_value=dtype.type(0))
    )


def _one_sided(plan: _Plan) -> VirtualQArray | None:
    """Return the real array whose transform, along the last axis, starts with what is given."""
    x = plan.x
    *rest, (axis, n) = plan.steps
    undone = _undone(x, axis, n, plan.norm) if not rest else None
    if undone is not None:
        return undone
    for other, m in rest:
        x = resized(x, m, other)
    spectrum = resized(x, min(x.shape[axis], n // 2 + 1), axis).spectrum
    if pays_dense(spectrum, plan.axes, prod(_shape(x, [(axis, n)]))):
        plan.dense = VirtualQArray(spectrum)
        return None
    if spectrum.fill_value != 0 or spectrum.diagonal:
        return None
    require_budget(spectrum.nactive * _BYTES_OF_HALF, "transform a part of it")
    bases = spectrum.bases
    spectrum = to_bases(spectrum, (*bases[:axis], STANDARD, *bases[axis + 1 :]))
    spectrum = spectrum.replace(
        dtype=plan.dtype,
        eigenvalues=spectrum.eigenvalues.astype(plan.dtype),
        fill_value=plan.dtype.type(0),
    )
    for other, _ in rest:
        spectrum = transformed(spectrum, other, False, plan.norm, plan.dtype)
    spectrum = transformed(_halves(spectrum, axis, n), axis, False, plan.norm, plan.dtype)
    # One transform of float16 gives float16, several float32.
    real = np.result_type((spectrum if rest else x).dtype, 1.0).type(0).real.dtype
    return VirtualQArray(_real_part(spectrum, real))


def _complain(function: Callable[..., Any], x: Operand, s: Any, rest: tuple[Any, ...]) -> None:
    """Raise what NumPy does, whatever the elements and lengths of a large array are."""
    if isinstance(x, VirtualQArray) and x.size > FEW:
        several = isinstance(s, (tuple, list, np.ndarray)) and np.ndim(s) == 1
        short: Any = [_at_most_two(n) for n in s] if several else _at_most_two(s)
        function(np.zeros((2,) * x.ndim, x.dtype), short, *rest)


def _at_most_two(n: Any) -> Any:
    return min(n, 2) if isinstance(n, (int, np.integer)) else n


#: Functions that divide by the lengths, and those that are given half of the frequencies, or
#: samples, of what they transform.
_DIVIDE = frozenset(
    getattr(np.fft, name)
    for name in ("ifft", "irfft", "ihfft", "ifftn", "irfftn", "ifft2", "irfft2")
)
_OF_HALVES = frozenset(getattr(np.fft, name) for name in ("irfft", "hfft", "irfftn", "irfft2"))


@cache
def _of_scipy(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return SciPy's function of the same name, which takes as much memory."""
    planned: Callable[..., Any] = getattr(scipy.fft, function.__name__)
    if function in DENSE_PEAKS:
        DENSE_PEAKS[planned] = DENSE_PEAKS[function]
    return planned


def _lost(function: Callable[..., Any], x: Operand, steps: Any, norm: str | None) -> float:
    """Bound the L2 error of a transform by NumPy; infinite for arguments that it would refuse.

    Transforms are unitary but for factors. What is left out, and zeros behind, add nothing.
    """
    if not is_lossy(x) or norm not in _OTHER_WAY or not steps:
        return float("inf")
    spectrum = array_of(x).spectrum
    error = spectrum.error
    assert error is not None
    lengths = []
    for number, (axis, n) in enumerate(steps):
        axis = _axis(axis, len(spectrum.shape))
        if axis is None:
            return float("inf")
        halved = function in _OF_HALVES and number == len(steps) - 1
        default = 2 * (spectrum.shape[axis] - 1) if halved else spectrum.shape[axis]
        length = _length(n, default)
        if length is None:
            return float("inf")
        lengths.append(length)
    power = {None: 0.5, "backward": 0.5, "ortho": 0.0, "forward": -0.5}[norm]
    gain = float(prod(lengths)) ** (-power if function in _DIVIDE else power)
    gain *= 2.0**0.5 if function in _OF_HALVES else 1.0
    kind = function(np.zeros((2,) * len(spectrum.shape), spectrum.dtype)).dtype
    eps = float(np.finfo(kind).eps)
    units = eps * (8.0 + 4.0 * float(np.log2(prod(lengths))))
    return gain * (error.absolute + units * spectrum.norm_bound())


def _answer(
    function: Callable[..., Any],
    plan: _Plan | None,
    work: Work,
    args: tuple[Any, ...],
    out: Output,
    steps: Any,
) -> Any:
    """Carry out a plan by `work`; where that has no answer, or none for `out`, by a library."""
    result = None
    out = None if function in _WITHOUT_OUT else out
    if plan is not None:
        try:
            result = work(plan)
        except NotFiniteError:
            result = None
    fits = out is None or (
        isinstance(out, (VirtualQArray, np.ndarray))
        and result is not None
        and out.shape == result.shape
        and np.can_cast(result.dtype, out.dtype, "same_kind")
    )
    if plan is None:
        _complain(function, args[0], args[1], args[2:])
    elif plan.dense is not None:
        args = (plan.dense, *args[1:])
    if result is None or not (fits or result.size > FEW):
        lost = _lost(function, args[0], steps, args[-1])
        if out is not None:
            return call_dense(function, args, {"out": out}, lost)
        # SciPy's takes half the time for real samples; it makes other numbers of half precision.
        is_planned = plan is not None and plan.x.dtype != np.float16
        return call_dense(_of_scipy(function) if is_planned else function, args, {}, lost)
    return delivered(result, out)


def _half_of(x: VirtualQArray | None, axis: int, n: int) -> VirtualQArray | None:
    """Return the first ``n // 2 + 1`` frequencies."""
    if x is None:
        return None
    part: VirtualQArray = x[(slice(None),) * axis + (slice(n // 2 + 1),)]
    return part.copy()


def _forward(plan: _Plan) -> VirtualQArray | None:
    return _complex(plan, True)


def _inverse(plan: _Plan) -> VirtualQArray | None:
    return _complex(plan, False)


def _real_spectrum(plan: _Plan) -> VirtualQArray | None:
    axis, n = plan.steps[-1]
    return _half_of(_complex(plan, True), axis, n)


def _other_way(plan: _Plan) -> _Plan:
    return _Plan(plan.x, plan.steps, _OTHER_WAY[plan.norm], plan.dtype)


def _from_half(plan: _Plan) -> VirtualQArray | None:
    """Return the real spectrum of samples of which the first half is given."""
    other = _other_way(plan)
    other.x = array_of(np.conjugate(plan.x))
    result = _one_sided(other)
    plan.dense = None if other.dense is None else array_of(np.conjugate(other.dense))
    return result


def _to_half(plan: _Plan) -> VirtualQArray | None:
    """Return the first half of the samples that have a real spectrum."""
    other = _other_way(plan)
    half = _real_spectrum(other)
    plan.dense = other.dense
    return None if half is None else array_of(np.conjugate(half))


def _along_axis(function: Callable[..., Any], work: Work, last: int = 0) -> None:
    """Register the rule of a transform of one axis; `last` is as for `_planned`."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        n: int | None = None,
        axis: int = -1,
        norm: str | None = None,
        out: Output = None,
    ) -> Any:
        plan = _planned(function, a, [(axis, n)], norm, last)
        return _answer(function, plan, work, (a, n, axis, norm), out, [(axis, n)])


# O(k), and O(k log k) for what is real of one side.
_along_axis(np.fft.fft, _forward)
_along_axis(np.fft.ifft, _inverse)
_along_axis(np.fft.rfft, _real_spectrum)
_along_axis(np.fft.irfft, _one_sided, last=1)
_along_axis(np.fft.hfft, _from_half, last=1)
_along_axis(np.fft.ihfft, _to_half)


def _steps(
    shape: tuple[int, ...], s: Sequence[int] | None, axes: Sequence[int] | None
) -> list[tuple[Any, Any]] | None:
    """Return the axis and the number of samples of each transform; None for what NumPy refuses."""
    if s is not None and axes is None:
        return None  # deprecated: NumPy is to say so
    try:
        axes = list(range(len(shape))) if axes is None else list(axes)
        if s is None:
            return [(axis, None) for axis in axes]
        lengths = [operator.index(n) for n in s]
        pairs = list(zip(axes, lengths, strict=True))
        return [(axis, shape[axis] if n == -1 else n) for axis, n in pairs]
    except (TypeError, ValueError, IndexError):
        return None


def _along_axes(
    function: Callable[..., Any], work: Work, default: Sequence[int] | None, last: int = 0
) -> None:
    """Register the rule of a transform of several axes, which are `default` if not given."""

    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        s: Sequence[int] | None = None,
        axes: Sequence[int] | None = default,
        norm: str | None = None,
        out: Output = None,
    ) -> Any:
        steps = _steps(np.shape(a), s, axes)
        plan = None if steps is None else _planned(function, a, steps, norm, last)
        if plan is not None and len(set(plan.axes)) < len(plan.axes):
            plan = None  # an axis is transformed twice
        return _answer(function, plan, work, (a, s, axes, norm), out, steps)


_along_axes(np.fft.fftn, _forward, None)
_along_axes(np.fft.ifftn, _inverse, None)
_along_axes(np.fft.rfftn, _real_spectrum, None)
_along_axes(np.fft.irfftn, _one_sided, None, last=1)
_along_axes(np.fft.fft2, _forward, (-2, -1))
_along_axes(np.fft.ifft2, _inverse, (-2, -1))
_along_axes(np.fft.rfft2, _real_spectrum, (-2, -1))
_along_axes(np.fft.irfft2, _one_sided, (-2, -1), last=1)


def _shift(function: Callable[..., Any], sign: int) -> None:
    """Register the rule of a roll by half of the lengths: of frequency 0 to the middle, or back."""

    @function_rule(Tier.STRUCTURAL, function)
    def rule(x: Operand, axes: int | Sequence[int] | None = None) -> Any:
        shape: tuple[int, ...] = np.shape(x)
        if axes is None:
            return np.roll(x, [sign * (n // 2) for n in shape], tuple(range(len(shape))))
        if isinstance(axes, (int, np.integer)):
            return np.roll(x, sign * (shape[axes] // 2), axes)
        return np.roll(x, [sign * (shape[axis] // 2) for axis in axes], axes)


_shift(np.fft.fftshift, 1)
_shift(np.fft.ifftshift, -1)
