"""The law that the audit rests on, its records, its command, and what it says of recorded trials."""

import argparse
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait.audit import load_paths
from retrogait.audit.api import audit
from retrogait.audit.finding import Finding, Severity, by_severity, counted, spoils_a_load
from retrogait.audit.jumps import find_jumps
from retrogait.audit.routes import check_load_paths
from retrogait.audit.survey import coupled, survey_range
from retrogait.audit.work import find_gaps
from retrogait.commands import audit as command
from retrogait.errors import ConfigError
from retrogait.gait import load_trial
from retrogait.kernels.model import Point
from retrogait.osim import load_model
from tests.audit import small
from tests.bodies import Muscle, PathPoint, law, planar_leg
from tests.builders import legs, write
from tests.trials import write_trial

WINDOWS = {"subject01_walk1_ik.mot": (0.5, 2.0), "coords_100Hz.mot": (0.48, 1.61)}  # s: model and loads valid
RECORDED = [
    ("gait2392/subject01_simbody_adjusted", "subject01_walk1_ik", "subject01_walk1_grf"),
    ("gait10dof18/subject01", "subject01_walk_IK", "subject01_walk_grf"),
    ("rajagopal_walk/subject_walk_weldmtp", "coords_100Hz", "grf_walk"),
    ("gc5_knee/Rajagopal2015-scaled", "ss1_ik", "ss1_grf"),
    ("gc5_knee/Rajagopal2015-scaled", "ss3_ik", "ss3_grf"),
    ("gc5_knee/Rajagopal2015-scaled", "ss8_ik", "ss8_grf"),
]
WITHIN = 1e-4  # rad: a sample of the line, 13 mrad, divided by 12 three times
GC6 = "gc6_treadmill/DM_nocontact.osim"


def finding(severity, check="c"):
    return Finding(severity, check, ("muscle_r",), "found", "why", "remedy", 1.0, "mm")


def run(*arguments):
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    parsed = parser.parse_args(["audit", *map(str, arguments)])
    return parsed.command(parsed)


def test_the_worst_findings_come_first_and_checks_keep_their_order():
    mixed = [finding(Severity.NOTE, "a"), finding(Severity.WRONG, "b"), finding(Severity.NOTE, "c")]
    assert [one.check for one in by_severity(mixed)] == ["b", "a", "c"]
    assert spoils_a_load(mixed)
    assert not spoils_a_load([finding(Severity.CAREFUL)])
    assert counted(mixed) == "1 wrong load, 2 note"
    assert counted([]) == "nothing found"


def test_default_physics_obeys_the_law_of_virtual_work_in_a_leg_with_every_kind_of_path(tmp_path):
    model = load_model(write(legs(("r", "l")), tmp_path / "legs.osim"), cache=False)
    assert find_gaps(model, survey_range(model)) == []


def test_a_smooth_model_has_no_jumps_however_coarse_the_line():
    model = planar_leg().model()
    survey = survey_range(model)
    assert find_jumps(model, survey) == []


@law(10)
@given(at=st.floats(0.1, 1.2))
def test_a_switching_point_is_found_where_it_switches(at):
    sketch = planar_leg()
    row = sketch.coordinates.index("knee_angle_r")
    femur, tibia = sketch.links.index("femur_r"), sketch.links.index("tibia_r")
    points = [
        PathPoint(femur, (0.05, -0.1, 0.0)),
        PathPoint(femur, (0.09, -0.3, 0.0), Point.CONDITIONAL, row, at, 3.0),
        PathPoint(tibia, (0.05, -0.05, 0.0)),
    ]
    sketch.muscles = [Muscle("switching_r", points)]
    model = sketch.model(upper=np.full(len(sketch.coordinates), 2.0))
    length = next(jump for jump in find_jumps(model, survey_range(model)) if jump.coordinate < 0)
    assert length.pose[row] <= at <= length.after[row]
    assert length.after[row] - length.pose[row] < WITHIN


@pytest.mark.parametrize("name", ["vas_med_r", "vasmed_r", "vastus_lateralis_r", "rect_fem_r", "recfem_r"])
def test_the_usual_names_of_extensors_that_cross_no_knee_are_recognised(name):
    sketch = planar_leg()
    femur = sketch.links.index("femur_r")
    stray = [PathPoint(0, (0.0, 1.0, 0.0)), PathPoint(femur, (0.0, -0.1, 0.0))]
    sketch.muscles = [*(one for one in sketch.muscles if one.name != name), Muscle(name, stray)]
    stray = [one for one in check_load_paths(sketch.model()) if one.severity is Severity.WRONG]
    assert [one.objects for one in stray] == [(name,)]


