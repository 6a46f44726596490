"""The built pages, in a Chromium without a network: what must be drawn is drawn.

    python pages/assemble.py && python -m pytest pages

Pictures of each page, on a wide and on a narrow screen, are left in ``.asv/pictures``.
"""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from assemble import BUILT, HERE, HTML
from chromium import Browser

WIDTHS = (1400, 420)
RESULTS = HERE.parent / "results"
#: What every commit can do, beside a peer.
GRAPH = "kernels.Merge.time_call"
PICTURES = BUILT / "pictures"
#: Different colours among the pixels of an element's first canvas: one, where nothing is drawn.
COLOURS = """(() => {
    const canvas = document.querySelector('%s canvas');
    if (!canvas || !canvas.width || !canvas.height) return 0;
    const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(bytes.buffer)).size;
})()"""

#: The labels of a graph's axes, and how many pixels are set where they stand.
AXES = """(() => {
    const plot = $('#main-graph').data('plot');
    const canvas = document.querySelector('#main-graph canvas');
    const set = (x, y, width, height) => new Uint32Array(
        canvas.getContext('2d').getImageData(x, y, width, height).data.buffer
    ).reduce((count, pixel) => count + (pixel !== 0), 0);
    return {
        labels: [plot.getXAxes()[0], plot.getYAxes()[0]].map(axis => axis.options.axisLabel),
        below: set(0, canvas.height - 20, canvas.width, 20),
        left: set(0, 0, 20, canvas.height),
    };
})()"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert (HTML / "vendor").is_dir(), "the pages are not built: python pages/assemble.py"
    handler = functools.partial(_Quiet, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Browser() as started:
        yield started


@pytest.fixture(scope="module")
def benchmarks() -> dict[str, Any]:
    return json.loads((HTML / "index.json").read_text())["benchmarks"]


def _nothing_missed(browser: Browser, address: str, name: str, width: int) -> None:
    browser.screenshot(PICTURES / f"{name}-{width}.png")
    assert browser.errors == []
    assert browser.requests
    assert [url for url in browser.requests if not url.startswith((address, "data:"))] == []


def test_all_measured_commits_are_published():
    published = json.loads((HTML / "index.json").read_text())["revision_to_hash"]
    files = [path for path in RESULTS.glob("*/*.json") if path.stem != "machine"]
    measured = {json.loads(path.read_text())["commit_hash"] for path in files}
    assert len(measured) > 10
    points = json.loads((HTML / "graphs" / "summary" / f"{GRAPH}.json").read_text())
    assert {published[str(revision)] for revision, _ in points} == measured


@pytest.mark.parametrize("width", WIDTHS)
def test_the_grid_has_a_drawn_tile_for_each_benchmark(browser, address, benchmarks, width):
    browser.open(address, width)
    browser.wait("document.querySelectorAll('.benchmark-container').length")
    names = browser.evaluate(
        "Array.from(document.querySelectorAll('.benchmark-container'), a => a.hash.slice(1))"
    )
    assert sorted(names) == sorted(benchmarks)
    browser.wait(COLOURS % ".benchmark-plot" + " > 1")
    _nothing_missed(browser, address, "grid", width)
    # A tile is drawn when it is scrolled to: all are, in the end.
    for name in names:
        tile = f"document.getElementById('summarygrid-{name}')"
        browser.evaluate(f"{tile}.scrollIntoView()")
        browser.wait(f"{tile}.querySelectorAll('canvas').length")
    assert browser.errors == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_graph_draws_our_line_beside_its_peers(browser, address, benchmarks, width):
    assert GRAPH in benchmarks
    browser.open(f"{address}#{GRAPH}?p-k=10000&p-operation='union'", width)
    browser.wait(COLOURS % "#main-graph" + " > 10")
    box = browser.evaluate(
        "document.querySelector('#main-graph canvas').getBoundingClientRect().toJSON()"
    )
    assert box["width"] > 200
    assert box["height"] > 200
    legend = browser.wait("document.querySelector('#main-graph .legend')?.innerText")
    assert "qvarray" in legend
    assert "numpy" in legend
    # The labels of the axes are drawn, not text: below the plot, and left of it.
    axes = browser.evaluate(AXES)
    assert "seconds" in axes["labels"][1]
    assert axes["labels"][0] == "commits"
    assert axes["below"] > 50
    assert axes["left"] > 50
    ticks = browser.evaluate("document.querySelectorAll('#main-graph .tickLabel').length")
    assert ticks > 2
    browser.wait(COLOURS % "#overview" + " > 1")
    _nothing_missed(browser, address, "graph", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_has_a_row_for_each_line(browser, address, width):
    (summary,) = HTML.glob("graphs/**/machine-*/**/summary.json")
    lines = len(json.loads(summary.read_text()))
    assert lines > 40
    browser.open(f"{address}#summarylist", width)
    browser.wait(f"document.querySelectorAll('#summarylist-body tbody tr').length >= {lines}")
    _nothing_missed(browser, address, "list", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_regressions_are_the_published_ones(browser, address, width):
    published = json.loads((HTML / "regressions.json").read_text())["regressions"]
    browser.open(f"{address}#regressions", width)
    browser.wait("document.querySelectorAll('#regressions-body table').length")
    rows = browser.evaluate("document.querySelectorAll('#regressions-body tbody tr').length")
    assert rows >= len(published)
    assert browser.evaluate("$.fn.stupidtable !== undefined")
    _nothing_missed(browser, address, "regressions", width)
