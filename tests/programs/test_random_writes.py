"""Random programs of views and writes: what NumPy shows through each of them is what we show.

Every step takes views of arrays and of views, or writes through one of them; after it, or after
all steps, all arrays are still equal to their twins.
"""

from __future__ import annotations

import copy
import pickle
from types import CodeType
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.array import views

from ..twin import keys

#: An array of NumPy's, and ours.
Twins = tuple[Any, Any]

SHAPES = [(30,), (300,), (12, 40), (4, 9), (2, 5, 6), (1, 20), (2, 2, 2, 2, 2)]
KINDS = [np.dtype(name) for name in ("int64", "uint8", "bool", "float32", "complex128")]

VIEWS = [
    "a[key]",
    "a.T",
    "a.real",
    "a.imag",
    "a.reshape(-1)",
    "a.reshape(2, -1)",
    "a.ravel()",
    "a.swapaxes(0, -1)",
    "np.flip(a)",
    "np.rot90(a)",
    "np.diagonal(a)",
    "np.moveaxis(a, 0, -1)",
    "np.expand_dims(a, 0)",
    "np.squeeze(a)",
    "np.array_split(a, 2)[1]",
    "np.unstack(a)[0]",
    "np.broadcast_to(a, (2, *a.shape))",
]
COPIES = [
    "a.copy()",
    "a[mask]",
    "a[places]",
    "a * 2",
    "a.astype(complex)",
    "np.where(mask, a, 0)",
    "np.roll(a, 1)",
    "np.concatenate([a.ravel(), a.ravel()])",
    "pickle.loads(pickle.dumps(a))",
    "copy.deepcopy(a)",
]
WRITES = [
    "a[key] = value",
    "a[key] += value",
    # NumPy itself mixes a row up with a column that crosses it: hence the copy.
    "a[...] = b.copy()",
    "a[mask] = value",
    "a[mask] += value",
    "a[places] = value",
    "a[element] = value",
    "a[element], a[last] = a[last], a[element]",
    "a[1:3] = value",
    "a[:, 1:2] = value",
    "a[1:3] = 0; a[element] = value; a[2:4] = value",
    "a[-1] = a[0]",
    "a[1:] = a[:-1]",
    "a[1:] += a[:-1]",
    "a[key], a[...] = b[key].copy(), a[::-1]",
    "a.flat[::2] = value",
    "a.fill(value)",
    "a.sort()",
    "a += b",
    "a *= value",
    "a ^= a",
    # NumPy's `at` does not ask whether it may write.
    "a[element] = value; np.add.at(a, places, value)",
    "np.multiply(a, value, out=a[::-1])",
    "np.negative(a, out=a, where=mask)",
    "np.copyto(a, value, where=mask)",
    "np.putmask(a, mask, value)",
    "np.fill_diagonal(a, value)",
    "np.cumsum(a, out=a.reshape(-1))",
]
READS = ["str(a)", "a.sum()", "a.max()", "a.tolist()", "a[element]", "a.nonzero()"]


@st.composite
def steps(draw: Any, shape: tuple[int, ...], codes: list[str]) -> tuple[str, dict[str, Any]]:
    """A line of a program, and what its names stand for."""
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = max(shape[0], 1) if shape else 1
    names = {
        "key": draw(keys(shape)),
        "mask": seed.random(shape) < draw(st.sampled_from([0.1, 0.5, 0.9])),
        "places": seed.integers(-rows, rows, 3),
        "element": tuple(int(seed.integers(n)) if n else 0 for n in shape),
        "last": (-1,) * len(shape),
        "value": draw(st.integers(0, 3)),
    }
    return draw(st.sampled_from(codes)), names


def _outcome(
    code: str | CodeType, names: dict[str, Any], is_value: bool
) -> tuple[Any, Exception | None]:
    names = names | {"np": np, "copy": copy, "pickle": pickle}
    with np.errstate(all="ignore"):
        try:
            if is_value:
                return eval(code, names), None
            exec(code, names)
            return None, None
        except Exception as error:
            return None, error


def taken(
    code: str | CodeType,
    names: dict[str, Any],
    pair: tuple[Twins, Twins],
    known: list[Twins],
    is_value: bool,
) -> list[Twins]:
    """Take a step with a pair of arrays and with their twins; return the array of it, if any."""
    (a, a_virtual), (b, b_virtual) = pair
    made, error = _outcome(code, names | {"a": a, "b": b}, is_value)
    ours, raised = _outcome(code, names | {"a": a_virtual, "b": b_virtual}, is_value)
    assert (error is None) == (raised is None), (code, names, error, raised)
    if not isinstance(made, np.ndarray):
        return []
    is_new = not any(np.shares_memory(made, x) for x, _ in known)
    if is_new and not made.flags.c_contiguous:
        # New arrays of NumPy's may be in Fortran order, of which reshape makes copies.
        is_writeable, made = made.flags.writeable, made.copy(order="C")
        made.flags.writeable = is_writeable
    return [(made, ours)]


def check_all(known: list[Twins], code: str) -> None:
    for x, y in known:
        assert isinstance(y, qv.VirtualQArray), code
        np.testing.assert_array_equal(y.todense(), x, strict=True, err_msg=code)


@given(st.data(), st.booleans(), st.sampled_from([1, 8, 32]))
def test_writes_arrive(data: st.DataObject, is_checked_often: bool, few: int) -> None:
    with mock.patch.multiple(views, _FEW=few, _LEAST_LOGGED=10 * few, _MANY_STEPS=2):
        known = _program(data, is_checked_often)
        check_all(known, "at the end")


def _program(data: st.DataObject, is_checked_often: bool) -> list[Twins]:
    """Run some steps; return the arrays that there are, with their twins."""
    shape, dtype = data.draw(st.sampled_from(SHAPES)), data.draw(st.sampled_from(KINDS))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    dense = (rng.integers(0, 4, shape) * (rng.random(shape) < rng.random())).astype(dtype)
    known = [(dense, qv.array(dense, fill_value=data.draw(st.integers(0, 1))))]
    for _ in range(data.draw(st.integers(1, 12))):
        one, other = (data.draw(st.sampled_from(known)) for _ in range(2))
        is_view, is_copy = data.draw(st.booleans()), data.draw(st.integers(0, 3)) == 0
        codes = (COPIES if is_copy else VIEWS) if is_view else (READS if is_copy else WRITES)
        code, names = data.draw(steps(one[0].shape, codes))
        known += taken(code, names, (one, other), known, is_view)
        if is_checked_often:
            check_all(known, code)
    return known
