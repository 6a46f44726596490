"""Hypothesis profiles: `default`, and `nightly`, which goes deeper (HYPOTHESIS_PROFILE=nightly)."""

import gc
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "nightly", settings.get_profile("default"), max_examples=2000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

#: For mypy, not to be run.
collect_ignore = ["array/typed_program.py"]


def pytest_collection_finish():
    """Keep what was imported and collected out of garbage collections: millions of objects."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config):
    """Compile kernels before workers run all tests: each of them once, on all cores.

    Workers need the same ones at about the same time, and each would compile them itself.
    """
    if config.args_source is config.ArgsSource.TESTPATHS:
        subprocess.run(
            [sys.executable, "-m", "qvarray", "warmup"], cwd=config.rootpath, check=False
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker files of its own, as long as there are some: fixtures are made once."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)
