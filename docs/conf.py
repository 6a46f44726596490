"""The Sphinx configuration. Build with ``python -m sphinx -W -b html docs docs/_build/html``."""

import re
import sys
from pathlib import Path

from docutils import nodes
from docutils.utils.math import latex2mathml

import qvarray

sys.path.insert(0, str(Path(__file__).parent))

import coverage_table
import modules_table
import performance_page
import sparse_table

project = "qvarray"
author = "the qvarray developers"
copyright = "2026, the qvarray developers"
release = version = qvarray.__version__

extensions = [
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx_gallery.gen_gallery",
]
default_role = "py:obj"
# A name in backticks that leads nowhere is an error, but for parameters and the names of others.
nitpicky = True
nitpick_ignore_regex = [
    ("py:obj", r"[a-z_][a-z_0-9]*"),
    ("py:obj", r"(matplotlib|scipy|(qvarray\.)?indexing\.strided_view).*"),
]
exclude_patterns = ["_build", "_templates", "gallery"]
templates_path = ["_templates"]

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 10**6,
    "write_computation_times": False,
    "copyfile_regex": r"(?!)",
    "show_signature": False,
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
}

autosummary_generate = True
autodoc_typehints = "none"
toc_object_entries_show_parents = "hide"

# The templates list the members, so that each appears once.
numpydoc_show_class_members = False
numpydoc_validation_checks = {
    "all",
    # Sections that not everything needs.
    "ES01",
    "EX01",
    "RT01",
    "SA01",
    "SA04",
    "YD01",
    # Descriptions that a name, a type and a shape may make superfluous.
    "PR07",
    "RT03",
    "RT04",
}
numpydoc_validation_overrides = {
    # A docstring that lists parameters must list them all; one without the list need not.
    "PR01": [r"\A(?![\s\S]*\n\s*Parameters\n\s*---)"],
    # A comment above an attribute has no quotes to close.
    "GL02": [r"\A[^\n]*\Z"],
}

# Attributes whose value is None, and slots, have no docstring that numpydoc could find; what named
# tuples have of their own is Python's, and what a codec inherits zarr's.
numpydoc_validation_exclude = {
    r"\.Basis\.(encode_rank|group)$",
    r"\.Labelled\.(array|labels|count|index)$",
    r"\.DistanceEstimate\.(distance|low|high|count|index)$",
    r"\.Parameter\.(name|constant|factors)$",
    r"\.(WideState|ProductState|MatrixProducts)\.(before|cutoff|dropped|n)$",
    r"\.EncodedCodec\.(decode|encode)(_partial)?$",
    r"\.EncodedCodec\.(evolve_from_array_spec|resolve_metadata)$",
}

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = f"qvarray {release}"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False
html_theme_options = {
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}
_alone = (
    "index",
    "quickstart",
    "concepts",
    "coverage",
    "dropin",
    "fourier",
    "performance",
    "stability",
    "targets",
    "cite",
    "changelog",
)
html_sidebars = {page: [] for page in _alone}


def as_mathml(tex, display):
    # Names of functions have no space of their own round them.
    tex = re.sub(r"\\(log|arcsin)(_\w+)?\s*", r"\\,\\\1\2\\,", tex)
    tree = latex2mathml.tex2mathml(tex, as_block=display)
    return f'<div class="math">{tree}</div>' if display else tree


def visit_math(translator, node):
    translator.body.append(as_mathml(node.astext(), display=False))
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    translator.body.append(as_mathml(node.astext(), display=True))
    raise nodes.SkipNode


def changelog(markdown):
    """The changelog as reStructuredText: headings, literals and links are written otherwise."""
    body = markdown.split("\n", 1)[1]
    body = re.sub(r"^<!--.*-->\n", "", body, flags=re.MULTILINE)
    body = re.sub(r"`([^`]+)`", r"``\1``", body)
    body = re.sub(r"\[([^\]]+)\]\((http[^)]+)\)", r"`\1 <\2>`__", body)

    def heading(found):
        level, words = found[1], found[2].replace("[", "").replace("]", "")
        return words + "\n" + ("-" if level == "##" else "^") * len(words)

    return re.sub(r"^(##+) (.*)$", heading, body, flags=re.MULTILINE)


def bibtex(release):
    """The entry that the page on citing shows."""
    return f"""@software{{qvarray,
  title   = {{qvarray: virtual memory for NumPy arrays}},
  author  = {{{{The qvarray developers}}}},
  version = {{{release}}},
  license = {{BSD-3-Clause}},
}}
"""


def setup(app):
    # Browsers show MathML on their own: no script to fetch, no formulas missing offline.
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    generated = Path(app.srcdir) / "api" / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    text = changelog((Path(app.srcdir).parent / "CHANGELOG.md").read_text(encoding="utf-8"))
    (generated / "changelog.txt").write_text(text, encoding="utf-8")
    (generated / "citation.bib").write_text(bibtex(release), encoding="utf-8")
    coverage_table.write(generated)
    sparse_table.write(generated)
    modules_table.write(generated)
    performance_page.write(generated)
