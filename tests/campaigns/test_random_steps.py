"""Twins through long programs of views, copies, writes and reads: some steps, 10**6 nightly.

As `tests.programs.test_random_writes`, whose lines it takes, without what finds the smallest
program: a hundred times as many steps in the same time.
"""

from unittest import mock

import numpy as np
import pytest

import qvarray as qv
from qvarray.array import views

from ..programs.test_random_writes import (
    COPIES,
    KINDS,
    READS,
    SHAPES,
    VIEWS,
    WRITES,
    check_all,
    taken,
)
from .trials import trials

#: Steps of a program.
_STEPS = 40
#: Arrays that are known at a time.
_KNOWN = 12
_CODES = {
    code: compile(code, code, "exec" if code in WRITES else "eval")
    for code in [*VIEWS, *COPIES, *WRITES, *READS]
}


def _key(rng, shape):
    """A basic key of some axes: numbers, slices of any step, an ellipsis, new axes."""
    key = []
    for n in shape[: rng.integers(0, len(shape) + 1)]:
        kind = rng.random()
        if kind < 0.3 and n:
            key.append(int(rng.integers(-n, n)))
        elif kind < 0.4:
            key.append(slice(None))
        else:
            ends = [None if rng.random() < 0.3 else int(rng.integers(-n - 2, n + 3)) for _ in "ab"]
            key.append(slice(*ends, int(rng.choice([1, 1, 1, 2, 3, -1, -2]))))
        if rng.random() < 0.05:
            key.append(None)
    if len(key) < len(shape) and rng.random() < 0.3:
        key.insert(int(rng.integers(len(key) + 1)), Ellipsis)
    return tuple(key)


def _names(rng, shape):
    """What the names of a line stand for, for an array of some shape."""
    rows = max(shape[0], 1) if shape else 1
    return {
        "key": _key(rng, shape),
        "mask": rng.random(shape) < rng.choice([0.1, 0.5, 0.9]),
        "places": rng.integers(-rows, rows, 3),
        "element": tuple(int(rng.integers(n)) if n else 0 for n in shape),
        "last": (-1,) * len(shape),
        "value": int(rng.integers(0, 4)),
    }


def _program(rng):
    shape, dtype = SHAPES[rng.integers(len(SHAPES))], KINDS[rng.integers(len(KINDS))]
    dense = (rng.integers(0, 4, shape) * (rng.random(shape) < rng.random())).astype(dtype)
    known = [(dense, qv.array(dense, fill_value=int(rng.integers(0, 2))))]
    for step in range(_STEPS):
        one, other = (known[rng.integers(len(known))] for _ in range(2))
        is_view, is_copy = rng.random() < 0.5, rng.random() < 0.25
        codes = (COPIES if is_copy else VIEWS) if is_view else (READS if is_copy else WRITES)
        code = codes[rng.integers(len(codes))]
        names = _names(rng, one[0].shape)
        known += [
            twins
            for twins in taken(_CODES[code], names, (one, other), known, is_view)
            if twins[0].size <= 2000
        ]
        if len(known) > _KNOWN:
            del known[int(rng.integers(len(known)))]
        if step % 5 == 4:
            check_all(known, code)
    check_all(known, "at the end")


@pytest.mark.filterwarnings("ignore")
def test_programs_of_many_steps():
    for seed in trials(25, 25_000):
        rng = np.random.default_rng(seed)
        few = int(rng.choice([1, 8, 32]))
        with mock.patch.multiple(views, _FEW=few, _LEAST_LOGGED=10 * few, _MANY_STEPS=2):
            try:
                _program(rng)
            except BaseException as error:
                error.add_note(f"program {seed}")
                raise
