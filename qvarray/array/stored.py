"""What an array is made of: its attributes, and its conversion to other bases, dtypes, ndarrays."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from ..bases import STANDARD, Basis, as_bases
from ..core.budget import require_budget
from ..core.numpy_versions import SETTING_SHAPE, Behaviour, has
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Casting, Order, Shape, ShapeLike, element_dtype
from ..ops import linear
from ..ops.basis_change import off_diagonal
from ..sources.half_spectrum import in_bases
from .foreign import asked_for
from .views import Memory, View

#: NumPy without its annotations, which do not know that arrays of ours give arrays of ours.
untyped_np: Any = np


_INFINITE = float("inf")
#: Elements of expressions that are computed to know their norm.
_MOST_COMPUTED = 1 << 22


class Stored:
    """An array with its attributes; `VirtualQArray` adds elements, operators and methods.

    Parameters
    ----------
    source : Spectrum or Source
        What the array is made of.
    """

    __slots__ = ("__weakref__", "_source", "_state")

    def __init__(self, source: Source) -> None:
        if not isinstance(source, Source):
            raise TypeError(
                f"VirtualQArray takes what arrays hold, not {type(source).__name__}: "
                "qvarray.asarray, array, encode and from_coordinates make arrays"
            )
        self._source = source
        # What only arrays have that are written to, or that are views or have some.
        self._state: Memory | View | None = None

    @property
    def spectrum(self) -> Spectrum:
        """The coefficients and their basis, as the rules of NumPy's functions see them."""
        return self.source.settle()

    @property
    def source(self) -> Source:
        """What is stored: a Spectrum, or parameters that become one when elements are asked."""
        # Held before it is asked whether somebody writes, who asks then whether it is held.
        source = self._source
        if self._state is None:
            return source
        del source
        return self._state.current(self)  # type: ignore[arg-type]

    @property
    def shape(self) -> Shape:
        """Lengths of the axes; may be set where nothing has to be copied."""
        return self._source.shape

    @shape.setter
    def shape(self, value: ShapeLike) -> None:
        if has(Behaviour.SETTING_SHAPE_IS_DEPRECATED):
            warnings.warn(SETTING_SHAPE, DeprecationWarning, stacklevel=2)
        try:
            out = untyped_np.reshape(self, value, copy=False)
        except ValueError as error:
            if "copy" not in str(error):
                raise
            raise AttributeError(
                "Incompatible shape for in-place modification. Use `.reshape()` to make a copy "
                "with the desired shape."
            ) from None
        with out._state.lock:
            self._source = out.source
            if isinstance(self._state, View):
                self._state = out._state

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
        return read_only(self.spectrum.eigenvalues)

    @property
    def active_indices(self) -> Array | None:
        """Where the eigenvalues sit, sorted, linearised in C order; None where all are active.

        An operator's are positions along its diagonal. Read-only.
        """
        indices = self.spectrum.active_indices
        return None if indices is None else read_only(indices)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The orthonormal basis of each axis."""
        return self.spectrum.bases

    @property
    def fill_value(self) -> Any:
        """What elements, or eigenvalues of an operator, are where nothing is active: a scalar."""
        asked_for("fill_value", self, sys._getframe(1))
        return self.spectrum.fill_value

    @property
    def nactive(self) -> int:
        """Number of eigenvalues stored."""
        return self.spectrum.nactive

    @property
    def nnz(self) -> int:
        """Number of eigenvalues stored: `nactive`, as sparse arrays of other libraries call it."""
        return self.spectrum.nactive

    @property
    def density(self) -> float:
        """Eigenvalues stored for each element."""
        return self.spectrum.nactive / self.size if self.size else 0.0

    @property
    def coordinates(self) -> Array:
        """The coordinates of the elements that are stored, shape (d, k), as `from_coordinates`.

        Of an array in the standard basis only: `eigenvalues` are its elements then.

        Raises
        ------
        MaterializationError
            Where all elements are stored, and as many coordinates are over the memory budget.
        """
        spectrum = self.spectrum
        if spectrum.diagonal and spectrum.bases == (STANDARD,) * 2 and not spectrum.fill_value:
            spectrum = off_diagonal(spectrum)
        if not spectrum.is_standard:
            raise AttributeError(
                f"no element of an array in {spectrum.bases[0]} basis is stored: "
                "ask qvarray.asarray(x.todense())"
                if spectrum.diagonal
                else f"no element of an array in {spectrum.bases[0]} basis is stored: "
                "ask x.to_basis('standard')"
            )
        require_budget(8 * spectrum.nactive * (len(spectrum.shape) + 1), "take those of a part")
        found = spectrum.coordinates()
        return np.array(found, np.int64).reshape(len(spectrum.shape), -1)

    @property
    def coords(self) -> Array:
        """Nothing: xarray means labels by it."""
        raise AttributeError("ask x.coordinates: xarray takes coords for labels")

    @property
    def values(self) -> Array:
        """Nothing: other libraries mean all elements by it, or those that are stored."""
        raise AttributeError("ask x.eigenvalues for what is stored, x.to_numpy() for all elements")

    @property
    def nbytes(self) -> int:
        """Bytes stored."""
        return self.source.nbytes

    @property
    def is_stored_in_full(self) -> bool:
        """Whether every element is stored as it is, so that `nbytes` are those of an ndarray."""
        source = self.source
        known = source.standard
        if known is None or known.active_indices is not None:
            return False
        return source.nbytes == self.virtual_nbytes

    @property
    def virtual_nbytes(self) -> int:
        """Bytes that an ndarray of this shape and dtype takes."""
        return self.size * self.itemsize

    @property
    def recovery_error(self) -> float:
        """An upper bound on the relative L2 error; 0.0 for an exact array.

        Infinite where none is known, as after a function that is not linear. Of an expression
        this takes its elements, up to 2**22 of them: O(N).
        """
        source = self.source
        error = source.error
        if error is None:
            return 0.0
        is_known = error.reference > 0.0 or error.absolute == _INFINITE
        if source.is_paged and not is_known and source.size <= _MOST_COMPUTED:
            error = source.settle().error
            assert error is not None
        return error.relative

    @property
    def device(self) -> str:
        """Where the array is, in the words of the array API standard."""
        return "cpu"

    def to_device(self, device: object, /, *, stream: object = None) -> Self:
        """Return the array itself, if `device` is "cpu"."""
        if stream is not None:
            raise ValueError("The stream argument in to_device() is not supported")
        if device != "cpu":
            raise ValueError(f"Unsupported device: {device}.")
        return self

    def todense(self) -> Array:
        """Return every element, as a new ndarray. O(N log N).

        Raises
        ------
        MaterializationError
            Where that takes more than ``qvarray.options.memory_budget``.
        """
        return self.source.dense()

    def decode(self) -> Array:
        """Return every element, as a new ndarray: `todense`, as the opposite of `encode`."""
        return self.todense()

    def compute(self) -> Self:
        """Compute all elements of an expression; return an array that is stored as it is.

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
        source = self.source
        return type(self)(source.settle()) if source.stored is None else self

    def to_basis(self, basis: str | Basis | Sequence[str | Basis]) -> Self:
        """Return the same array in another basis.

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
        O(n log n) for each such line. Integers become float64 in a basis other than standard. Of
        real data all of which is active half of the coefficients in fourier are stored, the others
        are conjugates: ``nbytes`` is that of one half.

        Examples
        --------
        >>> import numpy as np, qvarray as qv
        >>> x = qv.asarray(np.cos(np.arange(64) * np.pi / 8))
        >>> x.to_basis("fourier").bases
        (Fourier(sign=1),)
        """
        return type(self)(in_bases(self.source, as_bases(basis, self.ndim)))

    def astype(
        self,
        dtype: DTypeLike,
        order: Order = "K",
        casting: Casting = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> Self:
        """Return the array with elements of another dtype, as ``ndarray.astype``. O(k)."""
        wanted = element_dtype(dtype)
        if wanted.kind in "mM":
            # Dates of no unit asked for are of that which there is.
            wanted = np.empty(0, self.dtype).astype(wanted, casting=casting).dtype
        cast = linear.cast(self.spectrum, wanted, casting)
        return self if cast is self.source and not copy else type(self)(cast)

    def copy(self, order: Order = "C") -> Self:
        """Return a new array of the same elements. O(1): what is stored is shared until written."""
        np.empty(0).copy(order)  # to validate the order
        return type(self)(self.source)

    def __reduce__(self) -> tuple[Any, ...]:
        # A view is pickled without the rest of the array that it looks at.
        return type(self), (self.source,)

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: object) -> Self:
        return self.copy()


def read_only(values: Array) -> Array:
    """Return a view of an ndarray that cannot be written."""
    view = values.view()
    view.flags.writeable = False
    return view
