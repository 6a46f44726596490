"""Observables of a state: expectation values, overlaps, density matrices, entropy, amplitudes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import scipy
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.runs import ranked
from ..core.values import Array
from . import reduced_state
from .answering import Answering, answered
from .bit_strings import bit_string, index_of
from .paulis import Pauli, terms_of
from .registers import matched, multiplied, register
from .single_qubit import IDENTITY, Frame, adjoint, product
from .state import State
from .validation import (
    Qubits,
    as_state,
    bits_of,
    fidelity_of,
    many,
    non_negative,
    require_normalised,
)

if TYPE_CHECKING:
    from qiskit.quantum_info import Pauli as QiskitPauli
    from qiskit.quantum_info import SparsePauliOp

# Up to this many pairs of amplitudes of two states, an overlap is summed over all of them.
_PAIRS = 1 << 22
# What is smaller in a sum than the largest is the rounding of its terms.
_ROUNDING = 1e-15
#: A string, or several with their factors.
PauliSum: TypeAlias = (
    "str | Mapping[str, complex] | Iterable[tuple[str, complex]] | SparsePauliOp | QiskitPauli"
)
_INSTEAD = "ask for fewer qubits, or raise the budget"


def pauli_terms(pauli: PauliSum, n: int) -> list[tuple[str, complex]]:
    """Return the strings and factors of a sum, validated; qubit 0 first.

    Raises
    ------
    ValueError
        For other characters than IXYZ, strings of another length, factors that are no numbers.
    """
    if isinstance(pauli, str):
        terms: list[tuple[str, complex]] = [(pauli, 1.0)]
    elif isinstance(pauli, Mapping):
        terms = list(pauli.items())
    elif hasattr(pauli, "num_qubits"):
        terms = terms_of(pauli)
    else:
        terms = list(many(pauli))
    for term in terms:
        if not isinstance(term, Sequence) or isinstance(term, str) or len(term) != 2:
            raise ValueError(f"a sum of Pauli strings has pairs (str, number), got {term!r}")
        text, factor = term
        if not isinstance(text, str) or len(text) != n or set(text) - set("IXYZ"):
            raise ValueError(f"a Pauli string has {n} characters of IXYZ, got {text!r}")
        if np.ndim(factor) or np.asarray(factor).dtype.kind not in "biufc":
            raise ValueError(f"the factor of a Pauli string is a number, got {factor!r}")
    return terms


@answered
def require_unit(x: ArrayLike | VirtualQArray) -> None:
    """Raise ValueError where a state is not normalised."""
    require_normalised(as_state(x))


@answered
def pauli_times(
    x: ArrayLike | VirtualQArray, terms: Sequence[tuple[str, complex]]
) -> VirtualQArray:
    """Return a state times a sum of Pauli strings: not normalised, in the same frames.

    O(k) a string, twice that for each letter that a frame takes to no Pauli matrix.
    """
    state = as_state(x).without_layer().copy()
    state.history = None
    state.compute()
    core = state.core
    indices, values = [], []
    for text, factor in terms:
        i, v = core.indices[np.newaxis], core.values * factor
        for p, matrix in reduced_state.letters_in_frames(state, text):
            require_budget(64 * i.size, "ask for strings with fewer letters, or raise the budget")
            i, v = multiplied(i, v, p, matrix)
        indices.append(i[0])
        values.append(v)
    places, row = ranked(np.concatenate([*indices, core.indices[:0]]))
    joined = np.concatenate([*values, core.values[:0]])
    real = np.bincount(row, joined.real, places.size)
    sums = real + 1j * np.bincount(row, joined.imag, places.size)
    sizes = np.abs(sums)
    keep = sizes > _ROUNDING * sizes.max(initial=0.0)
    state.core = core._replace(values=sums[keep], indices=places[keep])
    return VirtualQArray(state)


@answered
def expectation(x: ArrayLike | VirtualQArray, pauli: PauliSum) -> float | complex:
    """Return the expectation value of a Pauli string, or of a sum of them.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    pauli : str, mapping of str to number, sequence of (str, number), or SparsePauliOp
        Of n characters I, X, Y and Z, that of qubit 0 first; or an operator of Qiskit, whose
        qubit q is qubit q here.

    Returns
    -------
    float, or complex where a factor is

    Raises
    ------
    ValueError
        For other strings, or a state that is not normalised.

    Notes
    -----
    O(k log k) a string; bits whose frame takes a Pauli to no Pauli double the amplitudes first.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> round(qv.gates.expectation(x, {"XX": 1.0, "ZZ": 0.5, "ZI": 3.0}), 12)
    1.5
    """
    state = as_state(x)
    terms = pauli_terms(pauli, state.n)
    require_normalised(state)
    total: complex = 0.0
    for text, factor in terms:
        total = total + factor * reduced_state.mean(state, Pauli.of_text(text))
    return total


@answered
def overlap(a: ArrayLike | VirtualQArray, b: ArrayLike | VirtualQArray | Answering) -> complex:
    """Return the inner product of two states, the first conjugated: ``np.vdot(a, b)``.

    Parameters
    ----------
    a, b : array_like, shape (2**n,) or (2,) * n

    Returns
    -------
    complex

    Raises
    ------
    ValueError
        For states of different numbers of qubits.

    Notes
    -----
    O(ka + kb) where the frames of the two are the same; constants of both are factors.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.h(qv.gates.zero_state(60), 3)
    >>> round(abs(qv.gates.overlap(x, qv.gates.zero_state(60))), 12)
    0.707106781187
    """
    if isinstance(b, Answering):
        return b.overlap(a).conjugate()
    left, right = as_state(a), as_state(b)
    if left.n != right.n:
        raise ValueError(f"states of {left.n} and of {right.n} qubits")
    if left.layer is right.layer:
        # One unitary on both.
        left, right = left.before_layer(), right.before_layer()
    left, right = left.without_layer(), right.without_layer()
    left.compute()
    right.compute()
    scalar: complex = np.conj(left.factor()) * right.factor()
    left, right = left.copy(), right.copy()
    between: dict[int, Frame] = {}
    ignored = 0
    for p in range(left.n):
        inner = product(adjoint(left.frames[p]), right.frames[p])
        row, column = left.constant(p), right.constant(p)
        if row is not None and column is not None:
            scalar *= inner[2 * row + column]
            ignored |= 1 << p
        elif inner != IDENTITY:
            between[p] = inner
    if scalar == 0:
        return 0j
    if between and left.nactive * right.nactive <= _PAIRS >> len(between).bit_length():
        return complex(scalar * _paired(left, right, between, ignored))
    # A frame of all, so that the factors left are those of the amplitudes.
    for state in (left, right):
        state.turns, state.halves, state.cutoff = 0.0, 0, 0.0
    if right.nactive <= left.nactive:
        right.absorb({p: left.frames[p] for p in between})
    else:
        left.absorb({p: right.frames[p] for p in between})
    left.compute()
    right.compute()
    scalar *= np.conj(left.factor()) * right.factor()
    keep = ~np.int64(ignored)
    i, j = left.core.indices & keep, right.core.indices & keep
    place, hit = matched(i, j)
    return complex(scalar * np.vdot(left.core.values[place[hit]], right.core.values[hit]))


def _paired(left: State, right: State, between: dict[int, Frame], ignored: int) -> complex:
    """Sum the inner product over all pairs of amplitudes. O(ka · kb · bits)."""
    i, j = left.core.indices[:, None], right.core.indices[None, :]
    kept = ~np.int64(ignored | sum(1 << p for p in between))
    terms = ((i ^ j) & kept == 0).astype(np.complex128)
    for p, frame in between.items():
        table = np.array(frame)
        terms *= table[2 * (i >> p & 1) + (j >> p & 1)]
    return complex(left.core.values.conj() @ terms @ right.core.values)


@answered
def fidelity(a: ArrayLike | VirtualQArray, b: ArrayLike | VirtualQArray | Answering) -> float:
    """Return the fidelity of two pure states, ``abs(np.vdot(a, b)) ** 2``.

    Parameters
    ----------
    a, b : array_like, shape (2**n,) or (2,) * n
        Normalised.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For states of different numbers of qubits, or that are not normalised.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.zero_state(60)
    >>> round(qv.gates.fidelity(x, qv.gates.h(x, 0)), 12)
    0.5
    """
    if isinstance(b, Answering):
        return b.fidelity(a)
    for state in (a, b):
        require_normalised(as_state(state))
    return fidelity_of(overlap(a, b))


def _grouped(state: State, bits: list[int]) -> scipy.sparse.csr_array:
    """Return amplitudes by the rest of the index and by the register."""
    core = state.core
    column = register(core.indices, bits)
    rest = core.indices & ~np.int64(sum(1 << p for p in bits))
    groups, row = ranked(rest)
    shape = (max(1, groups.size), 1 << len(bits))
    return scipy.sparse.csr_array((core.values, (row, column)), shape=shape)


@answered
def density_matrix(x: ArrayLike | VirtualQArray, qubits: Qubits) -> Array:
    """Return the density matrix of some qubits, the others traced out.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of m ints
        The first is the most significant bit of rows and columns.

    Returns
    -------
    ndarray of complex128, shape (2**m, 2**m)

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where 4**m numbers are over the memory budget.

    Notes
    -----
    O(k · 2**m + 4**m): frames of the other qubits do not matter.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> qv.gates.density_matrix(x, 1).real.round(12)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    require_budget(64 << 2 * len(bits), _INSTEAD)
    if state.touches(*bits):
        if len(bits) <= reduced_state.MOMENTS // 2:
            return reduced_state.from_moments(state, bits, "IXYZ")
        state = state.without_layer()
    state = state.before_layer()
    state.compute()
    grouped = _grouped(state, bits)
    out = (grouped.T @ grouped.conj()).toarray() * abs(state.factor()) ** 2
    m = len(bits)
    out = out.reshape((2,) * (2 * m))
    for axis, p in enumerate(bits):
        frame = np.array(state.frames[p]).reshape(2, 2)
        out = np.moveaxis(np.tensordot(frame, out, (1, axis)), 0, axis)
        out = np.moveaxis(np.tensordot(frame.conj(), out, (1, m + axis)), 0, m + axis)
    return np.ascontiguousarray(out).reshape(1 << m, 1 << m)


