"""The evolving AND/OR transformation of vectors and registers of qubits, and its reversal."""

from __future__ import annotations

import operator as _operator
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, pays_sparse
from ..creation.arrays import asarray, operator
from .answering import Answering
from .product_state import ProductState
from .registers import matched, register
from .state import MAX_QUBITS
from .validation import Qubits, bits_of, qubit_list, qubits_of_shape, real
from .wide_state import WideState

Mode = Literal["project", "residual", "unitary"]

# The published table: index -> eigenvalue.
_REFERENCE = {
    3: 2.0,
    1: 0.12709036,
    2: 0.12456536,
    63: -0.10354713,
    **dict.fromkeys((4, 0, 6, *range(17, 30)), 0.09837522),
}


def and_or_operator(
    n: int, eigenvalues: ArrayLike | None = None, active_indices: ArrayLike | None = None
) -> VirtualQArray:
    """Return the operator of the evolving AND/OR transformation, diagonal in the standard basis.

    On two bits, AND + OR has the eigenvalues 0, 1, 1, 2 on 00, 01, 10, 11.

    Parameters
    ----------
    n : int
        Rows and columns.
    eigenvalues, active_indices : array_like, shape (k,), optional
        Both, or neither for the reference transformation: 20 eigenvalues within the first 64
        positions. Those at indices from n on are dropped.

    Returns
    -------
    VirtualQArray
        Of shape (n, n), dtype float64.

    Raises
    ------
    ValueError, IndexError, TypeError
        As `qvarray.operator`; ValueError where only one of the two is given.

    Examples
    --------
    >>> import qvarray as qv
    >>> A = qv.gates.and_or_operator(4, [1.0, 1.0, 2.0], [1, 2, 3])
    >>> print(A)
    [[0. 0. 0. 0.]
     [0. 1. 0. 0.]
     [0. 0. 1. 0.]
     [0. 0. 0. 2.]]
    >>> qv.gates.and_or_operator(2**40).nactive
    20
    """
    if (eigenvalues is None) != (active_indices is None):
        raise ValueError("give both eigenvalues and active_indices, or neither")
    n = _operator.index(n)
    if eigenvalues is None or active_indices is None:
        return VirtualQArray(_reference(n))
    values, indices = np.asarray(eigenvalues), np.asarray(active_indices)
    if values.ndim == 1 and values.shape == indices.shape and indices.dtype.kind in "iu":
        values, indices = values[indices < n], indices[indices < n]
    return operator(values, indices, n)


@lru_cache(maxsize=64)
def _reference(n: int) -> Spectrum:
    indices = sorted(index for index in _REFERENCE if index < n)
    return operator([_REFERENCE[i] for i in indices], indices, n, dtype=np.float64).spectrum


def _factors(operator: Spectrum, mode: str, t: float) -> Spectrum:
    """Return what elements are multiplied by: 1 where the operator has none, if unitary."""
    values, fill = operator.eigenvalues, operator.fill_value
    if mode == "unitary":
        values = np.exp(-1j * t * values)
        fill = values.dtype.type(1)
    indices = operator.active_indices
    return Spectrum(operator.shape[:1], values.dtype, (STANDARD,), values, indices, fill)


def _largest(factors: Spectrum) -> float:
    """Return the size of the largest factor, by which a bound of the error grows."""
    return float(max(np.abs(factors.eigenvalues).max(initial=0), abs(factors.fill_value)))


class _Transformed(Source):
    """A transformed array as the parameters of its transformation. Immutable.

    Parameters
    ----------
    mode : {"project", "residual", "unitary"}
    operator : Spectrum
        Diagonal in the standard basis.
    kept : Source, or ndarray
        Of the array before, what is needed to reverse it.
    t : float
        Time of the unitary evolution.
    """

    __slots__ = ("kept", "mode", "operator", "t")

    def __init__(self, mode: str, operator: Spectrum, kept: Source | Array, t: float) -> None:
        self.mode = mode
        self.operator = operator
        self.kept: Any = kept
        self.t = t

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of products of the array and its factors."""
        factors = self.operator.dtype
        if self.mode == "unitary":
            factors = np.result_type(factors, np.complex64)
        return np.result_type(self.kept.dtype, factors)

    @property
    def nbytes(self) -> int:
        """Bytes stored: the operator's parameters, and what is kept of the array."""
        return self.operator.nbytes + self.kept.nbytes

    @property
    def label(self) -> str:
        """What was done to it."""
        return f"evolved by {self.mode}"

    @property
    def error(self) -> ErrorBound | None:
        """That of the transformed array."""
        return self.express().error

    def reverse(self) -> VirtualQArray:
        """Return the array before. O(1), or O(k) for a projection."""
        return VirtualQArray(self.kept)


