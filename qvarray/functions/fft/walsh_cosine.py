"""Walsh-Hadamard and cosine transforms of an axis, and all of ``scipy.fft`` that has a rule.

They are other labels on the basis of the axis, as in `fourier`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from ...array.densify import call_dense
from ...array.inheritance import without_bound
from ...array.virtual_array import VirtualQArray
from ...bases import COSINE, STANDARD, WALSH, working_dtype
from ...core.error_bound import ErrorBound
from ...core.spectrum import Spectrum, whole
from ...core.values import stores_all
from ...ufuncs.operands import stored
from ..common import Operand, array_of, require_numbers
from .fft import FEW, NotFiniteError, pays_dense, relabelled, resized, unitary_scale

_NORMS = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
#: The type of the inverse of a cosine transform.
_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _require_norm(norm: str | None) -> None:
    if norm not in _NORMS:
        raise ValueError(
            f'Invalid norm value {norm!r}; should be "backward", "ortho" or "forward".'
        )


def _hadamard(x: Operand, axis: int, norm: str | None, forward: bool) -> VirtualQArray:
    _require_norm(norm)
    if type(x) is np.ndarray and x.dtype.kind in "fc" and stores_all(x, x.size):
        array = VirtualQArray(stored(x))  # shares its memory until the transform
    else:
        array = array_of(x)
    require_numbers(array)
    axis = np.lib.array_utils.normalize_axis_index(axis, array.ndim)
    n = array.shape[axis]
    WALSH.check_length(n)
    spectrum = array.spectrum
    if spectrum.fill_value != 0 and not spectrum.diagonal:
        spectrum = _without_fill(spectrum, axis)
    dtype = spectrum.dtype if spectrum.dtype.kind in "fc" else np.dtype(np.float64)
    scale = unitary_scale(n, forward, norm, dtype)
    everywhere = spectrum.is_standard and spectrum.active_indices is None
    exact = spectrum.error is None and spectrum.size > 0
    if not (exact and pays_dense(spectrum, (axis,), spectrum.size, (WALSH,))):
        try:
            return VirtualQArray(relabelled(spectrum, axis, (WALSH, WALSH), scale, dtype))
        except NotFiniteError:
            pass
    elements = spectrum.eigenvalues.reshape(spectrum.shape) if everywhere else array.todense()
    samples = WALSH.analyse(elements, axis)
    samples *= scale
    values = samples.reshape(-1).astype(dtype, copy=False)
    out = whole(spectrum.shape, dtype, (STANDARD,) * array.ndim, values)
    return VirtualQArray(out if spectrum.error is None else without_bound(out))


def _without_fill(spectrum: Spectrum, axis: int) -> Spectrum:
    """Take an axis to the Walsh basis, where a fill value is one coefficient a line."""
    return (
        array_of(VirtualQArray(spectrum))
        .to_basis([WALSH if a == axis else basis for a, basis in enumerate(spectrum.bases)])
        .spectrum
    )


def fwht(x: Operand, axis: int = -1, norm: str | None = None) -> VirtualQArray:
    """Return the Walsh-Hadamard transform along an axis, in Hadamard order.

    Parameters
    ----------
    x : array_like
        Of a length 2**b along the axis.
    axis : int
    norm : {None, "backward", "ortho", "forward"}
        Divide by nothing (the same as None), the root of the length, or the length.

    Returns
    -------
    VirtualQArray
        Of the shape of `x`; floating, or complex where `x` is. Elements become coefficients in
        the Walsh basis, and these become elements.

    Raises
    ------
    ValueError
        For a length that is no power of two, and any other `norm`.
    numpy.exceptions.AxisError
        For an axis out of bounds.
    MaterializationError
        Along an axis in another basis whose lines are over the memory budget, or of a large array
        with a fill value.

    Notes
    -----
    O(k); O(N log N) of an array of which all elements are stored.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.fwht([1.0, 0.0, 1.0, 0.0]).todense()
    array([2., 2., 0., 0.])
    >>> x = qv.from_eigenvalues([3.0], [5], 2**40, basis="walsh")
    >>> y = qv.fwht(x, norm="ortho")
    >>> y[5], y.nactive
    (np.float64(3.0), 1)
    """
    return _hadamard(x, axis, norm, True)


def ifwht(x: Operand, axis: int = -1, norm: str | None = None) -> VirtualQArray:
    """Return the inverse of `fwht`.

    Parameters
    ----------
    x : array_like
    axis : int
    norm : {None, "backward", "ortho", "forward"}
        That of the transform which is undone.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
    numpy.exceptions.AxisError
    MaterializationError
        As `fwht`.

    Notes
    -----
    O(k), as `fwht`.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([3.0], [5], 2**40)
    >>> qv.ifwht(qv.fwht(x)).eigenvalues
    array([3.])
    """
    return _hadamard(x, axis, norm, False)


def _weights(n: int, norm: str | None, dtype: np.dtype[Any]) -> tuple[Any, Any]:
    """Return what ``dct(x, 2, norm=norm)`` is to the orthonormal one, at index 0 and at others."""
    real = working_dtype(dtype).type(0).real.dtype.type
    if norm == "ortho":
        return real(1), real(1)
    size = real(2 * n)
    first, other = np.sqrt(2 * size), np.sqrt(size)
    return (first / size, other / size) if norm == "forward" else (first, other)


def _cosine(
    x: VirtualQArray, type: int, n: int | None, axis: int, norm: str | None
) -> VirtualQArray | None:
    """Return a transform of type 2 or 3 on the coefficients; None where SciPy is to do it."""
    if norm not in _NORMS or x.ndim == 0 or x.size == 0 or not (n is None or n > 0):
        return None
    if not -x.ndim <= axis < x.ndim:
        return None
    axis = np.lib.array_utils.normalize_axis_index(axis, x.ndim)
    x = x if n is None else resized(x, n, axis)
    n, stored = x.shape[axis], x.source.stored
    wanted = COSINE if type == 2 else STANDARD
    in_waves = stored is not None and stored.bases[axis] == COSINE
    if x.size <= FEW and not (in_waves and type == 2):
        return None
    spectrum = x.spectrum
    if spectrum.diagonal or spectrum.fill_value != 0 or spectrum.bases[axis] != wanted:
        return None
    if pays_dense(spectrum, (axis,), spectrum.size, (COSINE,)):
        return None
    dtype = scipy.fft.dct(np.zeros(2, x.dtype)).dtype
    weights = np.array(_weights(n, norm if type == 2 else _NORMS[norm], dtype))
    # Type 3 is the transpose of type 2, and its inverse with the norms the other way round.
    weights = weights if type == 2 else 1 / weights
    with np.errstate(over="ignore", invalid="ignore"):
        at_zero = spectrum.coordinates()[axis] == 0
        values = spectrum.eigenvalues * np.where(at_zero, *weights)
    error = spectrum.error
    if error is not None:
        absolute, reference = error.absolute * weights.max(), error.reference * weights.min()
        error = ErrorBound(float(absolute), float(reference))
    spectrum = spectrum.replace(eigenvalues=values, error=error)
    try:
        one = weights.dtype.type(1)
        return VirtualQArray(relabelled(spectrum, axis, (COSINE, COSINE), one, dtype))
    except NotFiniteError:
        return None


def _cropped(x: VirtualQArray, n: Any, axis: int) -> VirtualQArray:
    """Return the samples that count, of arguments that SciPy takes."""
    if not isinstance(n, (int, np.integer)) or n < 1 or not -x.ndim <= axis < x.ndim:
        return x
    return resized(x, int(n), axis % x.ndim) if n < x.shape[axis] else x


def dct(
    x: Operand, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None
) -> VirtualQArray:
    """Return the discrete cosine transform, as ``scipy.fft.dct``.

    Parameters
    ----------
    x : array_like
    type : {1, 2, 3, 4}
    n : int, optional
        Samples transformed: those beyond are left out, missing ones are 0.
    axis : int
    norm : {None, "backward", "ortho", "forward"}

    Returns
    -------
    VirtualQArray
        Along an axis in the cosine basis type 2 gives elements; type 3 of elements gives
        coefficients in the cosine basis.

    Raises
    ------
    ValueError
        For an axis, a length, a type or a norm that SciPy refuses.
    MaterializationError
        Where SciPy must have all elements, and they are over the memory budget.

    Notes
    -----
    O(k) in the two cases above; O(N log N) in all others.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([3.0], [5], 2**40, basis="cosine")
    >>> y = qv.dct(x, norm="ortho")
    >>> y[5], y.nactive
    (np.float64(3.0), 1)
    """
    array = _cropped(array_of(x), n, axis)
    require_numbers(array)
    result = _cosine(array, type, n, axis, norm) if type in (2, 3) else None
    if result is not None:
        return result
    return array_of(call_dense(scipy.fft.dct, (array, type, n, axis, norm), {}))


def idct(
    x: Operand, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None
) -> VirtualQArray:
    """Return the inverse of `dct`, as ``scipy.fft.idct``.

    Parameters
    ----------
    x : array_like
    type : {1, 2, 3, 4}
        That of the transform which is undone.
    n : int, optional
    axis : int
    norm : {None, "backward", "ortho", "forward"}

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
    MaterializationError
        As `dct`.

    Notes
    -----
    O(k) where `dct` of the inverse type, 3 for 2, is.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.from_eigenvalues([3.0], [5], 2**40)
    >>> bool(np.isclose(qv.dct(qv.idct(x))[5], 3.0))
    True
    """
    if type not in _INVERSE or norm not in _NORMS:
        require_numbers(array_of(x))
        return array_of(call_dense(scipy.fft.idct, (array_of(x), type, n, axis, norm), {}))
    return dct(x, _INVERSE[type], n, axis, _NORMS[norm])


class _Backend:
    """What ``scipy.fft.set_backend`` takes: its functions, of VirtualQArrays.

    ``scipy.fft.fft`` and its kin are NumPy's functions of the same name, `dct` and `idct` those
    of this package. For any other, SciPy takes all elements, within the memory budget. Arrays
    that are no VirtualQArrays are left to SciPy.
    """

    __ua_domain__ = "numpy.scipy.fft"

    def __ua_function__(self, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # Bases use SciPy's transforms, also where no other backend is to be asked.
        with scipy.fft.skip_backend(backend):
            if not args or not isinstance(args[0], VirtualQArray):
                return method(*args, **kwargs)
            return _of_scipy(method, args, kwargs)


#: Functions of SciPy that are those of NumPy, and what their arguments are called in both.
_OF_ONE = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
_OF_SEVERAL = ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
_COSINES = {"dct": dct, "idct": idct}
#: How SciPy is to compute, which changes no result.
_HOW = ("overwrite_x", "workers", "plan")


def _of_scipy(method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the answer to a function of SciPy."""
    name = method.__name__
    names = ["type", "n", "axis", "norm"] if name in _COSINES else ["n", "axis", "norm"]
    names = ["s", "axes", "norm"] if name in _OF_SEVERAL else names
    last = ["plan"] if name not in _COSINES else ["orthogonalize"]
    x, *rest = args
    known = {**dict(zip([*names, "overwrite_x", "workers", *last], rest, strict=False)), **kwargs}
    known = {key: value for key, value in known.items() if key not in _HOW}
    if x.dtype == np.float16:
        x = x.astype(np.float32)
    if name in _OF_ONE:
        return getattr(np.fft, name)(x, **known)
    if name in _COSINES and known.pop("orthogonalize", None) is None:
        return _COSINES[name](x, **known)
    if name in _OF_SEVERAL:
        default = (-2, -1) if name.endswith("2") else None
        if known.get("s") is not None and known.get("axes", default) is None:
            # SciPy means the last axes.
            known["axes"] = tuple(range(-len(known["s"]), 0))
        return getattr(np.fft, name)(x, **known)
    return call_dense(method, args, kwargs)


backend: Any = _Backend()
