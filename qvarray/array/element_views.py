"""Views of a part of every element, or of its bytes: ``real``, ``imag``, ``view``, ``byteswap``."""

from __future__ import annotations

import builtins
from typing import Any, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..bases import STANDARD
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Array, element_dtype, zero_of
from ..indexing import assign
from ..indexing.strided_view import Strided
from ..ops import linear
from ..ops.basis_change import sparse
from .indexed import Indexed
from .inheritance import without_bound
from .stored import read_only
from .views import Lens, in_standard_basis

A = TypeVar("A", bound=np.ndarray[Any, Any])


class ElementViews(Indexed):
    """An array whose elements are looked at part by part."""

    __slots__ = ()

    @property
    def real(self) -> Self:
        """The real part: a view. O(k)."""
        if self.dtype.kind != "c":
            return self
        return self.view_by(_real_part, _same_place, lens=_REAL)

    @real.setter
    def real(self, value: ArrayLike) -> None:
        self.real[...] = value

    @property
    def imag(self) -> Self:
        """The imaginary part: a view; of a real array, zeros that cannot be written. O(k)."""
        if self.dtype.kind == "c":
            return self.view_by(_imaginary_part, _same_place, lens=_IMAG)
        out = type(self)(linear.imaginary_part(self.spectrum))
        out.flags.writeable = False
        return out

    @imag.setter
    def imag(self, value: ArrayLike) -> None:
        if self.dtype.kind != "c":
            raise TypeError("array does not have imaginary part to set")
        self.imag[...] = value

    @overload
    def view(self, dtype: type[A], type: None = None) -> A: ...
    @overload
    def view(self, dtype: DTypeLike | None = None, *, type: type[A]) -> A: ...
    @overload
    def view(self, dtype: DTypeLike | None = None, type: None = None) -> Self: ...
    def view(self, dtype: Any = None, type: Any = None) -> Any:
        """Look at all elements, or at their bytes as another dtype.

        Where the dtype is of another size the elements are copied, and the result is read-only.
        So it is for ``view(np.ndarray)``, and for dtypes that a virtual array cannot have
        (``"V8"``, records, strings), which give an ndarray.
        """
        is_class = isinstance(dtype, builtins.type) and issubclass(dtype, np.ndarray)
        wanted_class = dtype if is_class else type
        if wanted_class is not None and not issubclass(builtins.type(self), wanted_class):
            return read_only(self.todense()).view(wanted_class)
        if dtype is None or np.dtype(dtype) == self.dtype:
            return self.view_by(_same_source, _same_place)
        if np.dtype(dtype).kind not in ELEMENT_KINDS:
            return read_only(self.todense()).view(dtype)
        wanted = element_dtype(dtype)

        def look(values: Array) -> Array:
            return values.view(wanted)

        def put(old: Array, new: Array) -> Array:
            return new.view(old.dtype)

        if wanted.itemsize != self.dtype.itemsize:
            # Stored in full where this array is, and only there: `data` asks for that.
            dense = look(self.todense())
            bases, zero = (STANDARD,) * dense.ndim, zero_of(wanted)
            viewed = Spectrum(dense.shape, wanted, bases, dense.reshape(-1), None, zero)
            if not self.is_stored_in_full:
                viewed = sparse(dense)
                viewed = viewed.replace(active_indices=viewed.indices())
            source = self.source
            out = builtins.type(self)(viewed if source.is_exact else without_bound(viewed))
            out.flags.writeable = False
            return out

        def step(source: Source) -> Source:
            return assign.mapped(in_standard_basis(source), look)

        return self.view_by(step, _same_place, lens=Lens(look, put))

    def byteswap(self, inplace: bool = False) -> Self:
        """Return the array with the bytes of every element in the other order. O(k)."""
        swapped = assign.mapped(in_standard_basis(self.source), lambda values: values.byteswap())
        if not inplace:
            return type(self)(swapped)
        self[...] = type(self)(swapped)
        return self


def _real_part(source: Source) -> Source:
    return linear.real_part(source.settle())


def _imaginary_part(source: Source) -> Source:
    return linear.imaginary_part(source.settle())


def _same_place(window: Strided) -> Strided:
    return window


def _same_source(source: Source) -> Source:
    return source


def _put_real(old: Array, new: Array) -> Array:
    out = old.copy()
    out.real = new
    return out


def _put_imag(old: Array, new: Array) -> Array:
    out = old.copy()
    out.imag = new
    return out


_REAL = Lens(np.real, _put_real, True)
_IMAG = Lens(np.imag, _put_imag, True)
