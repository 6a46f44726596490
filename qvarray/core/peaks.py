"""How much NumPy's functions allocate at their peak: what a call asks of the memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import fft, lib, linalg
from numpy.polynomial import polynomial

#: The functions whose rules allocate, over the bytes that their arrays store, at most so much. The
#: others allocate little, or ask for what they need where they know it.
_BY_PEAK: dict[float, tuple[Callable[..., Any], ...]] = {
    1.0: (
        *(np.append, np.argmax, np.argmin, np.argpartition, np.argsort),
        *(np.around, np.astype, np.average, np.choose, np.cumprod, np.cumsum),
        *(np.cumulative_prod, np.cumulative_sum, np.delete, np.flatnonzero),
        *(np.partition, np.resize, np.roll, fft.fftshift, fft.ifftshift),
        *(np.histogram_bin_edges, np.inner, np.median, np.nancumprod),
        *(np.nancumsum, np.nanmean, np.nanprod, np.nansum, np.nonzero, np.outer),
        *(np.round, np.searchsorted, np.setxor1d, np.sort, np.std, np.union1d),
        *(np.unique_counts, np.unique_values, np.var, np.where),
        *(linalg.eigh, linalg.inv, linalg.lstsq, linalg.matrix_power, linalg.norm),
        *(linalg.solve, linalg.vecdot, linalg.vector_norm, lib.scimath.logn),
    ),
    1.5: (
        *(np.allclose, np.argwhere, np.block, np.broadcast_to, np.copyto, np.cross, np.diag),
        *(np.diagflat, np.digitize, np.fill_diagonal, np.histogram2d, np.intersect1d),
        *(np.isclose, np.nan_to_num, np.nanargmax, np.nanargmin, np.ravel_multi_index),
        *(np.kron, np.sinc, np.sort_complex, np.trim_zeros),
        *(linalg.cond, linalg.cross, linalg.matmul, linalg.multi_dot),
    ),
    2.0: (
        *(
            np.apply_along_axis,
            np.apply_over_axes,
            np.clip,
            np.histogramdd,
            np.hsplit,
            np.isin,
        ),
        *(
            np.pad,
            np.put,
            np.repeat,
            np.take,
            np.take_along_axis,
        ),
        *(np.unravel_index, np.unstack, linalg.eig, linalg.svd),
        *(lib.scimath.arccos, lib.scimath.arcsin, lib.scimath.arctanh),
    ),
    2.5: (
        *(np.array_split, np.convolve, np.ediff1d, np.histogram, np.interp, np.nanmedian),
        *(np.nanstd, np.nanvar, np.put_along_axis, np.select, np.split, np.trapezoid),
        linalg.pinv,
    ),
    3.0: (
        *(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require),
        *(np.column_stack, np.concatenate, np.correlate, np.dstack, np.hstack),
        *(
            np.nanpercentile,
            np.nanquantile,
            np.place,
            np.real_if_close,
            np.putmask,
            np.setdiff1d,
            np.stack,
        ),
        *(np.unique, np.unique_all, np.unique_inverse, np.vstack),
    ),
    4.0: (np.corrcoef, np.cov, np.diff, np.gradient, np.percentile, np.quantile, np.unwrap),
    5.0: (
        *(np.extract, np.i0, np.insert),
        # Of lengths that have a large prime factor.
        *(fft.fft, fft.fft2, fft.fftn, fft.ifft, fft.ifft2, fft.ifftn, fft.hfft, fft.ihfft),
        *(fft.irfft, fft.irfft2, fft.irfftn, fft.rfft, fft.rfft2, fft.rfftn),
    ),
    6.0: (np.bincount, np.compress),
    8.0: (np.ix_, np.lexsort),
}

#: The peak of a rule, over the bytes that its arrays store; tests/core/test_peaks.py measures it.
PEAKS = {function: peak for peak, functions in _BY_PEAK.items() for function in functions}

#: The peak of NumPy's own functions, and SciPy's, over the bytes of their arrays when those are
#: dense: the arrays themselves, what the functions allocate, and the result's conversion.
DENSE_PEAKS: dict[Callable[..., Any], float] = {
    np.piecewise: 6.0,
    np.polyadd: 3.0,
    np.polyder: 3.0,
    np.polyfit: 3.0,
    np.polyint: 3.0,
    np.polymul: 3.0,
    np.polysub: 3.0,
    np.unpackbits: 16.0,
    polynomial.polyval2d: 4.0,
    linalg.svd: 7.0,
    # Real samples become complex ones on the way.
    **dict.fromkeys((fft.fft, fft.fft2, fft.fftn, fft.ifft, fft.ifft2, fft.ifftn), 3.0),
    **dict.fromkeys((fft.hfft, fft.ihfft, fft.irfft, fft.irfft2, fft.irfftn), 3.0),
}

#: That of all others: the dense arguments, and a result as large.
DENSE = 2.0
