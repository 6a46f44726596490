"""What the benchmarks share: optional peers, and operands."""

import os
from abc import ABC, abstractmethod
from importlib import import_module

import numpy as np

SEED = 20260101

#: Set for runs over commits of the past, which lack functions that today's benchmarks call: those
#: are skipped. Else they fail, as they must where the present version is measured.
PAST = os.environ.get("QVARRAY_BENCHMARKS") == "past"
_LACKING = (AttributeError, ImportError, MemoryError, TypeError, ValueError)


def require(module):
    """An optional module, or asv's sign to skip the benchmark."""
    try:
        return import_module(module)
    except ImportError as error:
        raise NotImplementedError from error


def sorted_indices(rng, k, n):
    """k unique indices below n, sorted."""
    if n <= 2**24:
        return np.sort(rng.choice(n, k, replace=False))
    # The times of random events are in order as they come; sorting takes longer.
    times = np.cumsum(rng.exponential(size=k + k // 8 + 16))
    indices = (times[:-1] / times[-1] * n).astype(np.int64)
    indices = indices[np.diff(indices, prepend=-1) > 0]
    return np.delete(indices, rng.choice(indices.size, indices.size - k, replace=False))


def prepared(benchmark, subject, parameters):
    """The call of a subject, which was made once: compiled, and warm."""
    try:
        call = getattr(benchmark, subject)(*parameters)
        call()
    except _LACKING as error:
        if PAST and subject == "qvarray":
            raise NotImplementedError(f"this commit cannot do it: {error}") from error
        raise
    return call


class Timed(ABC):
    """The time of one call for each of some subjects: qvarray, and its peers.

    A subclass has a method for each subject, named after it, which takes the other parameters,
    prepares the operands, and returns the call that is measured. It raises NotImplementedError
    where the subject cannot do the work. (asv passes over abstract classes.)
    """

    @abstractmethod
    def qvarray(self, *parameters): ...

    def setup(self, subject, *parameters):
        self.rng = np.random.default_rng(SEED)
        self.call = prepared(self, subject, parameters)

    def time_call(self, *_):
        self.call()


class Measured(Timed):
    """The time of the call, and the peak memory of a process that does it."""

    def peakmem_call(self, *_):
        self.call()
