"""Linear algebra functions of the main namespace."""

from __future__ import annotations

from .wrapping import of

__all__ = [
    "matmul",
    "matrix_transpose",
    "tensordot",
    "vecdot",
]

matmul = of("matmul", arrays=2)
matrix_transpose = of("matrix_transpose")
tensordot = of("tensordot", arrays=2)
vecdot = of("vecdot", arrays=2)
