"""Numba kernels over plain ndarrays, a file for each operation on indices.

They are imported on first use (``kernels.merge_sorted`` imports ``kernels/merge_sorted.py``): Numba
takes longer to import than all of NumPy, and a program that never needs a kernel should not pay for
it.

A kernel takes eight arguments at most: what belongs together is a named tuple with documented
fields. Numba takes 0.7 µs to look at one that comes from Python, 5 to 20 % of a call on 20 numbers;
those are given a plain tuple. Inner functions are compiled into their callers and cached with them:
Numba does not notice when they change, if they are in another file.
"""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from . import (
        affine_maps,
        band_sums,
        bit_measurement,
        bitpack,
        block_gates,
        circuit_run,
        code_length,
        dense_lines,
        dyadic_elements,
        elimination,
        frame_choice,
        gate_blocks,
        gate_patterns,
        haar,
        jit,
        merge_sorted,
        packed_sums,
        pair_matrix,
        radix_sort,
        rounding,
        row_pointer,
        rows_columns,
        sparse_matmul,
        threads,
        trigonometric,
        two_by_two,
        walsh,
        xor_maps,
    )

__all__ = [
    "affine_maps",
    "band_sums",
    "bit_measurement",
    "bitpack",
    "block_gates",
    "circuit_run",
    "code_length",
    "dense_lines",
    "dyadic_elements",
    "elimination",
    "frame_choice",
    "gate_blocks",
    "gate_patterns",
    "haar",
    "jit",
    "merge_sorted",
    "packed_sums",
    "pair_matrix",
    "radix_sort",
    "rounding",
    "row_pointer",
    "rows_columns",
    "sparse_matmul",
    "threads",
    "trigonometric",
    "two_by_two",
    "walsh",
    "xor_maps",
]


#: Held while a module of kernels is imported.
_importing = threading.RLock()


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _importing:
        return import_module(f"{__name__}.{name}")


def _locks() -> list[Any]:
    """Return what no other thread may hold while a process forks: the child never gets it back."""
    numba = sys.modules.get("numba.core.compiler_lock")
    return [_importing] if numba is None else [_importing, numba.global_compiler_lock]


_held: list[Any] = []


def _before_fork() -> None:
    for lock in _locks():
        lock.acquire()
        _held.append(lock)


def _after_fork() -> None:
    while _held:
        _held.pop().release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
