"""Operations of an array and of sparse arrays of SciPy."""

import numpy as np
import scipy.sparse as sp
from scipy.sparse import csgraph, linalg

import qvarray as qv

from . import Of

__all__ = ["CALLS", "DENSE"]

RNG = np.random.default_rng(0)
DENSE = RNG.standard_normal((512, 512)) * (RNG.random((512, 512)) < 0.002) + 0.0 + 3 * np.eye(512)
CSR = sp.csr_array(np.roll(DENSE, 5, 0))


def _elements(result):
    return result.toarray() if sp.issparse(result) else result


CALLS = {
    "x + csr": lambda x: x + CSR,
    "x - csr": lambda x: x - CSR,
    "x * csr": lambda x: _elements(x * CSR),
    "x @ csr": lambda x: x @ CSR,
    "x == csr": lambda x: _elements(x == CSR),
    "x > csr": lambda x: _elements(x > CSR),
    "x @ csr.T": lambda x: x @ CSR.T,
    "csr @ vector of x": Of(DENSE[0].nbytes, lambda x: CSR @ x[3]),
    "csr + x": lambda x: CSR + x,
    "csr - x": lambda x: CSR - x,
    "csr * x": lambda x: _elements(CSR * x),
    "csr @ x": lambda x: CSR @ x,
    "csr == x": lambda x: _elements(CSR == x),
    "csr.multiply(x)": lambda x: _elements(CSR.multiply(x)),
    "np.vstack": lambda x: np.vstack([x, CSR.toarray()]),
    "np.maximum(x, 0)": lambda x: np.maximum(x, 0),
    "sp.csr_array(x)": lambda x: _elements(sp.csr_array(x)),
    "sp.coo_array(x)": lambda x: _elements(sp.coo_array(x)),
    "sp.csr_array(qv.to_scipy(x))": lambda x: _elements(sp.csr_array(qv.to_scipy(x))),
    "sp.block_array": lambda x: _elements(sp.block_array([[qv.to_scipy(x), None], [None, CSR]])),
    "sp.kron": lambda x: _elements(sp.kron(qv.to_scipy(x), CSR[:4, :4])),
    "sp.linalg.norm": lambda x: linalg.norm(qv.to_scipy(x)),
    "sp.linalg.spsolve": lambda x: linalg.spsolve(qv.to_scipy(x, "csc"), np.ones(512)),
    "sp.linalg.cg, of x": lambda x: linalg.cg(x + x.T + 9 * np.eye(512), np.ones(512))[0],
    "sp.linalg.eigsh, of x": lambda x: abs(linalg.eigsh(x + x.T, 2, v0=np.ones(512))[0]),
    "sp.linalg.aslinearoperator": lambda x: linalg.aslinearoperator(x) @ np.ones(512),
    "csgraph.connected_components": lambda x: csgraph.connected_components(qv.to_scipy(x))[0],
    "csgraph.shortest_path": lambda x: csgraph.dijkstra(qv.to_scipy(abs(x)), indices=0),
    "csgraph.shortest_path, of x": lambda x: csgraph.shortest_path(abs(x)),
}
