"""Every planted fault is found, at its own severity, and nothing is found in clean models."""

import opensim
import pytest

from retrogait.audit.api import audit
from retrogait.audit.finding import Severity, spoils_a_load
from retrogait.errors import ModelError
from retrogait.osim import load_model
from tests.audit import small
from tests.builders import couple, write

G = 9.80665
MASS = 52.6  # kg: of the small leg
WRONG, CAREFUL, NOTE = Severity


def of(model, folder, trial=None):
    """Findings of a small model."""
    return audit(load_model(write(model, folder / "small.osim"), cache=False), trial)


def one(findings, check):
    """The only finding of a check."""
    (found,) = [finding for finding in findings if finding.check == check]
    return found


@pytest.mark.parametrize("trial", [None, "walk"])
def test_nothing_is_found_in_a_clean_leg(tmp_path, trial):
    assert of(small.leg(), tmp_path, small.walk(weight=MASS * G) if trial else None) == []


def test_a_quadriceps_that_ends_on_a_patella_held_by_a_coupler_never_loads_the_tibia(tmp_path):
    found = one(of(small.leg(quadriceps="patella"), tmp_path), "load path")
    assert found.severity is WRONG
    assert found.objects == ("recfem_r", "vasint_r")
    assert "coupled to knee_angle_r" in found.found
    assert found.size == pytest.approx(4000.0)  # N: two muscles of 2000


def test_a_quadriceps_that_ends_on_a_free_patella_is_found_too(tmp_path):
    found = one(of(small.leg(quadriceps="patella", patella="free"), tmp_path), "load path")
    assert found.severity is WRONG
    assert "with 1 free coordinate;" in found.found


def test_a_quadriceps_that_ends_on_a_patella_welded_to_the_femur_is_found_too(tmp_path):
    found = one(of(small.leg(quadriceps="patella", patella="welded"), tmp_path), "load path")
    assert found.severity is WRONG
    assert "held by its joint patellofemoral_r to femur_r;" in found.found


def test_a_vastus_that_crosses_no_knee_spoils_the_load_and_a_hamstring_asks_for_care(tmp_path):
    findings = of(small.leg(rename={"glmax": "vaslat_r", "psoas": "semimem_r"}), tmp_path)
    stray = [(f.severity, f.objects) for f in findings if "cross no knee" in f.found]
    assert stray == [(WRONG, ("vaslat_r",)), (CAREFUL, ("semimem_r",))]


def test_stale_wraps_of_opensim_are_measured(tmp_path):
    findings = of(small.with_two_wraps(small.leg()), tmp_path)
    (found,) = [finding for finding in findings if finding.found.startswith("behaviour 2")]
    assert (found.severity, found.objects) == (CAREFUL, ("gasmed_r",))
    assert found.size > 0.2  # mm: the threshold of a finding
    assert not spoils_a_load(findings)


def test_wraps_that_overlap_make_force_and_length_disagree_and_spoil_the_load(tmp_path):
    findings = of(small.with_two_wraps(small.leg(), below=0.05), tmp_path)
    found = one(findings, "virtual work")
    assert (found.severity, found.objects) == (WRONG, ("gasmed_r",))
    assert abs(found.size) > 5.0  # mm: the threshold of a wrong load
    assert one(findings, "jump").severity is WRONG


def test_arms_of_opensim_that_are_not_the_slopes_of_its_lengths_are_measured(tmp_path):
    findings = of(small.with_gliding_point(small.leg()), tmp_path)
    (found,) = [finding for finding in findings if finding.found.startswith("behaviour 5")]
    assert (found.severity, found.objects) == (CAREFUL, ("bflh_r",))
    assert found.size > 1.0  # mm: the threshold of a finding
    assert "knee_angle_r" in found.found
    assert not spoils_a_load(findings)


def test_a_conditional_point_off_the_line_makes_the_arm_jump_where_it_switches(tmp_path):
    found = one(of(small.with_conditional_point(small.leg(), at=0.6), tmp_path), "jump")
    assert found.objects == ("vasint_r",)
    assert found.severity in {CAREFUL, WRONG}
    assert "34.4 deg" in found.found  # 0.6 rad
    assert "conditional point" in found.remedy


def test_the_time_of_a_jump_is_told_where_there_is_a_trial(tmp_path):
    found = one(of(small.with_conditional_point(small.leg(), at=0.6), tmp_path, small.walk()), "jump")
    assert "t = " in found.found


def test_a_wrap_that_flips_makes_length_or_arm_jump(tmp_path):
    found = one(of(small.with_flipping_wrap(small.leg()), tmp_path), "jump")
    assert found.objects == ("bflh_r",)
    assert "wrap object" in found.remedy


def test_function_based_paths_lose_the_contact_force(tmp_path):
    path = small.with_function_path(small.leg(), tmp_path)
    findings = audit(path)
    found = one(findings, "path type")
    assert found.severity is WRONG
    assert found.objects == ("vasint_r",)
    assert findings[0] is found
    assert findings[-1].check == "model"


