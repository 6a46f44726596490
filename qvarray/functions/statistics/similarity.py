"""How alike two arrays are, in one number."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...accuracy.recording import Call, error_bound, of_statistic, recorded, records
from ...array.virtual_array import VirtualQArray
from ...core.error_bound import Uncertainty
from ...sources.packed_distance import estimated_distance
from ..common import Operand, array_of


def _pair(x: Operand, y: Operand) -> tuple[VirtualQArray, VirtualQArray]:
    first, second = array_of(x), array_of(y)
    if first.shape != second.shape:
        raise ValueError(f"arrays of one shape are compared, got {first.shape} and {second.shape}")
    return first, second


def cosine_similarity(x: Operand, y: Operand) -> Any:
    """Return the cosine of the angle between two arrays.

    Parameters
    ----------
    x, y : array_like
        Of one shape, floating, complex or integer.

    Returns
    -------
    NumPy scalar
        ``vdot(x, y) / (norm(x) * norm(y))``; NaN where one of them is all zeros.

    Raises
    ------
    ValueError
        For arrays of different shapes.

    Notes
    -----
    O(kx + ky) for arrays in the same bases, by Parseval.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([3.0, 4.0], [0, 5], 2**40, basis="walsh")
    >>> y = qv.from_eigenvalues([3.0], [0], 2**40, basis="walsh")
    >>> qv.cosine_similarity(x, y)
    np.float64(0.6)
    """
    return recorded(cosine_similarity, _cosine, _pair(x, y), {})


class DistanceEstimate(NamedTuple):
    """The distance of two arrays, as it is estimated, and the interval that it is likely to be in.

    Attributes
    ----------
    distance : float
    low, high : float
        Three standard deviations from that, or nearer where the error bounds say so.
    """

    distance: float
    low: float
    high: float


def estimate_distance(x: Operand, y: Operand) -> DistanceEstimate:
    """Estimate the L2 distance of what two encoded arrays stand for.

    Parameters
    ----------
    x, y : array_like
        Of one shape.

    Returns
    -------
    DistanceEstimate
        ``distance``, ``low`` and ``high``, which are floats.

    Raises
    ------
    ValueError
        For arrays of different shapes.

    Notes
    -----
    ``np.linalg.norm(x - y)`` is the distance of the arrays as they are stored. Of two similar
    fields it is too large where what they differ by is smaller than the steps that they are
    quantised in. Here the energy of the differences is estimated, in each band of frequencies, as
    the one that makes the stored integers likeliest. That is a statistic and no bound: in a few
    cases of a hundred the distance is outside of the interval. Where arrays are not quantised in
    the same bases, what is returned is the distance as stored, with the error bound. O(N), without
    decoding.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> t = np.linspace(0, 9, 4096)
    >>> x = 5 + np.sin(t) + np.random.default_rng(0).normal(0, 0.1, t.size)
    >>> y = x + 0.02 * np.random.default_rng(1).normal(size=t.size)
    >>> a, b = (qv.encode(z, "blocked(cosine, 16)", tol=1e-2) for z in (x, y))
    >>> distance, low, high = qv.estimate_distance(a, b)
    >>> bool(low <= np.linalg.norm(x - y) <= high)
    True
    """
    first, second = _pair(x, y)
    difference = array_of(np.subtract(first, second))
    stored, off = float(np.linalg.norm(difference)), error_bound(difference)
    low, high = max(stored - off, 0.0), stored + off
    found = estimated_distance(difference.source)
    if found is None:
        return DistanceEstimate(stored, low, high)
    distance, deviation = found
    distance = min(max(distance, low), high)
    low, high = max(low, distance - 3.0 * deviation), min(high, distance + 3.0 * deviation)
    return DistanceEstimate(distance, low, high)


def _cosine(x: VirtualQArray, y: VirtualQArray) -> Any:
    product = np.vdot(x, y)
    return np.divide(product, np.linalg.vector_norm(x) * np.linalg.vector_norm(y))


def _known_cosine(call: Call) -> Uncertainty | None:
    return of_statistic(call, "cosine", 1.0, call.argument(1, "y"))


records(cosine_similarity, lambda _: 2.0, _known_cosine)


def _covariance(x_array: VirtualQArray, y_array: VirtualQArray) -> Any:
    a, b = x_array.source.express().stored, y_array.source.express().stored
    centred_x: Any = np.subtract(x_array, np.mean(x_array))
    # Sums of distances from a mean are 0, so that one of the two means is enough, if not as exact.
    alike = a is not None and b is not None and a.bases == b.bases
    centred_y: Any = np.subtract(y_array, np.mean(y_array)) if alike else y_array
    return np.vdot(centred_x, centred_y) / x_array.size


def structural_similarity(
    x: Operand, y: Operand, data_range: float, *, k1: float = 0.01, k2: float = 0.03
) -> Any:
    r"""Return the structural similarity (SSIM) of two arrays as wholes.

    Parameters
    ----------
    x, y : array_like
        Of one shape, of real numbers.
    data_range : float
        The largest value that elements may have, less the smallest.
    k1, k2 : float
        They keep the quotients finite.

    Returns
    -------
    NumPy scalar
        1 for equal arrays, less for others.

    Raises
    ------
    ValueError
        For arrays of different shapes, and without elements.
    TypeError
        For complex arrays.

    Notes
    -----
    With means :math:`\mu`, variances :math:`\sigma^2` and the covariance :math:`\sigma_{xy}` of
    all elements, :math:`C_1 = (k_1 L)^2`, :math:`C_2 = (k_2 L)^2` and the range :math:`L`,

    .. math::

        \frac{(2 \mu_x \mu_y + C_1)(2 \sigma_{xy} + C_2)}
        {(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)}

    (Wang, Bovik, Sheikh & Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", IEEE Trans. Image Process. 13 (2004); on coefficients: Agarwal et al.,
    "What Operations can be Performed Directly on Compressed Arrays, and with What Error?", SC-W
    2023.) O(kx + ky) for arrays in the same bases, by Parseval.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([2.0**20, 2.0**19], [0, 5], 2**40, basis="walsh")
    >>> float(round(qv.structural_similarity(x, 0.9 * x, data_range=2.0), 3))
    0.989
    """
    x_array, y_array = _pair(x, y)
    if "c" in (x_array.dtype.kind, y_array.dtype.kind):
        raise TypeError("the structural similarity is one of real arrays")
    if not x_array.size:
        raise ValueError("arrays without elements have no structural similarity")
    c1, c2 = (k1 * data_range) ** 2, (k2 * data_range) ** 2
    mean_x, mean_y = np.mean(x_array), np.mean(y_array)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * _covariance(x_array, y_array) + c2) / (np.var(x_array) + np.var(y_array) + c2)
    return luminance * structure
