"""Preparation of states from bit strings, dicts of amplitudes and vectors, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from itertools import compress
from operator import itemgetter

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .answering import answered
from .bit_strings import bit_string, index_of, rows_of
from .single_qubit import IDENTITY
from .state import MAX_QUBITS, State
from .validation import as_state, require_cutoff, wire_count
from .wide_state import WideState


def _length(bits: Sized) -> int:
    try:
        return len(bits)
    except TypeError:
        raise ValueError(f"a bit string has characters 0 and 1, got {bits!r}") from None


def _made(n: int, indices: Sequence[int], values: Array, cutoff: float) -> VirtualQArray:
    """Return the state of some amplitudes at sorted indices: an array, of up to 62 qubits."""
    cutoff = require_cutoff(cutoff)
    if n > MAX_QUBITS:
        rows = rows_of(indices, n)
        return WideState.of_rows(rows, values, cutoff=cutoff)  # type: ignore[return-value]
    return VirtualQArray(State((1 << n,), values, np.array(indices, np.int64), cutoff=cutoff))


def zero_state(n: int, *, cutoff: float = 0.0) -> VirtualQArray:
    """Return the state of n qubits that are all 0.

    Parameters
    ----------
    n : int
        1 to 4096.
    cutoff : float
        Gates drop amplitudes of a smaller size where they compute some; the array's
        ``recovery_error`` counts what was dropped.

    Returns
    -------
    VirtualQArray
        Of shape (2**n,), complex128; a `WideState` of more than 62 qubits.

    Raises
    ------
    ValueError
        For another number of qubits, or a cutoff outside of [0, 1).

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.zero_state(60).nactive
    1
    """
    n = wire_count(n)
    if n > MAX_QUBITS:
        return WideState(n, cutoff=cutoff)  # type: ignore[return-value]
    return basis_state("0" * n, cutoff=cutoff)


def basis_state(bits: str | Sequence[int], *, cutoff: float = 0.0) -> VirtualQArray:
    """Return the state whose qubits have these values, qubit 0 first.

    Parameters
    ----------
    bits : str, or sequence of int
    cutoff : float
        As in `zero_state`.

    Returns
    -------
    VirtualQArray
        Of shape (2**n,), complex128; a `WideState` of more than 62 qubits.

    Raises
    ------
    ValueError
        For anything but 0 and 1, for more than 4096 of them.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.basis_state("101").active_indices
    array([5], dtype=int32)
    """
    n = wire_count(_length(bits))
    return _made(n, [index_of(bits)], np.ones(1, np.complex128), cutoff)


def from_dict(amplitudes: Mapping[str, complex], *, cutoff: float = 0.0) -> VirtualQArray:
    """Make a state from bit strings and their amplitudes.

    Parameters
    ----------
    amplitudes : mapping of str to complex
        All strings have one length; the first character is qubit 0. They are taken as they are,
        not normalised.
    cutoff : float
        As in `zero_state`.

    Returns
    -------
    VirtualQArray
        Of shape (2**n,), complex128; a `WideState` of more than 62 qubits.

    Raises
    ------
    ValueError
        For strings of different lengths, with other characters than 0 and 1, or that are the
        same; for none; for amplitudes that are not finite numbers.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.from_dict({"000": 0.6, "111": 0.8j})
    >>> qv.gates.to_dict(x)
    {'000': (0.6+0j), '111': 0.8j}
    """
    if not amplitudes:
        raise ValueError("a state needs at least one amplitude")
    n = wire_count(_length(next(iter(amplitudes))))
    pairs = sorted(((index_of(bits, n), a) for bits, a in amplitudes.items()), key=itemgetter(0))
    indices = [index for index, _ in pairs]
    if len(set(indices)) < len(indices):
        raise ValueError(f"there are two amplitudes of one bit string: {list(amplitudes)}")
    found = np.array([a for _, a in pairs])
    if found.ndim != 1 or found.dtype.kind not in "biufc" or not np.isfinite(found).all():
        raise ValueError(f"amplitudes must be finite numbers, got {list(amplitudes.values())}")
    values = found.astype(np.complex128)
    on = values != 0
    return _made(n, list(compress(indices, on.tolist())), values[on], cutoff)


def state(x: ArrayLike | VirtualQArray, *, cutoff: float = 0.0) -> VirtualQArray:
    """Make an array a state.

    Gates take any array; this one gives it a cutoff, and shows what they make of it.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    cutoff : float
        As in `zero_state`.

    Returns
    -------
    VirtualQArray
        Of the same shape, complex128.

    Raises
    ------
    ValueError
        For another shape, or a cutoff outside of [0, 1).

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.state([0.6, 0, 0, 0.8]).nactive
    2
    """
    new = as_state(x).copy()
    new.cutoff = require_cutoff(cutoff)
    return VirtualQArray(new)


def opened(source: State) -> State:
    """Return the same state with the frames of all qubits taken into the amplitudes.

    Raises
    ------
    MaterializationError
        Where those do not fit the memory budget.
    """
    new = source.without_layer().copy()
    new.cutoff = 0.0
    new.absorb(dict.fromkeys(range(new.n), IDENTITY))
    new.compute()
    factor = new.factor()
    if factor != 1:
        new.core = new.core._replace(values=new.core.values * factor)
        new.turns, new.halves = 0.0, 0
    return new


@answered
def to_dict(x: ArrayLike | VirtualQArray) -> dict[str, complex]:
    """Return the amplitudes that are not zero, by their bit strings.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n

    Returns
    -------
    dict of str to complex
        In the order of the indices; the first character is qubit 0.

    Raises
    ------
    MaterializationError
        Where the amplitudes in the standard basis do not fit the memory budget.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1)
    >>> {bits: round(abs(a) ** 2, 12) for bits, a in qv.gates.to_dict(x).items()}
    {'00': 0.5, '11': 0.5}
    """
    source = opened(as_state(x))
    core = source.core
    return {
        bit_string(index, source.n): value
        for index, value in zip(core.indices.tolist(), core.values.tolist(), strict=True)
    }


def reverse_qubits(x: ArrayLike | VirtualQArray) -> VirtualQArray:
    """Reverse the order of the qubits, as Qiskit counts them.

    Here qubit 0 is the first axis, the most significant bit of an index and the first character of
    a bit string; in Qiskit it is the least significant bit and the last character.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n

    Returns
    -------
    VirtualQArray

    Notes
    -----
    O(n): indices are moved when somebody reads them.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.to_dict(qv.gates.reverse_qubits(qv.gates.basis_state("100")))
    {'001': (1+0j)}
    """
    new = as_state(x).copy()
    for p in range(new.n // 2):
        new.swap(p, new.n - 1 - p)
    new.history = None
    return VirtualQArray(new)
