"""Settings: their values, for a block or for good; warnings of dense results and long walks."""

import threading
import warnings

import numpy as np
import pytest

import qvarray as qv
from qvarray.core import pages
from qvarray.errors import DenseWarning, LongWalkWarning, TimeLimitError

NAMES = ["memory_budget", "warn_dense", "max_seconds", "unpacked_bytes"]


@pytest.mark.parametrize("name", NAMES)
def test_a_block_changes_a_setting_and_puts_it_back(name):
    before = getattr(qv.options, name)
    with qv.options(**{name: 12345}):
        assert getattr(qv.options, name) == 12345
        with pytest.raises(ZeroDivisionError), qv.options(**{name: 54321}):
            assert 1 / (getattr(qv.options, name) - 54321)
    assert getattr(qv.options, name) == before


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_holds_until_the_next(name, monkeypatch):
    monkeypatch.setattr(qv.options, name, 777)
    assert getattr(qv.options, name) == 777
    with qv.options(memory_budget=10**6):
        assert f"{name}=" in repr(qv.options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, "many", np.nan, [3]])
def test_what_is_no_value_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        setattr(qv.options, name, value)
    with pytest.raises(ValueError, match=name), qv.options(**{name: value}):
        pass


def test_unknown_settings_are_refused_by_name():
    with (
        pytest.raises(TypeError, match=r"memory_bugdet.*memory_budget"),
        qv.options(memory_bugdet=3),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1GB", 10**9),
        ("1.5 GiB", 3 * 2**29),
        ("512MiB", 2**29),
        ("64 kB", 64000),
        ("100", 100),
        ("2M", 2 * 10**6),
    ],
)
def test_sizes_as_text(text, amount):
    with qv.options(memory_budget=text, unpacked_bytes=text):
        assert qv.options.memory_budget == qv.options.unpacked_bytes == amount
    for wrong in ("1XB", "GB", "-1GB", "1.2.3GB", "1 G G", True):
        with pytest.raises(ValueError, match=r'memory_budget.*"2GB"'):
            qv.options(memory_budget=wrong)


def test_an_assignment_to_what_is_no_setting_is_refused():
    with pytest.raises(AttributeError, match=r"'budget' is no setting.*memory_budget"):
        qv.options.budget = 3


def test_a_call_without_a_block_is_not_silent():
    with pytest.warns(RuntimeWarning, match=r"with block.*qvarray\.options\.memory_budget"):
        qv.options(memory_budget="1GB")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with qv.options(memory_budget="1GB"):
            pass


def test_arrays_without_a_namespace():
    x = qv.zeros(3)
    assert x.__array_namespace__() is qv
    with qv.options(array_namespace=False):
        assert not hasattr(x, "__array_namespace__")
    with pytest.raises(ValueError, match="array_namespace must be True or False, got 'no'"):
        qv.options(array_namespace="no")


def test_a_block_is_of_its_thread():
    seen = []
    with qv.options(memory_budget=1000, warn_dense=5):
        thread = threading.Thread(
            target=lambda: seen.extend([qv.options.memory_budget, qv.options.warn_dense])
        )
        thread.start()
        thread.join()
    assert seen[0] != 1000
    assert seen[1] is None


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (np.argsort, "np.argsort"),
        (lambda x: x.todense(), "VirtualQArray.todense"),
        (np.asarray, "np.asarray"),
        (lambda x: np.add.accumulate(x), "np.add.accumulate"),
    ],
)
def test_dense_results_warn_by_the_name_of_the_call(call, name):
    x = qv.from_eigenvalues([1.0], [3], 1000, basis="cosine")
    with qv.options(warn_dense=4000), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(x)
    assert {warning.category for warning in caught} == {DenseWarning}
    assert str(caught[0].message).startswith(f"{name} materialises")
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call(x)
        with qv.options(warn_dense=10**6):
            call(x)


def test_walks_over_the_limit_are_refused():
    x = qv.from_eigenvalues([1.0, 2.0], [3, 9], 2**50, basis="cosine")
    with (
        qv.options(max_seconds=1.0),
        pytest.raises(TimeLimitError, match=r"np\.sum would take about"),
    ):
        np.exp(x).sum()
    # A day is the limit unless it is set.
    with pytest.raises(TimeLimitError, match="max_seconds, 86400"):
        np.exp(x).sum()


def test_walks_without_end_are_refused():
    x = qv.from_eigenvalues([1.0, 2.0], [3, 9], 2**60, basis="cosine")
    operator = qv.operator([2.0, 3.0], [0, 5], 2**40, basis="cosine")
    with qv.options(max_seconds=None):
        for array in (x, np.exp(x), operator):
            with pytest.raises(qv.MaterializationError, match=r"np\.max would .* Instead: take"):
                np.max(array)
        assert np.any(x)  # the first page tells


def test_walks_over_a_minute_warn(monkeypatch):
    monkeypatch.setattr(pages, "_WORTH_A_BAR", 0.0)
    monkeypatch.setattr(pages, "_WORTH_A_WARNING", 1e-9)
    x = qv.from_eigenvalues([1.0, 2.0], [3, 9], 2**24, basis="cosine")
    with pytest.warns(LongWalkWarning, match=r"np\.sum will take about") as caught:
        got = np.exp(x).sum()
    assert caught[0].filename == __file__
    assert got > 2**24


def test_caches_are_cleared():
    x = qv.encode(np.cos(np.arange(4096.0)), tol=1e-3, storage="int8")
    first = x.sum()
    qv.clear_caches()
    assert x.sum() == first
    with qv.options(unpacked_bytes=0):
        assert x.sum() == first


def test_a_scheduler_tells_the_budget_of_its_tasks(monkeypatch):
    monkeypatch.setitem(qv.options._defaults, "memory_budget", None)
    monkeypatch.delenv("QVARRAY_MEMORY_BUDGET", raising=False)
    usual = qv.options.memory_budget
    of_task = [None]
    monkeypatch.setattr(qv.options, "_budget_of_task", lambda: of_task[0])
    assert qv.options.memory_budget == usual
    of_task[0] = 12345
    assert qv.options.memory_budget == 12345
    with qv.options(memory_budget=1000):
        assert qv.options.memory_budget == 1000
