"""Searching a text.

All places of a pattern by windows, by Knuth, Morris and Pratt's failure table (1977), and by a
rolling hash (Karp and Rabin 1987): they agree. Then all are blotted out.
"""

import numpy as np


def string_search(text, pattern):
    m = len(pattern)
    windows = np.lib.stride_tricks.sliding_window_view(text, m)
    places = np.flatnonzero((windows == pattern).all(axis=1))

    failure = np.zeros_like(pattern, dtype=int)
    k = 0
    for i in range(1, m):
        while k and pattern[i] != pattern[k]:
            k = int(failure[k - 1])
        k += int(pattern[i] == pattern[k])
        failure[i] = k

    weights = 31 ** np.arange(m, dtype=np.uint32)[::-1]
    hashes = (windows * weights).sum(axis=1, dtype=np.uint32)
    wanted = (pattern * weights).sum(dtype=np.uint32)
    assert np.isin(places, np.nonzero(hashes == wanted)[0]).all()
    text[places[:, None] + np.arange(m)] = ord("*")
    return places, failure, hashes, wanted, text.tobytes().decode()


def inputs(rng):
    text = np.frombuffer(b"abracadabra, said the cadabrabracadabra wizard", np.uint8).copy()
    return text, np.frombuffer(b"abra", np.uint8).copy()
