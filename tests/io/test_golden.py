"""Files that any version has written are read for ever; see `golden`."""

import io
from collections import Counter
from typing import Any

import numpy as np
import pytest

import qvarray as qv
from qvarray.core.source import Source
from qvarray.io.kinds import _KINDS as KINDS
from qvarray.io.kinds import READERS

from .golden import ARRAYS, DATA, described, expected
from .mutations import parts_of

EXPECTED = expected()
#: Of a basis, samples are sums that may be rounded in another way elsewhere.
_ROUNDED = 1e-12


def numbers(elements):
    return np.array(
        [complex(*map(float.fromhex, one)) if isinstance(one, list) else one for one in elements]
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_file_is_read(name):
    x = qv.load(DATA / f"{name}.qv")
    known = dict(EXPECTED[name])
    found = described(x, known["positions"])
    wanted, got = numbers(known.pop("elements")), numbers(found.pop("elements"))
    error, bound = float.fromhex(known.pop("error")), float.fromhex(found.pop("error"))
    assert found == known
    assert bound == pytest.approx(error)
    stored = x.source.stored
    if stored is not None and stored.is_standard:
        np.testing.assert_array_equal(got, wanted)
    else:
        size = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
        np.testing.assert_allclose(got, wanted, rtol=_ROUNDED, atol=_ROUNDED * size)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_is_written_again_as_what_it_is(name):
    x = qv.load(DATA / f"{name}.qv")
    file = io.BytesIO()
    qv.save(file, x)
    y = qv.load(io.BytesIO(file.getvalue()))
    assert type(y.source) is type(x.source)
    assert (repr(y), y.nbytes, y.recovery_error) == (repr(x), x.nbytes, x.recovery_error)
    positions = EXPECTED[name]["positions"]
    assert described(x, positions) == described(y, positions)


def test_every_array_has_its_file_and_none_is_left_over():
    assert set(ARRAYS) == set(EXPECTED) == {path.stem for path in DATA.glob("*.qv")}


def test_every_kind_is_in_a_file():
    kinds: Counter[Any] = Counter()

    def count(node):
        if isinstance(node, dict):
            kinds.update([node.get("kind")])
            node = node.values()
        for inner in node if not isinstance(node, str) else ():
            if isinstance(inner, (dict, list)):
                count(inner)

    for path in DATA.glob("*.qv"):
        count(parts_of(path.read_bytes())[0])
    assert set(READERS) <= set(kinds)
    assert {kind.name for kind in KINDS.values()} <= set(READERS)


def test_every_source_is_of_a_kind():
    def all_of(kind):
        return [kind, *(one for inner in kind.__subclasses__() for one in all_of(inner))]

    ours = {kind for kind in all_of(Source) if kind.__module__.startswith("qvarray.")}
    abstract = {kind for kind in ours if any(kind in one.__mro__[1:] for one in ours)}
    assert ours - abstract <= set(KINDS)
