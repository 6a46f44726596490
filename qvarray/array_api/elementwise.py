# ruff: noqa: A001  the standard's own names
"""Elementwise functions."""

from __future__ import annotations

from .wrapping import of

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
]

abs = of("abs")
acos = of("acos")
acosh = of("acosh")
add = of("add", arrays=2)
asin = of("asin")
asinh = of("asinh")
atan = of("atan")
atan2 = of("atan2", arrays=2)
atanh = of("atanh")
bitwise_and = of("bitwise_and", arrays=2)
bitwise_invert = of("bitwise_invert")
bitwise_left_shift = of("bitwise_left_shift", arrays=2)
bitwise_or = of("bitwise_or", arrays=2)
bitwise_right_shift = of("bitwise_right_shift", arrays=2)
bitwise_xor = of("bitwise_xor", arrays=2)
ceil = of("ceil")
clip = of("clip")
conj = of("conj")
copysign = of("copysign", arrays=2)
cos = of("cos")
cosh = of("cosh")
divide = of("divide", arrays=2)
equal = of("equal", arrays=2)
exp = of("exp")
expm1 = of("expm1")
floor = of("floor")
floor_divide = of("floor_divide", arrays=2)
greater = of("greater", arrays=2)
greater_equal = of("greater_equal", arrays=2)
hypot = of("hypot", arrays=2)
imag = of("imag")
isfinite = of("isfinite")
isinf = of("isinf")
isnan = of("isnan")
less = of("less", arrays=2)
less_equal = of("less_equal", arrays=2)
log = of("log")
log10 = of("log10")
log1p = of("log1p")
log2 = of("log2")
logaddexp = of("logaddexp", arrays=2)
logical_and = of("logical_and", arrays=2)
logical_not = of("logical_not")
logical_or = of("logical_or", arrays=2)
logical_xor = of("logical_xor", arrays=2)
maximum = of("maximum", arrays=2)
minimum = of("minimum", arrays=2)
multiply = of("multiply", arrays=2)
negative = of("negative")
nextafter = of("nextafter", arrays=2)
not_equal = of("not_equal", arrays=2)
positive = of("positive")
pow = of("pow", arrays=2)
real = of("real")
reciprocal = of("reciprocal")
remainder = of("remainder", arrays=2)
round = of("round")
sign = of("sign")
signbit = of("signbit")
sin = of("sin")
sinh = of("sinh")
sqrt = of("sqrt")
square = of("square")
subtract = of("subtract", arrays=2)
tan = of("tan")
tanh = of("tanh")
trunc = of("trunc")