class Evolved(_Transformed):
    """A transformed vector. Kept in mode "project": its elements at the operator's indices."""

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Its length."""
        return self.operator.shape[:1]

    def express(self) -> Source:
        """Return the transformed array. O(k), or O(N) for a unitary of N stored elements."""
        operator, kept = self.operator, self.kept
        if self.mode == "unitary":
            factors = VirtualQArray(_factors(operator, self.mode, self.t))
            product: Any = np.multiply(VirtualQArray(kept.express()), factors)
            source: Source = product.source
            return source.express()
        if self.mode == "residual":
            kept = kept.at(operator.indices())
        return self._placed(kept * operator.eigenvalues)

    def _placed(self, values: Array) -> Spectrum:
        """Return an array of values at the operator's active indices."""
        zero = values.dtype.type(0)
        indices = self.operator.indices()
        return compact(self.shape, values.dtype, (STANDARD,), values, indices, zero)

    def settle(self) -> Spectrum:
        """Return the spectrum of the transformed array."""
        return self.express().settle()

    def reverse(self) -> VirtualQArray:
        """Return the array before. O(1), or O(k) for a projection."""
        if self.mode != "project":
            return super().reverse()
        kept, operator = self.kept, self.operator
        sparse = pays_sparse(kept.size, operator.space, kept.dtype)
        if operator.active_indices is None or not sparse:
            return VirtualQArray(self._placed(kept))
        zero, indices = kept.dtype.type(0), operator.active_indices
        return VirtualQArray(Spectrum(self.shape, kept.dtype, (STANDARD,), kept, indices, zero))


