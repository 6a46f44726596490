"""A guard of the speed: a few jobs as ratios to a peer in the same process, against limits.

    python guard.py            exit status 1 where a job is over its limit
    python guard.py --update   write new limits

Ours and the peer's are called in turns, many short times, and the shortest of each counts: what
else the machine does makes calls longer, never shorter, and a faster machine makes both shorter.
What is over its limit is measured again before it fails. The jobs are small enough for one thread.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import sys
import zlib
from pathlib import Path
from statistics import median
from time import perf_counter
from timeit import Timer

import numpy as np
import scipy.fft
import scipy.sparse
from benchmarks.common import SEED, sorted_indices

import qvarray as qv

LIMITS = Path(__file__).with_name("guard.json")
#: A limit by the ratio that was recorded.
MARGIN = 1.5
#: How often what is over its limit is measured again.
AGAIN = 3
ROUNDS = 60
BATCH_SECONDS = 0.001


def matrices(rng, k, n, count=2):
    """Matrices with k entries: ours, and scipy's."""
    ours, theirs = [], []
    for _ in range(count):
        positions, values = sorted_indices(rng, k, n * n), rng.standard_normal(k)
        coords = np.stack(np.divmod(positions, n))
        ours.append(qv.from_coordinates(coords, values, (n, n)))
        theirs.append(scipy.sparse.coo_array((values, tuple(coords)), (n, n)).tocsr())
    return ours, theirs


def add_20(rng):
    (x, y), (a, b) = matrices(rng, 20, 362)
    return lambda: x + y, lambda: a + b


def multiply_10000(rng):
    (x, y), (a, b) = matrices(rng, 10**4, 1000)
    return lambda: x * y, lambda: a.multiply(b)


