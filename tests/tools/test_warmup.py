"""Kernels are compiled ahead of use, and without a cache where none can be written."""

import subprocess
import sys

import qvarray as qv
from qvarray.__main__ import main

NOTHING_TO_WRITE = """
import errno, sys
import numba.core.caching as caching
from qvarray import __main__, kernels
from qvarray.tools import warmup

def refused(self, *args):
    raise OSError(errno.ENOSPC, "No space left on device")

caching.IndexDataCacheFile.save = refused
caching.IndexDataCacheFile.load = refused
import numpy as np, qvarray as qv
x = qv.from_coordinates([[1, 5]], [1.0, 2.0], (2**40,))
assert (x + x[::-1]).nactive == 4
warmup._subjects = lambda: [[lambda: np.add(x, x)]]
assert __main__.main(["warmup"]) == 0
"""

NO_CACHE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
import numpy as np, qvarray as qv
x = qv.from_coordinates([[1, 5]], [1.0, 2.0], (2**40,))
assert (x + x[::-1]).nactive == 4
from qvarray.tools import warmup
assert warmup._cache() is None
warmup._subjects = lambda: [[lambda: x + x]]
from qvarray import __main__
assert __main__.main(["warmup"]) == 0
"""


#: What every kernel has been compiled for, and what usual calls add to that.
COVERED = """
from importlib import import_module
import numpy as np
import qvarray as qv
from numba.core.registry import CPUDispatcher
from qvarray import kernels

def compiled():
    found = {}
    for name in kernels.__all__:
        module = import_module(f"qvarray.kernels.{name}")
        for key, value in vars(module).items():
            own = isinstance(value, CPUDispatcher) and value.py_func.__module__ == module.__name__
            # Those without a cache are compiled into others.
            if own and value.targetoptions.get("inline") != "always" and value.stats.cache_path:
                found[f"{name}.{key}"] = {str(signature) for signature in value.signatures}
    return found

assert qv.warmup().cache is not None
before = compiled()
assert len(before) > 35
# On one processor no block is shared.
alone = kernels.threads.workers() == 1
shared = {"xor_maps._block", "xor_maps._staying", "pair_matrix._mix_runs"} if alone else set()
none = [name for name, signatures in before.items() if not signatures and name not in shared]
assert not none, none

rng = np.random.default_rng(0)
for dtype in (bool, np.int8, np.int64, np.float32, np.float64, np.complex128):
    for shape in ((300, 300), (2**18, 2**14)):
        x, y = (
            qv.from_coordinates(rng.integers(0, 250, (2, k)), np.ones(k, dtype), shape)
            for k in (30, 200)
        )
        x + y, x * y, x != y, x & y if dtype in (bool, np.int64) else None
        np.where(x != 0, x, y), np.maximum(x, y), np.clip(x, 0, 1), abs(x)
        x.sum(), x.sum(0), x.sum(1), x.mean(), np.max(x, 0), np.min(x, 1), x.any(1)
        np.linalg.norm(x + 0.0), np.count_nonzero(x), np.nonzero(x), np.argmax(x)
        x[3], x[:, 5], x[::2, ::-3], x[10:200, 7:], x[[3, 1, 250]], x[x != 0], x.T, x.ravel()
        x.reshape(shape[0] // 4, -1), np.concatenate([x, y]), np.stack([x, y]), np.flip(x, 1)
        np.roll(x, 7), np.sort(x, 1), np.unique(x)
        if shape[0] == 300:
            np.argsort(x, 1), np.cumsum(x, 1)
        np.triu(x), np.kron(x[:9, :9], y[:9, :9]), np.pad(x, 2), np.repeat(x, 2, 0)
        np.vdot(x, y), np.tensordot(x, y, 2), x @ y.T, x.T @ y, x[7] @ y.T
        x[:300, :300] @ np.ones((300, 5), dtype), np.ones((5, 300), dtype) @ x[:300, :300]
        x[:300, :300] @ np.ones(300, dtype)
        x[2, 3] = 1
        x[5:9] = 1
        np.copyto(x[40:50], y[40:50])
        x += y
        np.diagonal(x), np.fill_diagonal(x[:300, :300], 1), np.bincount(np.arange(9))
samples = np.sin(np.arange(4096.0) / 50)
for basis in ("walsh", "haar", "cosine", "fourier"):
    for dtype in (np.float32, np.float64, np.complex128):
        x = qv.encode(samples.astype(dtype), basis, tol=1e-1)
        x.todense(), x[5], x[::2], x[100:110], x.to_basis("standard"), x + x, x * 2, x * x, x.sum()
        np.roll(x, 5), x[::-1], np.exp(x).sum()
        qv.encode(samples.reshape(64, 64), basis, tol=1e-1)[3:9, ::2].todense()
state = qv.gates.h(qv.gates.h(qv.gates.zero_state(20), 3), 19)
for gate in (qv.gates.cx, qv.gates.cz, qv.gates.swap):
    state = gate(state, 3, 7)
state = qv.gates.rx(qv.gates.ccx(state, 0, 3, 5), 0.3, 2)
qv.gates.probabilities(state, [0, 3]), qv.gates.top(state, 3), np.linalg.norm(state)
more = {
    name: signatures - before[name]
    for name, signatures in compiled().items()
    if signatures - before[name]
}
assert not more, more
"""


def test_warmup_compiles_what_usual_calls_need():
    done = subprocess.run([sys.executable, "-c", COVERED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_warmup_says_where_kernels_are_kept(capsys):
    assert main(["warmup"]) == 0
    said = capsys.readouterr().out
    assert "calls in" in said
    assert str(qv.warmup().cache) in said


def test_where_nothing_can_be_cached_kernels_are_compiled_anew():
    done = subprocess.run([sys.executable, "-c", NO_CACHE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "nothing can be written: every process compiles what it uses" in done.stdout
    assert "NUMBA_CACHE_DIR" in done.stdout


def test_where_files_cannot_be_written_or_read_kernels_are_compiled_anew():
    done = subprocess.run([sys.executable, "-c", NOTHING_TO_WRITE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "not all can be written in" in done.stdout
    assert "No space left on device" in done.stdout
