"""The performance page, made of the committed results of the benchmarks: all that have a peer."""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from generated import cells, replace
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

BENCHMARKS = Path(__file__).parents[1] / "asv_benchmarks"
sys.path.append(str(BENCHMARKS))

from figures import Figure, history, latest  # noqa: E402

__all__ = ["Row", "amount", "compared", "facts", "page", "write"]

_OURS = "qvarray"
#: Subjects that are bounds on what can be reached, not libraries that do the work.
_BOUNDS = frozenset({"copy", "transform", "numpy_64"})
#: What the modules of benchmarks are about, in the order of the page.
_CHAPTERS = {
    "tiers": "The four tiers",
    "jobs": "Whole jobs",
    "scaling": "Against k and N",
    "elements": "Elements and ufuncs",
    "manipulation": "Slices, shapes and products",
    "large": "Large arrays",
    "spectral": "Arrays in a basis",
    "bases": "Bases",
    "expressions": "Expressions",
    "operators": "Operators",
    "fourier": "Transforms and convolutions",
    "encoding": "Encoding",
    "gates": "States and gates",
    "kernels": "Kernels",
    "each_kernel": "Each kernel",
    "blocks": "Blocks",
    "startup": "Start of a process",
}
_SCALES = {
    "seconds": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "bytes": ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B")),
}


class Row(NamedTuple):
    """One benchmark with one choice of parameters: our figure, and those of the peers."""

    benchmark: str
    parameters: str
    unit: str
    ours: float
    peers: dict[str, float]

    @property
    def best(self) -> float:
        """The figure of the best peer, as a multiple of ours: below 1 the peer is better."""
        return self.peers[self.best_peer] / self.ours

    @property
    def best_peer(self) -> str:
        return min(self.peers.keys() - _BOUNDS, key=self.peers.__getitem__)

    @property
    def is_compared(self) -> bool:
        """Whether a peer does the same work."""
        return bool(self.peers.keys() - _BOUNDS)


def amount(value: float, unit: str) -> str:
    """A figure with three digits, in a unit that suits it."""
    scales = _SCALES.get(unit, ((1.0, unit),))
    scale, name = next((step for step in scales if abs(value) >= step[0]), scales[-1])
    return f"{value / scale:#.3g}".rstrip(".") + f" {name}"


def _times(ratio: float) -> str:
    return f"{ratio:.2g}" if ratio < 100 else f"{ratio:.0f}"


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return " in ".join(map(_words, value))
    if isinstance(value, int) and value >= 1024:
        power = value.bit_length() - 1
        ten = len(str(value)) - 1
        if value == 2**power:
            return f"2**{power}"
        return f"10**{ten}" if value == 10**ten else str(value)
    return str(value)


def compared(figures: Iterable[Figure]) -> tuple[list[Row], list[Row]]:
    """The rows that have a peer, and those that are ours alone."""
    found: dict[tuple[str, str], tuple[str, dict[str, float]]] = {}
    for figure in figures:
        words = ", ".join(map(_words, figure.parameters.values()))
        _, medians = found.setdefault((figure.benchmark, words), (figure.unit, {}))
        medians[figure.subject or _OURS] = figure.median
    rows = [
        Row(benchmark, words, unit, of.pop(_OURS), of)
        for (benchmark, words), (unit, of) in found.items()
        if _OURS in of
    ]
    return [row for row in rows if row.peers], [row for row in rows if not row.peers]


def facts(results: Path) -> list[str]:
    """On which machines, with which versions, and when: a line for each."""
    lines = []
    for path in sorted(results.glob("*/machine.json")):
        machine = json.loads(path.read_text(encoding="utf-8"))
        runs = [json.loads(file.read_text()) for file in path.parent.glob("*.json") if file != path]
        versions = {
            f"{name} {version}".strip()
            for run in runs
            for name, version in {"Python": run["python"], **run["requirements"]}.items()
        }
        lines.append(
            f"* {machine['cpu']}, {machine['num_cpu']} cores, {machine['ram']} of memory, "
            f"{machine['os']} ({machine['arch']}); {', '.join(sorted(versions, key=str.lower))}; "
            f"{len(runs)} {'commits' if len(runs) > 1 else 'commit'}."
        )
    return lines


def _table(rows: list[Row]) -> Iterator[str]:
    """The rows of one benchmark beside all of its peers."""
    peers = list(dict.fromkeys(peer for row in rows for peer in row.peers))
    yield ".. csv-table::"
    yield f"   :header: {cells('', _OURS, *peers)}"
    yield ""
    for row in rows:
        ours = amount(row.ours, row.unit)
        beside = []
        for peer in peers:
            value = row.peers.get(peer)
            if value is None:
                beside.append("")
                continue
            ratio = _times(value / row.ours)
            ratio = f"**{ratio} ×**" if value < row.ours else f"{ratio} ×"
            beside.append(f"{amount(value, row.unit)} ({ratio})")
        yield f"   {cells(row.parameters or 'once', ours, *beside)}"
    yield ""


