"""Linear algebra, as the Python array API standard has it, and functions of matrices."""

from __future__ import annotations

from .array_api.wrapping import of
from .functions.linalg.matrix_functions import expm, funm, logm, sqrtm

__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "expm",
    "funm",
    "inv",
    "logm",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "sqrtm",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]

cholesky = of("linalg.cholesky")
cross = of("linalg.cross", arrays=2)
det = of("linalg.det")
diagonal = of("linalg.diagonal")
eigh = of("linalg.eigh")
eigvalsh = of("linalg.eigvalsh")
inv = of("linalg.inv")
matmul = of("linalg.matmul", arrays=2)
matrix_norm = of("linalg.matrix_norm")
matrix_power = of("linalg.matrix_power")
matrix_rank = of("linalg.matrix_rank")
matrix_transpose = of("linalg.matrix_transpose")
outer = of("linalg.outer", arrays=2)
pinv = of("linalg.pinv")
qr = of("linalg.qr")
slogdet = of("linalg.slogdet")
solve = of("linalg.solve", arrays=2)
svd = of("linalg.svd")
svdvals = of("linalg.svdvals")
tensordot = of("linalg.tensordot", arrays=2)
trace = of("linalg.trace")
vecdot = of("linalg.vecdot", arrays=2)
vector_norm = of("linalg.vector_norm")
