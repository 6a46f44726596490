"""Files that are changed at random are read right or refused: some by default, 10**5 nightly."""

import os

from .mutations import campaign

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def test_changed_files():
    counts = campaign(100_000 if NIGHTLY else 250, seed=2026)
    outcomes = {"read", "read, with calls refused", "refused", "over the budget"}
    assert set(counts) <= outcomes, counts
    assert counts["refused"] > counts["read"] > 0
