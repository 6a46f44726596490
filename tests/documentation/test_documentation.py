"""The documentation names what is public, and has a page for each task."""

import re
from pathlib import Path

import pytest
from check_links import broken

import qvarray as qv
import qvarray.zarr

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "api" / "index.rst").read_text(encoding="utf-8")
NAMES = set(re.findall(r"^   ([A-Za-z_][\w.]*)$", REFERENCE, re.MULTILINE))
NAMES |= set(re.findall(r"``([A-Za-z_][\w.]*)``", REFERENCE))
NAMES |= set(re.findall(r"py:module:: qvarray\.(\w+)$", REFERENCE, re.MULTILINE))


@pytest.mark.parametrize(
    ("module", "prefix"),
    [(qv, ""), (qv.gates, "gates."), (qv.linalg, "linalg."), (qv.fft, "fft."), (qv.plot, "plot.")],
    ids=["qvarray", "gates", "linalg", "fft", "plot"],
)
def test_every_public_name_is_in_the_reference(module, prefix):
    missing = {prefix + name for name in module.__all__} - NAMES
    assert not missing


def test_nothing_else_is_in_the_reference():
    listed = re.findall(r"^   ([A-Za-z_][\w.]*)$", REFERENCE, re.MULTILINE)
    for name in listed:
        found = qv
        for part in name.split("."):
            found = getattr(found, part)
    assert len(listed) == len(set(listed))


def test_every_page_is_in_a_table_of_contents():
    pages = {
        str(page.relative_to(DOCS).with_suffix(""))
        for page in DOCS.rglob("*.rst")
        if not {"_build", "_templates", "generated", "gallery", "examples"}
        & set(page.relative_to(DOCS).parts)
    }
    listed = {"index"}
    for page in pages:
        text = (DOCS / f"{page}.rst").read_text(encoding="utf-8")
        for block in re.findall(r"\.\. toctree::\n((?:   .*\n|\n)*)", text):
            listed |= {
                (Path(page).parent / re.sub(r".*<(.*)>", r"\1", line.strip())).as_posix()
                for line in block.splitlines()
                if line.strip() and not line.strip().startswith(":")
            }
    assert pages <= listed


def _sources():
    """The pages, and the modules with their docstrings."""
    root = DOCS.parent
    generated = {"_build", "_templates", "generated", "examples"}
    found = [root / "README.md", *DOCS.rglob("*.rst"), *(root / "qvarray").rglob("*.py")]
    return [path for path in found if not generated & set(path.relative_to(root).parts)]


# Sphinx takes a block without a language for Python.
_PYTHON = {"", "python", "python3", "py", "pycon", "ipython", "default"}
# Blocks of code that are set off: in Markdown, by a directive, and by two colons.
_BLOCKS = [
    re.compile(r"^```(\w*)\n(.*)\n[\s\S]*?^```$", re.MULTILINE),
    re.compile(
        r"^ *\.\. (?:code-block|sourcecode|code):: *(\w*)\n(?: *:.*\n)*\s*\n(.*)$", re.MULTILINE
    ),
    re.compile(r"^(?! *\.\. ).*:(:)\n\s*\n +(.*)$", re.MULTILINE),
]


def test_every_block_of_python_is_run():
    idle = []
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        for pattern in _BLOCKS:
            for language, line in pattern.findall(text):
                if language in _PYTHON and not line.strip().startswith(">>>"):
                    idle.append(f"{path}: {line}")
        idle += [f"{path}: skipped" for _ in re.findall(r"doctest: *\+SKIP", text)]
    assert not idle


def test_the_gallery_is_run():
    # What is not named so is shown, and not run.
    assert all(path.name.startswith("plot_") for path in (DOCS / "gallery").glob("*.py"))
    settings = (DOCS / "conf.py").read_text(encoding="utf-8")
    assert '"abort_on_example_error": True' in settings


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("b.html#there", None),
        ("https://example.org/nothing", None),
        ("b.html#nowhere", "no place"),
        ("c.html", "no file"),
        ("#nowhere", "no place"),
    ],
)
def test_broken_links_are_found(tmp_path, link, wrong):
    (tmp_path / "a.html").write_text(f'<a href="{link}">x</a>', encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="there">x</p>', encoding="utf-8")
    found = broken(tmp_path)
    assert (not found) if wrong is None else (wrong in found[0])


def test_files_fetched_from_elsewhere_are_found(tmp_path):
    page = '<script src="https://example.org/a.js"></script>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert len(broken(tmp_path)) == 1


def test_the_citation_and_the_changelog_have_the_version():
    root = DOCS.parent
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {qv.__version__}\n" in citation
    assert f"## [{qv.__version__}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
