"""Feet on plates: which one, both, or none."""

import re
from dataclasses import replace

import numpy as np
import pytest

import retrogait as rg
from tests.lab.synthetic import rectangle, walk, write_c3d
from tests.lab.test_c3d import PLACE, assert_same, recorded


def one_plate(lab, columns, corners):
    """The same walk with some of its plates replaced by a single one that feels all of them."""
    plates = [lab.plates[k] for k in columns]
    force = sum(force for _, force, _, _ in plates)
    up = force[:, 1]
    level = [np.nan_to_num(point) * push[:, 1:2] for _, push, point, _ in plates]
    point = np.full(force.shape, np.nan)
    point[up > 0.0] = (sum(level) / np.where(up > 0.0, up, 1.0)[:, None])[up > 0.0]
    moment = sum(
        twist + np.cross(np.nan_to_num(there) - np.nan_to_num(point), push)
        for _, push, there, twist in plates
    )
    twist = np.where((up > 0.0)[:, None], moment * [0.0, 1.0, 0.0], 0.0)
    rest = [plate for k, plate in enumerate(lab.plates) if k not in columns]
    return replace(lab, plates=[(corners, force, point, twist), *rest])


def test_both_feet_on_one_plate_are_refused_with_times_and_a_window_without(tmp_path):
    lab = recorded(strides=3)
    order = np.argsort([np.flatnonzero(force[:, 1] > 0.0)[0] for _, force, _, _ in lab.plates])
    first, second = order[2], order[3]
    x = [np.nanmean(lab.plates[k][2][:, 0]) for k in (first, second)]
    wide = one_plate(lab, (first, second), rectangle((min(x) - 0.5, max(x) + 0.5), (-0.4, 0.4)))
    path = write_c3d(tmp_path / "walk.c3d", wide)
    with pytest.raises(
        rg.MotionError, match=r"both feet stand on plate 1 from \d\.\d\d to \d\.\d\d s"
    ) as refusal:
        rg.import_c3d(path)
    text = str(refusal.value)
    assert "\n" not in text
    down = lab.rows[wide.plates[0][1][:, 1] > 0.0]
    begin, finish = map(float, re.search(r"from ([\d.]+) to ([\d.]+) s", text).groups())
    assert (begin, finish) == pytest.approx((down[0], down[-1]), abs=0.01)
    start, end = map(float, re.search(r"use start=([\d.]+), end=([\d.]+)", text).groups())
    trial = rg.import_c3d(path, start=start, end=end)
    assert (trial.time[0], trial.time[-1]) == pytest.approx((start, end), abs=0.01)
    assert not any(stance.plate == 1 for stance in trial.stances)
    assert end <= begin or start >= finish


def test_a_treadmill_of_one_belt_leaves_no_window(tmp_path):
    lab = recorded(treadmill=True)
    path = write_c3d(tmp_path / "walk.c3d", one_plate(lab, (0, 1), rectangle((-0.9, 0.9), (-0.5, 0.5))))
    with pytest.raises(rg.MotionError, match=r"both feet stand on plate 1 .* no window without that is left"):
        rg.import_c3d(path)


def test_swapped_plates_are_noticed_because_no_foot_is_there(tmp_path):
    lab = recorded()
    _, force, point, twist = lab.plates[0]
    there = lab.plates[-1][0]
    moved = point + there.mean(axis=0) - lab.plates[0][0].mean(axis=0)
    wrong = replace(lab, plates=[(there, force, moved, twist), *lab.plates[1:-1]])
    path = write_c3d(tmp_path / "walk.c3d", wrong)
    with pytest.raises(
        rg.MotionError, match=r"plate 1 is pushed from .* m from the nearest foot.*ignore_plates=\[1\]"
    ):
        rg.import_c3d(path)
    trial = rg.import_c3d(path, ignore_plates=[1])
    assert trial.plates == tuple(range(2, len(wrong.plates) + 1))


def test_a_foot_on_two_plates_gets_the_wrench_of_both(tmp_path):
    lab = recorded()
    corners, force, point, twist = lab.plates[0]
    shares = 0.3, 0.7
    halves = [
        (corners, share * force, point + np.array([0.0, 0.0, dz]), share * twist)
        for share, dz in ((0.3, 0.014), (0.7, -0.006))
    ]
    path = write_c3d(tmp_path / "walk.c3d", replace(lab, plates=[*halves, *lab.plates[1:]]))
    trial = rg.import_c3d(path)
    whole = rg.import_c3d(write_c3d(tmp_path / "whole.c3d", lab))
    ours, theirs = trial.on_foot("right"), whole.on_foot("right")
    assert sum(shares) == pytest.approx(1.0)
    down = (force[:, 1] > 100.0) & (np.abs(trial.force[:, 0, 1]) > 0.0)
    np.testing.assert_allclose(ours.force[down], theirs.force[down], atol=1e-3)  # N
    np.testing.assert_allclose(ours.point[down], theirs.point[down], atol=10.0 * PLACE)
    np.testing.assert_allclose(ours.torque[down], theirs.torque[down], atol=1e-2)  # N m; of some 3 N m


def test_a_marker_that_is_hidden_for_a_while_stays_hidden_and_disturbs_nothing(tmp_path):
    lab = recorded()
    position = lab.position.copy()
    position[30:45, lab.markers.index("RHEE")] = np.nan
    position[100:104, lab.markers.index("RASI")] = np.nan
    hidden = replace(lab, position=position)
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", hidden))
    assert_same(trial, hidden)
    assert (trial.direction, trial.treadmill) == ("forward", False)


def test_markers_at_zero_are_hidden_not_at_zero(tmp_path):
    lab = recorded()

    def zero(c3d):
        c3d["data"]["points"][:3, lab.markers.index("RSHO"), 10:20] = 0.0

    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab, edit=zero))
    assert np.isnan(trial.position[10:20, lab.markers.index("RSHO")]).all()
    assert any("exactly 0, 0, 0 are taken as hidden: RSHO (10 frames)" in text for text in trial.findings)


def test_without_plates_everything_but_forces_is_found(tmp_path):
    lab = replace(walk("retro_1.0_0"), plates=[])
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", lab))
    assert (trial.direction, trial.plates, trial.stances) == ("retro", (), ())
    assert np.isnan(trial.body_weight)
    assert "contacts and toe-offs are those of the markers" in trial.findings
    contacts = np.sort(np.concatenate([one.contact for one in trial.events.values()]))
    truth = rg.import_c3d(write_c3d(tmp_path / "plates.c3d", recorded("retro_1.0_0")))
    true = np.sort(np.concatenate([one.contact for one in truth.events.values()]))
    near = [np.abs(true - contact).min() for contact in contacts]
    assert np.median(near) < 0.08  # s; the feet turn round on their way before and after they touch


@pytest.mark.parametrize(("kept", "known"), [(4, True), (3, True), (2, False)])
def test_a_few_plates_tell_the_weight_if_a_step_is_complete_on_them(tmp_path, kept, known):
    lab = recorded()
    order = np.argsort([np.flatnonzero(force[:, 1] > 0.0)[0] for _, force, _, _ in lab.plates])
    few = replace(lab, plates=[lab.plates[k] for k in order[2 : 2 + kept]])
    trial = rg.import_c3d(write_c3d(tmp_path / "walk.c3d", few))
    assert len(trial.stances) == kept
    assert (trial.direction, trial.treadmill) == ("forward", False)
    if known:
        assert trial.body_weight == pytest.approx(lab.weight, rel=0.02)  # one step: right and left differ
    else:
        assert np.isnan(trial.body_weight)
        assert any("no stride is complete on the plates" in text for text in trial.findings)
