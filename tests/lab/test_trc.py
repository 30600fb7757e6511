"""TRC files: recorded ones, and those that are no trial."""

import numpy as np
import pytest

import retrogait as rg
from retrogait.io.markers import write_markers
from tests.lab.test_c3d import recorded

SAID_MASS = {"gait2392": 72.6, "gait10dof18": 72.6}  # kg, of the models scaled to the person
SAME_MASS = 0.01  # of the mass; two or four steps are not a whole number of anything


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "trc", "xml"),
    [("gait2392", "subject01_walk1.trc", "subject01_walk1_grf.xml"),
     ("gait10dof18", "subject01_walk.trc", "subject01_walk_grf.xml")],
)  # fmt: skip
def test_a_recorded_walk_on_a_treadmill_is_understood(shared_data, folder, trc, xml):
    trial = rg.import_trc(shared_data / folder / trc, shared_data / folder / xml)
    assert (trial.direction, trial.treadmill, trial.axes) == ("forward", True, "level")
    assert 1.0 < trial.speed < 1.3
    assert trial.incline == pytest.approx(0.0, abs=0.1)
    np.testing.assert_array_equal(trial.turn, np.eye(3))
    assert trial.body_weight / 9.80665 == pytest.approx(SAID_MASS[folder], rel=SAME_MASS)
    assert not any("swapped" in text or "do not fit" in text for text in trial.findings)
    assert trial.events["right"].contact == pytest.approx([0.62, 1.85], abs=0.01)


@pytest.mark.shared
def test_a_recorded_walk_over_ground_is_understood(shared_data):
    folder = shared_data / "rajagopal_walk"
    trial = rg.import_trc(folder / "markers_walk.trc", folder / "grf_walk.xml", markers="Rajagopal2016")
    assert (trial.direction, trial.treadmill) == ("forward", False)
    assert trial.speed == pytest.approx(1.26, abs=0.02)  # m/s
    assert trial.incline == 0.0
    assert "RCAL" in trial.markers
    up = trial.on_foot("right").point[:, 1]
    assert np.nanmax(np.abs(up)) < 0.02  # m; the points far away, under no force, are gone


@pytest.mark.shared
def test_a_static_recording_gives_its_markers_and_needs_to_be_called_static(shared_data):
    path = shared_data / "gait2392" / "subject01_static.trc"
    trial = rg.import_trc(path, static=True, markers="gait2392")
    assert len(trial.markers) > 35
    assert np.isnan(trial.body_weight)
    with pytest.raises(rg.MotionError, match="pass static=True"):
        rg.import_trc(path)


def written(tmp_path, edit):
    lab = recorded()
    path = tmp_path / "walk.trc"
    write_markers(path, lab.markers, lab.time, lab.position, 100.0)
    path.write_text(edit(path.read_text()))
    return path


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text.replace("\tm\t", "\tmm\t", 1), "line 3: the unit is mm, so the markers span"),
        (lambda text: text.replace("100\t100", "250\t250", 1), "DataRate is 250 Hz, but the times are 100"),
        (lambda text: text[: len(text) // 2], "walk.trc"),
        (lambda text: "\n".join(text.split("\n")[:5]), "expected"),
        (lambda _: "", "is empty"),
        (lambda text: text.replace("RHEE", "LHEE"), "marker `LHEE` stands more than once"),
        (lambda text: text.replace("RHEE", "bob"), "no marker is known to be heel_r"),
    ],
)  # fmt: skip
def test_files_that_are_no_trial_are_refused_in_one_line(tmp_path, edit, message):
    path = written(tmp_path, edit)
    with pytest.raises(rg.GaitError) as caught:
        rg.import_trc(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_zeros_of_a_trc_are_hidden_markers(tmp_path):
    lab = recorded()
    position = lab.position.copy()
    position[7, 3] = 0.0
    path = tmp_path / "walk.trc"
    write_markers(path, lab.markers, lab.time, position, 100.0)
    trial = rg.import_trc(path)
    assert np.isnan(trial.position[7, 3]).all()
    assert np.count_nonzero(np.isnan(trial.position)) == 3
