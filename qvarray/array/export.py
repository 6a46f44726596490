"""The elements elsewhere: ndarrays, lists, bytes, files, pickles, DLPack."""

from __future__ import annotations

import math
import pickle
import sys
from collections.abc import Callable
from os import PathLike
from types import ModuleType
from typing import IO, Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike

from ..core.budget import fits_budget, library_in_progress, require_budget
from ..core.values import Array, Order
from ..errors import MaterializationError
from ..options import options
from .foreign import asked_for
from .stored import read_only
from .views import View
from .writable import Writable

#: What libraries take instead of all elements, by the package that asks for them.
_TAKEN_BY = {
    "matplotlib": "a part of it; for a histogram plt.stairs(*np.histogram(x)); or qvarray.plot",
    "networkx": "qvarray.to_scipy(x)",
    "pandas": "qvarray.to_pandas(x)",
    "scipy": "qvarray.to_scipy(x), or qvarray.asarray of the other operand",
    "sklearn": "qvarray.to_scipy(x)",
    "sparse": "qvarray.to_sparse(x)",
}


def _namespace(*, api_version: str | None = None) -> ModuleType:
    """Return the module ``qvarray``."""
    if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
        raise ValueError(f'Version "{api_version}" of the Array API Standard is not supported.')
    return sys.modules[__name__.partition(".")[0]]


class Export(Writable):
    """An array whose elements other programs and libraries can be given."""

    __slots__ = ()

    @property
    def __numpy_dtype__(self) -> NoReturn:
        # Without it NumPy takes what has a `dtype` for one, as a result that is to be written to.
        raise TypeError("Cannot construct a dtype from an array")

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        answer: Array | None = asked_for("__array__", self, sys._getframe(1))
        if answer is not None:
            return answer
        if copy is False:
            spectrum = self.source.settle()
            same = dtype is None or np.dtype(dtype) == spectrum.dtype
            if same and spectrum.is_standard and spectrum.active_indices is None:
                return read_only(spectrum.eigenvalues.reshape(spectrum.shape))
            raise ValueError(
                "Unable to avoid copy while creating an array: the elements are virtual"
            )
        state = self._state
        try:
            if isinstance(state, View) and not copy:
                out = self._in_its_surroundings(state)
            else:
                out = self.source.dense()
        except MaterializationError as error:
            error.advise(_TAKEN_BY.get(library_in_progress(), error.instead))
            raise
        if not out.size:
            out = np.empty(out.shape, out.dtype)  # of the strides that NumPy gives a new one
        if dtype is not None and np.dtype(dtype) != out.dtype:
            return out.astype(dtype)
        if not copy:
            # An ndarray would share its memory: what is written here would be lost.
            out.setflags(write=False)
        return out

    def _in_its_surroundings(self, state: View) -> Array:
        """Materialise a view; one of half an array or more in one memory with the rest of it.

        Programs reach out of a slice by strides, as `scipy.linalg.circulant` does.
        """
        size, whole = self.size, math.prod(state.whole)
        if size < whole <= 2 * size and state.lens is None and fits_budget(whole * self.itemsize):
            window = state.window
            if window.c_contiguous:
                start = window.offset
                elements = state.base.source.dense().reshape(-1)
                return elements[start : start + size].reshape(self.shape)
        return self.source.dense()

    def to_numpy(self, dtype: DTypeLike | None = None, copy: bool = False) -> Array:
        """Return every element in an ndarray: as ``numpy.asarray``, or ``numpy.array``.

        Parameters
        ----------
        dtype : dtype, optional
            Of the elements.
        copy : bool
            Whether the ndarray can be written to. It never shares memory with this array.

        Returns
        -------
        ndarray

        Raises
        ------
        MaterializationError
            Where that takes more than ``qvarray.options.memory_budget``.

        Notes
        -----
        O(N log N).

        Examples
        --------
        >>> import qvarray as qv
        >>> x = qv.from_coordinates([1], [2.0], 3)
        >>> x.to_numpy(), x.to_numpy().flags.writeable
        (array([0., 2., 0.]), False)
        """
        return self.__array__(dtype, copy or None)

    @property
    def data(self) -> memoryview:
        """A copy of the elements that is read-only: nothing can write to what is not there.

        Only of an array that stores all its elements. Who asks for memory counts it by
        ``x.nbytes``, the bytes that are stored: of others use ``numpy.asarray(x).data``.
        """
        if not self.is_stored_in_full:
            raise AttributeError(
                "there is no memory of the elements, and x.nbytes is what is stored: use "
                "numpy.asarray(x)"
            )
        dense: Any = read_only(self.todense())
        return memoryview(dense)

    @property
    def tocoo(self) -> Callable[[], Any]:
        """What makes a ``scipy.sparse.coo_array``, of sparse matrices with a fill value of 0 alone.

        ``plt.spy(x)`` asks for it, and then draws what is stored.
        """
        stored = self.source.express().stored
        if stored is not None and (not stored.is_standard or stored.active_indices is None):
            stored = None
        if stored is None or self.ndim != 2 or stored.fill_value:
            raise AttributeError("only sparse matrices have it: qvarray.to_scipy converts others")
        return lambda: _namespace().to_scipy(self, "coo")

    def tolist(self) -> Any:
        """Return all elements as nested lists of Python scalars."""
        # An object and its place in a list, for each element.
        require_budget(self.size * (40 + self.itemsize), "make a list of a part of it")
        return self.todense().tolist()

    def tobytes(self, order: Order = "C") -> bytes:
        """Return the bytes of all elements."""
        return self.todense().tobytes(order)

    def tofile(
        self, fid: str | PathLike[str] | IO[bytes], /, sep: str = "", format: str = "%s"
    ) -> None:
        """Write all elements to a file, as ``ndarray.tofile``."""
        self.todense().tofile(fid, sep, format)

    def dumps(self) -> bytes:
        """Pickle the array: what is stored, not the elements."""
        return pickle.dumps(self)

    def dump(self, file: str | PathLike[str] | IO[bytes]) -> None:
        """Write a pickle of the array to a file, or a path."""
        if isinstance(file, (str, PathLike)):
            with open(file, "wb") as stream:
                stream.write(self.dumps())
        else:
            file.write(self.dumps())

    @property
    def __array_namespace__(self) -> Callable[..., ModuleType]:
        """What returns the module ``qvarray``, which follows the Python array API standard.

        There is none where ``qvarray.options.array_namespace`` is False, nor for modules that use
        more of an array where it has none.
        """
        if not options.array_namespace:
            raise AttributeError("qvarray.options.array_namespace is False")
        asked_for("__array_namespace__", self, sys._getframe(1))
        return _namespace

    def __dlpack__(
        self,
        *,
        stream: int | None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """Return the elements, materialised within the memory budget, as a DLPack capsule.

        They are read-only, unless `copy` is true. Consumers of DLPack before version 1.0 cannot be
        told so, and are refused with a BufferError, as they are where an ndarray is read-only.
        """
        if copy is False:
            raise BufferError("the elements are virtual: they can only be exported as a copy")
        return self.__array__(copy=copy).__dlpack__(
            stream=stream, max_version=max_version, dl_device=dl_device
        )

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    # There is no ``__buffer__``: NumPy prefers it to ``__array__``, and asks for it in the words
    # of ``memoryview``. So who wants no copy would be given one.

    def __bytes__(self) -> bytes:
        return bytes(self.todense())
