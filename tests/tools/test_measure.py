"""Time and memory that a call takes."""

import tracemalloc

import numpy as np
import pytest
from numba import njit

from qvarray.tools.report import measure


@njit
def compiled_array(n):
    return np.ones(n)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: np.ones(12345), 8 * 12345),
        (lambda: bytes(100_003), 100_003),
        (lambda: compiled_array(54321), 8 * 54321),
        (lambda: [np.ones(1000), compiled_array(2000), bytes(3000)], 8000 + 16000 + 3000),
    ],
    ids=["numpy", "python", "numba", "all"],
)
def test_memory_is_what_was_allocated(call, expected):
    memory = measure.memory_of(call)
    assert expected <= memory.peak_bytes <= expected + 1500
    assert expected <= memory.held_bytes <= memory.peak_bytes
    assert not tracemalloc.is_tracing()


def test_memory_at_its_peak_counts_what_is_gone_at_the_end():
    def call():
        large = np.ones(100_000)
        return large[:10].copy()

    memory = measure.memory_of(call)
    assert 800_000 <= memory.peak_bytes < 802_000
    assert memory.held_bytes < 1000


def test_memory_leaves_tracing_as_it_was():
    tracemalloc.start()
    try:
        assert 8000 <= measure.memory_of(lambda: np.ones(1000)).peak_bytes < 10_000
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_median_time_is_the_median_of_batches(monkeypatch):
    batches = iter([1.0, 0.5, 9.0, 2.0, 4.0, 3.0, 5.0])

    class Timer:
        def __init__(self, call):
            self.call = call

        def timeit(self, number):
            return next(batches)

    monkeypatch.setattr(measure, "Timer", Timer)
    monkeypatch.setattr(measure, "_MOST_SECONDS", 1e9)
    # The first two warm up and size the batch.
    assert measure.median_time(lambda: None, 5) == 4.0


def test_median_time_stops_early_where_calls_are_slow(monkeypatch):
    calls = []

    class Timer:
        def __init__(self, call):
            pass

        def timeit(self, number):
            calls.append(number)
            return 10.0 * number

    monkeypatch.setattr(measure, "Timer", Timer)
    assert measure.median_time(lambda: None, 100) == 10.0
    assert calls == [1] * 5


def test_median_time_resolves_the_fastest_call():
    assert 0.0 < measure.median_time(lambda: None, 3) < 1e-3


def test_median_time_wants_a_repeat():
    with pytest.raises(ValueError, match="got 0"):
        measure.median_time(lambda: None, 0)