@answered
def partial_trace(x: ArrayLike | VirtualQArray, qubits: Qubits) -> Array:
    """Return the density matrix of what is left when some qubits are traced out.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of ints
        Those that are traced out.

    Returns
    -------
    ndarray of complex128, shape (2**m, 2**m)
        For the m other qubits, in their order.

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where 4**m numbers are over the memory budget.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.partial_trace(qv.gates.basis_state("01"), 0).real
    array([[0., 0.],
           [0., 1.]])
    """
    state = as_state(x)
    gone = bits_of(qubits, state.n)
    return density_matrix(x, [q for q in range(state.n) if state.n - 1 - q not in gone])


@answered
def entropy(x: ArrayLike | VirtualQArray, qubits: Qubits) -> float:
    """Return the entanglement entropy of some qubits with the others, in bits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
        Normalised.
    qubits : int or sequence of ints
        One of the two parts.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For qubits out of range or repeated, or a state that is not normalised.
    MaterializationError
        Where neither part has few enough different indices.

    Notes
    -----
    By the singular values of the amplitudes as a matrix of the two parts, of as many rows and
    columns as there are different indices in each; frames do not matter.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(60), 0), 0, 59)
    >>> round(qv.gates.entropy(x, range(30)), 12)
    1.0
    """
    state = as_state(x)
    bits = bits_of(qubits, state.n)
    require_normalised(state)
    if state.touches(*bits) and state.touches(*(p for p in range(state.n) if p not in bits)):
        state = state.without_layer()
    # What acts on one of the parts only does not matter.
    state = state.before_layer()
    state.compute()
    core = state.core
    mask = np.int64(sum(1 << p for p in bits))
    rows, row = ranked(core.indices & mask)
    columns, column = ranked(core.indices & ~mask)
    shape = (rows.size, columns.size)
    grouped: Any = scipy.sparse.csr_array((core.values, (row, column)), shape=shape)
    require_budget(32 * min(shape) ** 2, "take a part with fewer different indices")
    if shape[0] > shape[1]:
        grouped = grouped.T
    gram = (grouped @ grouped.conj().T).toarray() * abs(state.factor()) ** 2
    chances = np.linalg.eigvalsh(gram)
    chances = chances[chances > 1e-300]
    return max(0.0, float(-(chances * np.log2(chances)).sum()))


