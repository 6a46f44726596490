"""Every kernel has a benchmark, and every benchmark measures qvarray. Nothing is timed here."""

import csv
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType

import pytest

from qvarray import kernels

FOLDER = Path(__file__).parents[2] / "asv_benchmarks"


@pytest.fixture(scope="module")
def modules():
    sys.path.insert(0, str(FOLDER))
    try:
        names = [found.name for found in iter_modules([str(FOLDER / "benchmarks")])]
        yield {name: import_module(f"benchmarks.{name}") for name in names}
    finally:
        sys.path.remove(str(FOLDER))


def classes(modules):
    """What asv finds: classes with parameters, made here, that are not abstract."""
    return {
        f"{name}.{found.__name__}": found
        for name, module in modules.items()
        for found in vars(module).values()
        if isinstance(found, type)
        and found.__module__ == module.__name__
        and hasattr(found, "params")
        and not getattr(found, "__abstractmethods__", None)
    }


def test_every_kernel_has_a_benchmark(modules):
    each = modules["each_kernel"]
    public = {
        f"{name}.{function}"
        for name in set(kernels.__all__) - {"jit"}
        for function, found in vars(getattr(kernels, name)).items()
        if isinstance(found, FunctionType)
        and found.__module__ == f"qvarray.kernels.{name}"
        and not function.startswith("_")
    }
    assert public == set(each.KERNELS) | set(each.ELSEWHERE)
    assert set(each.ELSEWHERE.values()) <= set(classes(modules))
    assert not set(each.KERNELS) & set(each.ELSEWHERE)


def test_every_benchmark_measures_us(modules):
    for name, benchmark in classes(modules).items():
        assert benchmark.param_names[0] == "subject", name
        assert "qvarray" in benchmark.params[0], name


def test_every_subject_has_a_method(modules):
    for name, benchmark in classes(modules).items():
        if issubclass(benchmark, modules["common"].Timed):
            missing = {
                subject for subject in benchmark.params[0] if not hasattr(benchmark, subject)
            }
            assert not missing, name


def test_what_is_timed_has_its_memory_measured(modules):
    for name, benchmark in classes(modules).items():
        if not name.startswith("startup.") and issubclass(benchmark, modules["common"].Timed):
            assert hasattr(benchmark, "peakmem_call"), name


def test_a_missing_peer_is_skipped(modules):
    with pytest.raises(NotImplementedError):
        modules["common"].require("no_such_package")


def test_what_fails_is_seen_to_fail_unless_the_past_is_measured(modules, monkeypatch):
    common = modules["common"]

    class Broken(common.Measured):  # type: ignore[name-defined]
        def qvarray(self):
            raise AttributeError

        def numpy(self):
            raise AttributeError

    with pytest.raises(AttributeError):
        Broken().setup("qvarray")
    monkeypatch.setattr(common, "PAST", True)
    with pytest.raises(NotImplementedError):
        Broken().setup("qvarray")
    with pytest.raises(AttributeError):
        Broken().setup("numpy")


def test_every_target_has_its_benchmark(modules):
    with (FOLDER.parent / "docs" / "targets.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    known = {*modules, *classes(modules), "qvarray warmup", "qvarray report", ".ci/run"}
    for row in rows:
        for name in row["benchmark"].split(", "):
            assert name in known, row["what"]
