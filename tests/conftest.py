"""Hypothesis profiles: `default`, and `nightly`, which goes deeper (HYPOTHESIS_PROFILE=nightly)."""

import os

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
