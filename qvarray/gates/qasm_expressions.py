"""Angles in OpenQASM 2: arithmetic with pi, functions, and the parameters of a gate."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(\S))"
)
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
}
_BINARY: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
    "^": (4, math.pow),
}
# A sign binds weaker than a power and stronger than a product.
_SIGN = 3


class _Reader:
    """The tokens of an expression, from left to right."""

    def __init__(self, text: str, names: Mapping[str, float]) -> None:
        self.text, self.names = text, names
        self.tokens = _TOKEN.findall(text)
        self.place = 0

    def _next(self) -> tuple[str, str, str]:
        if self.place == len(self.tokens):
            raise ValueError(f"an angle ends too early: {self.text!r}")
        self.place += 1
        token: tuple[str, str, str] = self.tokens[self.place - 1]
        return token

    def _peek(self) -> str:
        return self.tokens[self.place][2] if self.place < len(self.tokens) else ""

    def _expect(self, sign: str) -> None:
        if self._next()[2] != sign:
            raise ValueError(f"{sign} is missing in the angle {self.text!r}")

    def sum_of(self, least: int = 1) -> float:
        """Read what operators join that bind at least so strongly."""
        value = self._first()
        while self._peek() in _BINARY:
            strength, act = _BINARY[self._peek()]
            if strength < least:
                break
            self._next()
            # Powers are taken from the right.
            value = act(value, self.sum_of(strength if strength == 4 else strength + 1))
        return value

    def _first(self) -> float:
        number, name, sign = self._next()
        if number:
            return float(number)
        if sign == "-":
            return -self.sum_of(_SIGN)
        if sign == "+":
            return self.sum_of(_SIGN)
        if sign == "(":
            value = self.sum_of()
            self._expect(")")
            return value
        if name in self.names:
            return self.names[name]
        if name == "pi":
            return math.pi
        if name in _FUNCTIONS:
            self._expect("(")
            value = self.sum_of()
            self._expect(")")
            return _FUNCTIONS[name](value)
        raise ValueError(f"{name or sign!r} has no value in the angle {self.text!r}")


def value_of(text: str, names: Mapping[str, float]) -> float:
    """Return the value of an expression.

    Raises
    ------
    ValueError
        For one that cannot be read, names without a value, and no finite real number.

    Examples
    --------
    >>> value_of("-theta^2/4 + cos(pi)", {"theta": 6.0})
    -10.0
    """
    reader = _Reader(text, names)
    try:
        value = reader.sum_of()
    except (ArithmeticError, RecursionError) as error:
        raise ValueError(f"the angle {text!r} has no value: {error}") from None
    if reader.place < len(reader.tokens):
        raise ValueError(f"an operator is missing in the angle {text!r}")
    if not math.isfinite(value):
        raise ValueError(f"an angle must be finite, got {text!r}")
    return value


def split_arguments(text: str) -> list[str]:
    """Return what commas separate outside of brackets.

    >>> split_arguments("a, f(b, c)"), split_arguments("  ")
    (['a', ' f(b, c)'], [])
    """
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
    last = text[start:]
    return [*parts, last] if parts or last.strip() else []