@lru_cache
def _said(benchmark: str) -> str:
    """What the class of a benchmark says of itself."""
    module, name = benchmark.split(".")[:2]
    path = BENCHMARKS / "benchmarks" / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    words = (ast.get_docstring(classes[0]) if classes else None) or "see its source."
    return re.sub(r"`+([^`]+)`+", r"``\1``", " ".join(words.split()))


def _heading(text: str, line: str) -> Iterator[str]:
    yield from (text, line * len(text), "")


def _chapters(rows: list[Row]) -> Iterator[str]:
    by_benchmark: dict[str, list[Row]] = {}
    for row in rows:
        by_benchmark.setdefault(row.benchmark, []).append(row)
    order = list(_CHAPTERS)
    modules = {benchmark.split(".")[0] for benchmark in by_benchmark}
    for module in [module for module in order if module in modules] + sorted(modules - set(order)):
        yield from _heading(_CHAPTERS.get(module, module), "^")
        for benchmark, some in by_benchmark.items():
            if benchmark.split(".")[0] == module:
                yield f"``{benchmark}``: {_said(benchmark)}"
                yield ""
                yield from _table(some)


def _ratios(axis: Axes, rows: list[Row]) -> None:
    peers = sorted({peer for row in rows for peer in row.peers} - _BOUNDS)
    for height, peer in enumerate(peers):
        ratios = [row.peers[peer] / row.ours for row in rows if peer in row.peers]
        axis.plot(ratios, [height] * len(ratios), "o", alpha=0.5, color="tab:blue")
    axis.axvline(1.0, color="gray")
    axis.set_xscale("log")
    axis.set_yticks(range(len(peers)), peers)
    axis.set_ylim(-0.6, len(peers) - 0.4)
    axis.set_xlabel("the peer's time or bytes, as a multiple of ours")
    axis.set_title("left of 1 the peer is better, right of it qvarray", fontsize=10)


def _lines(axis: Axes, figures: list[Figure], size: Callable[[Figure], float], label: str) -> None:
    """A line for each subject, against the size."""
    for subject in dict.fromkeys(point.subject for point in figures):
        points = sorted(
            (size(point), point.median) for point in figures if point.subject == subject
        )
        style = "o-" if subject == _OURS else "s--"
        axis.loglog(*zip(*points, strict=True), style, label=subject)
    axis.set(xlabel=label, ylabel="seconds")
    axis.legend(fontsize=8)


def _over_time(axis: Axes, figures: list[Figure]) -> None:
    """Our own figures over the commits, each as a multiple of its newest."""
    lines: dict[str, list[Figure]] = {}
    for point in figures:
        words = ", ".join(map(_words, point.parameters.values()))
        name = point.benchmark.split(".", 1)[1].removesuffix(".time_call")
        lines.setdefault(f"{name} {words}", []).append(point)
    moved = {name: some for name, some in lines.items() if len(some) > 2}
    spread = {
        name: max(point.median for point in some) / min(point.median for point in some)
        for name, some in moved.items()
    }
    commits = sorted({(point.date, point.commit) for point in figures})
    for name in sorted(spread, key=spread.__getitem__)[-6:]:
        some = moved[name]
        places = [commits.index((point.date, point.commit)) for point in some]
        axis.semilogy(places, [point.median / some[-1].median for point in some], ".-", label=name)
    axis.set_xticks(range(len(commits)), [commit for _, commit in commits], rotation=70, fontsize=7)
    axis.set_ylabel("time, as a multiple of the newest")
    axis.legend(fontsize=7)


def _memory(axis: Axes, rows: list[Row]) -> None:
    subjects = dict.fromkeys([_OURS, *(peer for row in rows for peer in row.peers)])
    for subject in subjects:
        places = {
            place: row.ours if subject == _OURS else row.peers[subject]
            for place, row in enumerate(rows)
            if subject == _OURS or subject in row.peers
        }
        style = "o" if subject == _OURS else "s"
        axis.plot([value / 2**20 for value in places.values()], list(places), style, label=subject)
    names = [f"{row.benchmark.split('.')[1]} {row.parameters}" for row in rows]
    axis.set_yticks(range(len(rows)), names, fontsize=8)
    axis.set_ylim(-0.6, len(rows) - 0.4)
    axis.set_xlim(left=0)
    axis.set_xlabel("MiB, the whole process")
    axis.legend(fontsize=8)


def _drawn(directory: Path, name: str, height: float, draw: Callable[[Axes], None]) -> str:
    """Draw a picture beside the page. Its name."""
    figure, axis = plt.subplots(figsize=(5, height), layout="constrained")
    draw(axis)
    figure.savefig(directory / f"{name}.png", dpi=160)
    plt.close(figure)
    return f"{name}.png"


