"""Time and memory against the number of active elements, k, and against the length, N.

On a graph with logarithmic axes the slope can be read off: 1 where the cost is proportional to k, 0
where it does not depend on N. `Growth` tracks that slope for the calls of `scaling_calls`. As a
script, from the folder above:

    python -m benchmarks.scaling [REGEX]    growth of the calls whose names fit, the worst first;
                                            exit status 1 where one grows faster than it may
"""

import ctypes
import inspect
import re
import sys
import tracemalloc
import warnings
from math import log
from operator import truediv
from time import process_time

import numpy as np
from tqdm import tqdm

import qvarray as qv

from .common import Measured, require, sorted_indices
from .scaling_calls import CALLS, OPERANDS

MOST_DENSE = 2**24
#: Sizes (k, N) that differ in k, and such that differ in N.
SIZES = {"k": ((10**5, 2**40), (10**6, 2**40)), "N": ((10**3, 2**30), (10**3, 2**50))}
#: How fast a call may grow, and what it may allocate as a multiple of its operands and its result.
MOST = {"k": 1.15, "N": 0.05, "memory": 6.0}
#: What is added to that for the noise, and since ten times as much no longer fits the cache.
NOISE = {"k": 0.1, "N": 0.02, "memory": 0.0}
#: Calls that take more memory than they may, as was measured. They may not take more than that.
KNOWN = {
    "cumsum of rows": 9.5,
    "einsum of five": 6.5,
    "median axis 0": 7.5,
    "median axis 1": 7.5,
    "power of a spectrum": 10.0,
    "tensordot of five": 6.5,
    "unique rows": 11.0,
}
#: What takes less is not told from the noise, in seconds and in bytes.
FLOOR_SECONDS, FLOOR_BYTES = 100e-6, 2**18
#: How often what grows too fast is measured again.
AGAIN = 2
#: Of one call at one size.
ENOUGH_SECONDS = 1.5
# Numbers of parameters of the C library's malloc, as malloc.h has them.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4


def limit(name, along):
    """What a call may reach."""
    return max(MOST[along] + NOISE[along], KNOWN.get(name, 0.0) if along == "memory" else 0.0)


def operands(name, k, n):
    """What the parameters of a call name."""
    parameters = inspect.signature(CALLS[name]).parameters.values()
    return [OPERANDS[one.name](k, n) for one in parameters if one.default is one.empty]


