"""Methods of ndarray that take other arguments than NumPy's function, or work in place."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any, Literal, Self, SupportsIndex, overload

import numpy as np
from numpy.typing import ArrayLike

from ..core.values import Array, Order, Scalar, ShapeLike
from .element_views import ElementViews
from .flatiter import FlatIterator
from .numpy_methods import NumPyMethods
from .stored import untyped_np
from .views import permuting, reversing

SortKind = Literal["quicksort", "mergesort", "heapsort", "stable"]


class Methods(NumPyMethods, ElementViews):
    """An array with the methods of an ndarray, and those of a linear operator of SciPy's."""

    __slots__ = ()

    @property
    def T(self) -> Self:
        """The array with its axes reversed: a view. O(1)."""
        return self.view_by(*reversing(self.ndim))

    @property
    def mT(self) -> Self:
        """The array with its last two axes exchanged: a view. O(1)."""
        ndim = self.ndim
        if ndim < 2:
            raise ValueError("matrix transpose with ndim < 2 is undefined")
        return self.view_by(*permuting((*range(ndim - 2), ndim - 1, ndim - 2)))

    @property
    def flat(self) -> FlatIterator[Self]:
        """The elements in C order, as ``ndarray.flat``."""
        return FlatIterator(self)

    @flat.setter
    def flat(self, value: ArrayLike) -> None:
        self.flat[:] = value

    @overload
    def matvec(self, x: Array) -> Array: ...
    @overload
    def matvec(self, x: Self) -> Self: ...
    def matvec(self, x: Self | Array) -> Self | Array:
        """Multiply by a vector, as ``scipy.sparse.linalg.LinearOperator`` does.

        The product with an ndarray is an ndarray: `scipy.sparse.linalg.aslinearoperator` takes
        this array, and so do the solvers there.
        """
        out = untyped_np.matmul(self, x)
        return np.array(out) if isinstance(x, np.ndarray) else out

    @overload
    def rmatvec(self, x: Array) -> Array: ...
    @overload
    def rmatvec(self, x: Self) -> Self: ...
    def rmatvec(self, x: Self | Array) -> Self | Array:
        """Multiply a vector by the adjoint matrix, as `matvec`."""
        return self.conjugate().T.matvec(x)

    matmat = matvec
    rmatmat = rmatvec

    def conjugate(self, out: Self | Array | None = None) -> Self:
        """Return the complex conjugate: of a real array the array itself."""
        if out is None and self.dtype.kind in "biuf":
            return self
        return untyped_np.conjugate(self) if out is None else untyped_np.conjugate(self, out=out)

    conj = conjugate

    def clip(
        self,
        min: ArrayLike | None = None,
        max: ArrayLike | None = None,
        out: Self | Array | None = None,
        **kwargs: Any,
    ) -> Self:
        """Limit the elements to the values from `min` to `max`, as ``numpy.clip``."""
        return untyped_np.clip(self, min, max, out, **kwargs)

    def dot(self, b: ArrayLike, out: Self | Array | None = None) -> Self | Any:
        """Multiply by another array, as ``numpy.dot``."""
        return untyped_np.dot(self, b, out)

    def transpose(self, *axes: SupportsIndex | Sequence[SupportsIndex] | None) -> Self:
        """Return the array with its axes in another order: a view. O(k)."""
        if not axes or (len(axes) == 1 and axes[0] is None):
            return untyped_np.transpose(self)
        return untyped_np.transpose(
            self, axes[0] if len(axes) == 1 and np.iterable(axes[0]) else axes
        )

    def reshape(self, *shape: ShapeLike, order: Order = "C", copy: bool | None = None) -> Self:
        """Return the array in another shape: a view where NumPy has one."""
        if not shape:
            raise TypeError("reshape() takes exactly 1 argument (0 given)")
        wanted = shape[0] if len(shape) == 1 else shape
        return untyped_np.reshape(self, wanted, order, copy=copy)

    def compress(
        self, condition: ArrayLike, axis: int | None = None, out: Self | Array | None = None
    ) -> Self:
        """Return the slices along an axis where `condition` is true."""
        return untyped_np.compress(condition, self, axis, out)

    def flatten(self, order: Order = "C") -> Self:
        """Copy the elements to a new array of one dimension."""
        return untyped_np.ravel(self, order).copy()

    def fill(self, value: Scalar) -> None:
        """Write one value everywhere. O(1)."""
        cell = np.empty((), self.dtype)
        cell[()] = value
        self[...] = cell

    def sort(
        self,
        axis: int = -1,
        kind: SortKind | None = None,
        order: None = None,
        *,
        stable: bool | None = None,
        **options: Any,
    ) -> None:
        """Sort in place along an axis; `options` are those that this NumPy takes besides."""
        self[...] = untyped_np.sort(self, index(axis), kind, order, stable=stable, **options)

    def partition(
        self,
        kth: ArrayLike,
        axis: int = -1,
        kind: Literal["introselect"] = "introselect",
        order: None = None,
    ) -> None:
        """Partition in place along an axis."""
        self[...] = untyped_np.partition(self, kth, index(axis), kind, order)
