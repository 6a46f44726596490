"""Circuit methods that append matrices, and functions of registers: maps, phases, oracles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from numpy.typing import ArrayLike

from . import oracles
from .validation import Condition, Function, Qubits, Registers

if TYPE_CHECKING:
    from .operations import Operation


class OracleMethods:
    """Methods that append what a matrix or a function describes, and return the circuit."""

    n: int

    if TYPE_CHECKING:

        def _add(self, operation: Operation, condition: Condition | None) -> Self: ...

    def unitary(
        self, matrix: ArrayLike, qubits: Qubits, *, condition: Condition | None = None
    ) -> Self:
        """Append a unitary matrix on up to 4 qubits.

        Parameters
        ----------
        matrix : array_like, shape (2**m, 2**m), m <= 4
            The first of the qubits is the most significant bit of its row and column.
        qubits : int or sequence of m ints
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        ValueError
            For a matrix that is not unitary to 1e-10 or of another size; qubits or bits out of
            range or repeated. Nothing is appended then.

        Notes
        -----
        Runs in O(1) for one qubit, else in O(k · 2**m) for k amplitudes, as
        `qvarray.gates.unitary` does.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(2).unitary([[0, 1], [1, 0]], 1)
        >>> qv.gates.to_dict(qv.gates.run(circuit))
        {'01': (1+0j)}
        """
        return self._add(oracles.unitary_operation(matrix, qubits, self.n), condition)

    def permutation(
        self,
        f: Function,
        qubits: Registers,
        inverse: Function | None = None,
        *,
        condition: Condition | None = None,
    ) -> Self:
        """Append a classical reversible map of registers of qubits.

        Parameters
        ----------
        f : callable
            Takes the values of each register, an ndarray of int64 of any shape each, and returns
            the new ones. The first qubit of a register is its most significant bit.
        qubits : sequence of int, or of sequences of int
            The qubits of one register, or of several.
        inverse : callable, optional
            The map that undoes `f`. Where it is not given, `inverse` tabulates `f`, up to 20
            qubits.
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        TypeError
            For an `f` or an `inverse` that cannot be called.
        ValueError
            For qubits or bits out of range or repeated. That `f` is no reversible map is found
            when the circuit runs.

        Notes
        -----
        Runs in O(k), with `f` called once on the values of all k amplitudes.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(2).permutation(lambda a: (a + 3) % 4, [0, 1])
        >>> qv.gates.to_dict(qv.gates.run(circuit))
        {'11': (1+0j)}
        """
        return self._add(oracles.permutation_operation(f, qubits, inverse, self.n), condition)

    def phase(self, f: Function, qubits: Registers, *, condition: Condition | None = None) -> Self:
        """Append the factor ``exp(1j * f(register))`` of each amplitude.

        Parameters
        ----------
        f : callable
            Takes the values of each register, ndarrays of int64, and returns angles in radians.
        qubits : sequence of int, or of sequences of int
            The qubits of one register, or of several, the first the most significant.
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        TypeError
            For an `f` that cannot be called.
        ValueError
            For qubits or bits out of range or repeated; when the circuit runs, for angles that
            are no finite real numbers.

        Notes
        -----
        Runs in O(k), with `f` called once on the values of all k amplitudes.

        Examples
        --------
        >>> import numpy as np, qvarray as qv
        >>> circuit = qv.gates.Circuit(1).x(0).phase(lambda r: np.pi * r, [0])
        >>> complex(qv.gates.run(circuit)[1].round(15))
        (-1+0j)
        """
        return self._add(oracles.phase_operation(f, qubits, self.n), condition)

    def oracle(
        self,
        f: Function,
        inputs: Iterable[int],
        outputs: Iterable[int],
        *,
        condition: Condition | None = None,
    ) -> Self:
        """Append ``|a, b> -> |a, b ^ f(a)>``.

        Parameters
        ----------
        f : callable
            Takes an ndarray of int64 and returns integers, or bools.
        inputs, outputs : sequence of int
            Two registers, the first qubit of each the most significant.
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        TypeError
            For an `f` that cannot be called.
        ValueError
            For qubits or bits out of range or repeated; when the circuit runs, for values of `f`
            that do not fit the outputs.

        Notes
        -----
        Runs in O(k). It is its own inverse.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(3).x(0).x(1).oracle(lambda a: a == 3, [0, 1], [2])
        >>> qv.gates.to_dict(qv.gates.run(circuit))
        {'111': (1+0j)}
        """
        step = oracles.oracle_map(f)
        return self.permutation(step, [list(inputs), list(outputs)], step, condition=condition)

    def phase_oracle(
        self, f: Function, qubits: Qubits, *, condition: Condition | None = None
    ) -> Self:
        """Append the factor ``(-1) ** f(register)`` of each amplitude.

        Parameters
        ----------
        f : callable
            Takes an ndarray of int64 and returns integers, or bools.
        qubits : sequence of int
            The register, the first the most significant.
        condition : tuple of (classical bits, value), optional
            As in `append`.

        Returns
        -------
        Circuit
            This one.

        Raises
        ------
        TypeError
            For an `f` that cannot be called.
        ValueError
            For qubits or bits out of range or repeated.

        Notes
        -----
        Runs in O(k). It is its own inverse.

        Examples
        --------
        >>> import qvarray as qv
        >>> circuit = qv.gates.Circuit(2).x(0).x(1).phase_oracle(lambda r: r == 3, [0, 1])
        >>> qv.gates.to_dict(qv.gates.run(circuit))
        {'11': (-1-0j)}
        """
        return self._add(oracles.sign_operation(f, qubits, self.n), condition)
