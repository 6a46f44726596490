"""Run NumPy's own tests on virtual arrays, and count: ``python -m tests.numpy_suite [FILE ...]``.

Files are named as NumPy's tests are, ``numeric`` or ``lib/tests/test_histograms.py``; all
by default.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from .categories import OUTSIDE, category

#: The folder of the package, and those of its tests.
NUMPY = Path(np.__file__).parent
FOLDERS = ("_core", "lib", "linalg", "fft")

#: Seconds that a file may take.
MOST = 1800


def files(names: list[str]) -> list[Path]:
    """Return the test files of some names; of none, all but those about what we do not have."""
    found = [path for name in FOLDERS for path in sorted(NUMPY.glob(f"{name}/tests/test_*.py"))]
    if not names:
        return [path for path in found if path.stem.removeprefix("test_") not in OUTSIDE]
    return [
        path
        for path in found
        if any(path.stem == f"test_{name}" or str(path).endswith(name) for name in names)
    ]


def run(
    path: Path, *more: str, substitute: bool = True, package: str = "numpy"
) -> list[dict[str, str]]:
    """Run a file, and return what became of each of its tests.

    Parameters
    ----------
    path : Path
    *more : str
        Arguments of pytest.
    substitute : bool
        False for ndarrays.
    package : str
        Whose tests they are.
    """
    with tempfile.TemporaryDirectory() as directory:
        results = Path(directory, "results")
        environment = {**os.environ, "NUMPY_SUITE_RESULTS": str(results)}
        environment["NUMPY_SUITE_PACKAGE"] = package
        if not substitute:
            environment["NUMPY_SUITE_PLAIN"] = "1"
        command = [sys.executable, "-m", "pytest", "-p", f"{__package__}.substitution"]
        command += ["-c", os.devnull, f"--rootdir={path.parent}", "-p", "no:cacheprovider", "-q"]
        command += ["-W", "ignore", "--tb=no", *more, str(path)]
        done = subprocess.run(
            command, check=False, timeout=MOST, stdout=subprocess.DEVNULL, env=environment
        )
        # With 2 a file cannot be imported, with 5 it has no tests; else pytest cannot start.
        assert results.exists() or done.returncode in {2, 5}, f"{path}: {done.returncode}"
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return [json.loads(line) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="FILE")
    parser.add_argument("--ours", action="store_true", help="list the tests that are ours to mend")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for path in files(given.names):
        results = run(path)
        failed = [one for one in results if one["outcome"] == "failed"]
        own = Counter(category(one) for one in failed)
        own["passed"] = sum(one["outcome"] == "passed" for one in results)
        counts += own
        print(f"{path.relative_to(NUMPY)}: {dict(own) if results else 'was not run'}", flush=True)
        if given.ours:
            for one in failed:
                if category(one) == "ours":
                    print(f"    {one['test']}\n        {one['error'][:150]!r}")
    possible = counts["passed"] + counts["ours"] + counts["byte order"] + counts["time"]
    print(dict(counts), f"{counts['passed'] / max(possible, 1):.1%} of what is no ndarray's alone")


if __name__ == "__main__":
    main()
