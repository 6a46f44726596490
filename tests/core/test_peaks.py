"""No call allocates more than twice the memory budget: functions, ufuncs, methods, indices.

Every call of `tests.calls`, on large arrays, under tracemalloc: it answers within twice the
budget, or raises MaterializationError. What a call allocates once, to compile or to import, is
not counted: where it takes too much it is called again.
"""

import inspect
import os
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest

import qvarray as qv

from ..calls import CALLS

BUDGET = 1 << 18
#: What a call may allocate besides: frames, tables of a basis.
CONSTANT = 1 << 16
#: What parts of spectral arrays are made of, besides: functions of a basis at some positions.
PARTS = 16 << 20
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
#: Bytes of a dense array, over the budget.
SIZES = [0.5, 0.9, 4.0]
COUNT = 60


class Arguments:
    """Large arguments for the parameters of a call, by the names that `tests.calls` uses.

    Parameters
    ----------
    basis : str
        "dense" for arrays that store all elements; else `COUNT` coefficients.
    size : float
        Bytes of a dense array, over the budget.
    is_table : bool
        Whether arrays of any number of axes have two.
    axis : int
    """

    def __init__(self, basis, size, is_table=False, axis=0):
        self.basis, self.is_table, self.chosen = basis, is_table, axis
        self.n = int(BUDGET * size / 8)
        self.side = int(self.n**0.5)
        self.rng = np.random.default_rng(0)
        self.first = None

    def of(self, call):
        out = []
        for parameter in inspect.signature(call).parameters.values():
            if parameter.default is parameter.empty:
                out.append(self.argument(parameter.name))
                if self.first is None:
                    self.first = out[0]
        return out

    def array(self, shape, dtype=float, basis=None):
        """Small integers at random positions, or everywhere."""
        basis, total = self.basis if basis is None else basis, int(np.prod(shape))
        if basis == "dense":
            return qv.from_eigenvalues(self.rng.integers(0, 9, total).astype(dtype), None, shape)
        count = min(total, COUNT)
        where = np.sort(self.rng.choice(total, count, replace=False))
        values = self.rng.integers(1, 4, count).astype(dtype)
        return qv.from_eigenvalues(values, where, shape, basis=basis)

    def elements(self, shape, dtype):
        return self.array(shape, dtype, "dense" if self.basis == "dense" else "standard")

    def argument(self, name):
        line, table, first = (self.n,), (self.side, self.side), self.first
        if name in ("axis", "axes", "maybe", "other"):
            return self.chosen if np.ndim(first) > 1 else 0
        fixed = {
            "keepdims": False,
            "flag": False,
            "k": 2,
            "length": None,
            "norm": "ortho",
            "dtype": "float64",
            "kind": None,
            "shape": (2, 3),
            "permutation": tuple(range(np.ndim(first)))[::-1],
            "weekmask": np.ones(7, bool),
            "distinct": np.array([3, 1, 2]),
            "quantiles": np.array([0, 0.25, 1]),
            "regular4": np.eye(16).reshape(2, 8, 2, 8),
        }
        if name in fixed:
            return fixed[name]
        tables = {"several", "table", "matrix", "square", "squares", "right", "octets"}
        if name in tables or name.startswith(("regular", "definite")):
            return self.array(table)
        if name.startswith("triples"):
            return self.array((self.n // 3, 3))
        like = {"x2", "third", "n2", "ordered2", "same", "near"}
        if name in like:
            return self.array(first.shape)
        if name in ("beside", "weights", "beside2"):
            return self.array(first.shape[:-1] if name == "beside2" else first.shape[:1])
        if name in ("mask", "order"):
            return self.elements(first.shape, bool if name == "mask" else int)
        if name in ("ints", "ints1", "longs", "positions", "counts"):
            return self.elements(line, int)
        if name in ("mask1", "bits"):
            return self.elements(line if first is None else first.shape[:1], bool)
        if name == "ascending":
            return qv.asarray(np.sort(self.rng.standard_normal(self.n)))
        if name in ("vector", "vector2", "row", "row2", "positive1", "positive"):
            return self.array(line)
        return self.array(table if self.is_table else line)


class Peaks:
    """The dispatches that allocated too much: by their names, over the budget."""

    def __init__(self, allowed):
        self.allowed = allowed
        self.over = {}
        self.worst = 0
        self.is_inside = False

    @contextmanager
    def measured(self):
        """Measure what is allocated at most, unless something that measures has been called."""
        if self.is_inside:
            yield
            return
        self.is_inside = True
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            yield
        finally:
            self.worst = max(self.worst, tracemalloc.get_traced_memory()[1] - before)
            self.is_inside = False

    def run(self, call, name, make):
        """Call what may be refused; a second time where the first took too much."""
        for _ in range(2):
            self.worst = 0
            arguments = make()
            try:
                with qv.options(memory_budget=BUDGET):
                    call(*arguments)
            except qv.MaterializationError:
                pass
            except MemoryError:
                self.over[name] = "MemoryError"
            except Exception:  # NumPy refuses some of these arguments
                pass
            if self.worst <= self.allowed:
                return
        self.over[name] = round(self.worst / BUDGET, 1)


@pytest.fixture
def peaks(monkeypatch):
    """`Peaks` of every call that NumPy hands over."""
    found = Peaks(2 * BUDGET + CONSTANT)
    for name in ("__array_function__", "__array_ufunc__"):
        plain = getattr(qv.VirtualQArray, name)

        def wrapped(self, *args, plain=plain, **kwargs):
            with found.measured():
                return plain(self, *args, **kwargs)

        monkeypatch.setattr(qv.VirtualQArray, name, wrapped)
    tracemalloc.start(1)
    yield found
    tracemalloc.stop()


#: Up to half of the budget NumPy's own functions are not refused: what they take shows there.
KINDS = ["dense", "standard", *(["cosine", "fourier"] if NIGHTLY else [])]
CASES = [(kind, size) for kind in KINDS for size in SIZES]
if not NIGHTLY:
    CASES = [case for case in CASES if case not in (("dense", 0.5), ("standard", 0.9))]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("basis", "size"), CASES)
def test_functions_stay_within_twice_the_budget(peaks, basis, size):
    for function, calls in CALLS.items():
        for call in calls.calls:
            names = inspect.signature(call).parameters
            has_axis = not {"axis", "axes", "maybe"}.isdisjoint(names)
            for is_table, axis in [(False, 0), *([(True, 0), (True, 1)] if has_axis else [])]:
                name = f"{function.__name__}:{call.__code__.co_firstlineno}:{is_table}:{axis}"
                peaks.run(
                    call,
                    name,
                    lambda t=is_table, a=axis, c=call: Arguments(basis, size, t, a).of(c),
                )
    assert not peaks.over, "\n".join(f"{k} {v}" for k, v in peaks.over.items())
