"""Everything that a report says, and its targets."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ...runtime import units

if TYPE_CHECKING:
    from ...gates.evolution import Mode
    from .compression import Encoding
    from .environment import Environment
    from .recovery import Row

# The size at which the transformation is judged.
TARGET_SIZE = 131072
_FLAT_SIZES = (1024, 2**40)


@dataclass(frozen=True)
class Settings:
    """What was asked for."""

    signal: str
    signal_description: str
    seed: int
    repeats: int
    memory_budget_bytes: int
    #: At which the signal itself does not fit in memory.
    skipped_sizes: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """The figures of a run."""

    environment: Environment
    settings: Settings
    #: By mode: the first apply and reverse of this run.
    first_call_s: dict[Mode, float]
    rows: list[Row]
    #: By name of the dataset: what it is.
    data: dict[str, str]
    encodings: list[Encoding]
    total_time_s: float

    def of_mode(self, mode: Mode) -> list[Row]:
        return [row for row in self.rows if row.mode == mode]

    @property
    def modes(self) -> list[Mode]:
        return list(dict.fromkeys(row.mode for row in self.rows))


@dataclass(frozen=True)
class Target:
    """Something to reach, and whether it was."""

    what: str
    found: str
    reached: bool


def targets(report: Report) -> list[Target]:
    """List the targets of the projection that the sizes measured say something about."""
    rows = {row.size: row for row in report.of_mode("project")}
    out = []
    row = rows.get(TARGET_SIZE)
    if row is not None:
        out += _at_the_target_size(row)
    ends = [rows.get(size) for size in _FLAT_SIZES]
    if ends[0] is not None and ends[1] is not None:
        out.append(_flatness(ends[0], ends[1]))
    return out


def _at_the_target_size(row: Row) -> list[Target]:
    stored, factor = row.numba_virtual.stored_bytes, row.stored_factor
    size = f"at {row.size}"
    out = [
        Target(f"at most 400 B stored {size}", units.memory(stored), stored <= 400),
        Target(f"reduction factor above 2600 {size}", units.factor(factor), factor > 2600),
    ]
    virtual = row.numba_virtual.time_s
    for name, traditional in (
        ("traditional", row.traditional.time_s),
        ("traditional, preallocated", row.traditional_preallocated_time_s),
    ):
        if virtual and traditional:
            what = f"Numba virtual takes at most 1/10 of the time of {name} {size}"
            found = f"1/{units.factor(traditional / virtual)}"
            out.append(Target(what, found, virtual <= traditional / 10))
    return out


def _flatness(small: Row, large: Row) -> Target:
    before, after = small.numba_virtual.time_s or 0.0, large.numba_virtual.time_s or 0.0
    sizes = [units.power(row.size) for row in (small, large)]
    return Target(
        f"Numba virtual takes no longer (by more than half) at {sizes[1]} than at {sizes[0]}",
        f"{units.seconds(after)} and {units.seconds(before)}",
        after <= 1.5 * before,
    )


def as_json(report: Report) -> str:
    """Write every figure; names of keys end in the unit."""
    content = asdict(report)
    for entry, row in zip(content["rows"], report.rows, strict=True):
        entry["stored_factor"] = row.stored_factor
    for entry, encoding in zip(content["encodings"], report.encodings, strict=True):
        entry["factor"] = encoding.factor
    content["targets"] = [asdict(target) for target in targets(report)]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
