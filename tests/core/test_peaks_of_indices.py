"""No index, method or ufunc method allocates more than twice the memory budget."""

import numpy as np
import pytest

import qvarray as qv

from .test_peaks import BUDGET, CASES, PARTS, Arguments, peaks

__all__ = ["peaks"]


def few(x):
    return np.arange(0, x.shape[0], 7)


KEYS = {
    "slice": lambda x: slice(None, None, 2),
    "reversed": lambda x: slice(None, None, -1),
    "new axis": lambda x: (None, slice(3, None)),
    "integer": lambda x: 3,
    "list": few,
    "repeated list": lambda x: np.zeros(x.shape[0], int),
    "mask": lambda x: np.arange(x.shape[0]) % 3 == 0,
    "virtual mask": lambda x: x > 1,
    "mask of inactive": lambda x: x <= 1,
    "two lists": lambda x: (few(x),) * x.ndim,
    "product": lambda x: np.ix_(*(few(x),) * x.ndim),
    "dots": lambda x: ...,
}
READS = {f"x[{name}]": (lambda x, key: x[key].todense(), key) for name, key in KEYS.items()}


def zero(y, key):
    y[key] = 0


def five(y, key):
    y[key] = 5


def reversed_elements(y):
    y[:] = y[::-1]


def flat(y):
    y.flat = y[::-1]


def every_other(y):
    y.flat[::2] = 3


METHODS = {
    "copy": lambda x: x.copy(),
    "astype": lambda x: x.astype(complex),
    "sort": lambda x: x.sort(),
    "partition": lambda x: x.partition(5),
    "todense": lambda x: x.todense(),
    "tolist": lambda x: x.tolist(),
    "tobytes": lambda x: x.tobytes(),
    "view": lambda x: x.view("i8").sum(),
    "byteswap": lambda x: x.byteswap(),
    "fill": lambda x: x.fill(3),
    "resize": lambda x: x.resize((x.size // 2,), refcheck=False),
    "to_basis": lambda x: x.to_basis("cosine"),
    "repeat": lambda x: x.repeat(3),
    "take": lambda x: x.take([1, 2]),
    "ravel": lambda x: x.T.ravel(),
    "round": lambda x: x.round(2),
    "clip": lambda x: x.clip(0, 3),
    "dot": lambda x: x.dot(x.T),
    "compute": lambda x: np.sin(x).compute(),
    "with a full one": lambda x: x + np.broadcast_to(1.0, x.shape),
    "array": lambda x: np.array(x),
    "equal": lambda x: (x == x[::-1]).sum(),
}
UFUNCS = (np.add, np.maximum, np.logical_and, np.multiply)
#: Calls, and what makes an argument besides the array, which is not measured.
CALLS = {
    **READS,
    **{f"x[{name}] = 0": (zero, key) for name, key in KEYS.items()},
    **{f"x[{name}] = 5": (five, key) for name, key in KEYS.items()},
    **{f.__name__: (f, None) for f in (reversed_elements, flat, every_other)},
    **{name: (method, None) for name, method in METHODS.items()},
    "with a row": (np.add, lambda x: np.ones(x.shape[-1])),
    "times a row": (np.multiply, lambda x: np.arange(x.shape[-1])),
    "with many": (np.add, lambda x: np.ones((30, *(1,) * x.ndim))),
    **{f"{f.__name__}.reduce": (lambda x, f=f: f.reduce(x), None) for f in UFUNCS},
    **{f"{f.__name__}.reduce all": (lambda x, f=f: f.reduce(x, axis=None), None) for f in UFUNCS},
    **{f"{f.__name__}.accumulate": (lambda x, f=f: f.accumulate(x), None) for f in UFUNCS},
    **{f"{f.__name__}.reduceat": (lambda x, at, f=f: f.reduceat(x, at), few) for f in UFUNCS},
    **{f"{f.__name__}.outer": (lambda x, f=f: f.outer(x, x), None) for f in UFUNCS},
    **{f"{f.__name__}.at": (lambda x, at, f=f: f.at(x, at, 2), few) for f in UFUNCS},
    **{
        f"{f.__name__}(where=)": (
            lambda x, given, f=f: f(x, 1, where=given[0], out=given[1]),
            lambda x: (x > 1, np.zeros_like(x)),
        )
        for f in UFUNCS
    },
    **{
        f"{f.__name__}(out=)": (lambda x, out, f=f: f(x, x, out=out), lambda x: np.zeros(x.shape))
        for f in UFUNCS
    },
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("basis", "size"), CASES)
def test_indices_and_methods_stay_within_twice_the_budget(peaks, basis, size):
    peaks.allowed += 0 if basis in ("dense", "standard") else PARTS
    for name, (call, make) in CALLS.items():
        for is_table in (False, True):

            def arguments(is_table=is_table, make=make):
                x = Arguments(basis, size, is_table).argument("x")
                return [x] if make is None else [x, make(x)]

            def measured(*given, call=call):
                with peaks.measured():
                    call(*given)

            peaks.run(measured, f"{name}:{is_table}", arguments)
    assert not peaks.over, "\n".join(f"{k} {v}" for k, v in peaks.over.items())


def test_full_operands_that_broadcast():
    x = qv.from_coordinates([[5], [7]], [1.0], (4000, 4000))
    with qv.options(memory_budget=BUDGET):
        assert (x + np.broadcast_to(0.0, x.shape)).spectrum.nactive == 1
        assert (x * np.arange(4000.0)).spectrum.nactive == 1
        assert (x + np.broadcast_to(1.0, x.shape)).spectrum.nactive == 1


def test_histograms_of_many_bins_are_refused():
    x = qv.asarray(np.ones(3))
    with qv.options(memory_budget=BUDGET), pytest.raises(qv.MaterializationError):
        np.histogram2d(x, x, bins=10**5)
