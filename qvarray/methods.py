"""The methods of ndarray that are functions of NumPy's by another name."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

__all__ = ["Methods"]


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the same name and meaning as a function of NumPy's."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = function.__name__
    method.__qualname__ = f"VirtualQArray.{function.__name__}"
    method.__doc__ = f"As ``numpy.{function.__name__}``, of this array."
    return method


class Methods:
    """What `VirtualQArray` inherits: everything here goes through NumPy's functions.

    A class that does has ``shape``, ``dtype``, ``todense`` and item assignment.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...

    all = _method(np.all)
    any = _method(np.any)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argpartition = _method(np.argpartition)
    argsort = _method(np.argsort)
    choose = _method(np.choose)
    clip = _method(np.clip)
    cumprod = _method(np.cumprod)
    cumsum = _method(np.cumsum)
    diagonal = _method(np.diagonal)
    dot = _method(np.dot)
    max = _method(np.max)
    mean = _method(np.mean)
    min = _method(np.min)
    nonzero = _method(np.nonzero)
    prod = _method(np.prod)
    put = _method(np.put)
    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    round = _method(np.round)
    searchsorted = _method(np.searchsorted)
    squeeze = _method(np.squeeze)
    std = _method(np.std)
    sum = _method(np.sum)
    swapaxes = _method(np.swapaxes)
    take = _method(np.take)
    trace = _method(np.trace)
    var = _method(np.var)

    @property
    def T(self) -> Any:
        """The array with its axes reversed: a view. O(k)."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        """The array with its last two axes exchanged: a view. O(k)."""
        ndim: int = self.ndim  # type: ignore[attr-defined]
        if ndim < 2:
            raise ValueError("matrix transpose with ndim < 2 is undefined")
        return np.swapaxes(self, -1, -2)

    def matvec(self, x: Any) -> Any:
        """The product with a vector, as ``scipy.sparse.linalg.LinearOperator`` has it.

        Of an ndarray it is an ndarray: `scipy.sparse.linalg.aslinearoperator` takes this array,
        and so do the solvers there.
        """
        out = np.matmul(self, x)
        return np.asarray(out) if isinstance(x, np.ndarray) else out

    def rmatvec(self, x: Any) -> Any:
        """The product of the adjoint matrix with a vector, as `matvec`."""
        adjoint: Any = np.conjugate(self).T
        return adjoint.matvec(x)

    matmat = matvec
    rmatmat = rmatvec

    def conjugate(self, out: Any = None) -> Any:
        """The complex conjugate: of a real array the array itself."""
        if out is None and self.dtype.kind != "c":  # type: ignore[attr-defined]
            return self
        return np.conjugate(self) if out is None else np.conjugate(self, out=out)

    conj = conjugate

    def transpose(self, *axes: Any) -> Any:
        """The array with its axes in another order: a view. O(k)."""
        if not axes or axes == (None,):
            return np.transpose(self)
        order: Any = axes[0] if len(axes) == 1 and np.iterable(axes[0]) else axes
        return np.transpose(self, order)

    def reshape(self, *shape: Any, order: Any = "C", copy: bool | None = None) -> Any:
        """The array in another shape: a view where NumPy has one."""
        if not shape:
            raise TypeError("reshape() takes exactly 1 argument (0 given)")
        wanted = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, wanted, order, copy=copy)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """Slices along an axis where `condition` is true."""
        return np.compress(condition, self, axis, out)

    def flatten(self, order: Any = "C") -> Any:
        """The elements as a new array of one dimension."""
        return np.ravel(self, order).copy()

    # -- in place ---------------------------------------------------------------------------

    def fill(self, value: Any) -> None:
        """Write one value everywhere. O(1)."""
        cell = np.empty((), self.dtype)  # type: ignore[attr-defined]
        cell[()] = value
        self[...] = cell  # type: ignore[index]

    def sort(
        self,
        axis: Any = -1,
        kind: Any = None,
        order: Any = None,
        *,
        stable: Any = None,
        **options: Any,
    ) -> None:
        """Sort in place along an axis; `options` are those that this NumPy takes besides."""
        self[...] = np.sort(self, axis, kind, order, stable=stable, **options)  # type: ignore[index]

    def partition(
        self, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
    ) -> None:
        """Partition in place along an axis."""
        self[...] = np.partition(self, kth, axis, kind, order)  # type: ignore[index]

    # -- elements elsewhere -----------------------------------------------------------------

    def tolist(self) -> Any:
        """All elements as nested lists of Python scalars."""
        return self._dense().tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes of all elements."""
        out: bytes = self._dense().tobytes(order)
        return out

    def tofile(self, fid: Any, /, sep: str = "", format: str = "%s") -> None:
        """Write all elements to a file, as ``ndarray.tofile``."""
        self._dense().tofile(fid, sep, format)

    def dumps(self) -> bytes:
        """A pickle of the array: of what is stored, not of the elements."""
        return pickle.dumps(self)

    def dump(self, file: str | PathLike[str] | Any) -> None:
        """Write a pickle of the array to a file, or a path."""
        text = self.dumps()
        if hasattr(file, "write"):
            file.write(text)
            return
        with open(file, "wb") as stream:
            stream.write(text)

    def _dense(self) -> Any:
        return self.todense()  # type: ignore[attr-defined]

    # -- exchange ---------------------------------------------------------------------------

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The module ``qvarray``, which follows the Python array API standard."""
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f'Version "{api_version}" of the Array API Standard is not supported.')
        return sys.modules[__name__.partition(".")[0]]

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: Any = None,
        dl_device: Any = None,
        copy: bool | None = None,
    ) -> Any:
        """The elements, materialised within the memory budget, as a DLPack capsule."""
        if copy is False:
            raise BufferError("the elements are virtual: they can only be exported as a copy")
        return self._dense().__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    # There is no ``__buffer__``: NumPy prefers it to ``__array__``, and asks for it in the words
    # of ``memoryview``. So who wants no copy would be given one.

    def __bytes__(self) -> bytes:
        return bytes(self._dense())
