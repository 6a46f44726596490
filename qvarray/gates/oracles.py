"""Gates given by a matrix or by a function of registers: unitaries, maps, phases, oracles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .. import kernels
from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .operations import Operation, Payload
from .outputs import Out, after
from .registers import register, with_register
from .single_qubit import IDENTITY, snapped
from .state import State
from .validation import (
    Function,
    Qubits,
    Registers,
    integers,
    many,
    qubit_list,
)

#: Qubits of the largest matrix.
_MOST = 4
#: Up to this many qubits, a map is tabulated to invert it.
_TABULATED = 20
#: Of a matrix and its adjoint, how far from 1 their product may be.
_UNITARY_TO = 1e-10


class Unitary:
    """A matrix on 1 to 4 qubits, the first of which is the most significant bit of its indices."""

    def __init__(self, matrix: Array) -> None:
        self.matrix = matrix
        self._bytes = matrix.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unitary) and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def inverse(self) -> Unitary:
        """Return the adjoint."""
        return Unitary(np.ascontiguousarray(self.matrix.conj().T))

    def act(self, state: State, bits: list[int]) -> None:
        """Multiply: into a frame, or amplitudes in groups."""
        matrix = self.matrix
        if len(bits) == 1:
            state.rotate(bits[0], snapped(*(complex(z) for z in matrix.ravel())))
            return
        state.multiply(bits, matrix)


def unitary(
    x: ArrayLike | VirtualQArray, matrix: ArrayLike, qubits: Qubits, *, out: Out = None
) -> VirtualQArray:
    """Apply a unitary matrix to up to 4 qubits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    matrix : array_like, shape (2**m, 2**m), m <= 4
        The first of the qubits is the most significant bit of its row and column.
    qubits : int or sequence of m ints
    out : array, shape of `x`, optional
        What becomes the state afterwards, and is returned.

    Returns
    -------
    VirtualQArray
        Of the shape of `x`, complex128.

    Raises
    ------
    ValueError
        For a matrix that is not unitary to 1e-10 or of another size; qubits out of range or
        repeated.

    Notes
    -----
    O(1) for one qubit: the matrix is multiplied into its frame; else O(k · 2**m).

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.gates.unitary(qv.gates.zero_state(2), [[0, 1], [1, 0]], 1)
    >>> qv.gates.to_dict(x)
    {'01': (1+0j)}
    """
    return after(x, lambda n: [unitary_operation(matrix, qubits, n)], out)


def unitary_operation(matrix: ArrayLike, qubits: Qubits, n: int) -> Operation:
    """Return a unitary matrix on qubits of n, validated; see `unitary`."""
    chosen = qubit_list(qubits, n)
    given = np.array(matrix)
    if given.dtype.kind not in "biufc":
        raise ValueError(f"a matrix has numbers, got dtype {given.dtype}")
    matrix = given.astype(np.complex128)
    if not 1 <= len(chosen) <= _MOST or matrix.shape != (2 ** len(chosen),) * 2:
        raise ValueError(
            f"a unitary on {len(chosen)} qubits (1 to {_MOST}) has 2**{len(chosen)} rows and "
            f"columns, got shape {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise ValueError(f"the matrix is not unitary: its entries are not finite, got {matrix}")
    if not np.allclose(matrix @ matrix.conj().T, np.eye(len(matrix)), rtol=0, atol=_UNITARY_TO):
        raise ValueError(f"the matrix is not unitary: times its adjoint it is not 1, got {matrix}")
    return Operation("unitary", tuple(chosen), payload=Unitary(matrix))


def _cut(items: list[int], sizes: Iterable[int]) -> list[list[int]]:
    """Return consecutive parts of some sizes.

    >>> _cut([5, 3, 4], (1, 2))
    [[5], [3, 4]]
    """
    ends = list(accumulate(sizes, initial=0))
    return [items[low:high] for low, high in pairwise(ends)]


def _on_registers(
    name: str, qubits: Registers, n: int, payload: Callable[[tuple[int, ...]], Payload]
) -> Operation:
    """Return an operation on one register of qubits of n, or on several, made for their sizes."""
    groups = list(many(qubits))
    nested = any(np.ndim(group) for group in groups)
    flat = qubit_list([q for group in groups for q in (group if np.ndim(group) else [group])], n)
    sizes = tuple(np.size(group) for group in groups) if nested else (len(flat),)
    return Operation(name, tuple(flat), payload=payload(sizes))


Use = TypeVar("Use")


class _Function(Generic[Use]):
    """A function of registers of some sizes, and how it is used; equal where all of that is."""

    def __init__(self, f: Function, sizes: tuple[int, ...], use: Use) -> None:
        if not callable(f):
            raise TypeError(f"a function of registers is needed, got {f!r}")
        self.f = f
        self.sizes = sizes
        self.use = use

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Function)
            and type(self) is type(other)
            and (self.f, self.sizes, self.use) == (other.f, other.sizes, other.use)
        )

    def __hash__(self) -> int:
        return hash((self.f, self.sizes))

    def _present(self, state: State, bits: list[int]) -> tuple[list[list[int]], list[Array]]:
        """Return the bits of each register, and the values of it in a state, made computed."""
        state.absorb(dict.fromkeys(bits, IDENTITY))
        state.compute()
        groups = _cut(bits, self.sizes)
        return groups, [register(state.core.indices, group) for group in groups]


class Map(_Function[Function | None]):
    """A reversible map of registers; its use is its inverse, if that is known."""

    def inverse(self) -> Map:
        """Return the map back, from a table of this one where it is not known."""
        if self.use is None:
            if sum(self.sizes) > _TABULATED:
                raise ValueError(
                    f"the inverse of a map of {sum(self.sizes)} qubits must be given: "
                    "permutation(..., inverse=...)"
                )
            self.use = _tabulated_inverse(self)
        return Map(self.use, self.sizes, self.f)

    def moved(self, parts: list[Array]) -> list[Array]:
        """Return the values of the registers after the map.

        Raises
        ------
        ValueError
            For values that do not fit their register, or are no integers.
        """
        answer = self.f(*parts)
        answers = [answer] if len(self.sizes) == 1 else list(many(answer))
        if len(answers) != len(self.sizes):
            raise ValueError(f"the map gave {len(answers)} registers for {len(self.sizes)}")
        out = []
        for new, old, size in zip(answers, parts, self.sizes, strict=True):
            new = np.broadcast_to(integers("the map", new), old.shape)
            if new.size and (new.min() < 0 or new.max() >> size):
                raise ValueError(f"the map is not a bijection: it leaves the {size} qubits")
            out.append(new)
        return out

    def act(self, state: State, bits: list[int]) -> None:
        """Move amplitudes, with `f` called once on the registers of all."""
        groups, parts = self._present(state, bits)
        core = state.core
        if not core.indices.size:
            return
        indices = core.indices
        for group, part in zip(groups, self.moved(parts), strict=True):
            indices = with_register(indices, group, part)
        indices, order = kernels.radix_sort.sorted_order(indices)
        if (indices[1:] == indices[:-1]).any():
            raise ValueError("the map is not a bijection: two indices go to one")
        state.core = core._replace(values=core.values.take(order), indices=indices)


def _tabulated_inverse(forward: Map) -> Function:
    """Return the inverse of a map by its values at everything."""
    sizes = forward.sizes
    everything = np.arange(1 << sum(sizes))
    shifts = [sum(sizes[place + 1 :]) for place in range(len(sizes))]

    def split(joined: Array) -> list[Array]:
        return [
            joined >> shift & ((1 << size) - 1) for shift, size in zip(shifts, sizes, strict=True)
        ]

    def join(parts: Sequence[Array]) -> Array:
        out = np.zeros(parts[0].shape, np.int64)
        for part, shift in zip(parts, shifts, strict=True):
            out |= part << shift
        return out

    table = np.full(everything.size, -1)
    table[join(forward.moved(split(everything)))] = everything
    if (table < 0).any():
        raise ValueError("the map is not a bijection of all values of its registers")

    def back(*parts: Array) -> Array | tuple[Array, ...]:
        found = split(table[join(parts)])
        return found[0] if len(sizes) == 1 else tuple(found)

    return back


def permutation(
    x: ArrayLike | VirtualQArray,
    f: Function,
    qubits: Registers,
    inverse: Function | None = None,
    *,
    out: Out = None,
) -> VirtualQArray:
    """Apply a classical reversible map to registers of qubits.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    f : callable
        Takes the values of each register, an ndarray of int64 of any shape each, and returns
        the new ones. The first qubit of a register is its most significant bit.
    qubits : sequence of int, or of sequences of int
        The qubits of one register, or of several.
    inverse : callable, optional
        The map that undoes `f`. Where it is not given, the inverse of a circuit tabulates `f`, up
        to 20 qubits.
    out : array, shape of `x`, optional
        What becomes the state afterwards, and is returned.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        Where `f` takes two of the present values to one, or out of the register; qubits out of
        range or repeated.

    Notes
    -----
    O(k), with `f` called once on the values of all amplitudes.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.basis_state("0101")
    >>> x = qv.gates.permutation(x, lambda a, b: (a, (a + b) % 4), [[0, 1], [2, 3]])
    >>> qv.gates.to_dict(x)
    {'0110': (1+0j)}
    """
    return after(x, lambda n: [permutation_operation(f, qubits, inverse, n)], out)


def permutation_operation(
    f: Function, qubits: Registers, inverse: Function | None, n: int
) -> Operation:
    """Return a reversible map of registers of n qubits, validated; see `permutation`."""
    if inverse is not None and not callable(inverse):
        raise TypeError(f"an inverse is a function of registers, got {inverse!r}")
    return _on_registers("permutation", qubits, n, lambda sizes: Map(f, sizes, inverse))


class Diagonal(_Function[int]):
    """Factors by registers; the use of their values is as angles times 1 or -1, or 0: as signs."""

    def inverse(self) -> Diagonal:
        """Return the same signs, or angles of the other sign."""
        return Diagonal(self.f, self.sizes, -self.use)

    def act(self, state: State, bits: list[int]) -> None:
        """Multiply amplitudes, with `f` called once on the registers of all."""
        _, parts = self._present(state, bits)
        core, found = state.core, self.f(*parts)
        if self.use == 0:
            odd = np.broadcast_to(integers("the oracle", found) & 1, core.indices.shape)
            values = np.where(odd == 1, -core.values, core.values)
        else:
            values = core.values * np.broadcast_to(_phases(found, self.use), core.indices.shape)
        state.core = core._replace(values=values)


def _phases(angles: ArrayLike, sign: int) -> Array:
    found = np.asarray(angles)
    if found.dtype.kind not in "biuf" or not np.isfinite(found).all():
        raise ValueError(f"a phase must be a finite real number, got {found}")
    factors: Array = np.exp(1j * sign * found.astype(np.float64))
    return factors


def phase(
    x: ArrayLike | VirtualQArray, f: Function, qubits: Registers, *, out: Out = None
) -> VirtualQArray:
    """Multiply amplitudes by ``exp(1j * f(register))``.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    f : callable
        Takes the values of each register, ndarrays of int64, and returns angles in radians.
    qubits : sequence of int, or of sequences of int
        The qubits of one register, or of several, the first the most significant.
    out : array, shape of `x`, optional
        What becomes the state afterwards, and is returned.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        For angles that are no finite real numbers; qubits out of range or repeated.
    TypeError
        For an `f` that cannot be called.

    Notes
    -----
    O(k), with `f` called once on the values of all amplitudes.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.gates.phase(qv.gates.basis_state("11"), lambda r: np.pi * (r == 3), [0, 1])
    >>> complex(x[3].round(15))
    (-1+0j)
    """
    return after(x, lambda n: [phase_operation(f, qubits, n)], out)


def phase_operation(f: Function, qubits: Registers, n: int) -> Operation:
    """Return a phase by a function of registers of n qubits, validated; see `phase`."""
    return _on_registers("phase", qubits, n, lambda sizes: Diagonal(f, sizes, 1))


def oracle(
    x: ArrayLike | VirtualQArray,
    f: Function,
    inputs: Iterable[int],
    outputs: Iterable[int],
    *,
    out: Out = None,
) -> VirtualQArray:
    """Apply ``|a, b> -> |a, b ^ f(a)>``.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    f : callable
        Takes an ndarray of int64 and returns integers, or bools.
    inputs, outputs : sequence of int
        Two registers, the first qubit of each the most significant.
    out : array, shape of `x`, optional
        What becomes the state afterwards, and is returned.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        For values of `f` that do not fit the outputs; qubits out of range or repeated.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.oracle(qv.gates.basis_state("110"), lambda a: a == 3, [0, 1], [2])
    >>> qv.gates.to_dict(x)
    {'111': (1+0j)}
    """
    step = oracle_map(f)
    return permutation(x, step, [list(inputs), list(outputs)], step, out=out)


def oracle_map(f: Function) -> Function:
    """Return the map ``a, b -> a, b ^ f(a)``, which is its own inverse."""
    if not callable(f):
        raise TypeError(f"a function of a register is needed, got {f!r}")

    def step(a: Array, b: Array) -> tuple[Array, Array]:
        return a, b ^ integers("the oracle", f(a))

    return step


def phase_oracle(
    x: ArrayLike | VirtualQArray, f: Function, qubits: Qubits, *, out: Out = None
) -> VirtualQArray:
    """Multiply amplitudes by ``(-1) ** f(register)``.

    Parameters
    ----------
    x : array_like, shape (2**n,) or (2,) * n
    f : callable
        Takes an ndarray of int64 and returns integers, or bools.
    qubits : sequence of int
        The register, the first the most significant.
    out : array, shape of `x`, optional
        What becomes the state afterwards, and is returned.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        For qubits out of range or repeated.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.gates.phase_oracle(qv.gates.basis_state("11"), lambda r: r == 3, [0, 1])
    >>> qv.gates.to_dict(x)
    {'11': (-1-0j)}
    """
    return after(x, lambda n: [sign_operation(f, qubits, n)], out)


def sign_operation(f: Function, qubits: Qubits, n: int) -> Operation:
    """Return a sign by a function of one register of n qubits, validated; see `phase_oracle`."""
    flat = tuple(qubit_list(qubits, n))
    return Operation("oracle", flat, payload=Diagonal(f, (len(flat),), 0))
