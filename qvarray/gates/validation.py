"""Validation of the arguments of gates: qubits, angles, shapes, states."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD, WALSH
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..creation.arrays import asarray
from .single_qubit import HADAMARD, IDENTITY
from .state import MAX_QUBITS, State

#: One qubit, or several; the same of classical bits.
Qubits: TypeAlias = int | Iterable[int]
#: The qubits of one register, or of several.
Registers: TypeAlias = Qubits | Iterable[Iterable[int]]
#: What draws random numbers, or its seed.
Rng: TypeAlias = "np.random.Generator | int"
#: Takes the values of each register, an ndarray of int64 each.
Function: TypeAlias = Callable[..., Any]
#: Classical bits and the value that they must have, the first the most significant.
Condition: TypeAlias = tuple[Qubits, int]

#: Of circuits, and of states that are no arrays.
MOST_QUBITS = 4096


def qubit_count(n: int) -> int:
    """Return a number of qubits as an int.

    Raises
    ------
    ValueError
        Outside of 1 to 62.
    """
    n = operator.index(n)
    if not 1 <= n <= MAX_QUBITS:
        raise ValueError(f"a state that is an array has 1 to {MAX_QUBITS} qubits, got {n}")
    return n


def wire_count(n: int) -> int:
    """Return a number of qubits of a circuit, or of a state that is no array, as an int.

    Raises
    ------
    ValueError
        Outside of 1 to 4096.
    """
    n = operator.index(n)
    if not 1 <= n <= MOST_QUBITS:
        raise ValueError(f"a circuit has 1 to {MOST_QUBITS} qubits, got {n}")
    return n


def qubit_list(qubits: object, n: int) -> list[int]:
    """Return qubits as ints, all different.

    Raises
    ------
    ValueError
        For one that is no integer, outside of 0 to n - 1, or repeated.
    """
    if type(qubits) in (list, tuple) and set(map(type, qubits)) == {int}:  # type: ignore[call-overload]
        out: list[int] = list(qubits)  # type: ignore[call-overload]
        if min(out) >= 0 and max(out) < n and len(set(out)) == len(out):
            return out
    out = []
    for qubit in many(qubits):
        q = integer("a qubit", qubit)
        if not 0 <= q < n:
            raise ValueError(f"qubit {q} is out of range for {n} qubits")
        out.append(q)
    if len(set(out)) < len(out):
        raise ValueError(f"repeated qubits: {out}")
    return out


def many(x: object) -> Iterable[Any]:
    """Return a number or a string, or an iterable of such, as an iterable.

    >>> many(3), many([3, 4]), many("ab")
    ((3,), [3, 4], ('ab',))
    """
    if type(x) is int:
        return (x,)
    single = isinstance(x, (str, bytes)) or not getattr(x, "ndim", 1)
    return x if isinstance(x, Iterable) and not single else (x,)


def is_one(x: object) -> bool:
    """Tell whether an argument is one thing: a number, a string, and no sequence of such."""
    return type(x) in (int, float) or many(x) is not x


def integer(what: str, value: object) -> int:
    """Return an int, which a bool is not.

    Raises
    ------
    ValueError
        For anything else.
    """
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"{what} is an integer, got {value!r}") from None


def non_negative(what: str, number: SupportsIndex) -> int:
    """Return a count as an int.

    Raises
    ------
    ValueError
        For a negative number.
    TypeError
        For one that is no integer.
    """
    try:
        out = operator.index(number)
    except TypeError:
        raise TypeError(f"{what} must be an integer, got {number!r}") from None
    if out < 0:
        raise ValueError(f"{what} must not be negative, got {number!r}")
    return out


def real(what: str, value: object) -> float:
    """Return a finite real number as a float.

    Raises
    ------
    ValueError
        For anything else.
    """
    if not isinstance(value, float):
        number = np.asarray(value)
        if number.ndim or number.dtype.kind not in "biuf":
            raise ValueError(f"{what} is a real number, got {value!r}")
        value = float(number)
    if not abs(value) < float("inf"):
        raise ValueError(f"{what} must be finite, got {value!r}")
    return value


def integers(what: str, answer: ArrayLike) -> Array:
    """Return an answer of a function of registers as an array of int64.

    Raises
    ------
    ValueError
        For an answer of numbers other than integers and bools.
    """
    out = np.asarray(answer)
    if out.dtype.kind not in "biu":
        raise ValueError(f"{what} gave {out.dtype} for integers")
    return out.astype(np.int64)


def require_generator(rng: object) -> np.random.Generator:
    """Return a random generator, a new one for a seed.

    Raises
    ------
    ValueError
        For None, or a negative seed.
    TypeError
        For anything else.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is None:
        raise ValueError("a random generator, or a seed, is needed, got None")
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool):
        return np.random.default_rng(non_negative("a seed", rng))
    raise TypeError(f"rng must be a numpy.random.Generator or an int, got {rng!r}")


