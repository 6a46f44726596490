"""The report as a page of Markdown, and in short."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ...runtime import units
from .compression import Encoding, best
from .results import Report, targets
from .verdicts import caveats, judged

if TYPE_CHECKING:
    from ...gates.evolution import Mode
    from .recovery import Figures, Row

_WAYS = """\
* **Traditional**: dense NumPy. The vectors of factors are prepared; what is timed allocates and
  multiplies: `y = a * x`, then `x' = b * y`. In mode `residual` also `r = c * x` and
  `x' += r`; in mode `unitary` a and b are complex. *Preallocated* is the same into arrays that
  are there already (`out=`).
* **Python virtual**: the reference in plain Python, with dictionaries and the `math` module, on
  what describes x. No NumPy.
* **Numba virtual**: `qvarray.apply_evolving_and_or` and `qvarray.reverse_evolving_and_or`.

Times are medians after warming up. *Stored* is what the transformed vector is made of: for the
virtual ways that includes the eigenvalues of the operator, for the traditional one it leaves the
vectors of factors out. Python virtual counts its dictionaries and every number in them, Numba
virtual its eigenvalues and indices. *Peak* is the most that was allocated at once while applying
and reversing, Python objects included (`tracemalloc`). *Needs* marks what does not fit in the
memory budget and was not run. The virtual ways do not compute the elements; what they cost
is in the column *read all*, which materialises both results (up to size 2^20).

