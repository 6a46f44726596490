"""Huge arrays through every function, in processes of 3 GB: an answer or an error, at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .trials import IS_DEEP

_ROOT = Path(__file__).parents[2]
#: Calls of a process, and how many processes there are, all in turn.
_CALLS = 500 if IS_DEEP else 60
_PROCESSES = 20 if IS_DEEP else 1


def test_huge_calls():
    wrong, count = [], 0
    for number in range(_PROCESSES):
        # Every call by now and then: the others of a process are those that follow.
        first = number * _CALLS
        out = subprocess.run(
            [sys.executable, "-m", "tests.campaigns.huge_calls", str(first), str(_CALLS)],
            cwd=_ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=3000,
            check=False,
        )
        assert out.returncode == 0, out.stderr[-2000:]
        found = json.loads(out.stdout)
        wrong += found["wrong"]
        count += sum(found["counts"].values())
    assert not wrong, "\n".join(wrong)
    assert count == _CALLS * _PROCESSES
