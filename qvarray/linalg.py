"""Linear algebra, as the Python array API standard has it, and functions of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

from numpy.typing import ArrayLike, DTypeLike

from .array.virtual_array import VirtualQArray
from .array_api.wrapping import ABSENT, Out, from_numpy
from .core.values import Axis
from .functions.linalg.matrix_functions import expm, funm, logm, sqrtm

if TYPE_CHECKING:
    from .array_api.named_tuples import EighResult, EigResult, QRResult, SlogdetResult, SVDResult

__all__ = [
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "expm",
    "funm",
    "inv",
    "logm",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "sqrtm",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]


def __dir__() -> list[str]:
    return __all__


@from_numpy("linalg.cholesky")
def cholesky(a: ArrayLike, /, *, upper: bool = False) -> VirtualQArray: ...
@from_numpy("linalg.cond")
def cond(x: ArrayLike, p: float | str | None = None) -> VirtualQArray: ...
@from_numpy("linalg.cross", arrays=2)
def cross(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> VirtualQArray: ...
@from_numpy("linalg.det")
def det(a: ArrayLike) -> VirtualQArray: ...
@from_numpy("linalg.diagonal")
def diagonal(x: ArrayLike, /, *, offset: int = 0) -> VirtualQArray: ...
@from_numpy("linalg.eig")
def eig(a: ArrayLike) -> EigResult: ...
@from_numpy("linalg.eigh")
def eigh(a: ArrayLike, UPLO: Literal["L", "U"] = "L") -> EighResult: ...
@from_numpy("linalg.eigvals")
def eigvals(a: ArrayLike) -> VirtualQArray: ...
@from_numpy("linalg.eigvalsh")
def eigvalsh(a: ArrayLike, UPLO: Literal["L", "U"] = "L") -> VirtualQArray: ...
@from_numpy("linalg.inv")
def inv(a: ArrayLike) -> VirtualQArray: ...
@from_numpy("linalg.lstsq", arrays=2)
def lstsq(
    a: ArrayLike, b: ArrayLike, rcond: float | None = None
) -> tuple[VirtualQArray, VirtualQArray, int, VirtualQArray]: ...
@from_numpy("linalg.matmul", arrays=2)
def matmul(x1: ArrayLike, x2: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("linalg.matrix_norm")
def matrix_norm(
    x: ArrayLike, /, *, keepdims: bool = False, ord: float | Literal["fro", "nuc"] | None = "fro"
) -> VirtualQArray: ...
@from_numpy("linalg.matrix_power")
def matrix_power(a: ArrayLike, n: int) -> VirtualQArray: ...
@from_numpy("linalg.matrix_rank")
def matrix_rank(
    A: ArrayLike,
    tol: ArrayLike | None = None,
    hermitian: bool = False,
    *,
    rtol: ArrayLike | None = None,
) -> VirtualQArray: ...
@from_numpy("linalg.matrix_transpose")
def matrix_transpose(x: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("linalg.multi_dot", sequence=True)
def multi_dot(arrays: Sequence[ArrayLike], *, out: Out = None) -> VirtualQArray: ...
@from_numpy("linalg.norm")
def norm(
    x: ArrayLike, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False
) -> VirtualQArray: ...
@from_numpy("linalg.outer", arrays=2)
def outer(x1: ArrayLike, x2: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("linalg.pinv")
def pinv(
    a: ArrayLike,
    rcond: ArrayLike | None = None,
    hermitian: bool = False,
    *,
    rtol: ArrayLike | None = ABSENT,
) -> VirtualQArray: ...
@overload
def qr(a: ArrayLike, mode: Literal["reduced", "complete"] = "reduced") -> QRResult: ...
@overload
def qr(a: ArrayLike, mode: Literal["r"]) -> VirtualQArray: ...
@overload
def qr(a: ArrayLike, mode: Literal["raw"]) -> tuple[VirtualQArray, VirtualQArray]: ...
@from_numpy("linalg.qr")
def qr(
    a: ArrayLike, mode: Literal["reduced", "complete", "r", "raw"] = "reduced"
) -> QRResult | VirtualQArray | tuple[VirtualQArray, VirtualQArray]: ...
@from_numpy("linalg.slogdet")
def slogdet(a: ArrayLike) -> SlogdetResult: ...
@from_numpy("linalg.solve", arrays=2)
def solve(a: ArrayLike, b: ArrayLike) -> VirtualQArray: ...
@overload
def svd(
    a: ArrayLike,
    full_matrices: bool = True,
    compute_uv: Literal[True] = True,
    hermitian: bool = False,
) -> SVDResult: ...
@overload
def svd(
    a: ArrayLike, full_matrices: bool = True, *, compute_uv: Literal[False], hermitian: bool = False
) -> VirtualQArray: ...
@from_numpy("linalg.svd")
def svd(
    a: ArrayLike, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> SVDResult | VirtualQArray: ...
@from_numpy("linalg.svdvals")
def svdvals(x: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("linalg.tensordot", arrays=2)
def tensordot(
    x1: ArrayLike, x2: ArrayLike, /, *, axes: int | Sequence[int | Sequence[int]] = 2
) -> VirtualQArray: ...
@from_numpy("linalg.tensorinv")
def tensorinv(a: ArrayLike, ind: int = 2) -> VirtualQArray: ...
@from_numpy("linalg.tensorsolve", arrays=2)
def tensorsolve(a: ArrayLike, b: ArrayLike, axes: Sequence[int] | None = None) -> VirtualQArray: ...
@from_numpy("linalg.trace")
def trace(x: ArrayLike, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> VirtualQArray: ...
@from_numpy("linalg.vecdot", arrays=2)
def vecdot(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> VirtualQArray: ...
@from_numpy("linalg.vector_norm")
def vector_norm(
    x: ArrayLike, /, *, axis: Axis = None, keepdims: bool = False, ord: float | None = 2
) -> VirtualQArray: ...
