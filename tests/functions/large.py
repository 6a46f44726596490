"""Arrays that cannot be materialised."""

import numpy as np

import qvarray as qv
from qvarray.bases import STANDARD
from qvarray.core.spectrum import Spectrum


def huge(shape, count=10_000, fill=0.0):
    """An array of few active elements: 10.0, 11.0, ... in C order."""
    size = int(np.prod(shape, dtype=object))
    where = np.unique(np.random.default_rng(7).integers(0, size, count))
    values = np.arange(10.0, where.size + 10)
    bases = (STANDARD,) * len(shape)
    return qv.VirtualQArray(
        Spectrum(shape, np.dtype(float), bases, values, where, np.float64(fill))
    )
