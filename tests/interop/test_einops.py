"""einops on virtual arrays: what it gives on ndarrays, and what stays virtual."""

import numpy as np
import pytest

import qvarray as qv

einops = pytest.importorskip("einops")


def test_huge_arrays_stay_virtual():
    qv.interop.einops.register()
    n = 2**20
    x = qv.from_coordinates([[3, n - 1], [5, 7]], [1.0, 2.0], (n, n))
    for pattern, sizes in (("i j -> j i", {}), ("(a b) j -> a j b", {"b": 8})):
        moved = einops.rearrange(x, pattern, **sizes)
        assert type(moved) is qv.VirtualQArray
        assert moved.nactive == 2
    summed = einops.reduce(x, "i j -> i", "sum")
    assert summed[3] == 1
    assert summed.nactive == 2
    assert einops.repeat(x, "i j -> i j k", k=2).sum() == 6
    assert type(einops.asnumpy(x[:4, :6])) is np.ndarray


def test_registering_twice_changes_nothing():
    backends = einops._backends._loaded_backends
    qv.interop.einops.register()
    before = dict(backends)
    qv.interop.einops.register()
    assert backends == before
