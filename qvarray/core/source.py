"""`Source`: the base class of everything that a VirtualQArray can hold.

A source is immutable. Every kind of source answers the questions below; most have a default, so
that a new kind is its shape, its dtype, `settle` and what it knows better than that.

`Spectrum` is a source itself, and the one that the defaults come down to. What it answers with
needs modules above this one: it declares those methods, and the module that implements one binds
it with `implements`, as rules of NumPy's functions are registered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .error_bound import ErrorBound
from .pages import Pages
from .values import Array

if TYPE_CHECKING:
    from .spectrum import Spectrum

__all__ = ["AxisKey", "Source", "declared", "implements"]

#: What a basic key asks of an axis: one position, some positions, or a new axis of length 1.
AxisKey = int | range | None

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Source:
    """What a VirtualQArray holds: parameters that say what its elements are. Immutable.

    A kind of source defines `shape`, `dtype`, `nbytes`, `label` and `settle`.
    """

    __slots__ = ()

    #: The sources and scalars that an expression computes its elements of.
    operands: tuple[Any, ...] = ()
    #: Whether the elements themselves are stored, in the standard basis.
    is_standard: bool = False
    #: Whether the coefficients are those of a matrix that is diagonal in some bases.
    diagonal: bool = False
    #: Whether elements are computed when somebody asks for them, page by page.
    is_paged: bool = False
    #: Whether samples at a stride are samples at a stride of what it is computed from.
    has_combs: bool = True

    # -- what it is -------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes of the array."""
        raise NotImplementedError

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of its elements."""
        raise NotImplementedError

    @property
    def size(self) -> int:
        """Number of elements; may pass 2**63 for operators."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes stored."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What it is, in a word or two."""
        raise NotImplementedError

    @property
    def error(self) -> ErrorBound | None:
        """How far it may be from what it stands for; None where it is exact."""
        return None

    @property
    def is_exact(self) -> bool:
        """Whether it is what it stands for: it has no `error`. Computes no element."""
        return self.error is None

    @property
    def absolute_error(self) -> float:
        """A bound on the L2 norm of its error; 0.0 where it is exact."""
        error = self.error
        return 0.0 if error is None else error.absolute

    @property
    def stored(self) -> Spectrum | None:
        """The source itself, where it is a spectrum; None for what is yet to be computed."""
        return None

    @property
    def standard(self) -> Spectrum | None:
        """The source itself, where it is a spectrum in the standard basis; else None."""
        return None

    @property
    def origin(self) -> Spectrum | None:
        """The one spectrum that elements are read from; None where there is not just one."""
        return None

    @property
    def unrepeated(self) -> Source:
        """The array with length 1 along the axes that it only repeats along; else itself."""
        return self

    @property
    def unpermuted(self) -> Source:
        """The array with its axes in the order that its coefficients are in; else itself."""
        return self

    @property
    def is_operator(self) -> bool:
        """Whether it is a spectrum, diagonal in a basis: ``B @ diag(x) @ B.conj().T``."""
        return False

    def norm_bound(self) -> float:
        """Return a bound on the L2 norm, infinite where what is stored does not tell one."""
        return float("inf")

    # -- what it becomes --------------------------------------------------------------------

    def settle(self) -> Spectrum:
        """Return the spectrum of the array.

        Raises
        ------
        MaterializationError
            Where that is over the memory budget.
        """
        raise NotImplementedError

    def express(self) -> Source:
        """Return the array as rules compute with it: a spectrum, or an expression of spectra."""
        return self.settle()

    def unclosed(self) -> Source:
        """Return the array as ufuncs take it: as `express`, with coefficients yet to be told."""
        return self.express()

    def conjugate(self) -> Source:
        """Return the array of the conjugate elements."""
        return self.settle().conjugate()

    def permuted(self, axes: Sequence[int]) -> Source:
        """Return the array with its axes in another order: axis i is ``axes[i]`` of this one."""
        return self.express().permuted(axes)

    def joined(self, others: Sequence[Source], axis: int) -> Source | None:
        """Return this array and those that follow it along an axis as one, if parameters tell that.

        Parameters
        ----------
        others : sequence of Source
            Of the same dtype, and of the same lengths along all other axes.
        axis : int

        Returns
        -------
        Source or None
            None where they are not parts of one array that follow each other.
        """
        return None

    def combined(self, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
        """Return what a ufunc makes of this and other operands, where parameters tell that.

        Parameters
        ----------
        ufunc : numpy.ufunc
        operands : sequence
            Sources, this one among them, scalars and ndarrays.

        Returns
        -------
        Source or None
            None where that takes coefficients or elements.
        """
        return None

    def matmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        """Return ``self @ other``, where this is known by what it does; else None.

        Parameters
        ----------
        other : Source
            Of one or two axes.
        dtype : numpy.dtype
            Of the product.
        """
        return None

    def rmatmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        """Return ``other @ self``, as `matmul`."""
        return None

    # -- elements ---------------------------------------------------------------------------

    def dense(self) -> Array:
        """Return every element, as a new ndarray. O(N log N).

        Raises
        ------
        MaterializationError
            Where that is over the memory budget.
        """
        return self.settle().dense()

    def at(self, positions: Array) -> Array:
        """Return the elements at C-order positions.

        Parameters
        ----------
        positions : ndarray of int64, shape (m,)

        Returns
        -------
        ndarray, shape (m,)
        """
        return self.express().at(positions)

    def computed(self, values: Sequence[Any]) -> Array:
        """Return some elements of an expression, which has `operands`.

        Parameters
        ----------
        values : sequence
            The elements of each operand that these are computed of; they broadcast against others.
        """
        raise NotImplementedError

    def item(self, position: int) -> Any:
        """Return the element at a C-order position, as a NumPy scalar."""
        return self.at(np.array([position]))[0]

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return what a basic key names: a Source, or a scalar where no axis is left.

        Parameters
        ----------
        key : sequence of int, range or None
            As `indexing.keys.basic_key` makes it: positions are not negative.
        """
        return self.express().part(key)

    def pages(self, ordered: bool = True) -> Pages:
        """Return the pages that the array is cheap to compute by.

        Parameters
        ----------
        ordered : bool
            Whether they have to be in C order.
        """
        return self.express().pages(ordered)

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        """Return the elements of a part, as an ndarray.

        Parameters
        ----------
        key : tuple of range
            One for each axis, none of them empty.
        out : ndarray, optional
            Memory that may be used for the result.
        """
        return self.settle().read(key, out)


def implements(kind: type[Source], name: str = "") -> Callable[[_Function], _Function]:
    """Make the decorated function a method that a kind of source declares.

    Parameters
    ----------
    kind : type
        Its method of that name only declares it.
    name : str, optional
        Of the method; that of the function if left out.
    """

    def bind(function: _Function) -> _Function:
        method = name or function.__name__
        assert getattr(vars(kind)[method], "is_declared", False), method
        setattr(kind, method, function)
        return function

    return bind


def declared(method: _Function) -> _Function:
    """Mark a method as one that a module above implements."""
    method.is_declared = True  # type: ignore[attr-defined]
    return method
