"""NUMBA_DISABLE_JIT=1: what debuggers and coverage see computes the same."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def output(program, **environment):
    done = subprocess.run(
        [sys.executable, *program],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_kernels_without_the_compiler():
    program = ["-m", "tests.kernels.interpreted"]
    compiled = output(program)
    assert compiled.count("\n") > 100
    assert output(program, NUMBA_DISABLE_JIT="1") == compiled


def test_all_kernels_that_are_warmed_up():
    program = "import qvarray as qv; print(qv.warmup().cache)"
    assert output(["-c", program], NUMBA_DISABLE_JIT="1") == "None\n"