@pytest.mark.parametrize("key", ["optimal_fiber_length", "max_isometric_force", "tendon_slack_length"])
def test_a_muscle_with_a_negative_parameter_is_named(tmp_path, key):
    path = write(small.leg(), tmp_path / "small.osim")
    text = path.read_text()
    start = text.index(f"<{key}>", text.index('name="bflh_r"')) + len(key) + 2
    path.write_text(text[:start] + "-0.1" + text[text.index("<", start) :])
    found = one(audit(path), "muscle")
    assert (found.severity, found.objects) == (WRONG, ("bflh_r",))
    assert key in found.found


def test_a_refusal_that_no_check_is_about_stays_a_refusal(tmp_path):
    model = small.leg(patella="free")
    function = opensim.LinearFunction()
    function.setCoefficients(opensim.ArrayDouble(1.0, 3))
    couple(model, "knee_angle_r_beta", ("knee_angle_r", "hip_flexion_r"), function)
    path = write(model, tmp_path / "small.osim")
    with pytest.raises(ModelError, match="follows 2 coordinates"):
        audit(path)


def test_a_knee_without_a_side_is_not_recognised_and_said_so(tmp_path):
    found = one(of(small.leg(suffix=""), tmp_path), "names")
    assert found.severity is CAREFUL
    assert "right or left knee" in found.found


def test_negative_flexion_is_a_note(tmp_path):
    found = one(of(small.leg(sign=1.0, patella="welded"), tmp_path), "names")
    assert (found.severity, found.objects) == (NOTE, ("knee_angle_r",))


def test_a_muscle_without_a_side_or_of_the_other_side_is_named(tmp_path):
    findings = of(small.leg(rename={"bflh": "bflh", "gasmed": "gasmed_l"}), tmp_path)
    by_objects = {finding.objects: finding.severity for finding in findings if finding.check == "names"}
    assert by_objects == {("bflh",): NOTE, ("gasmed_l (right knee)",): CAREFUL}


def test_a_slack_muscle_is_named_with_its_share_of_poses(tmp_path):
    found = one(of(small.leg(slack=0.3), tmp_path, small.walk()), "fibre")
    assert (found.severity, found.objects) == (CAREFUL, ("bflh_r",))
    assert found.size == pytest.approx(100.0)  # %: of the poses


def test_beta_in_degrees_is_told_with_what_it_should_be(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(degrees_of_beta=True)), "unit")
    assert (found.severity, found.objects) == (CAREFUL, ("knee_angle_r_beta",))
    assert "stands in degrees" in found.found


def test_a_missing_coordinate_of_the_leg_spoils_the_load(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(drop=("hip_flexion_r",))), "coordinate")
    assert (found.severity, found.objects) == (WRONG, ("hip_flexion_r",))


def test_a_column_that_is_no_coordinate_is_a_note(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(more=("arm_flex_r",))), "coordinate")
    assert (found.severity, found.objects) == (NOTE, ("arm_flex_r",))


def test_columns_labelled_by_state_path_are_told(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(labels="/jointset/j/{}/value")), "OpenSim")
    assert found.severity is CAREFUL
    assert "6 of 6 columns" in found.found


def test_a_knee_that_bends_backwards_spoils_the_load(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(sign=-1.0)), "sign")
    assert (found.severity, found.objects) == (WRONG, ("knee_angle_r",))


def test_radians_that_are_said_to_be_degrees_spoil_the_load(tmp_path):
    found = one(of(small.leg(), tmp_path, small.walk(shrink=0.999)), "unit")
    assert found.severity is WRONG


@pytest.mark.parametrize(("factor", "severity"), [(1.1, CAREFUL), (0.9, CAREFUL), (1.5, WRONG)])
def test_a_mass_that_the_ground_does_not_carry_is_told(tmp_path, factor, severity):
    found = one(of(small.leg(), tmp_path, small.walk(weight=factor * MASS * G)), "mass")
    assert found.severity is severity
    assert found.size == pytest.approx(100.0 * (factor - 1.0), abs=1.0)  # %: the leg moves a little


@pytest.mark.parametrize(
    ("changes", "behaviour", "size"),
    [
        ({"several_turns": True}, "behaviour 1", 0.05),  # N m
        ({"kind": small.MILLARD, "pennation": 0.3, "control": 0.01}, "behaviour 3", 1.0),  # %
        ({"control": 0.05}, "behaviour 6", 0.02),  # BW
    ],
)
def test_what_opensim_does_otherwise_is_told_with_its_size(tmp_path, changes, behaviour, size):
    findings = of(small.leg(**changes), tmp_path, small.walk())
    (found,) = [finding for finding in findings if finding.found.startswith(behaviour)]
    assert found.severity is NOTE
    assert found.size > size
