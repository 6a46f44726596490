"""Operations of other libraries, tried on virtual arrays: what stays virtual, and what does not."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

import qvarray as qv

__all__ = ["OUTCOMES", "TRIALS", "Trial", "outcome", "outcomes"]

#: What may become of an operation. Its result is that of ndarrays in all but the last.
OUTCOMES = ("virtual", "dense", "error")


class Trial(NamedTuple):
    """Operations of a library.

    Attributes
    ----------
    library : str
        As the table names it.
    packages : tuple of str
        What has to be installed.
    module : str
        What defines them, in this package.
    calls : str
        The name of a dictionary there: of functions, by what they do.
    """

    library: str
    packages: tuple[str, ...]
    module: str
    calls: str = "CALLS"

    @property
    def is_installed(self) -> bool:
        return all(find_spec(package) is not None for package in self.packages)

    def operations(self) -> Mapping[str, Callable[..., Any]]:
        return getattr(self.loaded, self.calls)

    @property
    def loaded(self) -> Any:
        return import_module(f".{self.module}", __name__)


TRIALS = (
    Trial("xarray", ("xarray", "pandas", "bottleneck", "dask"), "of_xarray"),
    Trial("dask.array", ("dask",), "of_dask"),
    Trial("scipy.sparse", (), "of_scipy"),
    Trial("sparse", ("sparse",), "of_others", "SPARSE"),
    Trial("zarr", ("zarr", "dask"), "of_others", "ZARR"),
    Trial("pandas", ("pandas",), "of_pandas"),
    Trial("scikit-learn, of ``x``", ("sklearn",), "of_sklearn", "DIRECT"),
    Trial("scikit-learn, of ``qv.to_scipy(x)``", ("sklearn",), "of_sklearn", "AS_CSR"),
    Trial("einops", ("einops",), "of_others", "EINOPS"),
    Trial("opt_einsum", ("opt_einsum",), "of_others", "OPT_EINSUM"),
    Trial("networkx", ("networkx",), "of_others", "NETWORKX"),
    Trial("Pillow", ("PIL",), "of_others", "PILLOW"),
    Trial("Matplotlib", ("matplotlib",), "of_matplotlib"),
    Trial("Numba", (), "of_others", "NUMBA"),
    Trial("JAX", ("jax",), "of_others", "JAX"),
)


def _values(result: Any) -> list[Any]:
    """Return what a result holds, as ndarrays."""
    if isinstance(result, (tuple, list)):
        return [value for each in result for value in _values(each)]
    if isinstance(result, qv.VirtualQArray):
        return [np.asarray(result)]
    if hasattr(result, "compute"):
        result = result.compute(scheduler="synchronous")
    if hasattr(result, "todense"):
        result = result.todense()
    return [np.asarray(getattr(result, "values", result))]


def _same(one: Any, other: Any) -> bool:
    one, other = _values(one), _values(other)
    if [each.shape for each in one] != [each.shape for each in other]:
        return False
    return all(
        np.allclose(a, b, atol=1e-9, equal_nan=True) if a.dtype.kind in "biufc" else True
        for a, b in zip(one, other, strict=True)
    )


@contextlib.contextmanager
def _budget(most: int | None) -> Iterator[None]:
    """Set the memory budget of all threads for a while."""
    before = qv.options.memory_budget
    qv.options.memory_budget = before if most is None else most
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        qv.options.memory_budget = before


def outcome(call: Callable[..., Any], dense: np.ndarray, prepare: Callable[[Any], Any]) -> str:
    """Run an operation on an ndarray and on a virtual array; tell what became of it.

    Parameters
    ----------
    call : callable
    dense : ndarray
    prepare : callable
        Makes the arguments of `call` of an array.
    """
    with _budget(None):
        expected = call(*prepare(dense.copy()))
        try:
            if not _same(call(*prepare(qv.asarray(dense))), expected):
                return "error"
        except Exception:
            return "error"
    # Half of the array does not fit: what passes has not materialised it.
    with _budget(dense.nbytes // 2):
        try:
            got = call(*prepare(qv.asarray(dense)))
            if hasattr(got, "dask"):
                got.compute(scheduler="synchronous")
        except Exception:
            return "dense"
    return "virtual"


def outcomes(trial: Trial) -> dict[str, str]:
    """Return what became of each operation of a library."""
    module = trial.loaded
    prepare = getattr(module, "prepared", lambda x: (x,))
    return {name: outcome(call, module.DENSE, prepare) for name, call in trial.operations().items()}
