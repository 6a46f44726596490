"""Phase polynomials: a phase for every index, by a quadratic form and products of parities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .single_qubit import eighths

#: True where ``parity(mask & index) ^ flip`` is 1.
Literal = tuple[int, int]


class Condition(NamedTuple):
    """One phase where an index is as wanted.

    Attributes
    ----------
    care, wanted, mask, flip : int
        Where ``index & care == wanted`` and the parity of ``index & mask`` is not `flip`.
    factor : complex
        What amplitudes are multiplied by there.
    """

    care: int
    wanted: int
    mask: int
    flip: int
    factor: complex


def bits_in(mask: int) -> list[int]:
    """List the bits that are set.

    >>> bits_in(0b1101)
    [0, 2, 3]
    """
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


class PhaseForm:
    """Turns by index. Immutable.

    Parameters
    ----------
    linear : tuple of int, length n
        Quarter turns for each set bit, modulo 4.
    forms : tuple of int, length n
        Symmetric: bit b of ``forms[a]`` is half a turn where bits a and b are both set.
    terms : dict
        Literals, sorted, to turns: where all of them are true.

    Notes
    -----
    What gates of the Clifford group do is in the first two, n**2 bits whatever their number is.
    """

    __slots__ = ("forms", "linear", "terms")

    def __init__(
        self,
        linear: tuple[int, ...],
        forms: tuple[int, ...],
        terms: dict[tuple[Literal, ...], float],
    ) -> None:
        self.linear = linear
        self.forms = forms
        self.terms = terms

    @classmethod
    def none(cls, n: int) -> PhaseForm:
        """Return the form that is 0 everywhere."""
        return cls((0,) * n, (0,) * n, {})

    @property
    def is_trivial(self) -> bool:
        """Tell whether it is 0 everywhere."""
        return not self.terms and not any(self.linear) and not any(self.forms)

    @property
    def nbytes(self) -> int:
        n = len(self.linear)
        return n * (n + 2) // 8 + sum(16 * len(literals) + 8 for literals in self.terms)

    def condition(self) -> Condition | None:
        """Return the form as one phase under one condition, where it is that."""
        linear = {a: quarters for a, quarters in enumerate(self.linear) if quarters}
        forms = [form for form in self.forms if form]
        if len(self.terms) == 1 and not linear and not forms:
            ((literals, turns),) = self.terms.items()
            care = wanted = mask = 0
            flip = 1
            for some, inverted in literals:
                if some & (some - 1) == 0:
                    care |= some
                    wanted |= 0 if inverted else some
                elif mask:
                    return None
                else:
                    mask, flip = some, inverted
            return Condition(care, wanted, mask, flip, eighths(turns))
        if self.terms:
            return None
        if not forms and len(linear) == 1:
            ((a, quarters),) = linear.items()
            return Condition(1 << a, 1 << a, 0, 1, eighths(quarters / 4))
        if not forms and linear and set(linear.values()) == {2}:
            return Condition(0, 0, sum(1 << a for a in linear), 0, -1)
        if not linear and len(forms) == 2 and all(form & (form - 1) == 0 for form in forms):
            return Condition(sum(forms), sum(forms), 0, 1, -1)
        return None

    def at(self, index: int) -> float:
        """Return the turns at one index. O(n), and the terms."""
        quarters = 0
        for a in bits_in(index):
            quarters += self.linear[a] + 2 * ((self.forms[a] & index & ((1 << a) - 1)).bit_count())
        turns = (quarters & 3) / 4
        for literals, amount in self.terms.items():
            if all((mask & index).bit_count() & 1 ^ flip for mask, flip in literals):
                turns += amount
        return turns % 1.0

    def plus(self, turns: float, literals: Sequence[Literal]) -> tuple[PhaseForm, float]:
        """Return the form with turns added where all literals are true, and turns of everything.

        O(n) for multiples of a quarter turn of one literal and half turns of two; else O(1).
        """
        flips: dict[int, int] = {}
        for mask, flip in literals:
            if mask == 0:
                if not flip:
                    return self, 0.0
            elif flips.setdefault(mask, flip) != flip:
                return self, 0.0
        turns %= 1.0
        if turns == 0.0:
            return self, 0.0
        if not flips:
            return self, turns
        everywhere = 0.0
        if len(flips) == 1:
            ((mask, flip),) = flips.items()
            if flip:
                everywhere, turns, flips = turns, -turns % 1.0, {mask: 0}
            total = (self.terms.get(((mask, 0),), 0.0) + turns) % 1.0
            if total * 4 == int(total * 4):
                form = self
                if ((mask, 0),) in self.terms:
                    terms = dict(self.terms)
                    del terms[(mask, 0),]
                    form = PhaseForm(self.linear, self.forms, terms)
                return form._with_quarters(int(total * 4), mask), everywhere
        if len(flips) == 2 and turns == 0.5:
            (m, c), (o, d) = flips.items()
            form = self._with_sign(m, o)
            if d:
                form = form._with_quarters(2, m)
            if c:
                form = form._with_quarters(2, o)
            return form, 0.5 * (c & d)
        key = tuple(sorted(flips.items()))
        terms = dict(self.terms)
        total = (terms.pop(key, 0.0) + turns) % 1.0
        if total:
            terms[key] = total
        return PhaseForm(self.linear, self.forms, terms), everywhere

    def _with_quarters(self, quarters: int, mask: int) -> PhaseForm:
        """Multiply by i ** (quarters · parity): a parity is Σ bits − 2 Σ pairs, modulo 4."""
        linear, forms = list(self.linear), self.forms
        set_bits = bits_in(mask)
        for a in set_bits:
            linear[a] = (linear[a] + quarters) & 3
        if quarters & 1 and len(set_bits) > 1:
            changed = list(forms)
            for a in set_bits:
                changed[a] ^= mask & ~(1 << a)
            forms = tuple(changed)
        return PhaseForm(tuple(linear), forms, self.terms)

    def _with_sign(self, m: int, o: int) -> PhaseForm:
        """Multiply by (−1) ** (parity(m & index) · parity(o & index))."""
        linear, forms = list(self.linear), list(self.forms)
        for a in bits_in(m):
            forms[a] ^= o & ~(1 << a)
            if o >> a & 1:
                linear[a] ^= 2
        for b in bits_in(o):
            forms[b] ^= m & ~(1 << b)
        return PhaseForm(tuple(linear), tuple(forms), self.terms)

    # -- other variables --------------------------------------------------------------------

    def extended(self) -> PhaseForm:
        """Return the form with one more variable, that it does not depend on."""
        return PhaseForm((*self.linear, 0), (*self.forms, 0), self.terms)

    def without(self, a: int) -> PhaseForm:
        """Return the form where variable a is 0."""
        linear, keep = list(self.linear), ~(1 << a)
        linear[a] = 0
        forms = [form & keep for form in self.forms]
        forms[a] = 0
        return PhaseForm(tuple(linear), tuple(forms), self.terms)

    def replaced(self, a: int, literal: Literal) -> tuple[PhaseForm, float]:
        """Return the form with variable a replaced by a parity, and turns of everything."""
        quarters, partners = self.linear[a], self.forms[a]
        form, everywhere = self.without(a).plus(quarters / 4, [literal])
        form, more = form.plus(0.5, [literal, (partners, 0)])
        return form, everywhere + more

    def along(self, mask: int, a: int) -> PhaseForm:
        """Return the form where all variables of a mask change with a, which is one of them."""
        linear, forms = list(self.linear), list(self.forms)
        own = 1 << a
        linear[a], partners = self.shift(mask)
        partners &= ~own
        for b, form in enumerate(forms):
            forms[b] = form & ~own | (partners >> b & 1) << a
        forms[a] = partners
        return PhaseForm(tuple(linear), tuple(forms), self.terms)

    def shift(self, mask: int) -> tuple[int, int]:
        """Return quarter turns at an index, and what they grow by when it is added to another one.

        The form at ``mask ^ index`` is that at `mask`, that at `index`, and half a turn for each
        bit of `index` that the second number has.
        """
        quarters = partners = pairs = odd = 0
        for b in bits_in(mask):
            quarters += self.linear[b]
            partners ^= self.forms[b]
            pairs += (self.forms[b] & mask).bit_count()
            odd |= (self.linear[b] & 1) << b
        return quarters + pairs & 3, partners ^ odd

    def closed_up(self, a: int) -> PhaseForm:
        """Return the form without variable a, which is 0; the last one takes its place."""
        last = len(self.linear) - 1
        linear = list(self.linear)
        linear[a] = linear[last]
        forms = list(self.forms)
        forms[a] = forms[last]
        linear.pop()
        forms.pop()
        return PhaseForm(
            tuple(linear), tuple(moved_into(form, last, a) for form in forms), self.terms
        )


def moved_into(mask: int, last: int, a: int) -> int:
    """Return a mask whose last variable has taken the place of variable a.

    >>> bin(moved_into(0b1001, 3, 1))
    '0b11'
    """
    on = mask >> last & 1
    return mask & ~(1 << last | 1 << a) | (on << a if a != last else 0)
