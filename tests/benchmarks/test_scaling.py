"""The calls whose growth is measured work; with the nightly profile, none grows too fast."""

import os
import subprocess
import sys
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from ..campaigns.trials import IS_DEEP

FOLDER = Path(__file__).parents[2] / "asv_benchmarks"


@pytest.fixture(scope="module")
def table():
    sys.path.insert(0, str(FOLDER))
    try:
        yield import_module("benchmarks.scaling_calls")
    finally:
        sys.path.remove(str(FOLDER))


@pytest.mark.filterwarnings("ignore")
def test_every_call_works(table):
    assert len(table.CALLS) >= 300
    for name, call in table.CALLS.items():
        needed = [one for one in signature(call).parameters.values() if one.default is one.empty]
        try:
            call(*(table.OPERANDS[one.name](96, 2**20) for one in needed))
        except Exception as error:
            raise AssertionError(name) from error


if IS_DEEP:

    def test_nothing_grows_faster_than_it_may():
        command = [sys.executable, "-m", "benchmarks.scaling"]
        env = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
        done = subprocess.run(
            command, cwd=FOLDER, env=env, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stdout
