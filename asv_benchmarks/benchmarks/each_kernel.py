"""Every kernel that has no benchmark of its own, on k plain numbers.

The peer is NumPy: the same work, or the nearest that it has, such as a Fourier transform beside
those of Haar and Walsh.
"""

import numpy as np
import scipy.sparse.linalg

from qvarray import kernels
from qvarray.sources.bitpacked import Bits

from .common import Measured, sorted_indices

#: Kernels with a benchmark of their own.
ELSEWHERE = {
    "circuit_run.run": "circuits.Suite",
    "gate_blocks.room": "circuits.Suite",
    "haar.haar": "kernels.HaarTransform",
    "merge_sorted.drop": "kernels.Drop",
    "merge_sorted.intersection": "kernels.Merge",
    "merge_sorted.spread": "kernels.Spread",
    "merge_sorted.union": "kernels.Merge",
    "rows_columns.column_counts": "kernels.Segments",
    "rows_columns.column_sums": "kernels.Segments",
    "rows_columns.row_sums": "kernels.Segments",
    "radix_sort.argsort": "kernels.Argsort",
    "walsh.walsh": "kernels.WalshTransform",
}

GROUP = 8
QUBITS = 40
HADAMARD = tuple(x / 2**0.5 for x in (1 + 0j, 1 + 0j, 1 + 0j, -1 + 0j))


def two_lists(rng, k):
    return [sorted_indices(rng, k, 4 * k) for _ in "ab"]