@answered
def top(x: ArrayLike | VirtualQArray, k: int) -> dict[str, complex]:
    """Return the amplitudes of largest size, by their bit strings.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    k : int
        How many, at most: zeros are left out.

    Returns
    -------
    dict of str to complex
        Largest first; of equal ones the smaller index first.

    Raises
    ------
    ValueError
        For a negative `k`.
    MaterializationError
        Where the amplitudes of the qubits that are not constant are over the memory budget.

    Notes
    -----
    Constants are factors: O(n · k log k) for them.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.ry(qv.gates.zero_state(60), 0.2, 0)
    >>> [(bits[0], round(a.real, 3)) for bits, a in qv.gates.top(x, 5).items()]
    [('0', 0.995), ('1', 0.1)]
    """
    k = non_negative("k", k)
    state = as_state(x).without_layer()
    fixed, rest = reduced_state.split(state, range(state.n))
    state = reduced_state.with_open(state, rest)
    gone = ~np.int64(sum(1 << p for p in fixed))
    indices, values = state.core.indices & gone, state.core.values * state.factor()
    indices, values = _largest(indices, values, k)
    for p, constant in fixed.items():
        factor_0, factor_1 = reduced_state.column(state.frames[p], constant)
        if factor_1 == 0:
            values = values * factor_0
        elif factor_0 == 0:
            indices, values = indices | 1 << p, values * factor_1
        else:
            indices = np.concatenate([indices, indices | 1 << p])
            values = np.concatenate([values * factor_0, values * factor_1])
            indices, values = _largest(indices, values, k)
    indices, values = _largest(indices, values, k)
    return {
        bit_string(index, state.n): value
        for index, value in zip(indices.tolist(), values.tolist(), strict=True)
    }  # fmt: skip


