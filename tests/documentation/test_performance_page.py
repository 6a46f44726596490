"""The performance page: made of the results of benchmarks, few or many."""

import json

import performance_page
import pytest


@pytest.fixture
def results(tmp_path):
    def made(medians):
        folder = tmp_path / "results"
        (folder / "machine").mkdir(parents=True)
        subjects = ["'qvarray'", "'sparse'", "'copy'"]
        choices = [subjects, ["'add'"], ["(20, 131072)", "(10000, 1048576)"]]
        name = "elements.Binary.time_call"
        benchmark = {
            "param_names": ["subject", "ufunc", "k_n"],
            "params": choices,
            "unit": "seconds",
            "version": "1",
        }
        listed = {name: benchmark, "version": 2}
        (folder / "benchmarks.json").write_text(json.dumps(listed), encoding="utf-8")
        machine = {"cpu": "A CPU", "num_cpu": "2", "ram": "8 GiB", "os": "Linux", "arch": "x86_64"}
        (folder / "machine" / "machine.json").write_text(json.dumps(machine), encoding="utf-8")
        for day, values in enumerate(medians):
            run = {
                "commit_hash": f"{day}abcdef012345",
                "date": 1_780_000_000_000 + day * 86_400_000,
                "python": "3.11",
                "requirements": {"numpy": "2.4"},
                "result_columns": ["result", "params", "version"],
                "results": {name: [values, choices, "1"]},
            }
            (folder / "machine" / f"{day}.json").write_text(json.dumps(run), encoding="utf-8")
        return folder

    return made


def page(tmp_path, folder):
    performance_page.write(tmp_path / "page", folder)
    return (tmp_path / "page" / "performance.txt").read_text(encoding="utf-8")


def test_figures_peers_and_bad_figures_are_shown(tmp_path, results):
    text = page(tmp_path, results([[1e-6, 2e-3, 5e-4, 1e-3, 1e-7, 1e-7]] * 3))
    assert "A CPU, 2 cores, 8 GiB" in text
    assert "numpy 2.4" in text
    assert "In 1 of 2 comparisons" in text
    assert '"add, 20 in 2**17","1.00 µs","500 µs (500 ×)","100 ns (**0.1 ×**)"' in text
    # The peer is better at the second, and the bound is not taken for a peer.
    slower = text.split("Where a peer is better")[1].split("All comparisons")[0]
    assert '"2.00 ms","sparse, 1.00 ms","0.5 ×"' in slower
    assert "add, 20 in" not in slower
    made = {path.name for path in (tmp_path / "page").iterdir()}
    assert made == {"performance.txt", "ratios.png", "add.png", "commits.png"}


@pytest.mark.parametrize(
    "medians", [[], [[1e-6, None, None, None, None, None]], [[1e-6, 1e-5, 1.0, 1.0, None, None]]]
)
def test_few_figures_make_a_page(tmp_path, results, medians):
    assert page(tmp_path, results(medians))


def test_no_results_make_a_page(tmp_path):
    assert "No results" in page(tmp_path, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.5e-9, "seconds", "1.50 ns"),
        (2e-10, "seconds", "0.200 ns"),
        (12.0, "seconds", "12.0 s"),
        (123.4, "seconds", "123 s"),
        (2**21, "bytes", "2.00 MiB"),
        (0.5, "bits", "0.500 bits"),
    ],
)
def test_amounts(value, unit, words):
    assert performance_page.amount(value, unit) == words
