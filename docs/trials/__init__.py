"""Operations of other libraries, tried on virtual arrays: what stays virtual, and what does not."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

import qvarray as qv

__all__ = ["OUTCOMES", "TRIALS", "Of", "Trial", "outcome", "outcomes"]

#: What may become of an operation. Its result is that of ndarrays in all but the last.
OUTCOMES = ("virtual", "dense", "error")


class Of(NamedTuple):
    """An operation that takes less than the array of its trial.

    Attributes
    ----------
    nbytes : int
        Of what it takes, as an ndarray. Below some KiB nothing is told: so little always fits.
    call : callable
    """

    nbytes: int
    call: Callable[..., Any]

    def __call__(self, *args: Any) -> Any:
        return self.call(*args)


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
    dense : str
        The name of the ndarray there that they take.
    environment : mapping
        What has to be set before the packages are imported.
    """

    library: str
    packages: tuple[str, ...]
    module: str
    calls: str = "CALLS"
    dense: str = "DENSE"
    environment: Mapping[str, str] = MappingProxyType({})

    @property
    def is_installed(self) -> bool:
        return all(find_spec(package) is not None for package in self.packages)

    def operations(self) -> Mapping[str, Callable[..., Any]]:
        return getattr(self.loaded, self.calls)

    @property
    def loaded(self) -> Any:
        return import_module(f".{self.module}", __name__)


#: SciPy computes with other arrays than NumPy's where this is set.
_DISPATCH = MappingProxyType({"SCIPY_ARRAY_API": "1"})

TRIALS = (
    Trial("xarray", ("xarray", "pandas", "bottleneck", "dask"), "of_xarray"),
    Trial("dask.array", ("dask",), "of_dask"),
    Trial("scipy.sparse", (), "of_scipy"),
    Trial("sparse", ("sparse",), "of_others", "SPARSE"),
    Trial("zarr", ("zarr", "dask"), "of_others", "ZARR"),
    Trial("pandas", ("pandas",), "of_pandas"),
    Trial("scikit-learn, of ``x``", ("sklearn",), "of_sklearn", "DIRECT"),
    Trial("scikit-learn, of ``qv.to_scipy(x)``", ("sklearn",), "of_sklearn", "AS_CSR"),
    Trial(
        "scikit-learn, array API dispatch",
        ("sklearn", "pytest"),
        "of_array_api",
        environment=_DISPATCH,
    ),
    Trial(
        "scikit-learn, array API dispatch beside an ndarray",
        ("sklearn", "pytest"),
        "of_array_api",
        "MIXED",
        environment=_DISPATCH,
    ),
    Trial("einops", ("einops",), "of_others", "EINOPS"),
    Trial("opt_einsum", ("opt_einsum",), "of_others", "OPT_EINSUM"),
    Trial("networkx", ("networkx",), "of_others", "NETWORKX"),
    Trial("Pillow", ("PIL",), "of_others", "PILLOW", "BYTES"),
    Trial("Matplotlib", ("matplotlib",), "of_matplotlib"),
    Trial("Numba", (), "of_others", "NUMBA"),
    Trial("JAX", ("jax",), "of_others", "JAX", "SINGLE"),
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


def _check_same(one: Any, other: Any) -> None:
    """Raise AssertionError where two results differ."""
    one, other = _values(one), _values(other)
    assert [each.shape for each in one] == [each.shape for each in other]
    for a, b in zip(one, other, strict=True):
        if a.dtype.kind in "biufc":
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-9)
        else:
            np.testing.assert_array_equal(a, b)


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


def outcome(
    call: Callable[..., Any], dense: np.ndarray, prepare: Callable[[Any], Any], nbytes: int
) -> str:
    """Run an operation on an ndarray and on a virtual array; tell what became of it.

    Parameters
    ----------
    call : callable
    dense : ndarray
    prepare : callable
        Makes the arguments of `call` of an array.
    nbytes : int
        Of what the operation takes at once, as an ndarray.

    Raises
    ------
    AssertionError
        Where the results differ.
    """
    with _budget(None):
        expected = call(*prepare(dense.copy()))
        try:
            got = call(*prepare(qv.asarray(dense)))
        except Exception:
            return "error"
        _check_same(got, expected)
    # Half of the operand does not fit: what passes has not materialised it.
    try:
        with _budget(nbytes // 2):
            got = call(*prepare(qv.asarray(dense)))
            if hasattr(got, "dask"):
                got = got.compute(scheduler="synchronous")
    except Exception as error:
        return "dense" if _is_of_the_budget(error) else "error"
    _check_same(got, expected)
    return "virtual"


def _is_of_the_budget(error: BaseException | None) -> bool:
    """Whether an error, or what a library made another of, is that of an array that does not fit.

    scikit-learn makes a text of the errors of the parts of a cross-validation.
    """
    if error is None:
        return False
    if isinstance(error, qv.MaterializationError) or "MaterializationError" in str(error):
        return True
    return _is_of_the_budget(error.__cause__ or error.__context__)


def outcomes(trial: Trial) -> dict[str, str]:
    """Return what became of each operation of a library.

    Those of an environment that is not there are run in a process of their own.
    """
    if trial.environment.items() - os.environ.items():
        paths = os.pathsep.join(filter(None, sys.path))
        return json.loads(
            subprocess.run(
                [sys.executable, "-m", __name__, trial.library],
                env={**os.environ, **trial.environment, "PYTHONPATH": paths},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
        )
    module = trial.loaded
    dense = getattr(module, trial.dense)
    prepare = getattr(module, "prepared", lambda x: (x,))
    operand = getattr(module, "OPERAND", dense.nbytes)
    return {
        name: outcome(call, dense, prepare, getattr(call, "nbytes", operand))
        for name, call in trial.operations().items()
    }