def _largest(indices: Array, values: Array, k: int) -> tuple[Array, Array]:
    """Return the k values of largest size, largest first; of equal ones the smaller index first."""
    sizes = np.abs(values)
    if k < sizes.size:
        # All that are as large as the last one are kept until they are in order.
        least = np.partition(sizes, sizes.size - k)[sizes.size - k] if k else np.inf
        keep = sizes >= least
        indices, values, sizes = indices[keep], values[keep], sizes[keep]
    order = np.lexsort((indices, -sizes))[:k]
    return indices[order], values[order]


@answered
def amplitudes(x: ArrayLike | VirtualQArray, bits: str | Iterable[str]) -> Array:
    """Return the amplitudes at some bit strings.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    bits : str, or sequence of m str
        Qubit 0 first.

    Returns
    -------
    ndarray of complex128, shape (m,)

    Raises
    ------
    ValueError
        For other characters than 0 and 1, or another number of them than n.

    Notes
    -----
    O(n · k) a string where frames are open, else O(log k); never more memory than for m
    amplitudes.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.zero_state(60)
    >>> for q in range(60):
    ...     x = qv.gates.h(x, q)
    >>> bool(abs(qv.gates.amplitudes(x, "01" * 30)[0] * 2**30 - 1) < 1e-12)
    True
    """
    state = as_state(x)
    strings = [bits] if isinstance(bits, str) else list(many(bits))
    positions = np.array([index_of(string, state.n) for string in strings], np.int64)
    return state.at(positions)
