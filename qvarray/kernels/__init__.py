"""Numba kernels over plain ndarrays, a file for each thing that they do to indices.

They are imported on first use (``kernels.merge_sorted`` imports ``kernels/merge_sorted.py``): Numba
takes longer to import than all of NumPy, and a program that never needs a kernel should not pay for
it.

A kernel that Python calls takes its arguments one by one, however many they are: Numba takes 0.7 µs
to look at a named tuple, 5 to 20 % of a call on 20 numbers. Those that kernels call take named
tuples instead of more than eight arguments, which costs nothing. These are compiled into their
callers and cached with them: Numba does not notice when they change, if they are in another file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from . import (
        affine_maps,
        bitpack,
        dyadic_elements,
        haar,
        jit,
        merge_sorted,
        pair_matrix,
        radix_sort,
        row_pointer,
        rows_columns,
        small_circuit,
        sparse_matmul,
        threads,
        trigonometric,
        walsh,
        xor_maps,
    )

__all__ = [
    "affine_maps",
    "bitpack",
    "dyadic_elements",
    "haar",
    "jit",
    "merge_sorted",
    "pair_matrix",
    "radix_sort",
    "row_pointer",
    "rows_columns",
    "small_circuit",
    "sparse_matmul",
    "threads",
    "trigonometric",
    "walsh",
    "xor_maps",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
