"""Run other libraries' own tests on virtual arrays: ``python -m tests.library_suites [NAME ...]``.

As for NumPy's own tests, what a test file makes by NumPy's functions are virtual arrays; nothing is
copied. The tests are run on ndarrays too: those that fail with them as well are not counted.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from unittest import SkipTest

from docs.generated import cells, replace

from ..numpy_suite.__main__ import run
from ..numpy_suite.categories import category

__all__ = ["REFUSALS", "SUITES", "Suite", "estimators", "refusal", "tried"]


class Suite(NamedTuple):
    """Tests of a library that take any type of arrays.

    Attributes
    ----------
    package : str
    folder : str
        Of the tests, in the package.
    files : tuple of str
    """

    package: str
    folder: str
    files: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        return find_spec(self.package) is not None

    def paths(self) -> list[Path]:
        found = import_module(self.package).__file__
        assert found is not None
        return [Path(found).parent / self.folder / f"test_{name}.py" for name in self.files]


SUITES = {
    "dask": Suite(
        "dask", "array/tests",
        ("slicing", "ufunc", "reshape", "overlap", "chunk", "fft", "gufunc", "percentiles",
         "rechunk", "stats", "linalg", "creation", "routines", "reductions", "array_core"),
    ),
    "xarray": Suite(
        "xarray", "tests",
        ("duck_array_ops", "nputils", "indexing", "weighted", "computation"),
    ),
    "scipy": Suite(
        "scipy", "sparse/tests",
        ("coo", "construct", "extract", "indexing1d", "spfuncs", "common1d", "arithmetic1d",
         "minmax1d", "csr", "csc", "dok"),
    ),
}  # fmt: skip

#: Why a test of another library does not pass, by what is in the error or in the line of the test.
REFUSALS = {
    "asks for another type": (
        r"isinstance|np\.ndarray|\btype\(|different types|numpy\.ndarray"
        r"|must be (a dask array or )?numpy|integer numpy array|AssertionError: <class",
    ),
    "memory or flags of an ndarray": (
        r"\.(flags|strides|ctypes|base|data)\b|no attribute '(flags|strides|ctypes|base)'"
        r"|contiguous|shares_memory|may_share|read-only|buffer|__array_inter|owndata|\border=",
    ),
    "text, dates, objects or records": (
        r"must be numbers|datetime|timedelta|dtype\('[OSUVmM]|dtype=object"
        r"|astype\(.?(object|O)\b|structured|masked|MaskedArray",
    ),
    "compiled code": (
        r"Cython|memoryview|_sparsetools|Buffer dtype|\.pyx\b|[Dd]etermine Numba type of",
    ),
    "time": (r"TimeoutError",),
}

#: Tests whose errors do not tell why. Of a sparse array by an array SciPy makes a sparse one, which
#: the second asks for; of a virtual array the quotient is virtual. Keys of xarray's own classes are
#: slices, integers or ndarrays.
NAMED = dict.fromkeys(
    (
        "test_1d_matmul_multivector",
        "test_divide",
        "test_decompose_indexers",
        "test_normalize_indexer",
        "test_index_indexer_1d",
        "test_outer_indexer_consistency_with_broadcast_indexes_vectorized",
    ),
    "asks for another type",
)

#: The columns of the table.
COLUMNS = ("passed", *REFUSALS, "ours")


def refusal(result: dict[str, str]) -> str:
    """Return why a test failed: ``"ours"`` where nothing else explains it."""
    return category(result, REFUSALS, NAMED)


def tried(suite: Suite, path: Path) -> tuple[int, list[dict[str, str]]]:
    """Run a file; return how many tests pass, and those that fail with virtual arrays alone."""
    results = run(path, package=suite.package)
    passed = sum(one["outcome"] == "passed" for one in results)
    failed = [one for one in results if one["outcome"] == "failed"]
    if not failed:
        return passed, []
    with_ndarrays = run(path, substitute=False, package=suite.package)
    good = {one["test"] for one in with_ndarrays if one["outcome"] == "passed"}
    return passed, [one for one in failed if one["test"] in good]


def estimators() -> tuple[int, dict[str, str]]:
    """Run scikit-learn's checks of estimators that take arrays of any namespace.

    Returns
    -------
    passed : int
    failed : dict
        The errors of those that pass with ``array_api_strict``, by estimator and check.
    """
    os.environ["SCIPY_ARRAY_API"] = "1"
    checks = import_module("sklearn.utils.estimator_checks")
    utils = import_module("sklearn.utils")
    generator = import_module("sklearn.utils._test_common.instance_generator")
    names = [
        "check_array_api_input",
        "check_array_api_input_and_values",
        "check_array_api_same_namespace",
    ]
    passed, failed = 0, {}
    for name, kind in utils.all_estimators():
        try:
            made = list(generator._construct_instances(kind))
        except SkipTest:  # it takes another estimator, and so on
            continue
        for estimator in made:
            if not utils.get_tags(estimator).array_api_support:
                continue
            for check in names:
                error = _error(getattr(checks, check), name, estimator, "qvarray")
                if error is None:
                    passed += 1
                elif _error(getattr(checks, check), name, estimator, "array_api_strict") is None:
                    failed[f"{estimator}: {check}"] = error
    return passed, failed


def _error(
    check: Callable[..., object], name: str, estimator: object, namespace: str
) -> str | None:
    try:
        check(name, estimator, array_namespace=namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def counted(
    name: str, suite: Suite, names: list[str], lists: bool
) -> tuple[Counter[str], list[str]]:
    """Run the files of a library that are named, all by default; count outcomes, list files."""
    counts: Counter[str] = Counter()
    ran = []
    for path in suite.paths():
        wanted = {name, f"{name}/{path.stem.removeprefix('test_')}"}
        if not path.exists() or (names and not wanted & set(names)):
            continue
        passed, failed = tried(suite, path)
        own = Counter(map(refusal, failed))
        own["passed"] = passed
        counts += own
        ran.append(path.stem.removeprefix("test_"))
        print(f"{name}/{path.stem}: {dict(own)}", flush=True)
        for one in failed if lists else ():
            if refusal(one) == "ours":
                print(f"    {one['test']}\n        {one['error'][:150]!r}")
    return counts, ran


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="dask, or dask/slicing")
    parser.add_argument("--table", type=Path, help="write the counts there")
    parser.add_argument("--ours", action="store_true", help="list the tests that are ours to mend")
    given = parser.parse_args()
    lines = {}
    for name, suite in SUITES.items():
        if not suite.is_installed:
            continue
        counts, ran = counted(name, suite, given.names, given.ours)
        if ran:
            print(f"{name}: {dict(counts)}", flush=True)
            lines[name] = [f"{name}: {', '.join(ran)}", *(str(counts[kind]) for kind in COLUMNS)]
    if find_spec("sklearn") is not None and (not given.names or "sklearn" in given.names):
        passed, failed = estimators()
        print(f"sklearn: {passed} passed, {len(failed)} failed", flush=True)
        for check, error in failed.items():
            print(f"    {check}\n        {error[:150]!r}")
        zeros = ["0"] * (len(COLUMNS) - 2)
        lines["sklearn"] = [
            "scikit-learn, checks of estimators",
            str(passed),
            *zeros,
            str(len(failed)),
        ]
    if given.table:
        replace(given.table, [cells(*line) for line in lines.values()])


if __name__ == "__main__":
    main()
