"""Imports and first results, each in a new process."""

from .common import require

IMPORTS = {"numpy": "import numpy", "qvarray": "import qvarray", "sparse": "import sparse"}

FIRST = {
    "numpy": """
        import numpy as np
        x = np.zeros(131072)
        x[5] = 1.0
        assert (x + x)[5] == 2.0
        """,
    "qvarray": """
        import qvarray as qv
        x = qv.from_coordinates([5], [1.0], 131072)
        assert (x + x)[5] == 2.0
        """,
    "sparse": """
        import sparse
        x = sparse.COO([[5]], [1.0], (131072,))
        assert (x + x)[5] == 2.0
        """,
}


class FreshProcess:
    """Best of a few: the first run may compile kernels and fill the disk's cache."""

    param_names = ("subject",)
    params = (tuple(IMPORTS),)
    number = 1

    def setup(self, subject):
        require(subject)

    def timeraw_import(self, subject):
        return IMPORTS[subject]

    def timeraw_first_result(self, subject):
        return FIRST[subject]
