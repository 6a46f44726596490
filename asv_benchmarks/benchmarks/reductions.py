"""Reductions of 10**6 active elements of 10**5 x 10**5: of everything, and along each axis."""

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import Measured, require, sorted_indices

SHAPE, K = (10**5, 10**5), 10**6
#: Calls by their names, and csr's for the same job; that of the norm has the values alone.
CALLS = {
    "sum": (lambda x: x.sum(),) * 2,
    "max": (lambda x: x.max(),) * 2,
    "any": (lambda x: x.any(), lambda x: x.count_nonzero() > 0),
    "norm": (np.linalg.norm, lambda x: np.linalg.norm(x.data)),
    "argmax": (lambda x: x.argmax(),) * 2,
    "mean": (lambda x: x.mean(),) * 2,
    "count_nonzero": (np.count_nonzero, lambda x: x.count_nonzero()),
    "sum, axis 0": (lambda x: x.sum(axis=0),) * 2,
    "sum, axis 1": (lambda x: x.sum(axis=1),) * 2,
    "max, axis 0": (lambda x: x.max(axis=0),) * 2,
    "max, axis 1": (lambda x: x.max(axis=1),) * 2,
}


class Reductions(Measured):
    """A reduction of a large sparse matrix."""

    param_names = ("subject", "call")
    params = (("qvarray", "scipy", "sparse"), tuple(CALLS))

    def parts(self):
        positions = sorted_indices(self.rng, K, SHAPE[0] * SHAPE[1])
        return np.divmod(positions, SHAPE[1]), self.rng.standard_normal(K)

    def qvarray(self, call):
        coords, values = self.parts()
        x = qv.from_coordinates(np.stack(coords), values, SHAPE)
        return lambda: CALLS[call][0](x)

    def scipy(self, call):
        coords, values = self.parts()
        x = scipy.sparse.coo_array((values, coords), SHAPE).tocsr()
        return lambda: CALLS[call][1](x)

    def sparse(self, call):
        coords, values = self.parts()
        x = require("sparse").COO(np.stack(coords), values, SHAPE, sorted=True)
        if not hasattr(x, call.partition(",")[0]):
            raise NotImplementedError
        return lambda: CALLS[call][0](x)
