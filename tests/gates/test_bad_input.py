"""What no gate, circuit or readout takes: a clear error, and the state is as it was."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import qvarray as qv

from . import plain

g = qv.gates
rng = np.random.default_rng


def three():
    """An entangled state of three qubits with parameters that are not computed."""
    x = g.cx(g.h(g.zero_state(3), 0), 0, 1)
    return g.t(g.rx(x, 0.3, 2), 1)


def bits_of(x):
    x = g.state(x)
    return x.todense().tobytes()


def refuses(call, error, match):
    x = three()
    before = bits_of(x)
    with pytest.raises(error, match=match) as caught:
        call(x)
    assert type(caught.value) is error
    assert bits_of(x) == before


QUBITS = [
    (3, "qubit 3 is out of range for 3 qubits"),
    (-1, "qubit -1 is out of range"),
    (2**70, "out of range"),
    (0.0, "an integer, got 0.0"),
    (1.5, "an integer, got 1.5"),
    (True, "an integer, got True"),
    (np.bool_(False), "an integer, got"),
    (None, "an integer, got None"),
    ("0", "an integer, got '0'"),
    (1j, "an integer, got 1j"),
    (np.array(1.0), "an integer"),
]
ONE_QUBIT: dict[str, Callable[..., Any]] = {
    **{
        name: lambda x, q, name=name, angles=angles: getattr(g, name)(x, *[0.1] * angles, q)
        for name, (count, angles, _) in plain.MATRICES.items()
        if count == 1
    },
    "unitary": lambda x, q: g.unitary(x, [[0, 1], [1, 0]], q),
    "permutation": lambda x, q: g.permutation(x, lambda r: r, [q]),
    "phase": lambda x, q: g.phase(x, lambda r: r, [q]),
    "phase_oracle": lambda x, q: g.phase_oracle(x, lambda r: r, [q]),
    "oracle": lambda x, q: g.oracle(x, lambda r: r, [q], [1]),
    "probabilities": g.probabilities,
    "sample": lambda x, q: g.sample(x, 2, rng(0), q),
    "measure": lambda x, q: g.measure(x, q, rng(0)),
    "density_matrix": g.density_matrix,
    "partial_trace": g.partial_trace,
    "entropy": g.entropy,
    "apply_evolving_and_or": lambda x, q: g.apply_evolving_and_or(x, qubits=q, t=1.0),
    "circuit": lambda _, q: g.Circuit(3).h(q),
    "measurement": lambda _, q: g.Circuit(3, 1).measure(q, 0),
    "reset": lambda _, q: g.Circuit(3).reset(q),
    "compose": lambda _, q: g.Circuit(3).compose(g.Circuit(1), q),
}


@pytest.mark.parametrize(
    ("name", "qubit", "match"),
    [
        (name, *bad)
        for name in ONE_QUBIT
        for bad in QUBITS
        # None stands for all qubits here.
        if bad[0] is not None or name not in ("sample", "compose", "apply_evolving_and_or")
    ],
)
def test_qubits(name, qubit, match):
    refuses(lambda x: ONE_QUBIT[name](x, qubit), ValueError, match)


SEVERAL: dict[str, Callable[..., Any]] = {
    **{
        name: lambda x, qs, name=name, angles=angles, count=count: getattr(g, name)(
            x, *[0.1] * angles, *qs[:count]
        )
        for name, (count, angles, _) in plain.MATRICES.items()
        if count > 1
    },
    "mcx": lambda x, qs: g.mcx(x, qs[:2], qs[2]),
    "mcp": lambda x, qs: g.mcp(x, 0.1, qs[:2], qs[2]),
    "unitary": lambda x, qs: g.unitary(x, np.eye(8), qs),
    "permutation": lambda x, qs: g.permutation(x, lambda r: r, qs),
    "registers": lambda x, qs: g.permutation(x, lambda a, b: (a, b), [qs[:1], qs[1:]]),
    "phase": lambda x, qs: g.phase(x, lambda a, b: a + b, [qs[:1], qs[1:]]),
    "phase_oracle": lambda x, qs: g.phase_oracle(x, lambda r: r, qs),
    "oracle": lambda x, qs: g.oracle(x, lambda r: r, qs[:1], qs[1:]),
    "probabilities": g.probabilities,
    "sample": lambda x, qs: g.sample(x, 2, rng(0), qs),
    "measure": lambda x, qs: g.measure(x, qs, rng(0)),
    "density_matrix": g.density_matrix,
    "partial_trace": g.partial_trace,
    "entropy": g.entropy,
    "circuit": lambda _, qs: g.Circuit(3).append("mcx", *qs),
    "measurement": lambda _, qs: g.Circuit(3, 3).measure(qs, range(3)),
    "reset": lambda _, qs: g.Circuit(3).reset(qs),
    "compose": lambda _, qs: g.Circuit(3).compose(g.Circuit(3), qs),
}


@pytest.mark.parametrize(
    ("qubits", "match"),
    [((0, 0, 1), r"repeated qubits: \[0, 0"), ((0, 4, 1), "qubit 4"), ((-3, 1, 2), "qubit -3"),
     ((0, 1.0, 2), "got 1.0"), ((False, 1, 2), "got False")],
)  # fmt: skip
@pytest.mark.parametrize("name", SEVERAL)
def test_several_qubits(name, qubits, match):
    refuses(lambda x: SEVERAL[name](x, qubits), ValueError, match)


ANGLES = [
    (np.nan, "finite, got nan"),
    (-np.inf, "finite, got -inf"),
    (1j, "a real number, got 1j"),
    (np.complex128(1), "a real number"),
    ("1", "a real number, got '1'"),
    (None, "a real number, got None"),
    ([[0.1]], "a real number"),
    (10**400, "a real number"),
]


@pytest.mark.parametrize(("value", "match"), ANGLES)
@pytest.mark.parametrize(
    "name", [name for name, (_, angles, _) in plain.MATRICES.items() if angles]
)
def test_angles(name, value, match):
    count, angles, _ = plain.MATRICES[name]
    for place in range(angles):
        params = [0.1] * angles
        params[place] = value
        refuses(lambda x, p=params: getattr(g, name)(x, *p, *range(count)), ValueError, match)
        refuses(lambda _, p=params: g.Circuit(3).append(name, *p, *range(count)), ValueError, match)
    refuses(lambda x: g.mcp(x, value, [0, 1], 2), ValueError, match)


MATRICES = [
    ([[1, 1], [0, 1]], "not unitary"),
    ([[1, 0], [0, 1 + 1e-9]], "not unitary"),
    ([[np.nan, 0], [0, 1]], "not finite"),
    ([[np.inf, 0], [0, 1]], "not finite"),
    ([[1, 0], [0]], None),
    (np.eye(4), "2 rows|2\\*\\*1 rows"),
    ([1, 0], "rows"),
    (1, "rows"),
    (np.ones((2, 2, 2)), "rows"),
    ([["a", "b"], ["c", "d"]], "numbers"),
    ([[None, 1], [1, None]], "numbers"),
]


@pytest.mark.parametrize(("matrix", "match"), MATRICES)
def test_matrices(matrix, match):
    refuses(lambda x: g.unitary(x, matrix, 1), ValueError, match)
    refuses(lambda _: g.Circuit(3).unitary(matrix, 1), ValueError, match)


MAPS = [
    (lambda r: 0 * r, ValueError, "not a bijection: two indices"),
    (lambda r: r + 8, ValueError, "not a bijection: it leaves"),
    (lambda r: r - 9, ValueError, "not a bijection: it leaves"),
    (lambda r: r.astype(np.uint64) + np.uint64(2**63), ValueError, "not a bijection: it leaves"),
    (lambda r: r * 1.0, ValueError, "float64 for integers"),
    (lambda r: r * 1j, ValueError, "complex128 for integers"),
    (lambda _: None, ValueError, "object for integers"),
    (lambda r: r[:-1], ValueError, None),
    (5, TypeError, "got 5"),
    (None, TypeError, "got None"),
]


@pytest.mark.parametrize(("f", "error", "match"), MAPS)
def test_maps(f, error, match):
    refuses(lambda x: g.permutation(x, f, [0, 1, 2]), error, match)


def test_maps_of_registers():
    registers = [[0], [1, 2]]
    for f, match in (
        (lambda a, b: (a,), "1 registers for 2"),
        (lambda a, b: a, "registers for 2"),
        (lambda a, b: 5, "1 registers for 2"),
        (lambda a, b: (b, a), "leaves"),
    ):
        refuses(lambda x, f=f: g.permutation(x, f, registers), ValueError, match)
    refuses(lambda x: g.permutation(x, lambda r: r, [0], 7), TypeError, "got 7")


FUNCTIONS = [
    (g.phase, lambda r: r * np.nan, ValueError, "finite real number"),
    (g.phase, lambda r: r * 1j, ValueError, "finite real number"),
    (g.phase, lambda r: r.astype(str), ValueError, "finite real number"),
    (g.phase, lambda r: np.ones(r.size + 1), ValueError, None),
    (g.phase, 0.5, TypeError, "got 0.5"),
    (g.phase_oracle, lambda r: r * 0.5, ValueError, "float64 for integers"),
    (g.phase_oracle, lambda r: np.ones(r.size + 1, int), ValueError, None),
    (g.phase_oracle, "f", TypeError, "got 'f'"),
]


@pytest.mark.parametrize(("function", "f", "error", "match"), FUNCTIONS)
def test_functions(function, f, error, match):
    refuses(lambda x: function(x, f, [0, 1]), error, match)


def test_oracles():
    for f, match in ((lambda a: a + 4, "leaves"), (lambda a: a * 0.5, "float64 for integers")):
        refuses(lambda x, f=f: g.oracle(x, f, [0, 1], [2]), ValueError, match)
    refuses(lambda x: g.oracle(x, 3, [0, 1], [2]), TypeError, "got 3")


NORMALISED = {
    "probabilities": lambda x: g.probabilities(x, 0),
    "sample": lambda x: g.sample(x, 3, rng(0)),
    "measure": lambda x: g.measure(x, 0, rng(0)),
    "outcome": lambda x: g.measure(x, 0, outcome="0"),
    "expectation": lambda x: g.expectation(x, "ZZI"),
    "fidelity": lambda x: g.fidelity(x, g.zero_state(3)),
    "fidelity of another": lambda x: g.fidelity(g.zero_state(3), x),
    "density_matrix": lambda x: g.density_matrix(x, 0),
    "partial_trace": lambda x: g.partial_trace(x, 0),
    "entropy": lambda x: g.entropy(x, 0),
    "run": lambda x: g.run(g.Circuit(3, 1).measure(0, 0), x, rng(0)),
    "run_shots": lambda x: g.run_shots(g.Circuit(3, 1).measure(0, 0), 5, rng(0), x),
}


@pytest.mark.parametrize("factor", [2.0, 0.5, 0.0, 1 + 1e-4])
@pytest.mark.parametrize("name", NORMALISED)
def test_states_that_are_not_normalised(name, factor):
    x = three() * factor
    with pytest.raises(ValueError, match="not normalised: its norm is"):
        NORMALISED[name](x)
    with pytest.raises(ValueError, match="not normalised"):
        NORMALISED[name](np.asarray(x))


@pytest.mark.parametrize("value", [np.nan, np.inf, complex(0, np.nan)])
@pytest.mark.parametrize(
    "call", [g.state, lambda x: g.h(x, 0), lambda x: g.top(x, 1), *NORMALISED.values()]
)
def test_states_that_are_not_finite(call, value):
    x = np.zeros(8, complex)
    x[3] = value
    with pytest.raises(ValueError, match="must be finite, got"):
        call(x)


@pytest.mark.parametrize(
    "x", [np.ones(3), np.ones((4, 2)), np.ones(1), np.ones((2, 1)), 1.0, [], np.ones((2, 3))]
)
def test_shapes(x):
    with pytest.raises(ValueError, match="shape"):
        g.h(x, 0)


SIZES = [
    (lambda: g.zero_state(4097), ValueError, "1 to 4096 qubits, got 4097"),
    (lambda: g.zero_state(0), ValueError, "got 0"),
    (lambda: g.zero_state(-2), ValueError, "got -2"),
    (lambda: g.zero_state(2.0), TypeError, "float"),
    (lambda: g.basis_state("0" * 4097), ValueError, "got 4097"),
    (lambda: g.basis_state(""), ValueError, "got 0"),
    (lambda: g.from_dict({"0" * 4097: 1}), ValueError, "got 4097"),
    (lambda: g.Circuit(4097), ValueError, "got 4097"),
    (lambda: g.Circuit(2, -1), ValueError, "got -1"),
    (lambda: g.Circuit(2, 1.5), TypeError, "got 1.5"),
    (lambda: g.counts([0], 63), ValueError, "rows of as many bits"),
]


@pytest.mark.parametrize(("call", "error", "match"), SIZES)
def test_numbers_of_qubits(call, error, match):
    with pytest.raises(error, match=match):
        call()


STRINGS = ["012", "0 1", "0b1", "00", "0000", "abc", "", [0, 1, 2], [0, 1, 0.5], [0, 1], 5, None]


@pytest.mark.parametrize("bits", STRINGS)
def test_bit_strings(bits):
    refuses(lambda x: g.amplitudes(x, [bits]), ValueError, None)
    refuses(lambda x: g.measure(x, [0, 1, 2], outcome=bits if bits is not None else "x"),
            ValueError, None)  # fmt: skip
    if not isinstance(bits, list):
        refuses(lambda _: g.from_dict({"101": 1.0, bits: 1.0}), ValueError, None)
    if bits not in ("00", "0000", [0, 1]):
        refuses(lambda _: g.basis_state(bits), ValueError, None)


def test_dicts():
    for amplitudes, match in (
        ({}, "at least one"),
        ({"0": np.nan}, "finite"),
        ({"0": "1"}, "finite numbers"),
        ({"0": None}, "finite numbers"),
        ({"0": [1, 2]}, "finite numbers"),
        ({"01": 0.6, (0, 1): 0.8}, "two amplitudes of one"),
    ):
        with pytest.raises(ValueError, match=match):
            g.from_dict(amplitudes)
    for cutoff in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="cutoff is at least 0 and less than 1, got"):
            g.zero_state(2, cutoff=cutoff)


PAULIS = ["XX", "XXXX", "xyz", "XQZ", "", 5, None, 1.5, ["XXX"], [("XXX",)], [("XXX", 1, 2)],
          [("XXX", "2")], {"XXX": None}, {"XX": 1.0}, {3: 1.0}, [3]]  # fmt: skip


@pytest.mark.parametrize("pauli", PAULIS)
def test_pauli_strings(pauli):
    refuses(lambda x: g.expectation(x, pauli), ValueError, "Pauli")


SHOTS = [
    (-1, ValueError, "shots must not be negative, got -1"),
    (2.5, TypeError, "shots must be an integer, got 2.5"),
    (2.0, TypeError, "got 2.0"),
    ("3", TypeError, "got '3'"),
    (None, TypeError, "got None"),
    (10**15, qv.MaterializationError, "shots"),
    (10**30, qv.MaterializationError, "shots"),
]


@pytest.mark.parametrize(("shots", "error", "match"), SHOTS)
def test_shots(shots, error, match):
    refuses(lambda x: g.sample(x, shots, rng(0)), error, match)
    circuit = g.Circuit(3, 1).measure(0, 0)
    refuses(lambda x: g.run_shots(circuit, shots, rng(0), x), error, match)


def test_generators():
    measuring = g.Circuit(3, 1).measure(0, 0)
    for call in (
        lambda x, r: g.sample(x, 2, r),
        lambda x, r: g.measure(x, 0, r),
        lambda x, r: g.run(measuring, x, r),
        lambda x, r: g.run_shots(measuring, 2, r, x),
    ):
        refuses(lambda x, call=call: call(x, None), ValueError, "random generator")
        refuses(lambda x, call=call: call(x, -5), ValueError, "seed must not be negative")
        refuses(lambda x, call=call: call(x, "5"), TypeError, "Generator or an int, got '5'")


def test_outcomes_of_probability_zero():
    for outcome in ("010", "100", "011"):
        refuses(lambda x, o=outcome: g.measure(x, [0, 1, 2], outcome=o), ValueError,
                f"'{outcome}' has probability zero")  # fmt: skip
    x = g.basis_state("10")
    cases: list[tuple[Any, Any]] = [(0, "0"), (1, 1), ([1, 0], [0, 0])]
    for qubits, outcome in cases:
        with pytest.raises(ValueError, match="probability zero"):
            g.measure(x, qubits, outcome=outcome)


def test_counts_and_tops():
    for drawn in ([0.5], [-1], [4], ["0"]):
        with pytest.raises(ValueError, match=r"drawing|outcomes"):
            g.counts(drawn, 2)
    refuses(lambda x: g.top(x, -1), ValueError, "k must not be negative, got -1")
    refuses(lambda x: g.top(x, 1.5), TypeError, "k must be an integer, got 1.5")


def test_states_of_other_sizes():
    refuses(lambda x: g.fidelity(x, g.zero_state(4)), ValueError, "3 and of 4")
    refuses(lambda x: g.overlap(x, g.zero_state(2)), ValueError, "3 and of 2")
    refuses(lambda x: g.run(g.Circuit(4), x), ValueError, "4 qubits on a state of 3")


CIRCUITS = [
    (lambda c: c.append("hadamard", 0), ValueError, "no gate 'hadamard'"),
    (lambda c: c.append("", 0), ValueError, "no gate ''"),
    (lambda c: c.append(5, 0), ValueError, "no gate '5'"),
    (lambda c: c.append("h"), ValueError, "1 qubits, got"),
    (lambda c: c.append("rx", 0), ValueError, "1 angles"),
    (lambda c: c.append("cx", 0, 1, 2), ValueError, "2 qubits"),
    (lambda c: c.append("mcx", 0), ValueError, "two or more"),
    (lambda c: c.measure([0, 1], [0]), ValueError, "2 qubits to measure into 1"),
    (lambda c: c.measure(0, 2), ValueError, "classical bit 2 is out of range"),
    (lambda c: c.measure(0, -1), ValueError, "classical bit -1"),
    (lambda c: c.measure(0, 0.0), ValueError, "an integer, got 0.0"),
    (lambda c: c.measure([0, 1], [1, 1]), ValueError, "repeated classical bits"),
    (lambda c: c.x(0, condition=5), ValueError, "got 5"),
    (lambda c: c.x(0, condition=(0, 2)), ValueError, "no value"),
    (lambda c: c.x(0, condition=(0, 0.5)), ValueError, "got 0.5"),
    (lambda c: c.x(0, condition=(7, 0)), ValueError, "classical bit 7"),
    (lambda c: c.compose(g.Circuit(4)), ValueError, "out of range"),
    (lambda c: c.compose("circuit"), TypeError, "got 'circuit'"),
    (lambda c: c.power(0.5), TypeError, "integer"),
    (lambda c: g.run("circuit"), TypeError, "got 'circuit'"),
    (lambda c: g.run_shots(None, 1, rng(0)), TypeError, "got None"),
]


@pytest.mark.parametrize(("call", "error", "match"), CIRCUITS)
def test_circuits(call, error, match):
    circuit = g.Circuit(3, 2).h(0)
    with pytest.raises(error, match=match):
        call(circuit)
    assert len(circuit) == 1


def test_unknown_modes():
    refuses(lambda x: g.apply_evolving_and_or(x, mode="?"), ValueError, r"mode must be .*'\?'")
    for t in (np.nan, np.inf, 1j, "1"):
        refuses(lambda x, t=t: g.apply_evolving_and_or(x, mode="unitary", t=t), ValueError, None)
