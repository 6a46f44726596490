"""Rules of NumPy's linear algebra. Importing this registers them."""

from . import (
    blocks,
    cross,
    decompositions,
    eigenvalues,
    einsum,
    kron,
    matrix_functions,
    matrix_kind,
    namesakes,
    norms,
    numbers,
    products,
    solving,
)

__all__ = [
    "blocks",
    "cross",
    "decompositions",
    "eigenvalues",
    "einsum",
    "kron",
    "matrix_functions",
    "matrix_kind",
    "namesakes",
    "norms",
    "numbers",
    "products",
    "solving",
]
