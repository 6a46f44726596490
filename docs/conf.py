"""The Sphinx configuration. Build with ``python -m sphinx -W -b html docs docs/_build/html``."""

import qvarray

project = "qvarray"
author = "the qvarray developers"
copyright = "2026, the qvarray developers"  # noqa: A001
release = version = qvarray.__version__

extensions = [
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx.ext.mathjax",
]
default_role = "py:obj"
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]

autosummary_generate = True
autodoc_typehints = "none"

# The templates list the members, so that each appears once.
numpydoc_show_class_members = False
numpydoc_validation_checks = {
    "all",
    "EX01",  # no Examples section
    "SA01",  # no See Also section
    "SA04",  # a name in See Also without a description
    "ES01",  # no extended summary
    "YD01",  # no Yields section
}

html_theme = "pydata_sphinx_theme"
html_title = f"qvarray {release}"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_show_sourcelink = False
html_theme_options = {
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}
html_sidebars = {"index": [], "quickstart": [], "concepts": []}
