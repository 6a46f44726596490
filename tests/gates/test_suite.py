"""Programs of the kinds that benchmarks have: against dense vectors, and against theory."""

from functools import lru_cache

import numpy as np
import pytest

import qvarray as qv
from qvarray.gates.circuit_program import run_compiled
from qvarray.gates.gate_program import BYTES

from . import plain, programs

g = qv.gates


def ran(name):
    return g.run(programs.circuit_of(programs.SUITE[name]()))


@lru_cache
def matrix_of(name, angles, count):
    if name == "mcx":
        return plain.controlled(plain.X, count - 1)
    return plain.MATRICES[name][2](*angles)


def dense(program):
    out = np.zeros(2**program.n, complex)
    out[0] = 1
    for name, angles, qubits in program:
        out = plain.apply(out, matrix_of(name, angles, len(qubits)), list(qubits))
    return out


def value(bits, qubits):
    """The integer in a register, the least significant qubit first."""
    return sum(int(bits[q]) << at for at, q in enumerate(qubits))


@pytest.mark.parametrize("name", [*programs.named(1, 13), "dnn_n16"])
def test_against_dense_vectors(name):
    expected = dense(programs.SUITE[name]())
    np.testing.assert_allclose(ran(name).todense(), expected, atol=1e-11)


@pytest.mark.parametrize("name", programs.named(1, 12))
def test_gate_by_gate(name):
    """As a program is run, and as its gates are applied one after the other."""
    circuit = programs.circuit_of(programs.SUITE[name]())
    circuit = circuit[:200]
    one = qv.gates.zero_state(circuit.n)
    for entry in circuit:
        one = g.run(g.Circuit(circuit.n).append(entry.operation), one)
    np.testing.assert_allclose(g.run(circuit).todense(), one.todense(), atol=1e-12)


@pytest.mark.parametrize("name", programs.named(13, 62))
def test_there_and_back(name):
    with qv.options(memory_budget=2**24):
        circuit = programs.circuit_of(programs.SUITE[name]())
        x = g.run(circuit)
        norm = np.linalg.norm(x.source.core.values) * abs(x.source.factor())
        np.testing.assert_allclose(norm, 1, atol=1e-11)
        assert g.to_dict(g.run(circuit.inverse(), x)) == {"0" * circuit.n: 1}
        # Without the history of gates, which gives back what was before.
        x = g.reverse_qubits(g.reverse_qubits(x))
        back = g.run(circuit.inverse(), x)
        np.testing.assert_allclose(g.amplitudes(back, "0" * circuit.n), 1, atol=1e-10)


@pytest.mark.parametrize("name", ["cat_state_n22", "cat_n60", "ghz_state_n23", "ghz_n40"])
def test_cats(name):
    x = ran(name)
    n = x.size.bit_length() - 1
    found = g.to_dict(x)
    assert list(found) == ["0" * n, "1" * n]
    np.testing.assert_allclose(list(found.values()), 0.5**0.5, atol=1e-15)


@pytest.mark.parametrize(
    "name", ["qft_n60", "bv_n60", "dj_n60", "cat_n60", "ghz_n60", "cc_n60", "adder_n28"]
)
def test_four_amplitudes_are_enough(name):
    """After each gate: twice as many are tried where others may follow."""
    circuit = programs.circuit_of(programs.SUITE[name]())
    (whole,) = circuit.plan()
    start = g.zero_state(circuit.n).source
    with qv.options(memory_budget=8 * BYTES):
        state, done = run_compiled(start, whole)
    assert state.nactive <= 4
    assert done == len(whole.operations)
    with qv.options(memory_budget=0):
        assert (run_compiled(start, whole)[1] == 0) == (name in ("cat_n60", "ghz_n60", "cc_n60"))


@pytest.mark.parametrize("name", ["wstate_n27", "wstate_n60"])
def test_w_states(name):
    x = ran(name)
    n = x.size.bit_length() - 1
    found = g.to_dict(x)
    assert {bits.count("1") for bits in found} == {1}
    np.testing.assert_allclose(list(found.values()), n**-0.5, atol=1e-13)


@pytest.mark.parametrize("name", ["bv_n14", "bv_n30", "bv_n60"])
def test_secrets(name):
    x = ran(name)
    n = x.size.bit_length() - 1
    (drawn,) = set(g.sample(x, 20, np.random.default_rng(0), range(n - 1)).tolist())
    assert format(drawn, f"0{n - 1}b") == "".join(map(str, programs.secret(n)))


def test_balanced_functions():
    assert g.probabilities(ran("dj_n60"), range(10))[(0,) * 10] < 1e-12


@pytest.mark.parametrize("name", ["cc_n12", "cc_n32", "cc_n60"])
def test_counterfeit_coins(name):
    """Where the balance says so, only the false coin is marked."""
    x = ran(name)
    n = x.size.bit_length() - 1
    assert x.source.nactive <= 4
    chances = g.probabilities(x, [3, n - 1])
    assert chances.min() > 0.2
    assert g.probabilities(x, [0, 1, 2, 4, 5])[0, 0, 0, 0, 0] > 0


