"""What is written is what this package and OpenSim read."""

from dataclasses import replace

import numpy as np
import pytest

import retrogait as rg
from retrogait.io.loads import read_external_loads
from retrogait.io.markers import read_markers
from tests.lab.synthetic import write_c3d
from tests.lab.test_c3d import recorded

EXACT = 1e-12  # m, N, N m; numbers are written whole


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    lab = recorded(treadmill=True)
    position = lab.position.copy()
    position[5:9, 2] = np.nan
    return rg.import_c3d(
        write_c3d(tmp_path_factory.mktemp("c3d") / "walk.c3d", replace(lab, position=position))
    )


def test_markers_and_forces_read_back_are_the_trial(tmp_path, trial):
    trc, table, setup = trial.write(tmp_path / "new" / "folder", bodies=("foot_r", "foot_l"))
    assert [path.name for path in (trc, table, setup)] == ["walk.trc", "walk_grf.mot", "walk_grf.xml"]
    markers = read_markers(trc)
    assert markers.labels == trial.markers
    assert (markers.unit, markers.data_rate) == ("m", trial.rate)
    np.testing.assert_array_equal(markers.position, trial.position)
    np.testing.assert_array_equal(markers.time, trial.time)
    loads = read_external_loads(setup)
    assert loads.body == ("foot_r", "foot_l")
    for column, side in enumerate(("right", "left")):
        foot = trial.on_foot(side)
        down = ~np.isnan(foot.point[:, 0])
        np.testing.assert_allclose(loads.force[:, column], foot.force, atol=EXACT)
        np.testing.assert_allclose(loads.torque[:, column], foot.torque, atol=EXACT)
        np.testing.assert_allclose(loads.point[down, column], foot.point[down], atol=EXACT)
        assert (
            np.abs(np.diff(loads.point[:, column, 0])).max() < 1.0
        )  # m; held in the air, never at the origin


def test_written_files_imported_again_are_the_same_walk(tmp_path, trial):
    trc, _, setup = trial.write(tmp_path)
    again = rg.import_trc(trc, setup)
    np.testing.assert_allclose(again.position, trial.position, atol=EXACT)
    assert (again.direction, again.treadmill) == (trial.direction, trial.treadmill)
    assert again.speed == pytest.approx(trial.speed, rel=1e-9)
    assert again.body_weight == pytest.approx(trial.body_weight, rel=1e-9)
    for side in ("right", "left"):
        np.testing.assert_allclose(again.on_foot(side).force, trial.on_foot(side).force, atol=EXACT)
        np.testing.assert_allclose(again.events[side].contact, trial.events[side].contact, atol=1e-9)


def test_loads_on_the_wrong_feet_are_noticed(tmp_path, trial):
    trc, _, setup = trial.write(tmp_path, bodies=("calcn_l", "calcn_r"))
    swapped = rg.import_trc(trc, setup)
    assert any("are two plates swapped?" in text for text in swapped.findings)


def test_loads_on_a_body_of_neither_side_are_refused(tmp_path, trial):
    trc, _, setup = trial.write(tmp_path, bodies=("left", "right"))
    with pytest.raises(
        rg.MotionError, match=r"acts on `left`, expected the body of a foot that ends in _r or _l"
    ):
        rg.import_trc(trc, setup)


def test_a_trial_without_plates_writes_markers_alone(tmp_path, trial):
    bare = replace(trial, stances=(), plates=(), force=trial.force[:, :0])
    assert [path.name for path in bare.write(tmp_path)] == ["walk.trc"]


@pytest.mark.opensim
def test_opensim_reads_the_files(tmp_path, trial):
    import opensim  # noqa: PLC0415 - slow

    trc, table, setup = trial.write(tmp_path)
    markers = opensim.TimeSeriesTableVec3(str(trc))
    assert markers.getNumRows() == trial.time.size
    assert tuple(markers.getColumnLabels()) == trial.markers
    row = markers.getRowAtIndex(20)
    scale = {"m": 1.0, "mm": 1e-3}[markers.getTableMetaDataString("Units")]
    found = scale * np.array(
        [[row.getElt(0, k)[axis] for axis in range(3)] for k in range(len(trial.markers))]
    )
    np.testing.assert_allclose(found, trial.position[20], atol=1e-9)
    assert np.isnan(markers.getRowAtIndex(6).getElt(0, 2)[0])
    forces = opensim.TimeSeriesTable(str(table))
    column = forces.getDependentColumn("ground_force_l_vy").to_numpy()
    np.testing.assert_allclose(column, trial.on_foot("left").force[:, 1], atol=1e-9)
    loads = opensim.ExternalLoads(str(setup), True)
    assert [loads.get(k).get_applied_to_body() for k in range(loads.getSize())] == ["calcn_r", "calcn_l"]
