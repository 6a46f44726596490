"""`VirtualQArray`: attributes, operators, and NumPy's protocols."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import arithmetic, printing, selection
from .bases import Basis, as_bases
from .coverage import FUNCTIONS, UFUNCS
from .expression import Expression, expressed
from .spectrum import Array, ErrorBound, Source, Spectrum, numeric_dtype
from .structure import permute_axes
from .transform import sparse, to_bases, to_dense

__all__ = ["VirtualQArray"]


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the same name and meaning as a function of NumPy's."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = function.__name__
    method.__qualname__ = f"VirtualQArray.{function.__name__}"
    method.__doc__ = f"As ``numpy.{function.__name__}``, of this array."
    return method


class VirtualQArray(NDArrayOperatorsMixin):
    """An array that stores only the coefficients that describe it.

    Make one with `asarray`, `array`, `from_coordinates`, `from_eigenvalues`, `encode` or
    `operator`. NumPy's functions take it and answer with another.

    Parameters
    ----------
    source : Spectrum or Source
        What the array is made of.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="walsh")
    >>> x
    <VirtualQArray shape=(1099511627776,), dtype=float64, basis=walsh, active=2, stored=32 B, \
virtual=8.0 TiB>
    >>> float(x[12345]) == 0.5 / 2**20
    True
    """

    __slots__ = ("__weakref__", "_source")

    def __init__(self, source: Source) -> None:
        self._source = source

    # -- what it is made of -----------------------------------------------------------------

    @property
    def spectrum(self) -> Spectrum:
        """The coefficients and their basis, as the rules of NumPy's functions see them."""
        return self._source.settle()

    @property
    def source(self) -> Source:
        """What is stored: a Spectrum, or parameters that become one when elements are asked."""
        return self._source

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return self._source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the elements."""
        return self._source.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._source.shape)

    @property
    def size(self) -> int:
        """Number of elements; a Python int, which may pass 2**63 for operators."""
        size = 1
        for n in self._source.shape:
            size *= n
        return size

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return self._source.dtype.itemsize

    @property
    def eigenvalues(self) -> Array:
        """The coefficients, shape (k,), in the order of `active_indices`; read-only."""
        return _read_only(self.spectrum.eigenvalues)

    @property
    def active_indices(self) -> Array | None:
        """Where the eigenvalues sit, sorted, linearised in C order; None where all are active.

        An operator's are positions along its diagonal. Read-only.
        """
        indices = self.spectrum.active_indices
        return None if indices is None else _read_only(indices)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The orthonormal basis of each axis."""
        return self.spectrum.bases

    @property
    def fill_value(self) -> Any:
        """What an element is where nothing is active, a NumPy scalar."""
        return self.spectrum.fill_value

    @property
    def nactive(self) -> int:
        """Number of eigenvalues stored."""
        return self.spectrum.nactive

    @property
    def nbytes(self) -> int:
        """Bytes stored."""
        return self._source.nbytes

    @property
    def virtual_nbytes(self) -> int:
        """Bytes that an ndarray of this shape and dtype takes."""
        return self.size * self.itemsize

    @property
    def recovery_error(self) -> float:
        """An upper bound on the relative L2 error; 0.0 for an exact array.

        Infinite where none is known, as after a function that is not linear.
        """
        error = self._source.error
        return 0.0 if error is None else error.relative

    @property
    def T(self) -> VirtualQArray:
        """The array with its axes reversed. O(k)."""
        return VirtualQArray(permute_axes(self.spectrum, range(self.ndim)[::-1]))

    @property
    def real(self) -> VirtualQArray:
        """The real part. O(k)."""
        if self.dtype.kind != "c":
            return self
        return VirtualQArray(arithmetic.real_part(self.spectrum))

    @property
    def imag(self) -> VirtualQArray:
        """The imaginary part. O(k)."""
        return VirtualQArray(arithmetic.imaginary_part(self.spectrum))

    # -- conversion -------------------------------------------------------------------------

    def todense(self) -> Array:
        """Every element, as a new ndarray. O(N log N).

        Raises
        ------
        MaterializationError
            Where that takes more than ``qvarray.options.memory_budget``.
        """
        return to_dense(self.spectrum)

    def compute(self) -> VirtualQArray:
        """The array with all elements computed, in the standard basis; itself if it is stored.

        Raises
        ------
        MaterializationError
            Where that takes more than the memory budget.

        Notes
        -----
        O(N) for an expression, page by page.

        Examples
        --------
        >>> import qvarray as qv
        >>> x = qv.from_eigenvalues([8.0], [0], 64, basis="walsh")
        >>> y = np.exp(x * x)
        >>> y.nbytes, y.compute().nbytes
        (12, 512)
        """
        return self if isinstance(self._source, Spectrum) else VirtualQArray(self._source.settle())

    def to_basis(self, basis: str | Basis | Sequence[str | Basis]) -> VirtualQArray:
        """The same array in another basis.

        Parameters
        ----------
        basis : str or Basis, or a sequence of one for each axis

        Raises
        ------
        ValueError
            For an unknown basis, or a length that it cannot have.
        MaterializationError
            Where the lines along a changed axis that hold coefficients are over the memory budget.

        Notes
        -----
        O(n log n) for each such line. Integers become float64 in a basis other than standard.

        Examples
        --------
        >>> import numpy as np, qvarray as qv
        >>> x = qv.asarray(np.cos(np.arange(64) * np.pi / 8))
        >>> x.to_basis("fourier").bases
        (Fourier(sign=1),)
        """
        return VirtualQArray(to_bases(self.spectrum, as_bases(basis, self.ndim)))

    def astype(
        self,
        dtype: Any,
        order: Any = "K",
        casting: Any = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> VirtualQArray:
        """The array with elements of another dtype, as ``ndarray.astype``. O(k)."""
        cast = arithmetic.cast(self.spectrum, numeric_dtype(dtype), casting)
        return self if cast is self._source and not copy else VirtualQArray(cast)

    def copy(self, order: Any = "C") -> VirtualQArray:
        """A new array of the same elements. O(1): what is stored is immutable, and shared."""
        return VirtualQArray(self._source)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        spectrum = self.spectrum
        if copy is False:
            same = dtype is None or np.dtype(dtype) == spectrum.dtype
            if spectrum.is_standard and spectrum.active_indices is None and same:
                return _read_only(spectrum.eigenvalues.reshape(spectrum.shape))
            raise ValueError(
                "Unable to avoid copy while creating an array: the elements are virtual"
            )
        out = to_dense(spectrum)
        return out if dtype is None else out.astype(dtype, copy=False)

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        rule = UFUNCS.get(ufunc)
        return (UFUNCS[None] if rule is None else rule)[0](ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(kind, (VirtualQArray, np.ndarray)) for kind in types):
            return NotImplemented
        rule = FUNCTIONS.get(func)
        if rule is None:
            return FUNCTIONS[None].call(func, args, kwargs)
        return rule.call(*args, **kwargs)

    # -- as a sequence and as a scalar ------------------------------------------------------

    def replace_with(self, source: Source) -> None:
        """Let this array be made of something else of the same shape and dtype."""
        if source.shape != self.shape or source.dtype != self.dtype:
            raise ValueError(
                f"cannot put shape {source.shape}, dtype {source.dtype} in an array of shape "
                f"{self.shape}, dtype {self.dtype}"
            )
        self._source = source

    def __pow__(self, other: Any) -> Any:
        # As ndarray.__pow__: these exponents have ufuncs of their own, with other signed zeros.
        is_inexact = self.dtype.kind in "fc"
        if type(other) in (int, float) and (is_inexact or (type(other) is int and other == 2)):
            fast = _POWERS.get(other)
            if fast is not None:
                return fast(self)
        return np.power(self, other)

    def __getitem__(self, key: Any) -> Any:
        source = self._source
        if type(key) is int and len(source.shape) == 1:
            n = source.shape[0]
            if not -n <= key < n:
                raise IndexError(f"index {key} is out of bounds for axis 0 with size {n}")
            position = key + n if key < 0 else key
            if isinstance(source, Spectrum):
                return selection.item(source, (position,))
        basic = selection.basic_key(key, source.shape)
        if basic is None:
            out = to_dense(source.settle())[key]
            if not isinstance(out, np.ndarray):
                return out
            # Elements may repeat, so the bound of the whole is none of the part.
            error = None if source.error is None else ErrorBound.unknown()
            return VirtualQArray(sparse(out).replace(error=error))
        node = expressed(source)
        picked: Any = node.part(basic) if isinstance(node, Expression) else None
        if isinstance(node, Spectrum):
            picked = selection.select(node, basic)
        if isinstance(picked, (Spectrum, Expression)):
            return VirtualQArray(picked)
        dots = key is Ellipsis or (isinstance(key, tuple) and any(k is Ellipsis for k in key))
        return VirtualQArray(sparse(np.asarray(picked))) if dots else picked

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def _as_scalar(self) -> Array:
        """A small ndarray that converts to a scalar, or refuses to, as this array should."""
        return self.todense() if self.size <= 1 else np.zeros(2, self.dtype)

    def __bool__(self) -> bool:
        return bool(self._as_scalar())

    def __int__(self) -> int:
        return int(self._as_scalar())

    def __float__(self) -> float:
        return float(self._as_scalar())

    def __complex__(self) -> complex:
        return complex(self._as_scalar())

    def __index__(self) -> int:
        return operator.index(self._as_scalar())

    def item(self, *args: Any) -> Any:
        """One element as a Python scalar, as ``ndarray.item``."""
        if self.size <= 1 or len(args) == 0:
            return self._as_scalar().item(*args)
        index = args[0] if len(args) == 1 else args
        if isinstance(index, tuple):
            return self[index].item()
        size = self.size
        index = operator.index(index)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of bounds for size {size}")
        return selection.at(self.spectrum, np.array([index % size])).item()

    # -- NumPy's functions as methods -------------------------------------------------------

    sum = _method(np.sum)
    prod = _method(np.prod)
    max = _method(np.max)
    min = _method(np.min)
    any = _method(np.any)
    all = _method(np.all)
    mean = _method(np.mean)
    var = _method(np.var)
    std = _method(np.std)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    dot = _method(np.dot)
    conj = _method(np.conjugate)
    conjugate = _method(np.conjugate)

    # -- how it is shown --------------------------------------------------------------------

    def __repr__(self) -> str:
        return printing.summary(self._source)

    def __str__(self) -> str:
        return printing.as_text(self._source)

    def _repr_html_(self) -> str:
        return printing.as_html(self._source)


_POWERS = {2: np.square, 0.5: np.sqrt, 1: np.positive, -1: np.reciprocal}


def _read_only(values: Array) -> Array:
    view = values.view()
    view.flags.writeable = False
    return view
