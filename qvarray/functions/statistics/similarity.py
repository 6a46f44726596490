"""How alike two arrays are, in one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ..common import Operand, array_of

__all__ = ["cosine_similarity", "structural_similarity"]


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
    first, second = _pair(x, y)
    product = np.vdot(first, second)
    return np.divide(product, np.linalg.vector_norm(first) * np.linalg.vector_norm(second))


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