def _pictures(directory: Path, rows: list[Row], results: Path) -> Iterator[str]:
    def figure(
        name: str, height: float, alt: str, caption: str, draw: Callable[[Axes], None]
    ) -> Iterator[str]:
        yield f".. figure:: api/generated/{_drawn(directory, name, height, draw)}"
        yield f"   :alt: {alt}"
        yield "   :width: 600"
        yield ""
        yield f"   {caption}"
        yield ""

    if any(row.is_compared for row in rows):
        count = len({peer for row in rows for peer in row.peers} - _BOUNDS)
        yield from figure(
            "ratios",
            1.2 + 0.35 * count,
            "For each peer a row of dots, one for each benchmark, on a logarithmic axis.",
            "Each dot is one benchmark of the tables below.",
            lambda axis: _ratios(axis, rows),
        )
    added = latest(r"^elements\.Binary\.time_call\('\w+', 'add',", results)
    sizes = {point.parameters["k_n"][0] for point in added if point.subject == _OURS}
    if len(sizes) > 1:
        yield from figure(
            "add",
            3.5,
            "Time of an addition against the number of stored elements, for each library.",
            "``x + y`` of two sparse arrays, against the number k of elements that each stores.",
            lambda axis: _lines(axis, added, lambda point: point.parameters["k_n"][0], "k"),
        )
    lengths = latest(r"^scaling\.WithLength\.time_call\('\w+', 'var',", results)
    if len({point.parameters["N"] for point in lengths if point.subject == _OURS}) > 1:
        yield from figure(
            "var",
            3.5,
            "Time of a variance against the length of the array, ours and NumPy's.",
            "``np.var(x)`` of 1000 eigenvalues, against the length N. NumPy has all elements.",
            lambda axis: _lines(axis, lengths, lambda point: point.parameters["N"], "N"),
        )
    memory = [row for row in rows if row.unit == "bytes" and "peakmem" in row.benchmark]
    if memory:
        yield from figure(
            "memory",
            1.6 + 0.4 * len(memory),
            "Peak memory of a process for each benchmark and library.",
            "Peak memory of a process that does the work, its imports included.",
            lambda axis: _memory(axis, memory),
        )
    ours = [
        point for point in history(r"time\w*_\w+\('qvarray'", results) if point.subject == _OURS
    ]
    if len({point.commit for point in ours}) > 2:
        yield from figure(
            "commits",
            4.5,
            "Lines over the commits, one for each of six benchmarks.",
            "The six benchmarks of ours that changed the most, over the project's commits.",
            lambda axis: _over_time(axis, ours),
        )


def page(directory: Path, results: Path) -> Iterator[str]:
    """What ``performance.rst`` includes. The pictures are written into the directory."""
    figures = latest("", results) if (results / "benchmarks.json").exists() else []
    rows, alone = compared(figures)
    if not rows and not alone:
        yield "No results are kept with this version."
        return
    counted = [row for row in rows if row.is_compared]
    slower = sorted((row for row in counted if row.best < 1), key=lambda row: row.best)
    newest = max(figures, key=lambda point: point.date)
    yield (
        f"{len(figures)} figures, the newest of commit ``{newest.commit}`` of "
        f"{newest.date:%-d %B %Y}. In {len(counted) - len(slower)} of {len(counted)} comparisons "
        f"no peer is better than qvarray, in {len(slower)} one is. Measured on:"
    )
    yield ""
    yield from facts(results)
    yield ""
    yield from _pictures(directory, rows, results)
    yield from _heading("Where a peer is better", "-")
    if slower:
        yield "The worst first. The factor is that of the best peer's figure to ours."
        yield ""
        yield ".. csv-table::"
        yield f"   :header: {cells('Benchmark', _OURS, 'best peer', 'factor')}"
        yield "   :class: stacked slower"
        yield ""
        for row in slower:
            peer = row.best_peer
            yield "   " + cells(
                f"``{row.benchmark}`` {row.parameters}".strip(),
                amount(row.ours, row.unit),
                f"{peer}, {amount(row.peers[peer], row.unit)}",
                f"{_times(row.best)} ×",
            )
    else:
        yield "In none of these."
    yield ""
    yield from _heading("All comparisons", "-")
    yield "In brackets the peer's figure as a multiple of ours, in bold where the peer is better."
    yield ""
    yield from _chapters(rows)
    if alone:
        yield from _heading("Without a peer", "-")
        yield ".. csv-table::"
        yield f"   :header: {cells('Benchmark', _OURS)}"
        yield ""
        for row in alone:
            words = f"``{row.benchmark}`` {row.parameters}".strip()
            yield f"   {cells(words, amount(row.ours, row.unit))}"
        yield ""


def write(directory: Path, results: Path = BENCHMARKS / "results") -> None:
    """Write what ``performance.rst`` includes, and its pictures."""
    directory.mkdir(parents=True, exist_ok=True)
    replace(directory / "performance.txt", page(directory, results))
