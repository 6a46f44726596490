"""Orthonormal bases of the samples along one axis, a file each."""

from .base import ALONE, Alike, Basis, Restriction, Run, Term, as_indices, working_dtype
from .blocked import Blocked, blocked
from .constant import CONSTANT, Constant
from .cosine import COSINE, Cosine
from .fourier import FOURIER, FOURIER_CONJUGATE, Fourier
from .haar import HAAR, Haar
from .hartley import HARTLEY as HARTLEY
from .kron import Kron, of_parts
from .registry import (
    all_standard,
    as_bases,
    as_basis,
    block_candidates,
    candidates,
    named_bases,
    register,
)
from .separable import grid, grid_rows
from .standard import STANDARD, Standard
from .walsh import WALSH, Walsh, WalshBits
from .wavelet import Wavelet as Wavelet

__all__ = [
    "ALONE",
    "CONSTANT",
    "COSINE",
    "FOURIER",
    "FOURIER_CONJUGATE",
    "HAAR",
    "STANDARD",
    "WALSH",
    "Alike",
    "Basis",
    "Blocked",
    "Constant",
    "Cosine",
    "Fourier",
    "Haar",
    "Kron",
    "Restriction",
    "Run",
    "Standard",
    "Term",
    "Walsh",
    "WalshBits",
    "all_standard",
    "as_bases",
    "as_basis",
    "as_indices",
    "block_candidates",
    "blocked",
    "candidates",
    "grid",
    "grid_rows",
    "named_bases",
    "of_parts",
    "register",
    "working_dtype",
]