def test_the_range_of_walking_stays_within_the_model_and_on_its_couplers(tmp_path):
    model = load_model(write(legs(), tmp_path / "legs.osim"), cache=False)
    survey = survey_range(model)
    for q in (survey.poses, *survey.lines):
        np.testing.assert_array_equal(q, coupled(model, q))
        bounded = model.lower < model.upper
        assert (q[:, bounded] >= model.lower[bounded] - 1e-12).all()  # rad: rounding
        assert (q[:, bounded] <= model.upper[bounded] + 1e-12).all()


def test_load_paths_name_bodies_patella_and_what_holds_it(tmp_path):
    model = load_model(write(small.leg(), tmp_path / "small.osim"), cache=False)
    paths = {path.muscle: path for path in load_paths(model)}
    assert set(paths) == {"recfem_r", "vasint_r", "bflh_r", "gasmed_r"}
    assert paths["vasint_r"].bodies == ("femur_r", "patella_r", "tibia_r")
    assert paths["vasint_r"].held_by == "joint patellofemoral_r to femur_r, coupled to knee_angle_r"
    assert paths["bflh_r"].patella == ""
    assert all(path.in_reaction for path in paths.values())


def test_a_clean_model_is_one_line_and_status_0(tmp_path, capsys):
    path = write(small.leg(), tmp_path / "small.osim")
    assert run(path) == 0
    assert capsys.readouterr().out == "small.osim: nothing found\n"


def test_a_spoiled_model_is_status_1_and_its_records_hold_every_finding(tmp_path, capsys):
    path = write(small.leg(quadriceps="patella"), tmp_path / "small.osim")
    motion, loads = write_trial(tmp_path, small.walk(weight=516.0))
    page, record = tmp_path / "audit.md", tmp_path / "audit.json"
    status = run(
        path, motion, "--loads", loads, "--end", "1.0", "--paths", "--json", record, "--markdown", page
    )
    assert status == 1
    said = capsys.readouterr().out
    assert "A knee load would be wrong (1)" in said
    assert max(map(len, said.splitlines())) <= 126
    stored = json.loads(record.read_text(encoding="utf-8"))
    assert stored["wrong_load"] is True
    assert stored["findings"][0]["severity"] == "wrong load"
    assert {"small.osim", "walk.mot", "walk_grf.xml"} <= set(stored["digests"])
    assert len(stored["load_paths"]) == 4
    assert "vasint\\_r" in page.read_text(encoding="utf-8")


def test_a_refused_model_is_told_in_the_command_too(tmp_path, capsys):
    assert run(small.with_function_path(small.leg(), tmp_path)) == 1
    assert "287 N" in capsys.readouterr().out


def test_options_about_a_trial_need_one(tmp_path):
    path = write(small.leg(), tmp_path / "small.osim")
    with pytest.raises(ConfigError, match="name its coordinates"):
        run(path, "--start", "0.2")


def recorded(data, model, motion, loads):
    folder = (data / model).parent
    path = folder / f"{motion}.mot"
    start, end = WINDOWS.get(path.name, (None, None))
    return load_trial(path, folder / f"{loads}.xml", start=start, end=end)


@pytest.mark.shared
@pytest.mark.parametrize(("model", "motion", "loads"), RECORDED)
def test_recorded_trials_that_were_shown_to_be_right_raise_no_false_alarm(shared_data, model, motion, loads):
    findings = audit(shared_data / f"{model}.osim", recorded(shared_data, model, motion, loads))
    assert findings
    assert not spoils_a_load(findings)


@pytest.mark.shared
@pytest.mark.parametrize(
    "model", ["Rajagopal2016", "RajagopalLaiUhlrich2023", "2D_gait", "gait2392_thelen2003muscle"]
)
def test_public_models_raise_no_false_alarm(shared_data, model):
    assert not spoils_a_load(audit(shared_data / "models" / f"{model}.osim"))


@pytest.mark.shared
def test_a_patella_that_ligaments_hold_spoils_the_right_knee_of_gc6(shared_data):
    wrong = [one for one in audit(shared_data / GC6) if one.severity is Severity.WRONG]
    assert [one.objects for one in wrong] == [("recfem_r", "vasint_r", "vaslat_r", "vasmed_r")]
    assert "ligaments" in wrong[0].found


@pytest.mark.shared
def test_the_degrees_of_gc5_and_the_light_model_are_told(shared_data):
    findings = audit(
        shared_data / "gc5_knee/Rajagopal2015-scaled.osim",
        recorded(shared_data, "gc5_knee/x", "ss1_ik", "ss1_grf"),
    )
    told = {(one.check, one.objects) for one in findings}
    assert {("unit", ("knee_angle_r_beta",)), ("unit", ("knee_angle_l_beta",))} <= told
    (mass,) = [one for one in findings if one.check == "mass"]
    assert 5.0 < mass.size < 12.0  # %: the data's own description says about 7
    (arms,) = [one for one in findings if one.found.startswith("behaviour 5")]
    assert 15.0 < arms.size < 20.0  # mm: 17 is known
    assert all(name.startswith("gas") for name in arms.objects)
