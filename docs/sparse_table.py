"""What stands for each public name of pydata/sparse: nothing that it has is left out."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import sparse
from generated import cells, replace

import qvarray as qv

__all__ = ["ARRAYS", "FUNCTIONS", "Row", "attributes", "differing", "same", "write"]


class Row(NamedTuple):
    """A call of sparse's, and the one that gives the same; or a note on why there is none.

    In both, ``s`` is an array of sparse's and ``x`` the same of ours.
    """

    theirs: str
    ours: str
    note: str = ""


_FORMAT = "None: there is one format."
_NODES = "None: it is for sparse's own code generators."

#: Functions and classes that go by another name here, or have no counterpart.
FUNCTIONS = {
    "COO": Row("sparse.COO(coords, data, shape=shape)", "qv.from_coordinates(coords, data, shape)"),
    "DOK": Row("sparse.DOK(shape)", "qv.zeros(shape)", "Any array can be written to."),
    "GCXS": Row("sparse.GCXS(s)", "", _FORMAT),
    "SparseArray": Row("sparse.SparseArray", "", "There is one class, ``qv.VirtualQArray``."),
    "asCOO": Row("sparse.asCOO(s)", "qv.asarray(x)"),
    "as_coo": Row("sparse.as_coo(s)", "qv.asarray(x)"),
    "asnumpy": Row("sparse.asnumpy(s)", "np.asarray(x)"),
    "diagonalize": Row("sparse.diagonalize(s[0])", "np.diag(x[0])"),
    "elemwise": Row("sparse.elemwise(np.add, s, s)", "np.add(x, x)"),
    "load_npz": Row("sparse.load_npz(file)", "qv.load(file)", "Another format of file."),
    "nanreduce": Row("sparse.nanreduce(s, np.add)", "np.nansum(x)", "And ``np.nanmax``, ..."),
    "random": Row(
        "sparse.random((40, 50), density=0.01, random_state=0)",
        "",
        "Draw coordinates, and call ``qv.from_coordinates``.",
    ),
    "save_npz": Row("sparse.save_npz(file, s)", "qv.save(file, x)", "Another format of file."),
}

#: Attributes of sparse's arrays that ours do not have.
ARRAYS = {
    "amax": Row("s.amax(axis=0)", "x.max(axis=0)"),
    "amin": Row("s.amin(axis=0)", "x.min(axis=0)"),
    "asformat": Row('s.asformat("gcxs")', "", _FORMAT),
    "broadcast_to": Row("s.broadcast_to((2, 3, 4))", "np.broadcast_to(x, (2, 3, 4))"),
    "change_compressed_axes": Row("sparse.GCXS(s).change_compressed_axes([1])", "", _FORMAT),
    "compressed_axes": Row("sparse.GCXS(s).compressed_axes", "", _FORMAT),
    "coords": Row("s.coords", "x.coordinates"),
    "data": Row("s.data", "x.eigenvalues", "``x.data`` is the buffer of an ndarray."),
    "density": Row("s.density", "x.nactive / x.size"),
    "enable_caching": Row("s.enable_caching()", "", "None: there is nothing to switch on."),
    "format": Row("s.format", "", _FORMAT),
    "from_coo": Row("sparse.GCXS.from_coo(s)", "", _FORMAT),
    "from_iter": Row(
        "sparse.COO.from_iter({(0, 1): 2.0}, shape=(3, 4))",
        "qv.from_coordinates([[0], [1]], [2.0], (3, 4))",
    ),
    "from_nodes": Row("sparse.COO.from_nodes", "", _NODES),
    "from_numpy": Row("sparse.COO.from_numpy(a)", "qv.asarray(a)"),
    "from_scipy_sparse": Row(
        "sparse.COO.from_scipy_sparse(m)", "qv.from_coordinates(m.coords, m.data, m.shape)"
    ),
    "get_nodes": Row("s.get_nodes()", "", _NODES),
    "indices": Row("sparse.GCXS(s).indices", "", _FORMAT),
    "indptr": Row("sparse.GCXS(s).indptr", "", _FORMAT),
    "isinf": Row("s.isinf()", "np.isinf(x)"),
    "isnan": Row("s.isnan()", "np.isnan(x)"),
    "linear_loc": Row("s.linear_loc()", "x.active_indices"),
    "maybe_densify": Row("s.maybe_densify()", "x.todense()", "Within the memory budget."),
    "nnz": Row("s.nnz", "x.nactive"),
    "reduce": Row("s.reduce(np.maximum, axis=0)", "np.maximum.reduce(x, axis=0)"),
    "round_": Row("s.round_(1)", "x.round(1)"),
    "to_coo": Row("sparse.DOK.from_coo(s).to_coo()", "", _FORMAT),
    "to_scipy_sparse": Row(
        "s.to_scipy_sparse()",
        "scipy.sparse.coo_array((x.eigenvalues, np.unravel_index(x.active_indices, x.shape)), "
        "x.shape)",
    ),
    "tocoo": Row("sparse.GCXS(s).tocoo()", "", _FORMAT),
    "tocsc": Row("s.tocsc()", "", "``.tocsc()`` of the ``coo_array`` above."),
    "tocsr": Row("s.tocsr()", "", "``.tocsr()`` of the ``coo_array`` above."),
    "todok": Row("sparse.GCXS(s).todok()", "", _FORMAT),
}


def attributes() -> set[str]:
    """The public attributes of sparse's three kinds of array."""
    coo = sparse.COO([[0]], [1.0], shape=(2,))
    made = (coo, sparse.GCXS(coo), sparse.DOK.from_coo(coo))
    return {name for array in made for name in dir(array) if not name.startswith("_")}


def same() -> tuple[dict[str, str], list[str]]:
    """Functions of the same name, with ours or NumPy's full name, and attributes of the same."""
    names = sorted(set(sparse.__all__) - FUNCTIONS.keys())
    functions = {
        name: f"qv.{name}" if hasattr(qv, name) else f"np.{name}"
        for name in names
        if hasattr(qv, name) or hasattr(np, name)
    }
    shared = [
        name for name in sorted(attributes() - ARRAYS.keys()) if hasattr(qv.VirtualQArray, name)
    ]
    return functions, shared


def differing() -> list[Row]:
    """The other names. KeyError for one that nobody has thought of."""
    functions, shared = same()
    rows = [FUNCTIONS[name] for name in sorted(set(sparse.__all__) - functions.keys())]
    return rows + [ARRAYS[name] for name in sorted(attributes() - set(shared))]


def write(directory: Path) -> None:
    """Write what ``migrate/sparse.rst`` includes."""
    lines = []
    for row in differing():
        ours = f"``{row.ours}``" if row.ours else ""
        lines.append(cells(f"``{row.theirs}``", f"{ours} {row.note}".strip()))
    replace(directory / "sparse_names.csv", lines)
    functions, shared = same()
    numpys = [name for name in functions if functions[name].startswith("np.")]
    ours = [name for name in functions if name not in numpys]
    for file, names in (("qv", ours), ("np", numpys), ("attributes", shared)):
        text = ", ".join(f"``{name}``" for name in names)
        replace(directory / f"sparse_same_{file}.txt", [text])
    replace(
        directory / "sparse_version.txt", [f"These are the names of sparse {sparse.__version__}."]
    )
