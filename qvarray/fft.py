"""Fourier transforms, as the Python array API standard has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array.virtual_array import VirtualQArray
from .array_api.wrapping import as_arrays, of, require_device
from .core.budget import require_budget
from .functions.fft.walsh_cosine import backend as backend

__all__ = [
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

fft = of("fft.fft")
fftn = of("fft.fftn")
fftshift = of("fft.fftshift")
hfft = of("fft.hfft")
ifft = of("fft.ifft")
ifftn = of("fft.ifftn")
ifftshift = of("fft.ifftshift")
ihfft = of("fft.ihfft")
irfft = of("fft.irfft")
irfftn = of("fft.irfftn")
rfft = of("fft.rfft")
rfftn = of("fft.rfftn")


def _frequencies(function: Any, n: int, d: float, dtype: Any, device: Any) -> Any:
    require_device(device)
    require_budget(16 * n, "ask for fewer frequencies, or raise the budget")
    out = as_arrays(function(n, d))
    return out if dtype is None else out.astype(dtype)


def fftfreq(n: int, /, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> VirtualQArray:
    """The frequencies of the samples of `fft`. O(n).

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


def rfftfreq(n: int, /, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> VirtualQArray:
    """The frequencies of the samples of `rfft`. O(n).

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
