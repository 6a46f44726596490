"""The table of what stays virtual in other libraries is what running the operations gives."""

import ecosystem_table
import pytest
import trials

#: What the table promises at least, of so many operations.
LEAST = {"xarray": 160, "dask.array": 100, "scikit-learn, array API dispatch": 55}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("trial", trials.TRIALS, ids=lambda trial: trial.library)
def test_lines_are_what_running_gives(trial):
    for package in trial.packages:
        pytest.importorskip(package)
    assert ecosystem_table.row(trial) == ecosystem_table.committed()[trial.library]


def test_all_libraries_have_a_line():
    lines = ecosystem_table.committed()
    assert list(lines) == [trial.library for trial in trials.TRIALS]
    for line in lines.values():
        assert int(line[1]) == sum(map(int, line[2:5]))
    for name, least in LEAST.items():
        assert int(lines[name][2]) + int(lines[name][3]) >= least
        assert int(lines[name][4]) == 0


@pytest.mark.filterwarnings("ignore")
def test_all_estimators_that_take_any_namespace_are_tried():
    sklearn = pytest.importorskip("sklearn.utils")
    from trials import of_array_api

    tried = {name.partition("(")[0] for name in of_array_api.CALLS}
    for name, kind in sklearn.all_estimators():
        try:
            tags = sklearn.get_tags(kind())
        except (AttributeError, TypeError):  # it takes another estimator
            continue
        assert name in tried or not tags.array_api_support
