"""Rules of NumPy's linear algebra. Importing this registers them."""

from . import (
    blocks,
    decompositions,
    eigenvalues,
    einsum,
    matrix_functions,
    matrix_kind,
    namesakes,
    norms_and_numbers,
    products,
    solving,
)