class OfNumbers:
    """A kernel's name with its module before it: what is called, by us and by NumPy."""

    def band_sums_products(self, rng, k):
        a, b = rng.standard_normal((2, k // 64 * 64))
        lines = kernels.band_sums.Lines(64, np.zeros(1, np.int64))
        none = np.zeros(0, np.int64)
        yield lambda: kernels.band_sums.products(a, b, 0.1, 0, lines, 64, none)
        rows = [x.reshape(-1, 64) for x in (a, b)]
        yield lambda: [np.einsum("ij,ij->j", x, y) for x in rows for y in rows]

    def bitpack_widths(self, rng, k):
        x = rng.integers(-100, 100, k).astype(np.int32)
        yield lambda: kernels.bitpack.widths(x, GROUP)
        yield lambda: np.frexp(np.abs(x.reshape(-1, GROUP)).max(1))[1] + 1

    def bitpack_pack(self, rng, k):
        x = rng.integers(-100, 100, k).astype(np.int32)
        widths = kernels.bitpack.widths(x, GROUP)
        yield lambda: kernels.bitpack.pack(x, GROUP, widths)
        yield lambda: x.astype(np.int8)

    def bitpack_pack_some(self, rng, k):
        places = rng.choice(16 * k, k, replace=False)
        x = rng.integers(-100, 100, k).astype(np.int32)
        yield lambda: kernels.bitpack.pack_some(places, x, 16 * k, GROUP)

        def scattered():
            out = np.zeros(16 * k, np.int8)
            out[places] = x
            return out

        yield scattered

    def bitpack_unpack(self, rng, k):
        x = rng.integers(-100, 100, k).astype(np.int32)
        groups = Bits.of(x, (GROUP,)).groups
        yield lambda: kernels.bitpack.unpack(groups, 0, 0, k)
        small = x.astype(np.int8)
        yield lambda: small.astype(np.int32)

    def elimination_factor_size(self, rng, k):
        # A matrix of three diagonals.
        a = scipy.sparse.diags_array(
            [1.0, 4.0, 1.0], offsets=[-1, 0, 1], shape=(k, k), format="csr"
        )
        yield lambda: kernels.elimination.factor_size(a.indptr, a.indices, 4 * k)
        columns = a.tocsc()
        yield lambda: scipy.sparse.linalg.splu(columns, permc_spec="NATURAL")

    def code_length_about(self, rng, k):
        x = rng.standard_normal(k)
        yield lambda: kernels.code_length.about(x, 0.1)
        yield lambda: np.log2(1.0 + np.abs(x) / 0.1).sum()

    def code_length_code_length(self, rng, k):
        x, room = rng.standard_normal(k // 64 * 64), 1e-3 * k
        bands = np.arange(64) // 8
        yield lambda: kernels.code_length.code_length(x, 64, bands, room, 0.1, 0.6)
        levels = np.abs(np.rint(x / 0.1)).astype(np.int64).reshape(-1, 64)
        yield lambda: [np.bincount(levels[:, bands == band].reshape(-1)) for band in range(8)]

    def rounding_lost(self, rng, k):
        x = rng.standard_normal(k)
        yield lambda: kernels.rounding.lost(x, 0.1, 0.06)
        yield lambda: np.square(x - np.rint(x / 0.1) * 0.1).sum()

    def rounding_rounded(self, rng, k):
        x = rng.standard_normal(k)
        yield lambda: kernels.rounding.rounded(x, 0.1, 0.06)
        yield lambda: np.rint(x / 0.1).astype(np.int32)

    def haar_inverse_haar(self, rng, k):
        x = rng.standard_normal(1 << k.bit_length())
        yield lambda: kernels.haar.inverse_haar(x, 0)
        yield lambda: np.fft.rfft(x)

    def dyadic_elements_parity_signs(self, rng, k):
        x = rng.integers(0, 2**40, k)
        yield lambda: kernels.dyadic_elements.parity_signs(12345678901, x)
        yield lambda: 1.0 - 2.0 * (np.bitwise_count(x & 12345678901) & 1)

    def dyadic_elements_walsh_elements(self, rng, k):
        p, x = rng.integers(0, 2**40, (2, k))
        p = p[:8]
        yield lambda: kernels.dyadic_elements.walsh_elements(2**40, p, x)
        yield lambda: (1.0 - 2.0 * (np.bitwise_count(x & p[:, None]) & 1)) * 2.0**-20

    def dyadic_elements_haar_elements(self, rng, k):
        p, x = rng.integers(0, 2**40, (2, k))
        p = p[:8]
        yield lambda: kernels.dyadic_elements.haar_elements(2**40, p, x)

        def haar():
            level = np.frexp(x.astype(float))[1] - 1
            offset = p[:, None] * np.ldexp(2.0**-40, level) - (x - np.ldexp(1.0, level))
            sign = np.where(offset < 0.5, 1.0, -1.0) * ((offset >= 0) & (offset < 1))
            return sign * np.sqrt(np.ldexp(2.0**-40, level))

        yield haar

    def trigonometric_fourier_elements(self, rng, k):
        p, x = rng.integers(0, 2**40, (2, k))
        p, n = p[:8], 2**40
        yield lambda: kernels.trigonometric.fourier_elements(n, p, x, 1)
        yield lambda: np.exp(2j * np.pi / n * (p[:, None] * x % n)) * 2.0**-20

    def trigonometric_cosine_elements(self, rng, k):
        p, x = rng.integers(0, 2**40, (2, k))
        p, n = p[:8], 2**40
        yield lambda: kernels.trigonometric.cosine_elements(n, p, x)
        yield lambda: np.cos(np.pi / (2 * n) * ((2 * p[:, None] + 1) * x % (4 * n))) * 2.0**-19.5

    def trigonometric_add_waves(self, rng, k):
        folded, values = rng.integers(0, 2**13, k), rng.standard_normal(k) + 0j
        turns, out = np.exp(1j * values.real), np.zeros((2**13, 16), complex)
        powers = turns[:, None] ** np.arange(16)
        yield lambda: kernels.trigonometric.add_waves(folded, values, turns, out, False)
        yield lambda: np.add.at(out, folded, values[:, None] * powers)

    def amplitudes(self, rng, k):
        values = rng.standard_normal((2, k))
        return sorted_indices(rng, k, 2**QUBITS), values[0] + 1j * values[1]

    def affine_maps_mapped(self, rng, k):
        indices, values = self.amplitudes(rng, k)
        columns = np.int64(1) << np.arange(QUBITS)
        columns[7] |= columns[31]
        none = np.zeros(QUBITS, np.int64)
        factors = np.zeros(0, complex)
        yield lambda: kernels.affine_maps.mapped(
            indices, values, columns, 0, none, none, [], factors
        )

        def moved():
            to = indices ^ ((indices >> 7 & 1) << 31)
            order = np.argsort(to)
            return to[order], values[order]

        yield moved

    def xor_maps_flipped(self, rng, k):
        indices, values = self.amplitudes(rng, k)
        yield lambda: kernels.xor_maps.flipped(indices, values, 20, 1 << 20)

        def flipped():
            to = indices ^ (1 << 20)
            order = np.argsort(to)
            return to[order], values[order]

        yield flipped

    def affine_maps_turn(self, rng, k):
        indices, values = self.amplitudes(rng, k)
        bits, factor = 1 << 20 | 1 << 7, np.exp(0.25j * np.pi)
        yield lambda: kernels.affine_maps.turn(indices, values, bits, bits, 0, 1, factor)
        yield lambda: np.where(indices & bits == bits, values * factor, values)

    def pair_matrix_mixed(self, rng, k):
        indices, values = self.amplitudes(rng, k)
        yield lambda: kernels.pair_matrix.mixed(indices, values, 20, HADAMARD)

        def mixed():
            base = indices & ~(1 << 20)
            places, which = np.unique(base, return_inverse=True)
            out = np.zeros((2, places.size), complex)
            sign = np.where(indices >> 20 & 1, -1.0, 1.0)
            np.add.at(out[0], which, values * HADAMARD[0])
            np.add.at(out[1], which, values * sign * HADAMARD[0])
            return places, out

        yield mixed

    def affine_maps_pairs(self, rng, k):
        indices = sorted_indices(rng, k, 4 * k)
        yield lambda: kernels.affine_maps.pairs(indices, 5)
        yield lambda: np.isin(indices, indices ^ 32).sum() // 2

    def affine_maps_span(self, rng, k):
        indices = sorted_indices(rng, k, 2**QUBITS)
        yield lambda: kernels.affine_maps.span(indices)

    def affine_maps_rotate_dense(self, rng, k):
        x = rng.standard_normal(1 << k.bit_length()) + 0j
        yield lambda: kernels.affine_maps.rotate_dense(x, 5, HADAMARD)
        matrix = np.array(HADAMARD).reshape(2, 2)
        yield lambda: np.einsum("ij,ajb->aib", matrix, x.reshape(-1, 2, 32))

    def matrix(self, rng, k):
        """A square matrix of k entries, and how many rows it has."""
        n = k
        return sorted_indices(rng, k, n * n), rng.standard_normal(k), n

    def dense_lines_is_finite(self, rng, k):
        x = rng.standard_normal(k)
        yield lambda: kernels.dense_lines.is_finite(x)
        yield lambda: np.isfinite(x).all()

    def row_pointer_row_lists(self, rng, k):
        a, _, n = self.matrix(rng, k)
        columns = np.empty(k, np.int64)
        yield lambda: kernels.row_pointer.row_lists(a, n, columns)
        yield lambda: (np.unique(a // n, return_index=True), np.remainder(a, n, out=columns))

    def row_pointer_row_starts(self, rng, k):
        a, _, n = self.matrix(rng, k)
        yield lambda: kernels.row_pointer.row_starts(a, n, n)
        rows = np.arange(n + 1) * n
        yield lambda: a.searchsorted(rows)

    def row_pointer_csr(self, rng, k):
        a, _, n = self.matrix(rng, k)
        yield lambda: kernels.row_pointer.csr(a, n, n, np.int32)

    def row_pointer_gathered(self, rng, k):
        a, values, n = self.matrix(rng, k)
        starts, rows = kernels.row_pointer.row_starts(a, n, n), rng.permutation(n)
        bounds = starts[rows], starts[rows + 1]
        yield lambda: kernels.row_pointer.gathered(a, values, bounds, rows, n, a.dtype)

    def row_pointer_looked_up(self, rng, k):
        a, _, n = self.matrix(rng, k)
        starts, wanted = kernels.row_pointer.row_starts(a, n, n), rng.integers(0, n * n, k)
        yield lambda: kernels.row_pointer.looked_up(a, starts, wanted, n)
        yield lambda: a.searchsorted(wanted)

    def sparse_matmul_plan(self, rng, k):
        a, _, n = self.matrix(rng, k)
        yield lambda: kernels.sparse_matmul.plan(a, a, 1, n, n, n)

    def sparse_matmul_count(self, rng, k):
        a, _, n = self.matrix(rng, k)
        plan = kernels.sparse_matmul.plan(a, a, 1, n, n, n)
        yield lambda: kernels.sparse_matmul.count(plan)

    def sparse_matmul_sparse_sparse(self, rng, k):
        a, values, n = self.matrix(rng, k)
        plan = kernels.sparse_matmul.plan(a, a, 1, n, n, n)
        most = kernels.sparse_matmul.count(plan)
        yield lambda: kernels.sparse_matmul.sparse_sparse(plan, values, values, a.dtype, most)

    def dense_lines_sparse_vector(self, rng, k):
        a, values, n = self.matrix(rng, k)
        x = rng.standard_normal(n)
        yield lambda: kernels.dense_lines.sparse_vector(a, values, n, x)
        yield lambda: np.bincount(a // n, values * x[a % n], n)

    def dense_lines_vector_sparse(self, rng, k):
        a, values, n = self.matrix(rng, k)
        x = rng.standard_normal(n)
        yield lambda: kernels.dense_lines.vector_sparse(x, a, values, n)
        yield lambda: np.bincount(a % n, values * x[a // n], n)

    def dense_lines_sparse_columns(self, rng, k):
        a, values, n = self.matrix(rng, k)
        x = rng.standard_normal((n, 4))
        yield lambda: kernels.dense_lines.sparse_columns(x, a, values, n)

    def sparse_matmul_sparse_dense(self, rng, k):
        a, values, n = self.matrix(rng, k)
        x = rng.standard_normal((n, 4))
        yield lambda: kernels.sparse_matmul.sparse_dense(a, values, n, n, x)

    def sparse_matmul_dense_sparse(self, rng, k):
        a, values, n = self.matrix(rng, k)
        x = rng.standard_normal((4, n))
        yield lambda: kernels.sparse_matmul.dense_sparse(x, 4, n, n, a, values)

    def merge_sorted_is_carried(self, rng, k):
        dtype = np.dtype(complex)
        yield lambda: kernels.merge_sorted.is_carried(dtype)

    def merge_sorted_carried(self, rng, k):
        x = rng.standard_normal(2 * k)[::2]
        yield lambda: kernels.merge_sorted.carried(x)
        yield lambda: x.copy()

    def merge_sorted_cut(self, rng, k):
        a, b = two_lists(rng, k)
        yield lambda: kernels.merge_sorted.cut(a, b, 0, 0, k)
        yield lambda: (a.searchsorted(b[k // 2]), b.searchsorted(a[k // 2]))

    def merge_sorted_spread_into(self, rng, k):
        (a, b), (va, vb) = two_lists(rng, k), rng.standard_normal((2, k))
        va, vb = kernels.merge_sorted.carried(va), kernels.merge_sorted.carried(vb)
        merged = np.empty(2 * k, a.dtype)
        out = np.zeros((2, 2 * k + 1), va.dtype)
        yield lambda: kernels.merge_sorted.spread_into(a, va, b, vb, merged, out[0], out[1])

        def spread():
            merged = np.union1d(a, b)
            out[0][merged.searchsorted(a)] = va
            out[1][merged.searchsorted(b)] = vb

        yield spread

    def merge_sorted_drop_in_place(self, rng, k):
        indices, values = sorted_indices(rng, k, 4 * k), rng.standard_normal(k)
        values[::2] = 0
        spare = indices.copy(), values.copy()

        def dropped():
            np.copyto(spare[0], indices)
            np.copyto(spare[1], values)
            return kernels.merge_sorted.drop_in_place(*spare, 0.0)

        yield dropped

        def kept():
            keep = values != 0
            return indices[keep], values[keep]

        yield kept

    def rows_columns_row_pieces(self, rng, k):
        indices, _, n = self.matrix(rng, k)
        yield lambda: kernels.rows_columns.row_pieces(indices, n, 0)

    def rows_columns_restricted(self, rng, k):
        indices, _, n = self.matrix(rng, k)
        parts = [range(0, n, 3), range(n - 1, -1, -2)]
        dtype = np.dtype(np.int64)
        yield lambda: kernels.rows_columns.restricted(indices, (n, n), parts, dtype)

        def restricted():
            rows, columns = np.divmod(indices, n)
            places = np.flatnonzero((rows % 3 == 0) & ((n - 1 - columns) % 2 == 0))
            width = (n + 1) // 2
            to = rows[places] // 3 * width + (n - 1 - columns[places]) // 2
            order = np.argsort(to)
            return to[order], places[order]

        yield restricted

    def radix_sort_sorted_order(self, rng, k):
        keys = rng.integers(0, 2**40, k)
        yield lambda: kernels.radix_sort.sorted_order(keys)

        def ordered():
            order = np.argsort(keys)
            return keys[order], order

        yield ordered

    def radix_sort_linearised(self, rng, k):
        coords = rng.integers(0, 2**15, (2, k))
        yield lambda: kernels.radix_sort.linearised(coords, (2**15, 2**15))
        yield lambda: np.ravel_multi_index(coords, (2**15, 2**15))

    def radix_sort_run_starts(self, rng, k):
        keys = np.sort(rng.integers(0, k, k))
        yield lambda: kernels.radix_sort.run_starts(keys)
        yield lambda: np.unique(keys, return_index=True)[1]

    def threads_cores(self, rng, k):
        yield lambda: kernels.threads.cores()

    def threads_workers(self, rng, k):
        yield lambda: kernels.threads.workers()

    def threads_workers_for(self, rng, k):
        yield lambda: kernels.threads.workers_for(k, 1 << 16)

    def threads_close_gaps(self, rng, k):
        whole = rng.standard_normal(2 * k)

        def parts():
            x = whole.copy()
            kernels.threads.close_gaps([0, k], [k // 2, k // 2], x)
            return x

        yield parts
        yield lambda: np.concatenate([whole[: k // 2], whole[k : k + k // 2]])

    def threads_split(self, rng, k):
        yield lambda: kernels.threads.split(k, 4)

    def threads_run(self, rng, k):
        x, out = rng.standard_normal(k), np.empty(k)

        def piece(low, high):
            np.sqrt(np.abs(x[low:high], out=out[low:high]), out=out[low:high])

        yield lambda: kernels.threads.run(piece, [(0, k // 2), (k // 2, k)])
        yield lambda: piece(0, k)


#: The method of `OfNumbers` by the name of its kernel. No module's name begins with another's.
METHODS = {
    f"{module}.{name.removeprefix(module + '_')}": name
    for name in vars(OfNumbers)
    for module in kernels.__all__
    if name.startswith(module + "_")
}
KERNELS = tuple(METHODS)


class Kernel(Measured):
    """One call; where NumPy has nothing like it there is no peer."""

    param_names = ("subject", "kernel", "k")
    params = (("qvarray", "numpy"), KERNELS, (10**4, 10**6))

    def calls(self, kernel, k):
        return list(getattr(OfNumbers(), METHODS[kernel])(self.rng, k))

    def qvarray(self, kernel, k):
        return self.calls(kernel, k)[0]

    def numpy(self, kernel, k):
        calls = self.calls(kernel, k)
        if len(calls) == 1:
            raise NotImplementedError
        return calls[1]
