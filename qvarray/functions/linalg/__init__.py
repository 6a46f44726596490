"""Rules of NumPy's linear algebra. Importing this registers them."""

from . import (
    blocks,
    cross_trace,
    decompositions,
    einsum,
    matrix_functions,
    matrix_kind,
    norms,
    products,
    solve,
)

__all__ = [
    "blocks",
    "cross_trace",
    "decompositions",
    "einsum",
    "matrix_functions",
    "matrix_kind",
    "norms",
    "products",
    "solve",
]