class EvolvedQubits(_Transformed):
    """A state with some qubits transformed: the operator acts on the values of a register.

    Kept in mode "project": what the operator does not drop.

    Parameters
    ----------
    mode, operator, kept, t
    bits : list of int
        The bits of an index that the register has, the most significant first.
    """

    __slots__ = ("bits",)

    def __init__(
        self, mode: str, operator: Spectrum, kept: Source, t: float, bits: list[int]
    ) -> None:
        super().__init__(mode, operator, kept, t)
        self.bits = bits

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array before."""
        return self.kept.shape

    @property
    def label(self) -> str:
        """What was done to it."""
        return f"qubits {super().label}"

    def settle(self) -> Spectrum:
        """Return the transformed array, in the standard basis. O(k)."""
        before = _standard(self.kept)
        registers = register(before.indices().astype(np.int64), self.bits)
        factors = _factors(self.operator, self.mode, self.t)
        values = before.eigenvalues * factors.at(registers)
        zero = values.dtype.type(0)
        bases = (STANDARD,) * len(self.shape)
        error = before.error
        if error is not None:
            # What is left of the array is not known.
            error = ErrorBound(error.absolute * _largest(factors), 0.0)
        indices = before.indices()
        return compact(self.shape, values.dtype, bases, values, indices, zero, error=error)


def _standard(source: Source) -> Spectrum:
    """Return an array in the standard basis, with fill value 0."""
    x = VirtualQArray(source).to_basis("standard")
    if x.fill_value != 0:
        bases = (STANDARD,) * x.ndim
        zero = x.dtype.type(0)
        return Spectrum(x.shape, x.dtype, bases, x.todense().reshape(-1), None, zero)
    return x.spectrum


def _on_qubits(
    x: ArrayLike | VirtualQArray,
    mode: str,
    t: float,
    operator: VirtualQArray | None,
    qubits: Qubits,
) -> VirtualQArray:
    """Apply the transformation to a register of a state."""
    x = x if isinstance(x, VirtualQArray) else asarray(x)
    bits = bits_of(qubits, qubits_of_shape(x.shape))
    size = 1 << len(bits)
    diagonal = _reference(size) if operator is None else _diagonal(operator, size)
    kept = x.source
    if mode == "project":
        before = _standard(kept)
        indices = before.indices()
        active = diagonal.indices()
        values = register(indices.astype(np.int64), bits)
        _, on = matched(active, values)
        zero = x.dtype.type(0)
        kept = compact(
            x.shape, x.dtype, before.bases, before.eigenvalues[on], indices[on], zero,
            error=None if before.error is None else ErrorBound(before.error.absolute, 0.0),
        )  # fmt: skip
    return VirtualQArray(EvolvedQubits(mode, diagonal, kept, t, bits))


def _on_wide(
    x: WideState, mode: str, t: float, operator: VirtualQArray | None, qubits: Qubits | None
) -> WideState:
    """Apply the transformation to a register of a state of more qubits than an array has."""
    if qubits is None:
        raise ValueError(f"{x!r} is no vector: say by qubits= which of them are transformed")
    bits = bits_of(qubits, x.n)
    if len(bits) > MAX_QUBITS:
        raise ValueError(f"a register of up to {MAX_QUBITS} qubits is transformed: {len(bits)}")
    size = 1 << len(bits)
    diagonal = _reference(size) if operator is None else _diagonal(operator, size)
    before, factors = x, _factors(diagonal, mode, t)
    if mode == "project":
        ones, zero = np.ones(diagonal.nactive), np.float64(0)
        active = diagonal.active_indices
        kept = Spectrum((size,), np.dtype(float), (STANDARD,), ones, active, zero)
        before = x.weighted(bits, kept)
    after = before.weighted(bits, factors)
    after.before, after.dropped = before, before.dropped * _largest(factors)
    return after


def _on_groups(
    x: ProductState,
    mode: Mode,
    t: float,
    operator: VirtualQArray | None,
    qubits: Qubits | None,
) -> ProductState:
    """Apply the transformation to a register of groups of qubits, which become one."""
    if qubits is None:
        raise ValueError(f"{x!r} is no vector: say by qubits= which of them are transformed")
    others, group, inner = x.joined(qubit_list(qubits, x.n))
    after = apply_evolving_and_or(group.state, mode=mode, t=t, operator=operator, qubits=inner)
    return ProductState([*others, group._replace(state=after)])


def _on_vector(
    x: ArrayLike | VirtualQArray, mode: str, t: float, operator: VirtualQArray | None
) -> VirtualQArray:
    """Apply the transformation to all elements of a vector."""
    source: Any
    if isinstance(x, VirtualQArray):
        source = x.source
    else:
        source = np.asarray(x)
        if source.dtype.kind not in "biufc":
            raise TypeError(f"elements must be numbers or bool, got dtype {source.dtype}")
    shape = source.shape
    if len(shape) != 1:
        raise ValueError(f"x must be 1-D, got shape {shape}")
    n = shape[0]
    diagonal = _reference(n) if operator is None else _diagonal(operator, n)
    if mode == "project":
        indices = diagonal.indices()
        if isinstance(x, VirtualQArray):
            return VirtualQArray(Evolved(mode, diagonal, x.source.at(indices), 0.0))
        return VirtualQArray(Evolved(mode, diagonal, source.take(indices), 0.0))
    kept = source if isinstance(x, VirtualQArray) else asarray(source).source
    return VirtualQArray(Evolved(mode, diagonal, kept, t))


def _diagonal(operator: VirtualQArray, n: int) -> Spectrum:
    """Return the spectrum of an operator of n rows, validated."""
    spectrum = operator.spectrum
    if not spectrum.is_operator or spectrum.bases[0] is not STANDARD or spectrum.fill_value != 0:
        raise ValueError(f"operator must be diagonal in the standard basis, got {operator!r}")
    if spectrum.shape[0] != n:
        raise ValueError(f"operator of shape {spectrum.shape} for an array of length {n}")
    return spectrum


def apply_evolving_and_or(
    x: ArrayLike | VirtualQArray,
    *,
    mode: Mode = "project",
    t: float = 1.0,
    operator: VirtualQArray | None = None,
    qubits: Qubits | None = None,
) -> VirtualQArray:
    """Apply the evolving AND/OR transformation A to a vector.

    Parameters
    ----------
    x : array_like, shape (n,), or a state
        Real or complex, of any length.
    mode : {"project", "residual", "unitary"}
        * ``"project"``: y = A x. Only the active elements are kept: the reversal is exact on
          them, and zero elsewhere.
        * ``"residual"``: y = A x. What the projection drops is kept beside it: the reversal
          gives x back, bit for bit.
        * ``"unitary"``: y = exp(-i t A) x. The parameters of the evolution are kept beside x and
          applied when elements are asked for: the reversal cancels them, bit for bit.
    t : float
        Time of the unitary evolution.
    operator : VirtualQArray, optional
        A, diagonal in the standard basis; ``gates.and_or_operator(n)`` if left out.
    qubits : int or sequence of m ints, optional
        Transform the values of this register of a state, of shape (2**n,) or (2,) * n: A has
        2**m rows then. The first qubit is the most significant; qubit q is axis q. A
        `qvarray.gates.WideState` or `qvarray.gates.ProductState` needs it.

    Returns
    -------
    VirtualQArray
        y, of the shape of x; or a `qvarray.gates.WideState` or `qvarray.gates.ProductState`, as x
        is.

    Raises
    ------
    ValueError
        For an unknown mode, an `x` that is not 1-D, an operator of another size or basis, a `t`
        that is not finite; for qubits out of range or repeated, or not given for a state that
        is no array.
    TypeError
        For elements that are not numbers.

    See Also
    --------
    reverse_evolving_and_or

    Notes
    -----
    O(k) for k eigenvalues of A, whatever n is; keeping all of an ndarray `x` copies it. With
    `qubits`, O(k) for k elements of `x` that are stored. A `qvarray.gates.WideState` is computed at
    once, and gates on what is returned make it one that cannot be reversed.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = np.random.default_rng(0).standard_normal(131072)
    >>> y = qv.apply_evolving_and_or(x)
    >>> y.nbytes, y.virtual_nbytes
    (400, 1048576)
    >>> z = qv.apply_evolving_and_or(x, mode="residual")
    >>> bool((qv.reverse_evolving_and_or(z).todense() == x).all())
    True
    """
    if mode not in ("project", "residual", "unitary"):
        raise ValueError(f"mode must be 'project', 'residual' or 'unitary', got {mode!r}")
    if mode == "unitary":
        t = real("t", t)
    if isinstance(x, ProductState):
        return _on_groups(x, mode, t, operator, qubits)  # type: ignore[return-value]
    if isinstance(x, WideState):
        return _on_wide(x, mode, t, operator, qubits)  # type: ignore[return-value]
    if qubits is not None:
        return _on_qubits(x, mode, t, operator, qubits)
    return _on_vector(x, mode, t, operator)


def _is_evolved(y: object) -> bool:
    if isinstance(y, WideState):
        return y.before is not None
    return isinstance(y, VirtualQArray) and isinstance(y.source, (Evolved, EvolvedQubits))


def reverse_evolving_and_or(y: VirtualQArray | Answering) -> VirtualQArray:
    """Reverse `apply_evolving_and_or`.

    Parameters
    ----------
    y : VirtualQArray, WideState or ProductState
        What `apply_evolving_and_or` returned.

    Returns
    -------
    VirtualQArray
        The array that it was applied to: bit for bit in modes ``"residual"`` and ``"unitary"``;
        in mode ``"project"`` exact on the operator's active indices and zero elsewhere.

    Raises
    ------
    TypeError
        For an array that is not, or no longer, a transformed one. (For the product of an operator
        with an array that has been computed on since, ``np.linalg.pinv(A) @ y``.)
    """
    if isinstance(y, ProductState) and any(_is_evolved(group.state) for group in y.parts):
        return ProductState(  # type: ignore[return-value]
            group._replace(state=reverse_evolving_and_or(group.state))
            if _is_evolved(group.state) else group
            for group in y.parts
        )  # fmt: skip
    if isinstance(y, WideState) and y.before is not None:
        return y.before  # type: ignore[return-value]
    source = y.source if isinstance(y, VirtualQArray) else None
    if not isinstance(source, (Evolved, EvolvedQubits)):
        raise TypeError(
            f"nothing to reverse: {type(y).__name__} is not what apply_evolving_and_or returned; "
            "for a product with an operator A use np.linalg.pinv(A) @ y"
        )
    return source.reverse()
