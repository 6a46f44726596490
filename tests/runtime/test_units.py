"""Figures as people read them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from qvarray.runtime import units


@given(st.floats(1e-12, 1e6))
def test_times_are_never_shown_as_nothing(value):
    shown = units.seconds(value)
    number, unit = shown.split()
    scale = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
    assert math.isclose(float(number) * scale, value, rel_tol=0.006)


@given(st.integers(1, 2**80))
def test_memory_is_shown_to_three_digits(n):
    number, unit = units.memory(n).split()
    scale = 1024 ** ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB").index(unit)
    assert math.isclose(float(number) * scale, n, rel_tol=0.006)


@given(st.floats(5e-324, 1e300))
def test_only_no_error_is_shown_as_zero(value):
    assert float(units.error(value)) != 0.0
    assert units.error(0.0) == "0"
