"""How much NumPy's functions allocate at their peak: what a call asks of the memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["DENSE", "DENSE_PEAKS", "PEAKS"]

#: The peak of a rule, over the bytes that its arrays store. For rules that make new arrays as
#: large as those, and more besides while they compute; others allocate little, or ask for what
#: they need where they know it. Measured by tests/core/test_peaks.py.
PEAKS: dict[Callable[..., Any], float] = {}

#: The peak of NumPy's own function, over the bytes of its arrays when they are dense; with the
#: arrays themselves, and the result's conversion.
DENSE_PEAKS: dict[Callable[..., Any], float] = {}

#: That of the functions not listed: the dense arguments, and a result as large.
DENSE = 2.0
