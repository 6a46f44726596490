"""What a process that never ends needs: nothing grows, nothing stays, misuse is an exception."""

import gc
import subprocess
import sys
import tracemalloc
from inspect import isclass, ismodule
from typing import Any

import numpy as np
import pytest

import qvarray as qv

from .trials import trials

REFUSED = {
    "sum": lambda x: x.sum(axis=5),
    "prod": lambda x: np.prod(x, axis=5),
    "max": lambda x: x.max(axis=5),
    "min": lambda x: np.min(x, axis=5),
    "any": lambda x: x.any(axis=5),
    "mean": lambda x: x.mean(axis=5),
    "std": lambda x: x.std(axis=5),
    "ptp": lambda x: np.ptp(x, axis=5),
    "cumsum": lambda x: x.cumsum(axis=5),
    "cumulative_sum": lambda x: np.cumulative_sum(x, axis=5),
    "nansum": lambda x: np.nansum(x, axis=5),
    "nanmax": lambda x: np.nanmax(x, axis=5),
    "norm": lambda x: np.linalg.norm(x, axis=5),
    "median": lambda x: np.median(x, axis=5),
    "count_nonzero": lambda x: np.count_nonzero(x, axis=5),
    "initial": lambda x: np.sum(x, initial="a"),
    "dtype": lambda x: x.sum(dtype="U5"),
    "add": lambda x: np.add(x, np.ones(7)),
    "at": lambda x: np.add.at(x, [5000], 1),
    "matmul": lambda x: x @ np.ones(3),
    "einsum": lambda x: np.einsum("i->ij", x),
}


@pytest.mark.parametrize("basis", ["standard", "cosine"])
@pytest.mark.parametrize("name", REFUSED)
def test_operands_of_what_raises_are_let_go(name, basis):
    x = qv.from_eigenvalues([1.0, 2.0], [3, 50], 1000, basis=basis)

    def refuse():
        try:
            REFUSED[name](x)
        except (ValueError, TypeError, IndexError):
            return
        raise AssertionError

    refuse()
    gc.collect()
    before = sys.getrefcount(x)
    # At once: a collection of garbage may be many calls, and large operands, away.
    gc.disable()
    try:
        for _ in range(10):
            refuse()
        assert sys.getrefcount(x) == before
    finally:
        gc.enable()


def test_einsum_without_subscripts():
    for x in (qv.asarray(np.ones(3)), np.ones(3)):
        with pytest.raises(ValueError, match="must"):
            np.einsum(x)


def test_arrays_that_are_there_when_the_interpreter_ends():
    """What a program has done it can do in its last ``__del__``: nothing is imported for it."""
    program = (
        "import numpy as np, qvarray as qv\n"
        "class Last:\n"
        "    x = qv.from_eigenvalues(np.ones(200_000), np.arange(200_000) * 7, 10**7)\n"
        "    y = qv.encode(np.ones((64, 64)), tol=.1, storage='int8')\n"
        "    def use(self):\n"
        "        self.x[3] = 2.0\n"
        "        assert (self.x + self.x[::-1]).sum() > 0\n"
        "        self.y.todense()\n"
        "    __del__ = use\n"
        "last = Last(); last.me = last\n"
        "last.use()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def _calls(seed):
    """What a program does all day."""
    rng = np.random.default_rng(seed)
    where = np.sort(rng.choice(10**6, 50, replace=False))
    x = qv.from_eigenvalues(rng.normal(size=50), where, 10**6)
    x[rng.integers(10**6)] = 1.0
    view = x[10:5000:3]
    view[3:9] += 2
    m = x.reshape(1000, 1000)
    m.sum(axis=0), m @ m, m.T @ np.ones(1000), np.concatenate((x, view)), np.sort(view)
    wave = qv.from_eigenvalues([1.0, 2.0], [3, 7], 4096, basis="cosine")
    np.exp(wave * wave)[5:50].sum(), wave.to_basis("haar")
    qv.encode(np.cos(np.arange(256) / 9), tol=1e-3, storage="int8").todense()
    with pytest.raises(ValueError, match="broadcast"):
        x + np.ones(7)
    with pytest.raises(qv.MaterializationError), qv.options(memory_budget=1000):
        m.todense()


def test_a_soak_grows_nothing():
    for seed in range(5):
        _calls(seed)
    gc.collect()
    tracemalloc.start()
    try:
        rounds = trials(30, 20_000)
        marks = []
        for seed in rounds:
            _calls(seed)
            if seed in (len(rounds) // 2, len(rounds) - 1):
                gc.collect()
                marks.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert marks[1] - marks[0] < 100_000


class _Odd:
    """An object that is no number."""


#: Arguments that hardly any function can take.
ODD: Any = (
    None, "word", b"bytes", _Odd(), {1, 2}, [], (), [[1], [2, 3]], 1.5, -1, True, 1j, np.nan,
    10**30, slice(None), Ellipsis, np.array(["a"]), np.array([None]), np.zeros((0, 3)),
    np.datetime64("2020-01-01"), int, np.float64, lambda: 0, range(3), memoryview(b"ab"),
)  # fmt: skip

#: Exceptions that tell of our insides, or of memory that nothing has refused.
_TELLING = (AssertionError, SystemError, UnboundLocalError, RecursionError, MemoryError)

#: Not for arguments that are made up: they write files, wait, or run for as long as one likes; the
#: derivatives of polynomials are NumPy's own functions, which call themselves for each.
_LEFT_OUT = {
    "save",
    "load",
    "warmup",
    "test",
    "report",
    "bench",
    "plot",
    "show",
    "polyder",
    "polyint",
}


def _public():
    """All public functions and classes, by their names."""
    places = [("qv", qv)]
    places += [(f"qv.{name}", getattr(qv, name)) for name in ("linalg", "fft", "gates")]
    for prefix, place in places:
        for name in dir(place):
            value = getattr(place, name)
            own = getattr(value, "__module__", None) or ""
            if name.startswith("_") or name in _LEFT_OUT or ismodule(value) or not callable(value):
                continue
            if isclass(value) and issubclass(value, BaseException | np.generic):
                continue
            if own.startswith("qvarray"):
                yield f"{prefix}.{name}", value


@pytest.mark.filterwarnings("ignore")
def test_misuse_is_an_exception(tmp_path, monkeypatch):
    """Arguments of wrong types: no crash, no hang, and no exception that tells of our insides."""
    # Some functions write files, of the names that they are given.
    monkeypatch.chdir(tmp_path)
    wrong = {}
    functions = list(_public())
    assert len(functions) > 100
    for seed in trials(2, 400):
        rng = np.random.default_rng(seed)
        x = qv.from_eigenvalues([1.0, 2.0], [3, 50], 100)
        choices = [{}, *ODD, x, x.reshape(10, 10), qv.asarray(np.zeros(0)), np.ones((4, 4))]
        for name, function in functions:
            count = rng.integers(0, 4)
            arguments = [choices[rng.integers(len(choices))] for _ in range(count)]
            try:
                with qv.options(memory_budget=1 << 24):
                    function(*arguments)
            except qv.MaterializationError:
                pass
            except _TELLING as error:
                # Arrays of objects and of text are NumPy's.
                is_ours = not any(np.asarray(each).dtype.kind in "OSU" for each in arguments)
                if is_ours or not isinstance(error, MemoryError):
                    wrong[name] = (arguments, repr(error))
            except Exception:
                pass
    assert not wrong
