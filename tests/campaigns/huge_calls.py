"""Calls of every function on arrays of 2**30 to 2**63 elements, in a process of 3 GB.

Run as a program: ``python -m tests.campaigns.huge_calls FIRST COUNT`` makes COUNT calls, of the
seeds from FIRST on, and prints what came of them as JSON.
"""

import json
import resource
import signal
import sys
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

import qvarray as qv

from ..calls import CALLS
from ..core.test_peaks import Arguments

_PACKAGE = Path(qv.__file__).parent
_ADDRESSES = 3 << 30
_BUDGET = 256 << 20
#: Seconds of walks that are refused, and of the processor for a call that does not end.
_LONGEST, _HANGS = 2.0, 60.0
#: What NumPy says too of indices along an axis that are a list.
_OF_LISTS = "'list' object has no attribute 'dtype'"
#: From one call to the next: a prime, so that few seeds reach functions of all kinds, and many all.
_STEP = 601
_BASES = ["standard", "standard", "standard", "walsh", "haar", "cosine", "fourier"]


class _Hang(BaseException):
    """A call that does not come to an end."""


class _Huge(Arguments):
    """Arguments of any size, which store some twenty elements each."""

    def __init__(self, rng):
        super().__init__(str(rng.choice(_BASES)), 1.0, bool(rng.integers(2)), int(rng.integers(2)))
        self.rng = rng
        self.n = min(1 << int(rng.integers(30, 64)), 2**63 - 1)
        if self.basis != "standard":
            self.n = min(self.n, 2**62)
        self.side = 1 << ((self.n.bit_length() - 1) // 2)

    def array(self, shape, dtype=float, basis=None):
        basis, total = self.basis if basis is None else basis, 1
        for n in shape:
            total *= int(n)
        if basis == "dense":
            basis = "standard"
        where = np.unique(self.rng.integers(0, total, 20))
        if basis == "fourier":
            where = where[:1] * 0
        values = self.rng.integers(1, 4, where.size).astype(dtype)
        kind = basis if np.dtype(dtype).kind == "f" else "standard"
        try:
            return qv.from_eigenvalues(values, where, tuple(shape), basis=kind)
        except ValueError:  # a length that the basis cannot have
            return qv.from_eigenvalues(values, where, tuple(shape))

    def argument(self, name):
        if name == "ascending":
            return self.array((self.n,), basis="standard")
        if name.startswith("triples"):
            return self.array((self.n // 4, 3), basis="standard")
        return super().argument(name)


def _stop(*_):
    raise _Hang


def _is_ours(error):
    """Whether what raised an error was called by this package, and not by the call itself."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(Path(frame.filename).is_relative_to(_PACKAGE) for frame in frames)


def _outcome(call, arguments):
    """What came of a call, in a word; what must not is in capitals."""
    signal.setitimer(signal.ITIMER_PROF, _HANGS)
    try:
        with qv.options(memory_budget=_BUDGET, max_seconds=_LONGEST):
            out = call(*arguments)
        for one in out if isinstance(out, (list, tuple)) else [out]:
            if isinstance(one, qv.VirtualQArray) and one.source.stored is not None:
                one.source.stored.check()
    except (qv.MaterializationError, qv.TimeLimitError) as error:
        return type(error).__name__
    except MemoryError as error:
        return "MEMORY" if _is_ours(error) else "refused"
    except (AssertionError, SystemError, RecursionError) as error:
        return f"WRONG {error!r}"
    except (NameError, AttributeError) as error:
        return f"WRONG {error!r}" if _is_ours(error) and _OF_LISTS not in str(error) else "refused"
    except _Hang:
        return "HANGS"
    except Exception:  # NumPy refuses some of these arguments
        return "refused"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "answered"


def run(first, count):
    """Make some calls; return what came of them, and those that must not be so."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, _stop)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    calls = [(name, call) for name, of in CALLS.items() for call in of.calls]
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(first, first + count):
        rng = np.random.default_rng(seed)
        function, call = calls[seed * _STEP % len(calls)]
        made = _Huge(rng)
        arguments = made.of(call)
        outcome = _outcome(call, arguments)
        found[outcome.split()[0]] += 1
        if outcome.isupper() or outcome.startswith("WRONG"):
            name = f"{getattr(function, '__name__', function)}:{call.__code__.co_firstlineno}"
            wrong.append(f"seed {seed}: {name} of {made.basis}, {made.n:.3g}: {outcome}")
    return {"counts": found, "wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
