"""Huge arrays through every function, in processes of 3 GB: an answer or an error, at once."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from .trials import IS_DEEP

_ROOT = Path(__file__).parents[2]
#: Calls of a process, and how many processes there are, all in turn.
_CALLS = 500 if IS_DEEP else 60
_PROCESSES = 20 if IS_DEEP else 1


def test_huge_calls():
    wrong = []
    counts: Counter[str] = Counter()
    for number in range(_PROCESSES):
        # A process of its own for so many: what one leaves in memory is not counted for all.
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
        counts += Counter(found["counts"])
    assert not wrong, "\n".join(wrong)
    assert counts.total() == _CALLS * _PROCESSES
    # Some are refused for their arguments, their size or their time: that is not the rule.
    assert counts["answered"] > counts.total() / 4
