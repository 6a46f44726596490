"""Calls over the memory budget that NumPy refuses anyway: its exception, not that of the budget."""

import re

import numpy as np
import pytest

import qvarray as qv

from ..huge import peak_of

X = np.arange(600.0).reshape(3, 4, 50)

CALLS = {
    "cumsum": lambda x: np.cumsum(x, axis=5),
    "method": lambda x: x.cumsum(5),
    "roll": lambda x: np.roll(x, 1, axis=(0, 5)),
    "sort": lambda x: np.sort(x, -4),
    "median": lambda x: np.median(x, axis=(1, 3)),
    "insert": lambda x: np.insert(x, np.array([0]), 1, axis=3),
    "take": lambda x: np.take(x, [0], axis=5),
    "compress": lambda x: np.compress(np.arange(50) > 3, x, axis=3),
    "percentile": lambda x: np.percentile(x, 50, axis=4),
    "gradient": lambda x: np.gradient(x, axis=4),
    "norm": lambda x: np.linalg.norm(x, axis=5),
    "accumulate": lambda x: np.logaddexp.accumulate(x, axis=5),
    "lexsort": lambda x: np.lexsort(x, axis=5),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("make", [qv.asarray, lambda x: np.sin(qv.asarray(x))], ids=["all", "lazy"])
def test_what_numpy_refuses(name, make):
    try:
        CALLS[name](X)
    except (ValueError, IndexError) as error:
        kind, said = type(error), str(error)
    x = make(X)
    with qv.options(memory_budget=64), pytest.raises(kind, match=re.escape(said)):
        CALLS[name](x)


@pytest.mark.parametrize("call", [np.linalg.inv, lambda x: np.linalg.matrix_power(x, 2)])
def test_matrices_that_are_not_square(call):
    x = qv.asarray(X[0])
    with (
        qv.options(memory_budget=64),
        pytest.raises(np.linalg.LinAlgError, match="must be square"),
    ):
        call(x)


def test_axes_that_there_are():
    x, y = qv.asarray(X), qv.asarray(np.arange(1000.0))
    calls = [
        lambda: np.cumsum(np.sin(x), axis=2),
        lambda: np.insert(x, 1, y[:50], axis=1),
        lambda: np.compress(np.arange(50) > 3, np.sin(x), axis=2),
        lambda: np.apply_along_axis(np.sum, 2, np.sin(x)),
        lambda: np.expand_dims(np.sin(x), 3).todense(),
        lambda: np.linspace(np.sin(y), y, axis=1),
    ]
    with qv.options(memory_budget=2048):
        for call in calls:
            with pytest.raises(qv.MaterializationError):
                call()


#: Arrays that no budget has room for, as small arrays of the same axes are.
SHAPES = {"line": (2**40, 16), "same": (2**40, 16), "longer": (2**40 + 1, 17), "table": (2**20, 4)}


def arrays(is_huge):
    """Arrays of 2**40 elements and more, or small ones whose lengths are in the same order."""
    lines = {name: lengths[not is_huge] for name, lengths in SHAPES.items()}
    side, n = lines.pop("table"), lines["line"]
    shapes: dict[str, tuple[int, ...]] = {name: (length,) for name, length in lines.items()}
    shapes |= {
        "table": (side, side),
        "wide": (side, side + 1),
        "cube": (2, side, side),
        "one": (n, 1),
    }
    out = {}
    for name, shape in shapes.items():
        if is_huge:
            out[name] = np.sin(qv.from_eigenvalues([1.0], [3], shape, basis="cosine"))
        else:
            out[name] = np.sin(np.arange(float(np.prod(shape)))).reshape(shape)
    return out


WRONG = {
    "sort axis": lambda a: np.sort(a["line"], axis=3),
    "sort kind": lambda a: np.sort(a["line"], kind="fast"),
    "partition": lambda a: np.partition(a["line"], a["longer"].size),
    "histogram": lambda a: np.histogram(a["line"], bins=-1),
    "histogram weights": lambda a: np.histogram(a["line"], weights=a["longer"]),
    "quantile": lambda a: np.quantile(a["line"], 1.5),
    "quantile method": lambda a: np.quantile(a["line"], 0.5, method="guess"),
    "median": lambda a: np.median(a["line"], axis="x"),
    "convolve": lambda a: np.convolve(a["line"], a["table"]),
    "mode": lambda a: np.convolve(a["line"], a["line"], mode="some"),
    "interp": lambda a: np.interp(a["line"], a["line"], a["longer"]),
    "cumsum dtype": lambda a: np.cumsum(a["line"], dtype="word"),
    "insert": lambda a: np.insert(a["line"], 0.5, 1),
    "delete": lambda a: np.delete(a["line"], a["longer"]),
    "compress": lambda a: np.compress(a["table"] > 0, a["line"]),
    "take": lambda a: np.take(a["line"], "first"),
    "take mode": lambda a: np.take(a["line"], [0], mode="some"),
    "pad": lambda a: np.pad(a["line"], 1, mode="some"),
    "pad width": lambda a: np.pad(a["line"], [1, 2, 3]),
    "searchsorted": lambda a: np.searchsorted(a["line"], 1, side="middle"),
    "digitize": lambda a: np.digitize(a["line"], a["table"]),
    "gradient": lambda a: np.gradient(a["line"], a["longer"]),
    "trapezoid": lambda a: np.trapezoid(a["line"], a["longer"]),
    "unwrap": lambda a: np.unwrap(a["line"], axis=2),
    "bincount": lambda a: np.bincount(a["line"]),
    "cross": lambda a: np.cross(a["table"], a["table"]),
    "cov": lambda a: np.cov(a["line"], ddof=1.5),
    "unpackbits": lambda a: np.unpackbits(a["line"]),
    "polyfit": lambda a: np.polyfit(a["line"], a["longer"], 1),
    "polyval2d": lambda a: np.polynomial.polynomial.polyval2d(a["line"], a["longer"], np.eye(2)),
    "lexsort": lambda a: np.lexsort((a["line"], a["longer"])),
    "sinh": lambda a: np.sort(np.add(a["line"], a["longer"])),
    "reduceat": lambda a: np.logaddexp.reduceat(a["line"], [0], axis=4),
    "fft": lambda a: np.fft.fft(a["line"], norm="some"),
    "inv": lambda a: np.linalg.inv(a["wide"]),
    "solve": lambda a: np.linalg.solve(a["table"], a["line"]),
    "lstsq": lambda a: np.linalg.lstsq(a["table"], a["line"]),
    "eig": lambda a: np.linalg.eig(a["line"]),
    "cholesky": lambda a: np.linalg.cholesky(a["wide"]),
    "svd": lambda a: np.linalg.svd(a["line"]),
    "cov weights": lambda a: np.cov(a["line"], fweights=a["longer"] > 2),
    "matmul": lambda a: np.matmul(a["table"], a["wide"].T[:3]),
    "vecdot": lambda a: np.vecdot(a["line"], a["longer"]),
    "norm": lambda a: np.linalg.norm(a["cube"], ord=2),
    "multi_dot": lambda a: np.linalg.multi_dot([a["table"], a["table"], a["wide"][:3]]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_come_before_the_budget(name):
    """What a small array has for an exception, one over the budget has too."""
    try:
        WRONG[name](arrays(False))
    except Exception as error:
        kind = type(error)
    with qv.options(memory_budget=1 << 22, max_seconds=0.5), pytest.raises(kind) as caught:
        WRONG[name](arrays(True))
    assert caught.type is kind


def test_messages_tell_the_lengths_that_were_given():
    x = arrays(True)
    with pytest.raises(ValueError, match=str(2**40 + 1)):
        np.linalg.solve(np.sin(qv.zeros((2**20, 2**20))) * x["table"], x["longer"])


@pytest.mark.parametrize(
    "call",
    [
        lambda a: np.partition(a["line"], 2**39),
        lambda a: np.sort(a["cube"], axis=2),
        lambda a: np.insert(a["line"], 2**40, 1),
        lambda a: np.linalg.solve(a["table"], a["table"]),
        lambda a: np.lexsort((a["line"], a["same"])),
        lambda a: np.quantile(a["line"], [0.25, 0.5]),
        lambda a: np.take(a["table"], [2**20 - 1, -(2**20)], axis=1).sort(),
        lambda a: np.concatenate([np.sort(a["line"])] * 100),
        lambda a: np.cov(a["line"], a["same"]),
        lambda a: np.sort(a["line"].reshape((2,) * 40)),
    ],
)
def test_right_arguments_are_refused_for_their_size(call):
    with (
        qv.options(memory_budget=1 << 22, max_seconds=0.5),
        pytest.raises((qv.MaterializationError, qv.TimeLimitError)),
    ):
        call(arrays(True))


def refused(call):
    with pytest.raises(qv.MaterializationError):
        call()


def test_what_is_asked_takes_no_memory():
    """A list of many numbers, of 8 MB, is not copied."""
    x = qv.asarray(np.arange(10.0**6))
    with qv.options(memory_budget=1 << 12):
        _, peak = peak_of(lambda: refused(lambda: np.cov(x, fweights=[1] * 10**6)))
    assert peak < 9 << 20