Everything is warmed up in favour of the traditional way, the allocator too: in a process that has
not freed a large block before, arrays from about 256 KiB on may cost fresh pages of memory at every
call, and *traditional* up to ten times as long as here. Where it still differs from
*preallocated*, such pages are the difference."""

_MODES: dict[Mode, str] = {
    "project": "Only the elements at the active indices are kept: lossy.",
    "residual": "All of x is kept: exact.",
    "unitary": "All of x is kept, and the parameters of a unitary evolution: exact.",
}

_ERRORS = """\
Errors are relative L2 and maximum absolute, of x' against x: element by element where x fits in
memory, else from the eigenvalues (Parseval), with an upper bound (≤) where the largest
element cannot be had from them. A 0 is exactly 0, bit for bit."""

_NOTHING = "–"


def _table(header: list[str], rows: list[list[str]], left: int = 1) -> str:
    """Write a Markdown table; the first columns are aligned to the left, others to the right."""
    marks = [":--" if column < left else "--:" for column in range(len(header))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, marks, *rows])


def as_markdown(report: Report, picture: str) -> str:
    """Write the whole page.

    `picture`: the name of the PNG beside it.
    """
    parts = [
        "# What virtual arrays save, and what they do not",
        f"Measured on: {report.environment}.",
        f"Input x: {_signal(report)}.",
        "## The bad figures first",
        "\n".join(f"* {line}" for line in caveats(report)),
        "## Applying and reversing the evolving AND/OR transformation",
        _WAYS,
        f"![Time and memory against size]({picture})",
        *(part for mode in report.modes for part in _mode(mode, report.of_mode(mode))),
        _agreement(report.rows),
        *_targets(report),
        "## Real data",
        *_real_data(report),
    ]
    return "\n\n".join(parts) + "\n"


def _signal(report: Report) -> str:
    settings = report.settings
    text = f"`{settings.signal}`, {settings.signal_description}; seed {settings.seed}"
    if settings.skipped_sizes:
        sizes = ", ".join(map(units.power, settings.skipped_sizes))
        text += f"; left out, as x itself is over the memory budget: {sizes}"
    return f"{text}; memory budget {units.memory(settings.memory_budget_bytes)}"


# -- the transformation ---------------------------------------------------------------------


def _mode(mode: Mode, rows: list[Row]) -> list[str]:
    return [
        f"### Mode `{mode}`",
        _MODES[mode],
        _times(rows),
        _memory(rows),
        _ERRORS,
        _recovery(rows),
    ]


def _needs(row: Row) -> str:
    return f"needs {units.memory(row.traditional_needed_bytes)}"


def _seconds(value: float | None) -> str:
    return _NOTHING if value is None else units.seconds(value)


def _speedup(row: Row) -> str:
    traditional, virtual = row.traditional.time_s, row.numba_virtual.time_s
    return units.factor(traditional / virtual) if traditional and virtual else _NOTHING


def _times(rows: list[Row]) -> str:
    header = [
        "Size",
        "Traditional",
        "Traditional, preallocated",
        "Python virtual",
        "Numba virtual",
        "Traditional / Numba",
        "read all",
    ]
    cells = []
    for row in rows:
        traditional = row.traditional.time_s
        cells.append(
            [
                units.count(row.size),
                _needs(row) if traditional is None else units.seconds(traditional),
                _seconds(row.traditional_preallocated_time_s),
                _seconds(row.python_virtual.time_s),
                _seconds(row.numba_virtual.time_s),
                _speedup(row),
                _seconds(row.read_all_time_s),
            ]
        )
    return _table(header, cells)


def _memory(rows: list[Row]) -> str:
    ways = ["Traditional", "Python virtual", "Numba virtual"]
    header = ["Size", *(f"stored: {w}" for w in ways), "Factor", *(f"peak: {w}" for w in ways)]
    cells = []
    for row in rows:
        figures = _of(row)
        peaks = [_NOTHING if f.peak_bytes is None else units.memory(f.peak_bytes) for f in figures]
        if row.traditional.peak_bytes is None:
            peaks[0] = _needs(row)
        stored = [units.memory(f.stored_bytes) for f in figures]
        factor = units.factor(row.stored_factor)
        cells.append([units.count(row.size), *stored, factor, *peaks])
    return _table(header, cells)


def _of(row: Row) -> list[Figures]:
    return [row.traditional, row.python_virtual, row.numba_virtual]


def _relative(figures: Figures) -> str:
    recovery = figures.recovery
    return _NOTHING if recovery is None else units.error(recovery.relative_l2_error)


def _maximum(figures: Figures) -> str:
    recovery = figures.recovery
    if recovery is None:
        return _NOTHING
    return ("≤ " if recovery.max_is_bound else "") + units.error(recovery.max_absolute_error)


def _recovery(rows: list[Row]) -> str:
    ways = ["Traditional", "Python virtual", "Numba virtual"]
    header = ["Size", *(f"L2: {way}" for way in ways), *(f"max: {way}" for way in ways)]
    cells = [
        [units.count(row.size), *map(_relative, _of(row)), *map(_maximum, _of(row))] for row in rows
    ]
    return _table(header, cells)


def _agreement(rows: list[Row]) -> str:
    largest = max(row.disagreement for row in rows)
    return (
        "Elements of the transformed vectors at the active indices, of Python virtual and Numba "
        f"virtual, differ by at most {units.error(largest)} of the largest, at any size and mode."
    )


def _targets(report: Report) -> list[str]:
    found = targets(report)
    if not found:
        return []
    cells = [[t.what, t.found, "yes" if t.reached else "**no**"] for t in found]
    return ["### Targets of mode `project`", _table(["Target", "Found", "Reached"], cells)]


# -- real data ------------------------------------------------------------------------------


def _real_data(report: Report) -> list[str]:
    parts = [
        "What optional dependencies ship, as float64, cut to powers of two where needed so that "
        "every basis can hold it, encoded at a tolerance of the relative L2 error. *Error* is "
        "measured against the data. *Factor* is dense bytes over stored bytes; *File* is what "
        "`qv.save` writes. *packed* is the basis of fewest bytes with eigenvalues quantised to "
        "int16.",
        "\n".join(f"* {name}: {what}." for name, what in report.data.items()),
        "The best basis for each (fewest bytes, then the smallest error):",
        _best(report.encodings),
    ]
    for name, some in groupby(report.encodings, key=lambda e: e.dataset):
        parts += [f"### {name}", _encodings(list(some))]
    return parts


def _figures(e: Encoding) -> list[str]:
    error = units.error(e.relative_l2_error)
    stored = units.memory(e.stored_bytes)
    file = "" if e.file_bytes is None else units.memory(e.file_bytes)
    return [str(e.active), stored, units.factor(e.factor), file, error]


_COLUMNS = ["Eigenvalues", "Bytes", "Factor", "File", "Error"]


def _best(encodings: list[Encoding]) -> str:
    cells = []
    for (dataset, tolerance), some in groupby(encodings, key=lambda e: (e.dataset, e.tolerance)):
        first = best(list(some))
        cells.append([dataset, f"{tolerance:g}", _basis(first), *_figures(first)])
    return _table(["Data", "Tolerance", "Best basis", *_COLUMNS], cells, left=3)


def _basis(e: Encoding) -> str:
    return f"{e.basis}: {e.chosen}" if e.basis in ("auto", "packed") else e.basis


def _encodings(encodings: list[Encoding]) -> str:
    cells = []
    for tolerance, group in groupby(encodings, key=lambda e: e.tolerance):
        some = list(group)
        for e in some:
            row = [_basis(e), *_figures(e)]
            if e is best(some):
                row = [f"**{cell}**" for cell in row]
            cells.append([f"{tolerance:g}", *row])
    return _table(["Tolerance", "Basis", *_COLUMNS], cells, left=2)


# -- in short -------------------------------------------------------------------------------


def summary(report: Report) -> str:
    """Write the report in a few lines of plain text."""
    lines = []
    for mode in report.modes:
        row = judged(report.of_mode(mode))
        traditional = row.traditional.time_s
        time = _needs(row) if traditional is None else units.seconds(traditional)
        stored = [units.memory(f.stored_bytes) for f in (row.traditional, row.numba_virtual)]
        lines.append(
            f"{mode:8} size {units.power(row.size)}: traditional {time}, Python virtual "
            f"{_seconds(row.python_virtual.time_s)}, Numba virtual "
            f"{_seconds(row.numba_virtual.time_s)}; stored {' -> '.join(stored)} "
            f"(factor {units.factor(row.stored_factor)}); relative L2 error "
            f"{_relative(row.numba_virtual)}"
        )
    lines += [
        f"{'reached' if target.reached else 'MISSED '} {target.what}: {target.found}"
        for target in targets(report)
    ]
    lines.append(f"{len(report.rows)} rows in {units.seconds(report.total_time_s)}")
    return "\n".join(lines)
