"""`Parameter`: named angles without a value yet, and linear expressions of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TypeAlias

from .validation import many, real


class Expression:
    """A sum of parameters, each times a number, and a number.

    Immutable. Two of the same parameters, factors and constant are equal.
    """

    __slots__ = ("constant", "factors")

    def __init__(self, factors: Mapping[str, float], constant: float = 0.0) -> None:
        self.factors = {name: factor for name, factor in factors.items() if factor}
        self.constant = constant

    def __repr__(self) -> str:
        terms = [
            name if factor == 1 else f"-{name}" if factor == -1 else f"{factor:.6g}*{name}"
            for name, factor in self.factors.items()
        ]
        if self.constant or not terms:
            terms.append(f"{self.constant:.6g}")
        return " + ".join(terms).replace("+ -", "- ")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self.factors == other.factors and self.constant == other.constant

    def __hash__(self) -> int:
        return hash((frozenset(self.factors.items()), self.constant))

    def __neg__(self) -> Expression:
        return self * -1

    def __add__(self, other: object) -> Expression:
        if isinstance(other, Expression):
            names = {**self.factors, **other.factors}
            factors = {q: self.factors.get(q, 0.0) + other.factors.get(q, 0.0) for q in names}
            return Expression(factors, self.constant + other.constant)
        if isinstance(other, Real):
            return Expression(self.factors, self.constant + real("an angle", other))
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Expression | float) -> Expression:
        return self + -other

    def __rsub__(self, other: Expression | float) -> Expression:
        return -self + other

    def __mul__(self, other: object) -> Expression:
        if isinstance(other, Expression):
            raise ValueError(f"({self}) times ({other}) is not linear in the parameters")
        if not isinstance(other, Real):
            return NotImplemented
        number = real("a factor", other)
        factors = {name: factor * number for name, factor in self.factors.items()}
        return Expression(factors, self.constant * number)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Expression:
        if isinstance(other, Expression):
            raise ValueError(f"({self}) over ({other}) is not linear in the parameters")
        return self * (1 / other) if isinstance(other, Real) else NotImplemented

    def bound(self, values: Mapping[str, float]) -> Expression | float:
        """Return it with values in the place of some parameters; a float where none is left."""
        left: dict[str, float] = {}
        number = self.constant
        for name, factor in self.factors.items():
            if name in values:
                number += factor * values[name]
            else:
                left[name] = factor
        return Expression(left, number) if left else number


class Parameter(Expression):
    """A named angle that has no value yet.

    Parameters
    ----------
    name : str
        Parameters of the same name are the same.

    Raises
    ------
    ValueError
        For anything but a str that is not empty.

    See Also
    --------
    Circuit.bind

    Notes
    -----
    Sums of parameters and their multiples are angles too: ``2 * theta + phi - 0.5``. What is not
    linear in them raises ValueError.

    Examples
    --------
    >>> import qvarray as qv
    >>> theta = qv.gates.Parameter("theta")
    >>> circuit = qv.gates.Circuit(1).ry(2 * theta, 0)
    >>> print(circuit)
    q0: ─[RY(2*theta)]─
    >>> x = qv.gates.run(circuit.bind({theta: 0.5}))
    >>> round(qv.gates.expectation(x, "Z"), 6)  # cos(2 * 0.5)
    0.540302
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise ValueError(f"a parameter has a name, got {name!r}")
        super().__init__({name: 1.0})
        self.name = name


#: Values by parameters or their names, or in the order of `Circuit.parameters`.
Values: TypeAlias = (
    Mapping[Parameter, float]
    | Mapping[str, float]
    | Mapping[Parameter | str, float]
    | Iterable[float]
)

_ELEMENT = re.compile(r"(.*)\[(\d+)\]")


def _place(name: str) -> tuple[str, int]:
    element = _ELEMENT.fullmatch(name)
    return (element[1], int(element[2])) if element else (name, -1)


def in_order(expressions: Iterable[Expression]) -> list[str]:
    """Return the names of all parameters, sorted; ``a[10]`` comes after ``a[9]``.

    >>> in_order([Parameter("a[10]") - Parameter("b"), Parameter("a[9]")])
    ['a[9]', 'a[10]', 'b']
    """
    return sorted({name for e in expressions for name in e.factors}, key=_place)


def values_of(values: Values, names: list[str]) -> dict[str, float]:
    """Return values by names, validated.

    Raises
    ------
    ValueError
        For a parameter that is not among `names`, another number of values than of names where
        they are given in order, or a value that is no finite real number.
    """
    if isinstance(values, Mapping):
        pairs = [(str(getattr(key, "name", key)), value) for key, value in values.items()]
    else:
        given = list(many(values))
        if len(given) != len(names):
            raise ValueError(f"{len(given)} values for the parameters {names}")
        pairs = list(zip(names, given, strict=True))
    out = {name: real(f"the value of {name}", value) for name, value in pairs}
    unknown = [name for name in out if name not in names]
    if unknown:
        raise ValueError(f"there is no parameter {unknown[0]!r}; there are {names}")
    return out


def unbound(expressions: Iterable[Expression]) -> ValueError:
    """Return the error that parameters have no value."""
    names = ", ".join(in_order(expressions))
    return ValueError(f"parameters without a value: {names}; bind them with Circuit.bind")


def angle(value: object) -> Expression | float:
    """Return an angle as a float, or an expression as it is; one without parameters as a float.

    Raises
    ------
    ValueError
        For anything else, and what is not finite.
    """
    if isinstance(value, Expression):
        return value if value.factors else value.constant
    return real("an angle", value)
