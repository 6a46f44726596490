"""The memory budget: a clear error in time, also under a hard limit."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

import qvarray as qv


def test_over_the_budget():
    x = qv.from_coordinates([[5]], [1.0], 1000)
    with qv.options(memory_budget=7999):
        with pytest.raises(qv.MaterializationError, match=r"8000 bytes.*7999") as caught:
            x.todense()
        with pytest.raises(MemoryError):
            np.asarray(x)
        with pytest.raises(qv.MaterializationError):
            np.cumsum(x)
        assert x[5] == 1
        assert (x + x)[5] == 2
    assert (caught.value.wanted, caught.value.budget) == (8000, 7999)
    assert pickle.loads(pickle.dumps(caught.value)).wanted == 8000
    with qv.options(memory_budget=8000):
        assert x.todense()[5] == 1


def test_options():
    before = qv.options.memory_budget
    assert before > 0
    with qv.options(memory_budget=5):
        assert qv.options.memory_budget == 5
        assert "memory_budget=5" in repr(qv.options)
        with qv.options(memory_budget=6):
            assert qv.options.memory_budget == 6
        assert qv.options.memory_budget == 5
    assert qv.options.memory_budget == before
    for bad in (-1, "much", None):
        with pytest.raises(ValueError, match="memory_budget"), qv.options(memory_budget=bad):
            pass
    qv.options.memory_budget = 10**9
    assert qv.options.memory_budget == 10**9
    qv.options.memory_budget = before


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_environment_variable():
    code = "import qvarray as qv; print(qv.options.memory_budget)"
    assert run(code, QVARRAY_MEMORY_BUDGET="12345").stdout.strip() == "12345"
    bad = run(code, QVARRAY_MEMORY_BUDGET="lots")
    assert bad.returncode != 0
    assert "QVARRAY_MEMORY_BUDGET must be a number of bytes, got 'lots'" in bad.stderr


_LIMITED = """
import resource
import qvarray as qv
import numpy as np
x = qv.from_eigenvalues([1.0], [3], 2**28, basis=BASIS)
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
for call in (lambda: x.todense(), lambda: np.exp(x).compute(), lambda: x.to_basis("haar")):
    try:
        call()
    except qv.MaterializationError as error:
        assert "budget" in str(error)
    else:
        raise SystemExit("no error")
print("alive", float(x[5]) is not None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
@pytest.mark.parametrize("basis", ["walsh", "cosine"])
def test_under_a_hard_limit_the_program_gets_the_exception(basis):
    done = run(_LIMITED.replace("BASIS", repr(basis)))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("alive")


def test_importing_does_not_import_what_is_heavy():
    code = (
        "import sys, qvarray\n"
        "x = qvarray.asarray([0.0, 1.0])\n"
        "for name in ('numba', 'matplotlib', 'scipy.fft', 'tqdm'):\n"
        "    assert name not in sys.modules, name\n"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
