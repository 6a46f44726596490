"""Gates written to an array by ``out=``: the state, who else holds it, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates
MANY = 1 << 15


@settings(max_examples=15)
@given(st.data(), st.sampled_from(["one", "few", "all"]), st.booleans())
def test_the_output_is_the_state(data, kind, is_cube):
    n = 4
    v = plain.vectors(n, np.random.default_rng(7), kind)
    shape = (2,) * n if is_cube else (2**n,)
    x = g.state(v.reshape(shape))
    before, other, dense = qv.asarray(x.copy()), x.reshape(-1), v.copy()
    for name, params, qubits in data.draw(plain.steps(n, list(plain.MATRICES))):
        assert getattr(g, name)(x, *params, *qubits, out=x) is x
        v = plain.apply(v, plain.MATRICES[name][2](*params), qubits)
    np.testing.assert_allclose(x.todense().ravel(), v, atol=1e-13)
    np.testing.assert_array_equal(before.todense().ravel(), dense)
    # As of NumPy, a view shows what is written.
    np.testing.assert_array_equal(other.todense(), x.todense().ravel())


@pytest.mark.parametrize("name", ["z", "t", "s", "x", "h", "cz", "cx"])
def test_amplitudes_that_others_hold_are_left(name):
    rng = np.random.default_rng(0)
    indices = np.unique(rng.integers(0, 1 << 40, MANY))
    values = rng.normal(size=indices.size) / indices.size**0.5
    qubits = (20, 7)[: plain.MATRICES[name][0]]

    def made():
        return g.state(qv.from_coordinates(indices, values, 2**40))

    def amplitudes(array):
        array.source.compute()
        return np.append(array.active_indices, array.eigenvalues)

    function = getattr(g, name)
    after = amplitudes(function(made(), *qubits))
    for hold in (np.copy, g.state, qv.VirtualQArray.copy, lambda x: g.z(x, 3), None):
        x = made()
        if hold is np.copy:
            held = x.eigenvalues
            before = held.copy()
        elif hold is not None:
            held, before = hold(x), amplitudes(hold(made()))
        function(x, *qubits, out=x)
        np.testing.assert_array_equal(amplitudes(x), after)
        if hold is not None:
            np.testing.assert_array_equal(held if hold is np.copy else amplitudes(held), before)


def test_outputs_of_other_kinds():
    v = plain.vectors(3, np.random.default_rng(1), "all")
    expected = plain.apply(v, plain.H, [1])
    plain_out, narrow = np.empty(8, complex), qv.zeros(8, dtype=np.complex64)
    found: object = g.h(v, 1, out=plain_out)
    assert found is plain_out
    assert g.h(v, 1, out=(narrow,)) is narrow
    assert narrow.dtype == np.complex64
    np.testing.assert_allclose(plain_out, expected, atol=1e-15)
    np.testing.assert_allclose(narrow.todense(), expected, atol=1e-6)
    base = qv.zeros((2, 8), dtype=complex)
    g.rx(g.h(v, 1), 0.3, [0, 2], out=base[1])
    assert not base[0].todense().any()
    np.testing.assert_allclose(np.linalg.norm(base[1]), 1)
    huge = g.zero_state(60)
    assert g.h(huge, range(60), out=huge) is huge
    assert g.probabilities(huge, 59).tolist() == pytest.approx([0.5, 0.5])


def _swapped(a, b):
    return b, a


GIVEN = {
    "unitary": lambda x, **out: g.unitary(x, plain.SWAP, [0, 2], **out),
    "permutation": lambda x, **out: g.permutation(x, _swapped, [[0], [2]], **out),
    "phase": lambda x, **out: g.phase(x, lambda r: 0.3 * r, [2, 1], **out),
    "oracle": lambda x, **out: g.oracle(x, lambda a: a == 2, [0, 1], [2], **out),
    "phase_oracle": lambda x, **out: g.phase_oracle(x, lambda a: a == 2, [0, 1], **out),
    "h": lambda x, **out: g.h(x, [0, 2], **out),
}


@pytest.mark.parametrize("name", GIVEN)
def test_functions_and_matrices_are_written_too(name):
    v, function = plain.vectors(3, np.random.default_rng(2), "all"), GIVEN[name]
    x = g.state(v)
    expected = function(x).todense()
    other, dense = qv.zeros(8, dtype=complex), np.zeros(8, complex)
    for out in (other, dense):
        assert function(x, out=out) is out
        np.testing.assert_array_equal(np.asarray(out), expected)
    # Nothing in a tuple is no output, as of ufuncs.
    np.testing.assert_array_equal(np.exp(v, out=(None,)), np.exp(v))
    np.testing.assert_array_equal(function(x, out=(None,)).todense(), expected)
    np.testing.assert_array_equal(x.todense(), v)
    assert function(x, out=(x,)) is x
    np.testing.assert_array_equal(x.todense(), expected)
    wide = g.zero_state(70)
    assert isinstance(function(wide, out=(None,)), g.WideState)
    with pytest.raises(TypeError, match="no array"):
        function(wide, out=dense)
    with pytest.raises(ValueError, match="non-broadcastable"):
        function(x, out=qv.zeros(4, dtype=complex))
    with pytest.raises(ValueError, match="exactly one"):
        function(x, out=())


def _read_only():
    array = qv.zeros(8, dtype=complex)
    array.flags.writeable = False
    return array


def _locked():
    array = np.zeros(8, complex)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("error", "match", "out"),
    [
        (ValueError, "read-only", _read_only),
        (ValueError, "read-only", _locked),
        (ValueError, "non-broadcastable", lambda: qv.zeros(16, dtype=complex)),
        (ValueError, "non-broadcastable", lambda: np.zeros((2, 2, 2), complex)),
        (ValueError, "exactly one", lambda: (np.zeros(8, complex),) * 2),
        (TypeError, "same_kind", lambda: qv.zeros(8)),
        (TypeError, "same_kind", lambda: np.zeros(8, int)),
        (TypeError, "ArrayType", lambda: [0] * 8),
    ],
)
def test_outputs_that_are_refused(error, match, out):
    x, given_out = g.h(g.zero_state(3), 0), out()
    # Ufuncs refuse the same.
    with pytest.raises(error):
        np.exp(np.ones(8, complex), out=given_out)
    before = None if isinstance(given_out, tuple | list) else np.array(given_out)
    with pytest.raises(error, match=match):
        g.h(x, 1, out=given_out)
    with pytest.raises(ValueError, match="out of range"):
        g.h(x, 3, out=x)
    assert g.to_dict(x) == pytest.approx({"000": 0.5**0.5, "100": 0.5**0.5})
    if before is not None:
        np.testing.assert_array_equal(np.array(given_out), before)


def test_states_that_are_no_arrays_are_not_written_to():
    with pytest.raises(TypeError, match="no array"):
        g.h(g.zero_state(70), 0, out=np.zeros(8, complex))


def test_no_memory_after_phases_were_written_in_place(monkeypatch):
    """The state is what it was: phases are not multiplied once more."""
    rng = np.random.default_rng(3)
    indices = np.unique(rng.integers(0, 1 << 40, MANY))
    values = rng.normal(size=indices.size) / indices.size**0.5
    x = g.state(qv.from_coordinates(indices, values, 2**40))
    expected = g.to_dict(g.x(g.t(x, 20), 7))

    def broken(*_):
        raise MemoryError

    g.x(g.t(x, 20, out=x), 7, out=x)
    with monkeypatch.context() as patched:
        patched.setattr("qvarray.kernels.xor_maps.flipped", broken)
        with pytest.raises(MemoryError):
            x.source.compute()
    assert g.to_dict(x) == expected
