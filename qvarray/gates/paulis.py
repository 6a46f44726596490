"""Products of Pauli matrices, and what Clifford gates make of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import gf2
from .path_sum import Factors
from .phase_polynomial import PhaseForm


class Pauli(NamedTuple):
    """``i**quarters`` times flips of some bits, after signs of some.

    Attributes
    ----------
    flips, signs : int
        Masks of bits.
    quarters : int
    """

    flips: int
    signs: int
    quarters: int

    @classmethod
    def of_text(cls, text: str) -> Pauli:
        """Read letters I, X, Y and Z, that of the last bit first.

        >>> Pauli.of_text("XZ")
        Pauli(flips=2, signs=1, quarters=0)
        """
        n = len(text)
        bits = dict.fromkeys("IXYZ", 0)
        for q, letter in enumerate(text):
            bits[letter] |= 1 << (n - 1 - q)
        # Y = i X Z
        return cls(bits["X"] | bits["Y"], bits["Z"] | bits["Y"], bits["Y"].bit_count() & 3)

    def text(self, n: int) -> tuple[str, int]:
        """Return the letters, and the sign: 1 or -1."""
        letters = ""
        for p in reversed(range(n)):
            letters += "IXZY"[(self.flips >> p & 1) + 2 * (self.signs >> p & 1)]
        quarters = self.quarters - (self.flips & self.signs).bit_count() & 3
        return letters, 1 - quarters

    def before(self, gates: Factors) -> Pauli:
        """Return what acts before some gates as this does after them. O(n**2)."""
        onto = gf2.inverse(gates.outward)
        quarters = self.quarters + 2 * (self.signs & gates.offset).bit_count()
        pauli = Pauli(
            gf2.product(gates.outward, self.flips),
            gf2.combined(onto, self.signs),
            quarters,
        )._before_phases(gates.after)
        both = sum(1 << p for p in gates.hadamard)
        exchanged = (pauli.flips ^ pauli.signs) & both
        quarters = pauli.quarters + 2 * (pauli.flips & pauli.signs & both).bit_count()
        flips, signs = pauli.flips ^ exchanged, pauli.signs ^ exchanged
        back = gf2.product(gf2.inverse(gates.inward), flips)
        onto_signs = gf2.combined(gates.inward, signs)
        return Pauli(back, onto_signs, quarters & 3)._before_phases(gates.before)

    def _before_phases(self, form: PhaseForm) -> Pauli:
        """Return what acts before a phase form as this does after it.

        ``i**q(x) i**-q(x ^ flips)`` is a sign that is linear in x, and a phase.
        """
        quarters, partners = form.shift(self.flips)
        return Pauli(self.flips, self.signs ^ partners, (self.quarters - quarters) & 3)


def terms_of(operator: object) -> list[tuple[str, complex]]:
    """Return the strings and factors of Qiskit's ``SparsePauliOp`` or ``Pauli``, qubit 0 first.

    Factors are floats where none has an imaginary part.
    """
    from qiskit.quantum_info import SparsePauliOp

    found = SparsePauliOp(operator)
    try:
        factors = np.asarray(found.coeffs, np.complex128)
    except TypeError as error:
        raise ValueError(f"the factors have parameters without a value: {found}") from error
    numbers = factors if factors.imag.any() else factors.real
    return [
        (text[::-1], number)
        for text, number in zip(found.paulis.to_labels(), numbers.tolist(), strict=True)
    ]
