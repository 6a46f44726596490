"""The four ways in which an operation is answered, each beside NumPy on all elements."""

import numpy as np

import qvarray as qv

from .common import Measured
from .spectral import few_eigenvalues

WORK = {
    "closed": lambda x: np.add(x, x),
    "structural": lambda x: np.reshape(x, (2**10, 2**10)),
    "paged": lambda x: np.exp(x).sum(),
    "dense": lambda x: np.polyval([1.0, 2.0], x),
}


class Tier(Measured):
    """Arrays of 2**20 elements, 1000 eigenvalues in the walsh basis.

    On the coefficients, on the indices alone, page by page, and on all elements.
    """

    param_names = ("subject", "tier")
    params = (("qvarray", "numpy"), tuple(WORK))

    def qvarray(self, tier):
        x, _, _ = few_eigenvalues(self.rng, "walsh", 2**20)
        return lambda: WORK[tier](x)

    def numpy(self, tier):
        x = few_eigenvalues(self.rng, "walsh", 2**20)[0].todense()
        return lambda: WORK[tier](x)


class Budget(Measured):
    """What is over the budget is refused at once, and takes no memory."""

    param_names = ("subject", "n")
    params = (("qvarray",), (2**20, 2**40))

    def qvarray(self, n):
        x, _, _ = few_eigenvalues(self.rng, "walsh", n)

        def refused():
            with qv.options(memory_budget=2**16):
                try:
                    x.todense()
                except MemoryError:
                    return True
            raise AssertionError("this was over the budget")

        return refused