def keep_memory():
    """Let the C library keep what is freed, where it can be told to.

    Else large arrays are of pages that the system maps and clears each time, which takes longer
    than most calls work on them, and small ones are not.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def seconds(call, arguments):
    """The shortest time of a call, of five, or of as many as take `ENOUGH_SECONDS`."""
    call(*arguments)
    times = []
    while sum(times) < ENOUGH_SECONDS and (
        len(times) < 5 or (sum(times) < 0.02 and len(times) < 25)
    ):
        began = process_time()
        call(*arguments)
        times.append(process_time() - began)
    return min(times)


def exponent(name, along):
    """Growth of the time of a call: 1 where it is proportional to the size.

    As it is for what takes as long as copying twice what it works on, which the cache holds at one
    of the sizes only.
    """
    sizes = SIZES[along]
    arguments = operands(name, *sizes[1])
    large = seconds(CALLS[name], arguments)
    size = stored(arguments) + stored(CALLS[name](*arguments))
    if along == "k" and large < 2 * seconds(np.copy, (np.zeros(size // 8),)):
        return 1.0
    small = seconds(CALLS[name], operands(name, *sizes[0]))
    first, second = (size[along == "N"] for size in sizes)
    return log((large + FLOOR_SECONDS) / (small + FLOOR_SECONDS)) / log(second / first)


def stored(found):
    """The bytes of what a call takes or returns."""
    if isinstance(found, (tuple, list)):
        return sum(map(stored, found))
    return getattr(found, "nbytes", 0)


def memory(name):
    """What a call allocates, as a multiple of its operands and its result."""
    arguments = operands(name, *SIZES["k"][1])
    CALLS[name](*arguments)
    tracemalloc.start()
    try:
        found = CALLS[name](*arguments)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak / (stored(arguments) + stored(found) + FLOOR_BYTES)


def measured(name, along):
    """The exponent in k or N, or the multiple in memory: the least of some, if it is too much."""
    if along == "memory":
        return memory(name)
    least = exponent(name, along)
    for _ in range(AGAIN):
        if least <= limit(name, along):
            break
        least = min(least, exponent(name, along))
    return least


class Growth:
    """The exponent of each call in k and in N, and the memory that it takes by what it works on."""

    param_names = ("subject", "call", "along")
    params = (("qvarray",), tuple(CALLS), ("k", "N", "memory"))
    timeout = 600

    def setup(self, subject, call, along):
        warnings.simplefilter("ignore")
        keep_memory()

    def track_growth(self, subject, call, along):
        return measured(call, along)

    track_growth.unit = "exponent"


class WithActive(Measured):
    """k active elements of 2**40, in the standard basis."""

    param_names = ("subject", "job", "k")
    params = (
        ("qvarray", "sparse"),
        ("add", "multiply", "exp2", "sum", "slice", "construct"),
        (10**2, 10**3, 10**4, 10**5, 10**6),
    )
    n = 2**40

    def calls(self, make, k):
        a, b = (sorted_indices(self.rng, k, self.n) for _ in "ab")
        values = self.rng.standard_normal(k)
        x, y = make(a, values), make(b, values)
        order = self.rng.permutation(k)
        mixed, mixed_values = a[order], values[order]
        return {
            "add": lambda: np.add(x, y),
            "multiply": lambda: np.multiply(x, y),
            "exp2": lambda: np.exp2(x),
            "sum": lambda: np.sum(x),
            "slice": lambda: x[self.n // 8 : self.n // 2 : 3],
            "construct": lambda: make(mixed, mixed_values),
        }

    def qvarray(self, job, k):
        return self.calls(lambda where, values: qv.from_coordinates(where, values, self.n), k)[job]

    def sparse(self, job, k):
        COO = require("sparse").COO
        return self.calls(lambda where, values: COO(where[None], values, (self.n,)), k)[job]


class WithLength(Measured):
    """1000 eigenvalues of N; NumPy has all elements, up to 2**24."""

    param_names = ("subject", "job", "N")
    params = (
        ("qvarray", "numpy"),
        ("add", "element", "slice", "sum", "var", "fft", "operator", "state"),
        tuple(2**bits for bits in (17, 20, 24, 30, 40, 50, 60)),
    )
    k = 1000

    def array(self, n, basis):
        indices = sorted_indices(self.rng, self.k, n)
        return qv.from_eigenvalues(self.rng.standard_normal(self.k), indices, n, basis=basis)

    def qvarray(self, job, n):
        x, y = (self.array(n, "walsh") for _ in "xy")
        z = qv.from_coordinates(sorted_indices(self.rng, self.k, n), np.ones(self.k), n)
        A = qv.operator(np.ones(self.k), sorted_indices(self.rng, self.k, n), n, basis="walsh")
        return {
            "add": lambda: x + y,
            "element": lambda: x[n // 3],
            "slice": lambda: x[n // 8 : n // 4],
            "sum": lambda: np.sum(z),
            "var": lambda: np.var(x),
            "fft": lambda: np.fft.fft(z),
            "operator": lambda: A @ x,
            "state": lambda: qv.gates.cx(z * self.k**-0.5, 0, 3)[n // 3],
        }[job]

    def numpy(self, job, n):
        if n > MOST_DENSE:
            raise NotImplementedError
        x, y = self.rng.standard_normal((2, n))
        calls = {
            "add": lambda: x + y,
            "element": lambda: x[n // 3],
            "slice": lambda: x[n // 8 : n // 4].copy(),
            "sum": lambda: np.sum(x),
            "var": lambda: np.var(x),
            "fft": lambda: np.fft.fft(x),
        }
        if job not in calls:
            raise NotImplementedError
        return calls[job]


def main(arguments):
    """Print the growth of each call, and whether all are within what they may take."""
    warnings.simplefilter("ignore")
    keep_memory()
    pattern = arguments[0] if arguments else ""
    names = [name for name in CALLS if re.search(pattern, name)]
    rows, failed = [], []
    for name in tqdm(names, file=sys.stderr, mininterval=5):
        try:
            rows.append((name, *(measured(name, along) for along in MOST)))
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
    rows.sort(key=lambda row: max(map(truediv, row[1:], MOST.values())), reverse=True)
    print(f"{'k':>6} {'N':>6} {'memory':>7}")
    for name, *found in rows:
        over = any(one > limit(name, along) for one, along in zip(found, MOST, strict=True))
        line = "{:6.2f} {:6.2f} {:7.1f}".format(*found)
        print(f"{line} {'*' if over else ' '} {name}")
        if over:
            failed.append(f"{name}: {line}")
    print(f"{len(failed)} of {len(names)} grow faster than they may, or fail")
    for line in failed:
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