def require_bit_order(order: str) -> int:
    """Return the step through a bit string: 1 where bit 0 is the first character, -1 where last."""
    if order not in ("big", "little"):
        raise ValueError(f"a bit order is 'big' or 'little', got {order!r}")
    return 1 if order == "big" else -1


def require_cutoff(cutoff: float) -> float:
    """Return a cutoff as a float.

    Raises
    ------
    ValueError
        Outside of [0, 1).
    """
    if not 0.0 <= cutoff < 1.0:
        raise ValueError(f"a cutoff is at least 0 and less than 1, got {cutoff!r}")
    return float(cutoff)


def bits_of(qubits: object, n: int) -> list[int]:
    """Return the bits of an index that qubits are, validated."""
    return [n - 1 - q for q in qubit_list(qubits, n)]


def qubits_of_shape(shape: tuple[int, ...]) -> int:
    """Return how many qubits an array of a shape has.

    Raises
    ------
    ValueError
        Where the shape is neither ``(2**n,)`` nor ``(2,) * n``.
    """
    if shape and shape == (2,) * len(shape):
        return qubit_count(len(shape))
    if len(shape) == 1 and shape[0] > 1 and shape[0] & (shape[0] - 1) == 0:
        return qubit_count(shape[0].bit_length() - 1)
    raise ValueError(f"a state has shape (2**n,) or (2,) * n, got {shape}")


def _plain(spectrum: Spectrum) -> tuple[Array, Array]:
    """Return the values and the indices of a spectrum, without zeros."""
    values = spectrum.eigenvalues.astype(np.complex128)
    indices = spectrum.indices().astype(np.int64)
    if not np.isfinite(values).all():
        raise ValueError(f"amplitudes must be finite, got {values[~np.isfinite(values)][0]}")
    on = values != 0
    return (values, indices) if on.all() else (values[on], indices[on])


def as_state(x: ArrayLike | VirtualQArray) -> State:
    """Return an array as the state that it is; no gate changes either.

    Raises
    ------
    ValueError
        For another shape than ``(2**n,)`` or ``(2,) * n``; for amplitudes that are not finite.
    MaterializationError
        For an array in a basis other than standard and walsh that is over the memory budget.
    """
    x = x if isinstance(x, VirtualQArray) else asarray(x)
    n = qubits_of_shape(x.shape)
    if isinstance(x.source, State):
        return x.source
    spectrum = x.spectrum
    if spectrum.diagonal or not all(basis in (STANDARD, WALSH) for basis in spectrum.bases):
        spectrum = x.to_basis("standard").spectrum
    if spectrum.fill_value != 0:
        spectrum = asarray(x.todense()).spectrum
        if spectrum.fill_value != 0:
            values = x.todense().ravel()
            spectrum = Spectrum(
                x.shape, x.dtype, (STANDARD,) * x.ndim, values, None, x.dtype.type(0)
            )
    bases = spectrum.bases * n if x.ndim == 1 else spectrum.bases
    frames = tuple(HADAMARD if basis is WALSH else IDENTITY for basis in reversed(bases))
    return State(x.shape, *_plain(spectrum), frames, spectrum.error)


def require_normalised(state: State) -> None:
    """Raise ValueError where the squares of the amplitudes do not add up to 1."""
    size = float(np.linalg.norm(state.core.values)) * abs(state.factor())
    if not abs(size - 1.0) < 1e-6:
        raise ValueError(f"the state is not normalised: its norm is {size!r}")


def fidelity_of(overlap: complex) -> float:
    """Return the square of the size of an inner product; above 1, it is so by rounding or refused.

    Raises
    ------
    ValueError
        Where not both states can be normalised.
    """
    size = abs(overlap) ** 2
    if size > 1 + 4e-6:
        raise ValueError(f"the states are not normalised: the square of their overlap is {size!r}")
    return min(size, 1.0)
