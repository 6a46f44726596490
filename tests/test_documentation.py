"""The documentation names what is public, and has a page for each task."""

import re
from pathlib import Path

import pytest

import qvarray as qv

DOCS = Path(__file__).parents[1] / "docs"
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
                str((Path(page).parent / line.strip()).as_posix())
                for line in block.splitlines()
                if line.strip() and not line.strip().startswith(":")
            }
    assert pages <= listed