def read(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    return lambda: x[511, 77], lambda: a[511, 77]


def part(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    return lambda: x[100:900, 5:500], lambda: a[100:900, 5:500]


def sum_axis(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    return lambda: x.sum(0), lambda: a.sum(0)


def sum_20(rng):
    (x,), (a,) = matrices(rng, 20, 362, 1)
    return lambda: np.sum(x), lambda: a.sum()


def view(rng):
    (x,), (a,) = matrices(rng, 1000, 300, 1)
    return lambda: x.T, lambda: a.T


def reduce_all(rng):
    (x,), (a,) = matrices(rng, 10**5, 10**5, 1)
    return lambda: (x.sum(), x.max(), x.mean()), lambda: (a.sum(), a.max(), a.mean())


def construct(rng):
    coords, values = rng.integers(0, 10**5, (2, 10**4)), rng.standard_normal(10**4)
    shape = (10**5, 10**5)

    def csr():
        return scipy.sparse.coo_array((values, tuple(coords)), shape).tocsr()

    return lambda: qv.from_coordinates(coords, values, shape), csr


def product(rng):
    (x, y), (a, b) = matrices(rng, 4000, 1000)
    return lambda: x @ y, lambda: a @ b


def times_vector(rng):
    (x,), (a,) = matrices(rng, 1000, 300, 1)
    vector = rng.standard_normal(300)
    return lambda: x @ vector, lambda: a @ vector


def largest(rng):
    (x,), (a,) = matrices(rng, 20, 362, 1)
    return lambda: x.max(), lambda: a.max()


def transposed_sum(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    return lambda: x.T.sum(axis=1), lambda: a.T.sum(axis=1)


def rows_in_any_order(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    order = rng.permutation(1000)
    return lambda: x[order], lambda: a[order]


def stencil_product(rng):
    a = scipy.sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(2000, 2000)).tocsr()
    x = qv.from_coordinates(np.array(a.tocoo().coords), a.data, a.shape)
    return lambda: x @ x, lambda: a @ a


def columns_product(rng):
    (x,), (a,) = matrices(rng, 4000, 1000, 1)
    d = rng.standard_normal((1000, 8))
    return lambda: x @ d, lambda: a @ d


def window(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    return lambda: x[100:900, 5:500], lambda: a[100:900, 5:500]


def merge_10000(rng):
    (x, y), (a, b) = matrices(rng, 10**4, 1000)
    return lambda: x + y, lambda: a + b


def top_of_rows(rng):
    (x,), (a,) = matrices(rng, 2 * 10**4, 2000, 1)
    rows = np.repeat(np.arange(2000), np.diff(a.indptr))
    return lambda: qv.topk(x, 3, axis=1), lambda: np.lexsort((-a.data, rows))


def einsum(rng):
    (x, y), (a, b) = matrices(rng, 1000, 300)
    return lambda: np.einsum("ij,ij->i", x, y), lambda: a.multiply(b).sum(axis=1)


def walsh(rng):
    a = rng.standard_normal(2**13)
    x = qv.asarray(a)
    return lambda: qv.fwht(x), lambda: scipy.fft.rfft(a)


def to_fourier(rng):
    a = rng.standard_normal(2**15)
    x = qv.asarray(a)
    return lambda: x.to_basis("fourier"), lambda: scipy.fft.rfft(a)


def from_fourier(rng):
    a = rng.standard_normal(2**15)
    x, half = qv.asarray(a).to_basis("fourier"), scipy.fft.rfft(a)
    return x.todense, lambda: scipy.fft.irfft(half)


def to_cosine(rng):
    a = rng.standard_normal(2**15)
    x = qv.asarray(a)
    return lambda: x.to_basis("cosine"), lambda: scipy.fft.dct(a)


def to_haar(rng):
    a = rng.standard_normal(2**15)
    x = qv.asarray(a)
    return lambda: x.to_basis("haar"), lambda: scipy.fft.dct(a)


def put_off(rng):
    n = 2**16
    indices = sorted_indices(rng, 250, n)
    x = qv.from_eigenvalues(rng.standard_normal(250) * 16, indices, n, basis="walsh")
    a = x.todense()
    return lambda: np.exp(-x * x).sum(), lambda: np.exp(-a * a).sum()


def expression(rng):
    x = qv.from_eigenvalues(rng.standard_normal(100), np.arange(100) * 97, 2**14, basis="walsh")
    a = x.todense()
    return lambda: np.exp(-x * x).sum(), lambda: np.exp(-a * a).sum()


def waves(rng):
    x = qv.from_eigenvalues(rng.standard_normal(100), np.arange(100) * 97, 2**18, basis="cosine")
    a = x.todense()
    # Held: whether the allocator takes pages from the system each time depends on what ran before.
    held = np.empty_like(a)

    def dense():
        np.exp(np.negative(np.square(a, held), held), held)
        return held.sum()

    return lambda: np.exp(-x * x).sum(), dense


def gate(rng):
    indices = sorted_indices(rng, 2**12, 2**40)
    values = np.full(2**12, 2.0**-6)
    x = qv.gates.state(qv.from_coordinates(indices, values, 2**40))

    def moved():
        to = indices ^ ((indices >> 19 & 1) << 32)
        order = np.argsort(to, kind="stable")
        return to[order], values[order]

    return lambda: qv.gates.cx(x, 20, 7).nactive, moved


def transformation(rng):
    """Applied and reversed, as the memory report has it."""
    n, values, indices = 131072, rng.standard_normal(4), np.array([4, 9, 17, 30])
    x = qv.from_eigenvalues(values, indices, n, basis="cosine")
    dense, factors, inverse = x.todense(), *rng.standard_normal((2, n))
    y, z = np.empty((2, n))

    def products():
        np.multiply(factors, dense, out=y)
        np.multiply(inverse, y, out=z)

    return lambda: qv.reverse_evolving_and_or(qv.apply_evolving_and_or(x)), products


def file(rng):
    """Written and read; the peer is as fast a code of bytes as comes with Python."""
    at, values = sorted_indices(rng, 20_000, 10**9), rng.standard_normal(20_000).round(3)
    x = qv.from_coordinates(at, values, 10**9)

    def ours():
        written = io.BytesIO()
        qv.save(written, x)
        return qv.load(io.BytesIO(written.getvalue()))

    def theirs():
        return [zlib.decompress(zlib.compress(one.tobytes(), 1)) for one in (at, values)]

    return ours, theirs


def write_parts(rng):
    (x,), (a,) = matrices(rng, 10**4, 1000, 1)
    lil = a.tolil()

    def written(array):
        for i in range(50):
            array[i, 10 * i : 10 * i + 4] = 1.0
        return array[7, 72]

    return lambda: written(x), lambda: written(lil)


def convolve(rng):
    indices, values, n = sorted_indices(rng, 10**4, 2**24), rng.standard_normal(10**4), 2**24
    x = qv.from_coordinates(indices, values, n)
    taps, gains = np.arange(3), np.array([1.0, -2.0, 1.0])

    def pairs():
        where = np.add.outer(indices, taps).ravel()
        coords = np.zeros_like(where), where
        products = np.multiply.outer(values, gains).ravel()
        return scipy.sparse.coo_array((products, coords), (1, n + 2)).tocsr()

    return lambda: np.convolve(x, gains), pairs


JOBS = (
    add_20,
    multiply_10000,
    read,
    part,
    sum_axis,
    sum_20,
    view,
    reduce_all,
    construct,
    product,
    times_vector,
    largest,
    transposed_sum,
    rows_in_any_order,
    stencil_product,
    columns_product,
    window,
    merge_10000,
    top_of_rows,
    einsum,
    walsh,
    to_fourier,
    from_fourier,
    to_cosine,
    to_haar,
    put_off,
    expression,
    waves,
    gate,
    transformation,
    file,
    convolve,
    write_parts,
)


def ratio(job) -> float:
    """Our shortest time by the peer's."""
    timers = [Timer(call) for call in job(np.random.default_rng(SEED))]
    numbers = []
    for timer in timers:
        timer.timeit(3)
        numbers.append(max(1, math.ceil(BATCH_SECONDS / min(timer.repeat(5, 1)))))
    shortest = [math.inf, math.inf]
    for _ in range(ROUNDS):
        for i, (timer, number) in enumerate(zip(timers, numbers, strict=True)):
            shortest[i] = min(shortest[i], timer.timeit(number) / number)
    return shortest[0] / shortest[1]


def guarded(job, limit: float) -> float:
    """The ratio, of a few tries where it is over the limit."""
    found = ratio(job)
    for _ in range(AGAIN):
        if found <= limit:
            break
        found = min(found, ratio(job))
    return found


def update() -> None:
    limits = {}
    for job in JOBS:
        recorded = median(ratio(job) for _ in range(5))
        limits[job.__name__] = {
            "ratio": round(recorded, 3),
            "limit": round(MARGIN * recorded, 3),
        }
    LIMITS.write_text(json.dumps(limits, indent=1) + "\n", encoding="utf-8")


def check() -> bool:
    """Print a table; whether all jobs keep their limits."""
    limits = json.loads(LIMITS.read_text(encoding="utf-8"))
    begin, kept = perf_counter(), True
    print(f"{'job':16}{'ratio':>8}{'recorded':>10}{'limit':>8}")
    for job in JOBS:
        name = job.__name__
        if name not in limits:
            print(f"{name:16} has no limit: guard.py --update")
            kept = False
            continue
        limit = limits[name]["limit"]
        found = guarded(job, limit)
        mark = "" if found <= limit else "  SLOWER"
        kept &= found <= limit
        print(f"{name:16}{found:8.3f}{limits[name]['ratio']:10.3f}{limit:8.3f}{mark}", flush=True)
    print(f"our time by that of a peer; {perf_counter() - begin:.0f} s")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--update", action="store_true", help="write new limits")
    if parser.parse_args().update:
        update()
    return 0 if check() else 1


if __name__ == "__main__":
    sys.exit(main())
