"""How many threads a kernel call takes."""

import os

import pytest

from qvarray.kernels import threads


@pytest.mark.parametrize(("others", "expected"), [(0, 2), (1, 1), (7, 1)])
def test_no_more_threads_than_idle_cores(monkeypatch, others, expected):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2, raising=False)
    monkeypatch.setattr(threads, "_others_running", lambda: others)
    assert threads.workers() == expected


def test_a_machine_that_does_not_tell(monkeypatch):
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(FileNotFoundError))
    assert threads._others_running() == 0
