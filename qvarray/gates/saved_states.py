"""States in files, and vectors that were evolved: their parameters, checked as they are read.

Matrices over GF(2) and phases are vectors of 64-bit words, as they may be many.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..bases import STANDARD
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..io.fields import Fields
from ..io.kinds import Entry, Packer, bound_entry, reads, writes
from . import gf2
from .amplitudes import Core
from .evolution import Evolved, EvolvedQubits
from .operations import History, Operation, after_all, named, operations_of
from .oracles import Unitary
from .path_sum import PathSum
from .phase_polynomial import Literal, PhaseForm, bits_in
from .single_qubit import IDENTITY, Frame
from .state import MAX_QUBITS, State

__all__: list[str] = []

_WORD = 64
#: How far entries of a product of a frame and its adjoint may be from those of the identity: what
#: many gates have rounded.
_ROUNDED = 1e-6
_MOST_HALVES = 1 << 30
#: Bytes that Python takes for each number of a phase.
_OBJECTS = 200


# -- bits and phases ------------------------------------------------------------------------------


def _words(masks: Sequence[int], bits: int) -> Array:
    """Return masks of some bits as 64-bit words, the lowest first."""
    count = -(-bits // _WORD)
    out = np.zeros((len(masks), count), np.uint64)
    for word in range(count):
        out[:, word] = [mask >> word * _WORD & (1 << _WORD) - 1 for mask in masks]
    return out.reshape(-1)


def _masks(fields: Fields, name: str, count: int, bits: int) -> tuple[int, ...]:
    """Return masks of some bits."""
    words = fields.array(name, "u", count * -(-bits // _WORD))
    fields.require(words.dtype == np.uint64, name, f"their dtype is {words.dtype}")
    out = [0] * count
    for word, column in enumerate(words.reshape(count, -(-bits // _WORD)).T):
        out = [mask | int(part) << word * _WORD for mask, part in zip(out, column, strict=True)]
    fields.require(not any(mask >> bits for mask in out), name, f"more than {bits} bits")
    return tuple(out)


def _phases_entry(packer: Packer, phases: PhaseForm) -> Entry:
    n = len(phases.linear)
    literals = [literal for term in phases.terms for literal in term]
    return {
        "linear": packer.array(np.array(phases.linear, np.uint8)),
        "forms": packer.array(_words(phases.forms, n)),
        "counts": packer.array(np.array([len(term) for term in phases.terms], np.uint32)),
        "literals": packer.array(_words([mask for mask, _ in literals], n)),
        "flips": packer.array(np.array([flip for _, flip in literals], np.uint8)),
        "turns": packer.array(np.array(list(phases.terms.values()), np.float64)),
    }


def _phases(fields: Fields, n: int) -> PhaseForm:
    """Return a phase form of n variables."""
    linear = fields.array("linear", "u", n)
    fields.require((linear < 4).all(), "linear", "more than three quarter turns")
    forms = _masks(fields, "forms", n, n)
    symmetric = all(forms[b] >> a & 1 and b != a for a in range(n) for b in bits_in(forms[a]))
    fields.require(symmetric, "forms", "not symmetric, or a variable with itself")
    counts = fields.array("counts", "u")
    turns = fields.array("turns", "f", counts.size)
    flips = fields.array("flips", "u")
    fields.reader.take(_OBJECTS * (counts.size + flips.size))
    fits = int(counts.sum(dtype=np.float64)) == flips.size and bool((flips < 2).all())
    fields.require(fits, "flips", "not a flip for each literal")
    masks = _masks(fields, "literals", flips.size, n)
    fields.require(all(masks), "literals", "a parity of no variables")
    inside = bool(((turns > 0) & (turns <= 1)).all())
    fields.require(inside, "turns", "not between none and a whole turn")
    terms: dict[tuple[Literal, ...], float] = {}
    literals = list(zip(masks, flips.tolist(), strict=True))
    begin = 0
    for count, amount in zip(counts.tolist(), turns.tolist(), strict=True):
        term = tuple(literals[begin : begin + count])
        begin += count
        ordered = bool(term) and all(a[0] < b[0] for a, b in pairwise(term))
        fields.require(ordered and term not in terms, "literals", "not sorted, or twice the same")
        terms[term] = amount
    return PhaseForm(tuple(linear.tolist()), forms, terms)


def _rank(rows: Sequence[int]) -> int:
    """Return the rank of a matrix over GF(2)."""
    pivots: dict[int, int] = {}
    for row in rows:
        rest = row
        while rest:
            top = rest.bit_length()
            if top not in pivots:
                pivots[top] = rest
                break
            rest ^= pivots[top]
    return len(pivots)


@writes(PathSum, "path_sum")
def _write_layer(packer: Packer, layer: PathSum) -> Entry:
    variables = len(layer.phases.linear)
    return {
        "n": layer.n,
        "paths": layer.paths,
        "rows": packer.array(_words(layer.rows, variables)),
        "offset": layer.offset,
        "turns": layer.turns.hex(),
        "touched": layer.touched,
        "phases": _phases_entry(packer, layer.phases),
    }


@reads("path_sum")
def _read_layer(fields: Fields) -> PathSum:
    n = fields.integer("n", 1, MAX_QUBITS)
    paths = fields.integer("paths", 0, n)
    rows = _masks(fields, "rows", n, n + paths)
    seen = _rank([row >> n for row in rows]) == paths
    fields.require(seen, "rows", "no output depends on some of the paths")
    most = (1 << n) - 1
    offset, touched = fields.integer("offset", 0, most), fields.integer("touched", 0, most)
    turns, phases = fields.number("turns"), _phases(fields.inner("phases"), n + paths)
    fields.require(not phases.terms, "phases", "phases that are no quadratic form")
    out = PathSum(n, rows, offset, phases, turns, touched)
    own = gf2.identity(n)
    alone = all(
        rows[p] == own[p] and not (phases.linear[p] or phases.forms[p] or offset >> p & 1)
        for p in range(n)
        if not touched >> p & 1
    )
    fields.require(alone, "touched", "it lacks bits that something is done to")
    factors = out.factors()
    invertible = _rank(factors.inward) == n == _rank(factors.outward)
    fields.require(invertible, "rows", "what they do cannot be undone")
    return out


# -- states ---------------------------------------------------------------------------------------


@writes(State, "state")
def _write_state(packer: Packer, state: State) -> Entry:
    core, layer = state.core, state.layer
    return {
        "shape": list(state.shape),
        "error": bound_entry(state.error),
        "cutoff": state.cutoff.hex(),
        "values": packer.array(core.values),
        "gaps": packer.array(np.diff(core.indices, prepend=np.int64(0))),
        "rows": packer.array(_words(core.rows, state.n)),
        "offset": core.offset,
        "phases": _phases_entry(packer, core.phases),
        "frames": packer.array(np.array(state.frames, np.complex128).reshape(-1)),
        "turns": state.turns.hex(),
        "halves": state.halves,
        "switches": state.switches,
        "layer": None if layer is None else packer.entry(layer),
        "history": _history_entry(packer, state),
    }


def _shape(fields: Fields) -> tuple[tuple[int, ...], int]:
    """Return the shape of a state, and of how many qubits it is."""
    shape = fields.shape("shape")
    n = len(shape) if shape == (2,) * len(shape) and len(shape) > 1 else 0
    if len(shape) == 1:
        n = shape[0].bit_length() - 1
    fits = 0 < n <= MAX_QUBITS and shape in ((1 << n,), (2,) * n)
    fields.require(fits, "shape", f"{shape} is not the shape of a state")
    return shape, n


@reads("state")
def _read_state(fields: Fields) -> State:
    shape, n = _shape(fields)
    indices = fields.indices("gaps", 1 << n, np.dtype(np.int64))
    values = fields.array("values", "c", indices.size)
    proper = values.dtype == np.complex128 and bool(np.isfinite(values).all())
    fields.require(proper, "values", "not finite numbers of dtype complex128")
    cutoff = fields.number("cutoff")
    fields.require(cutoff >= 0, "cutoff", "it is negative")
    out = State(shape, values, indices, None, fields.error("error"), cutoff)
    rows = _masks(fields, "rows", n, n)
    fields.require(_rank(rows) == n, "rows", "a map that cannot be undone")
    offset = fields.integer("offset", 0, (1 << n) - 1)
    out.core = Core(values, indices, rows, offset, _phases(fields.inner("phases"), n))
    out.frames = _frames(fields, n)
    out.turns = fields.number("turns")
    fields.require(0 <= out.turns <= 1, "turns", "not between none and a whole turn")
    out.halves = fields.integer("halves", 0, _MOST_HALVES)
    out.switches = fields.integer("switches")
    if fields.has("layer"):
        out.layer = fields.node("layer", PathSum)
        fields.require(out.layer.n == n, "layer", f"not of {n} bits")
        own = all(out.frames[p] == IDENTITY for p in bits_in(out.layer.touched))
        fields.require(own, "frames", "frames of bits that the layer touches")
    if fields.has("history"):
        out.history = _history(fields.inner("history"), n)
    return out


def _frames(fields: Fields, n: int) -> list[Frame]:
    entries = fields.array("frames", "c", 4 * n).astype(np.complex128, copy=False)
    frames: list[Frame] = [(a, b, c, d) for a, b, c, d in entries.reshape(n, 4).tolist()]
    for u in frames:
        square = np.array(u).reshape(2, 2)
        off = np.abs(square @ square.conj().T - np.eye(2)).max()
        fields.require(off < _ROUNDED, "frames", "a matrix that is not unitary")
    # Those that are the identity are known by identity.
    return [IDENTITY if u == IDENTITY else u for u in frames]


def _history_entry(packer: Packer, state: State) -> Entry | None:
    """Describe the state before and the operations since; None where some are functions."""
    if state.history is None:
        return None
    operations = operations_of(state.history.log)
    known = all(type(operation.payload) in (type(None), Unitary) for operation in operations)
    if not known:
        return None
    names = sorted({operation.name for operation in operations})
    matrices = [
        operation.payload.matrix
        for operation in operations
        if isinstance(operation.payload, Unitary)
    ]
    return {
        "origin": packer.entry(state.history.origin),
        "names": names,
        "which": packer.array(
            np.array([names.index(operation.name) for operation in operations], np.uint16)
        ),
        "counts": packer.array(
            np.array([len(operation.qubits) for operation in operations], np.uint8)
        ),
        "qubits": packer.array(
            np.array([q for operation in operations for q in operation.qubits], np.uint8)
        ),
        "angles": packer.array(
            np.array([len(operation.params) for operation in operations], np.uint8)
        ),
        "params": packer.array(
            np.array([t for operation in operations for t in operation.params], float)
        ),
        "matrices": packer.array(
            np.array([z for operation in matrices for z in operation.ravel()], complex)
        ),
    }


def _history(fields: Fields, n: int) -> History | None:
    origin = fields.node("origin", State)
    fields.require(origin.n == n and origin.history is None, "origin", "not the state before")
    names, which = fields.raw("names"), fields.array("which", "u")
    counts = fields.array("counts", "u", which.size)
    angles = fields.array("angles", "u", which.size)
    qubits = fields.array("qubits", "u", int(counts.sum(dtype=np.float64)))
    params = fields.array("params", "f", int(angles.sum(dtype=np.float64)))
    matrices = fields.array("matrices", "c").astype(np.complex128, copy=False)
    fields.reader.take(_OBJECTS * (which.size + qubits.size + params.size))
    operations = []
    q = t = m = 0
    for number, count, more in zip(which.tolist(), counts.tolist(), angles.tolist(), strict=True):
        some, turned = qubits[q : q + count].tolist(), params[t : t + more].tolist()
        q, t = q + count, t + more
        fields.locate("names")
        name = names[number]
        if name != "unitary":
            operations.append(named(name, turned, some, n))
            continue
        size = 1 << count
        matrix = matrices[m : m + size * size]
        m += size * size
        fields.require(len(set(some)) == count < 5, "qubits", "not those of a matrix")
        fields.require(max(some, default=n) < n, "qubits", f"a qubit is not below {n}")
        fields.require(matrix.size == size * size, "matrices", "they are cut off")
        matrix = np.ascontiguousarray(matrix.reshape(size, size))
        off = np.abs(matrix @ matrix.conj().T - np.eye(size)).max()
        fields.require(off < _ROUNDED, "matrices", "a matrix that is not unitary")
        operations.append(Operation("unitary", tuple(some), payload=Unitary(matrix)))
    fields.require(operations, "which", "no operations")
    return after_all(origin, operations)


# -- evolved arrays -------------------------------------------------------------------------------

_MODES = ("project", "residual", "unitary")


def _evolved_entry(packer: Packer, evolved: Evolved | EvolvedQubits) -> Entry:
    kept = evolved.kept
    return {
        "mode": evolved.mode,
        "operator": packer.entry(evolved.operator),
        "kept": packer.entry(kept) if isinstance(kept, Source) else packer.array(kept),
        "t": float(evolved.t).hex(),
    }


def _operator(fields: Fields) -> Spectrum:
    operator = fields.node("operator", Spectrum)
    proper = operator.is_operator and operator.bases[0] is STANDARD and operator.fill_value == 0
    fields.require(proper, "operator", "not diagonal in the standard basis")
    return operator


@writes(Evolved, "evolved", lambda evolved: (evolved.operator, evolved.kept))
def _write_evolved(packer: Packer, evolved: Evolved) -> Entry:
    return _evolved_entry(packer, evolved)


@reads("evolved")
def _read_evolved(fields: Fields) -> Evolved:
    mode, operator = fields.choice("mode", _MODES), _operator(fields)
    kept: Any
    if mode == "project":
        kept = fields.array("kept", size=operator.nactive)
    else:
        kept = fields.node("kept", Source)
        fields.require(kept.shape == operator.shape[:1], "kept", "not of the operator's length")
    return Evolved(mode, operator, kept, fields.number("t"))


@writes(EvolvedQubits, "evolved_qubits", lambda evolved: (evolved.operator, evolved.kept))
def _write_evolved_qubits(packer: Packer, evolved: EvolvedQubits) -> Entry:
    return {**_evolved_entry(packer, evolved), "bits": [int(p) for p in evolved.bits]}


@reads("evolved_qubits")
def _read_evolved_qubits(fields: Fields) -> EvolvedQubits:
    mode, operator = fields.choice("mode", _MODES), _operator(fields)
    kept: Source = fields.node("kept", Source)
    n = kept.size.bit_length() - 1
    proper = 0 < n <= MAX_QUBITS and kept.shape in ((1 << n,), (2,) * n)
    fields.require(proper, "kept", f"{kept.shape} is not the shape of a state")
    bits = fields.integers("bits", 0, n - 1)
    fits = len(set(bits)) == len(bits) and operator.shape[0] == 1 << len(bits)
    fields.require(fits, "bits", "not those of a register of the operator's length")
    return EvolvedQubits(mode, operator, kept, fields.number("t"), bits)