@pytest.mark.parametrize("name", ["adder_n10", "bigadder_n18", "adder_n28", "adder_n60"])
def test_sums(name):
    x = ran(name)
    m = (x.size.bit_length() - 3) // 2
    a, b = programs.operands(m)
    for bits in g.to_dict(x):
        first = value(bits, range(1, m + 1))
        assert value(bits, [*range(m + 1, 2 * m + 1), 2 * m + 1]) == first + b
        assert bits[0] == "0"
        assert first >> 5 == a >> 5


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("multiply_n13", (2, 3)), ("multiplier_n15", (3, 3)), ("multiplier_n25", (5, 5)),
     ("multiplier_n45", (9, 9))],
)  # fmt: skip
def test_products(name, sizes):
    first, second = sizes
    _, y = programs.factors(first, second)
    for bits in g.to_dict(ran(name)):
        a = value(bits, range(first))
        assert value(bits, range(first, first + second)) == y
        product = range(first + second, 2 * (first + second))
        assert value(bits, product) == a * y
        assert "1" not in bits[2 * (first + second) :]


@pytest.mark.parametrize("name", ["qft_n18", "qft_n29", "qft_n60"])
def test_fourier(name):
    x = ran(name)
    n = x.size.bit_length() - 1
    assert x.source.nactive == 1
    rng = np.random.default_rng(0)
    strings = ["".join(map(str, rng.integers(0, 2, n))) for _ in range(9)]
    began = int("10" * n, 2) >> n
    turns = [began * int(one[::-1], 2) % 2**n / 2**n for one in strings]
    found = g.amplitudes(x, strings) * 2 ** (n / 2)
    np.testing.assert_allclose(found, np.exp(2j * np.pi * np.array(turns)), atol=1e-12)


def test_phases():
    assert format(5, "04b") + "1" in g.top(ran("pea_n5"), 1)
    found = next(iter(g.top(ran("qpe_n9"), 1)))
    assert abs(int(found[:8], 2) / 256 - 0.3141) < 1 / 256


def test_orders():
    chances = g.probabilities(ran("qf21_n15"), range(10)).ravel()
    near = np.zeros(1024, bool)
    for j in range(3):
        near[np.arange(round(j * 1024 / 3) - 2, round(j * 1024 / 3) + 3) % 1024] = True
    assert chances[near].sum() > 0.9
    chances = g.probabilities(ran("shor_n5"), 0)
    np.testing.assert_allclose(chances, 0.5, atol=1e-14)


@pytest.mark.parametrize("name", ["hhl_n7", "hhl_n10"])
def test_equations(name):
    """Where the ancilla is 1, the qubit has A⁻¹ b, for A = (3 − X) / 2; the clock is 0 again."""
    x = ran(name)
    n = x.size.bit_length() - 1
    found = g.amplitudes(x, ["0" * (n - 2) + bit + "1" for bit in "01"])
    expected = np.linalg.solve([[1.5, -0.5], [-0.5, 1.5]], [np.cos(0.35), np.sin(0.35)])
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_searches():
    assert g.probabilities(ran("grover_n2"), [0, 1])[1, 1] > 1 - 1e-12
    chances = g.probabilities(ran("sat_n11"), range(4))
    for bits, chance in np.ndenumerate(chances):
        clauses = programs.CLAUSES
        holds = all(any(bits[abs(one) - 1] == (one > 0) for one in c) for c in clauses)
        np.testing.assert_allclose(chance, holds / 4, atol=1e-12)
    root = g.probabilities(ran("square_root_n18"), range(4))
    assert root[tuple(int(bit) for bit in format(11, "04b")[::-1])] > 0.9


def test_a_memory_that_is_read_everywhere():
    found = g.to_dict(ran("qram_n20"))
    assert len(found) == 8
    for bits in found:
        assert bits[19] == bits[11 + value(bits, range(3))]
        assert "1" not in bits[3:11]


def test_hidden_shift_and_simon():
    assert abs(g.amplitudes(ran("hs4_n4"), "1001")[0]) > 1 - 1e-12
    for bits in g.to_dict(ran("simon_n6")):
        assert bits[0] == bits[1]


def test_codes():
    x = ran("qec_en_n5")
    for stabilizer in ("YZIZY", "IXZZX", "ZZXIX", "ZIZYY"):
        np.testing.assert_allclose(g.expectation(x, stabilizer), 1, atol=1e-12)
    decoded = g.density_matrix(ran("qec_sm_n5"), 0)
    np.testing.assert_allclose(decoded[1, 1], np.sin(0.45) ** 2, atol=1e-12)
    for name, qubit in (("teleportation_n3", 2), ("seca_n11", 10)):
        theta = {2: 0.3, 10: 0.7}[qubit]
        chances = g.probabilities(ran(name), qubit)
        np.testing.assert_allclose(chances[1], np.sin(theta / 2) ** 2, atol=1e-12)


@pytest.mark.parametrize(("name", "prepared"), [("swap_test_n25", 4), ("swap_test_n41", 6)])
def test_overlaps(name, prepared):
    q = np.arange(prepared)
    overlap = np.prod(np.cos((0.5 + 0.2 * q - 0.3 - 0.1 * q) / 2)) ** 2
    np.testing.assert_allclose(g.probabilities(ran(name), 0)[0], (1 + overlap) / 2, atol=1e-12)


@pytest.mark.parametrize("name", ["vqe_n4", "vqe_uccsd_n6", "vqe_uccsd_n8", "basis_trotter_n4"])
def test_particles_are_kept(name):
    found = g.to_dict(ran(name))
    counts = {bits.count("1") for bits, a in found.items() if abs(a) > 1e-10}
    assert counts == {len(next(iter(found))) // 2}
