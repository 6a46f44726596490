"""Arrays that cannot be materialised."""

from tests.huge import ascending, sparse_array


def huge(shape, nactive=10_000, fill=0.0):
    """An array of few active elements: 10.0, 11.0, ... in C order."""
    return sparse_array(shape, nactive, fill=fill, seed=7, values=ascending)
