"""Numbers of parts that no memory holds."""

import numpy as np
import pytest

import qvarray as qv


@pytest.mark.parametrize("function", [np.array_split, np.split])
@pytest.mark.parametrize("count", [10**12, 10**30])
def test_more_parts_than_memory_holds(function, count):
    x = qv.from_coordinates([], [], 0)
    with pytest.raises(qv.MaterializationError, match="fewer parts"):
        function(x, count)
    assert len(function(x, 5)) == 5
