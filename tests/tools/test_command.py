"""What all commands have in common: interrupts, empty paths, progress without a terminal."""

from time import monotonic

import pytest

from qvarray import __main__ as command
from qvarray.tools import progress, report


@pytest.mark.parametrize("name", ["report", "bench", "warmup"])
def test_an_interrupt_is_one_line_and_leaves_no_folder(name, tmp_path, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "_measure", interrupted)
    monkeypatch.setattr(command.bench, "compare", interrupted)
    monkeypatch.setattr(command, "warmup", interrupted)
    more = {"report": ["--out", "a/b"], "bench": ["--json", "c/d.json"], "warmup": []}
    assert command.main([name, *more[name]]) == 130
    assert capsys.readouterr().err == f"qvarray {name}: interrupted\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["report", "--out", ""], ["bench", "--json", " "]])
def test_empty_paths_are_refused(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert "must name a path, got an empty one" in capsys.readouterr().err


def test_progress_without_a_terminal_is_in_lines(capsys, monkeypatch):
    monkeypatch.setattr(progress, "_SECONDS", 1e-4)
    with progress.progress_of(3, "job") as bar:
        bar.set_description("first")
        bar.update()
        text, end = "", monotonic() + 60
        while "first" not in text and monotonic() < end:
            text = capsys.readouterr().err
    assert "first: 1 of 3 jobs in 0 s\n" in text
    with progress.progress_of(3, "job", shown=False) as bar:
        bar.update()
    assert not capsys.readouterr().err
