"""Fourier transforms, as the Python array API standard has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .array.virtual_array import VirtualQArray
from .array_api.wrapping import Device, Out, as_arrays, from_numpy, require_device
from .core.budget import require_budget
from .functions.fft.walsh_cosine import backend

__all__ = [
    "backend",
    "fft",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfftn",
    "rfft",
    "rfftfreq",
    "rfftn",
]


def __dir__() -> list[str]:
    return __all__


Norm = Literal["backward", "ortho", "forward"] | None


def _along_axis(
    a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None, out: Out = None
) -> VirtualQArray: ...
def _along_axes(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
    out: Out = None,
) -> VirtualQArray: ...
def _shift(x: ArrayLike, axes: int | Sequence[int] | None = None) -> VirtualQArray: ...


fft = from_numpy("fft.fft")(_along_axis)
fftn = from_numpy("fft.fftn")(_along_axes)
fftshift = from_numpy("fft.fftshift")(_shift)
hfft = from_numpy("fft.hfft")(_along_axis)
ifft = from_numpy("fft.ifft")(_along_axis)
ifftn = from_numpy("fft.ifftn")(_along_axes)
ifftshift = from_numpy("fft.ifftshift")(_shift)
ihfft = from_numpy("fft.ihfft")(_along_axis)
irfft = from_numpy("fft.irfft")(_along_axis)
irfftn = from_numpy("fft.irfftn")(_along_axes)
rfft = from_numpy("fft.rfft")(_along_axis)
rfftn = from_numpy("fft.rfftn")(_along_axes)


def _frequencies(
    function: Callable[[int, float], Any], n: int, d: float, dtype: DTypeLike | None, device: Device
) -> VirtualQArray:
    require_device(device)
    require_budget(16 * n, "ask for fewer frequencies, or raise the budget")
    out: VirtualQArray = as_arrays(function(n, d))
    return out if dtype is None else out.astype(dtype)


def fftfreq(
    n: int, /, d: float = 1.0, *, dtype: DTypeLike | None = None, device: Device = None
) -> VirtualQArray:
    """Make the frequencies of the samples of `fft`. O(n).

    Parameters
    ----------
    n : int
        Samples transformed.
    d : float
        The distance of samples.
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}

    Raises
    ------
    MaterializationError
        Where they are over the memory budget.
    """
    return _frequencies(np.fft.fftfreq, n, d, dtype, device)


def rfftfreq(
    n: int, /, d: float = 1.0, *, dtype: DTypeLike | None = None, device: Device = None
) -> VirtualQArray:
    """Make the frequencies of the samples of `rfft`. O(n).

    Parameters
    ----------
    n : int
        Samples transformed.
    d : float
        The distance of samples.
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}

    Raises
    ------
    MaterializationError
        Where they are over the memory budget.
    """
    return _frequencies(np.fft.rfftfreq, n, d, dtype, device)
