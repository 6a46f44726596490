"""What a VirtualQArray holds: `Source`, the base class, and `Spectrum`, what each comes down to.

A source is immutable. Every kind of source answers the questions below; most have a default, so
that a new kind is its shape, its dtype, `settle` and what it knows better than that.

`Spectrum` is the one formula that every array is an instance of,

X  =  (B1 ⊗ B2 ⊗ … ⊗ Bd) · scatter(active_indices, eigenvalues)   (+ fill_value)

or, where the coefficients lie on the diagonal of a square,

X  =  B1 · diag(scatter(active_indices, eigenvalues; else fill_value)) · B2ᵀ

with its invariants. What it answers with needs modules above this one, listed in `elsewhere`: they
bind those methods with `implements`, as rules of NumPy's functions are registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import EllipsisType
from typing import Any, ClassVar, TypeVar

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis
from .error_bound import ErrorBound, Uncertainty
from .pages import Pages
from .values import Array, Shape, index_dtype

#: What a basic key asks of an axis: one position, some positions, or a new axis of length 1.
AxisKey = int | range | None

_Function = TypeVar("_Function", bound=Callable[..., Any])


def implements(kind: type[Source], name: str = "") -> Callable[[_Function], _Function]:
    """Make the decorated function a method that a kind of source has `elsewhere`.

    `name`: of the method; that of the function if left out.
    """

    def bind(function: _Function) -> _Function:
        method = name or function.__name__
        assert function.__module__ == f"qvarray.{kind.elsewhere[method]}", method
        setattr(kind, method, function)
        return function

    return bind


#: Coefficients that are passed over in the time of a search for one among many.
_SEARCH = 128


class Source:
    """What a VirtualQArray holds: parameters that say what its elements are. Immutable.

    A kind of source defines `shape`, `dtype`, `nbytes`, `label` and `settle`.
    """

    __slots__ = ()

    #: Methods that take more than this module may import, and the modules that implement them.
    elsewhere: ClassVar[Mapping[str, str]] = {}
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
    def kept_error(self) -> ErrorBound | None:
        """The bound that is stored with it: nothing is computed to show it."""
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
    def is_bounded(self) -> bool:
        """Whether something is known of its error."""
        return self.absolute_error < float("inf")

    @property
    def stored(self) -> Spectrum | None:
        """The source itself, where it is a spectrum; None for what is yet to be computed."""
        return None

    @property
    def standard(self) -> Spectrum | None:
        """The source itself, where it is a spectrum in the standard basis; else None."""
        return None

    @property
    def held(self) -> Array | None:
        """Every element, in the memory that stores them; None where not all are stored. O(1)."""
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

        Raises MaterializationError where that is over the memory budget.
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

        Returns None where they are not parts of one array that follow each other.

        `others` (sequence of Source): of the same dtype, and of the same lengths along all other
        axes.
        """
        return None

    def combined(self, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
        """Return what a ufunc makes of this and other operands, where parameters tell that.

        Returns None where that takes coefficients or elements.

        `operands` (sequence): sources, this one among them, scalars and ndarrays.
        """
        return None

    def inner(self, other: Source) -> np.generic | None:
        """Return the scalar ``vdot(self, other)``; None where that takes coefficients."""
        return None

    def summed(self, axes: Sequence[int], keepdims: bool) -> Source | np.generic | None:
        """Return the sum over some axes, a Source or a NumPy scalar; None as `inner`."""
        return None

    def deviation(self) -> np.generic | None:
        """Return the sum of squared distances from the mean, a scalar; None as `inner`."""
        return None

    def uncertainty(self, statistic: str, other: Source | None = None) -> Uncertainty | None:
        """Return how far a statistic may be off, where more is known than `error`.

        `statistic` ({"total", "norm", "deviation", "inner", "cosine"}): of all elements; the last
        two of two arrays.
        """
        return None

    def matmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        """Return ``self @ other``, where this is known by what it does; else None.

        `other`: of one or two axes. `dtype`: of the product.
        """
        return None

    def rmatmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        """Return ``other @ self``, as `matmul`."""
        return None

    # -- elements ---------------------------------------------------------------------------

    def dense(self) -> Array:
        """Return every element, as a new ndarray. O(N log N).

        Raises MaterializationError where that is over the memory budget.
        """
        return self.settle().dense()

    def at(self, positions: Array) -> Array:
        """Return the elements at C-order positions.

        `positions` (ndarray of int64, shape (m,)).

        Returns
        -------
        ndarray, shape (m,)
        """
        return self.express().at(positions)

    def computed(self, values: Sequence[Any]) -> Array:
        """Return some elements of an expression, which has `operands`.

        `values` (sequence): the elements of each operand that these are computed of; they broadcast
        against others.
        """
        raise NotImplementedError

    def item(self, position: int) -> Any:
        """Return the element at a C-order position, as a NumPy scalar."""
        return self.at(np.array([position]))[0]

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return what a basic key names: a Source, or a scalar where no axis is left.

        `key` (sequence of int, range or None): as `indexing.keys.basic_key` makes it: positions are
        not negative.
        """
        return self.express().part(key)

    def pages(self, ordered: bool = True) -> Pages:
        """Return the pages that the array is cheap to compute by.

        `ordered`: whether they have to be in C order.
        """
        return self.express().pages(ordered)

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        """Return the elements of a part, as an ndarray.

        `key` (tuple of range): one for each axis, none of them empty. `out`: memory that may be
        used for the result.
        """
        return self.settle().read(key, out)


class Spectrum(Source):
    """An array as coefficients in an orthonormal basis. Immutable.

    The constructor trusts its caller; `check` tells whether it was right to.

    Parameters
    ----------
    shape : tuple of int
        Of the array that is described.
    dtype : numpy.dtype
        Of its elements.
    bases : tuple of Basis
        One for each axis.
    eigenvalues : ndarray, shape (k,)
        The coefficients. Their dtype is `dtype` where all bases are standard.
    active_indices : ndarray of int32 or int64, shape (k,), or None
        Where they sit in the coefficient space: sorted and unique, linearised in C order. None
        means that every position is active.
    fill_value : NumPy scalar of `dtype`, but that scalars are native
        What the elements are where nothing is active; 0 unless all bases are standard. Of a
        diagonal array, the eigenvalue at every position along the diagonal that is not active.
    diagonal : bool
        The coefficient space is the diagonal of a square one: the array is
        ``B1 @ diag(coefficients) @ B2.T``, an operator where ``B2 == B1.conj()``.
    error : ErrorBound or None
        None for an exact array.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bases: tuple[Basis, ...]
    error: ErrorBound | None

    elsewhere: ClassVar[Mapping[str, str]] = {
        "at": "indexing.elements",
        "check": "core.spectrum",
        "conjugate": "ops.linear",
        "dense": "ops.basis_change",
        "item": "indexing.elements",
        "norm_bound": "ops.basis_change",
        "pages": "sources.plan",
        "part": "sources.samples",
        "permuted": "sources.permuted",
        "read": "indexing.select",
    }

    __slots__ = (
        "_rows",
        "active_indices",
        "bases",
        "diagonal",
        "dtype",
        "eigenvalues",
        "error",
        "fill_value",
        "is_standard",
        "shape",
        "space",
    )

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        bases: tuple[Basis, ...],
        eigenvalues: Array,
        active_indices: Array | None,
        fill_value: Any,
        diagonal: bool = False,
        error: ErrorBound | None = None,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.bases = bases
        self.eigenvalues = eigenvalues
        self.active_indices = active_indices
        self.fill_value = fill_value
        self.diagonal = diagonal
        self.error = error
        self.is_standard = not diagonal and bases.count(STANDARD) == len(bases)
        #: Number of positions in the coefficient space.
        self.space = shape[0] if diagonal else prod(shape)
        # How many rows were searched for so far, and then where each begins.
        self._rows: int | Array = 0

    @property
    def space_shape(self) -> tuple[int, ...]:
        """Shape of the coefficient space."""
        return self.shape[:1] if self.diagonal else self.shape

    @property
    def nactive(self) -> int:
        """Number of coefficients stored."""
        return self.eigenvalues.size

    @property
    def nbytes(self) -> int:
        indices = self.active_indices
        return self.eigenvalues.nbytes + (0 if indices is None else indices.nbytes)

    @property
    def label(self) -> str:
        return f"{self.nactive} eigenvalues"

    @property
    def kept_error(self) -> ErrorBound | None:
        return self.error

    @property
    def stored(self) -> Spectrum:
        return self

    @property
    def origin(self) -> Spectrum:
        return self

    @property
    def standard(self) -> Spectrum | None:
        return self if self.is_standard else None

    @property
    def held(self) -> Array | None:
        is_whole = self.active_indices is None and not self.diagonal and self.is_standard
        return self.eigenvalues.reshape(self.shape) if is_whole else None

    def settle(self) -> Spectrum:
        return self

    def express(self) -> Spectrum:
        return self

    # -- its own -----------------------------------------------------------------------------

    def indices(self) -> Array:
        """Return the active indices, listed where all are active. O(k)."""
        if self.active_indices is None:
            return np.arange(self.space, dtype=index_dtype(self.space))
        return self.active_indices

    def coordinates(self) -> tuple[Array, ...]:
        """Return the index along each axis of every coefficient, shape (k,) each. O(k)."""
        indices = self.indices()
        if self.diagonal:
            return indices, indices
        if len(self.shape) == 1:
            return (indices,)
        if not indices.size or not self.shape:
            return (indices,) * len(self.shape)
        return np.unravel_index(indices, self.shape)

    def row_starts(self, count: int) -> Array | None:
        """Return where the coefficients of each row begin, as `kernels.row_pointer` has it.

        A row is what has one index along the first axis. O(k) once: it is kept.

        None where there are more rows than coefficients, or where searching for all rows that were
        asked for so far is cheaper.

        `count`: how many rows are asked for.
        """
        if isinstance(self._rows, int):
            indices = self.active_indices
            if indices is None or self.diagonal or self.shape[0] > indices.size:
                return None
            self._rows += count
            if self._rows * _SEARCH < indices.size:
                return None
            inner = prod(self.shape[1:])
            self._rows = kernels.row_pointer.row_starts(indices, self.shape[0], inner)
        return self._rows

    @property
    def is_operator(self) -> bool:
        """Tell whether the array is diagonal in a basis: ``B @ diag(eigenvalues) @ B.conj().T``."""
        return self.diagonal and self.bases[1] == self.bases[0].conjugate

    def __reduce__(self) -> tuple[Any, ...]:
        shape, dtype, bases, values = self.shape, self.dtype, self.bases, self.eigenvalues
        indices, fill = self.active_indices, self.fill_value
        state = shape, dtype, bases, values, indices, fill, self.diagonal, self.error
        return _unpickled, state

    def replace(
        self,
        *,
        shape: tuple[int, ...] | None = None,
        dtype: np.dtype[Any] | None = None,
        bases: tuple[Basis, ...] | None = None,
        eigenvalues: Array | None = None,
        active_indices: Array | EllipsisType | None = ...,
        fill_value: Any = None,
        diagonal: bool | None = None,
        error: ErrorBound | EllipsisType | None = ...,
    ) -> Spectrum:
        """Return a copy with some attributes changed."""
        return Spectrum(
            self.shape if shape is None else shape,
            self.dtype if dtype is None else dtype,
            self.bases if bases is None else bases,
            self.eigenvalues if eigenvalues is None else eigenvalues,
            self.active_indices if active_indices is ... else active_indices,
            self.fill_value if fill_value is None else fill_value,
            self.diagonal if diagonal is None else diagonal,
            self.error if error is ... else error,
        )

    def reshaped(self, shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Spectrum:
        """Return the same coefficients as those of an array of another shape in these bases."""
        values, indices, fill = self.eigenvalues, self.active_indices, self.fill_value
        return Spectrum(shape, self.dtype, bases, values, indices, fill, False, self.error)

    def conjugate(self) -> Spectrum:
        """Return the array of the conjugate elements."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise AssertionError where an invariant is broken. O(k)."""
        raise NotImplementedError


def _unpickled(
    shape: Shape, dtype: np.dtype[Any], bases: tuple[Basis, ...], values: Array, *state: Any
) -> Spectrum:
    """Return a Spectrum in the byte order in which NumPy unpickled or copied its eigenvalues."""
    return Spectrum(shape, dtype.newbyteorder(values.dtype.byteorder), bases, values, *state)
