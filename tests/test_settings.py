"""Choices of an analysis: bounds, defaults and what they do to a plan."""

import dataclasses
import math

import numpy as np
import pytest

from retrogait.errors import ConfigError
from retrogait.pipeline import make_plan
from retrogait.predict.gait import planar_model
from retrogait.predict.settings import GROUPS as PREDICTED
from retrogait.settings import DEFAULT_CUTOFF, DEFAULT_RESERVE, GROUPS, Settings
from tests.bodies import SLIDE, X, planar_leg


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


WRONG = [
    ({"physics": "simbody"}, "physics is 'simbody', expected one of: 'default', 'opensim'"),
    ({"exponent": 4}, "exponent is 4, expected one of: 2, 3"),
    ({"sharing": "fair"}, "sharing is 'fair', expected one of: 'auto', 'plain', 'weighted'"),
    ({"couplers": "ignored"}, "couplers is 'ignored', expected one of: 'recomputed', 'read'"),
    ({"filter_forces": 1}, "filter_forces is 1, expected True or False"),
    ({"tendon": "elastic"}, "tendon is 'elastic'"),
    ({"cutoff": 0.0}, "cutoff is 0.0, expected a positive number"),
    ({"cutoff": -6}, "cutoff is -6"),
    ({"cutoff": "none"}, "cutoff is 'none'"),
    ({"cutoff": math.nan}, "cutoff is nan"),
    ({"reserve": 0.0}, "reserve is 0.0"),
    ({"reserve": math.inf}, "reserve is inf"),
    ({"reserve": True}, "reserve is True"),
    ({"reserves": {"knee_angle_r": -1.0}}, "reserves.knee_angle_r is -1.0"),
    ({"weights": {"vas*": 0.0}}, "weights.vas* is 0.0"),
    ({"strength": {"vasti": 0.0}}, "strength.vasti is 0.0, expected a positive number"),
    ({"strength": {"vasti": math.nan}}, "strength.vasti is nan"),
    ({"strength": 0.7}, "strength is 0.7, expected names and numbers"),
    ({"minimum_activation": 1.0}, "minimum_activation is 1.0"),
    ({"minimum_activation": -0.1}, "minimum_activation is -0.1"),
    ({"minimum_activation": math.nan}, "minimum_activation is nan"),
    ({"body_mass": 0}, "body_mass is 0"),
]


@pytest.mark.parametrize(("choice", "words"), WRONG, ids=lambda value: str(value)[:30])
def test_a_choice_outside_its_bounds_is_one_line_that_names_it(choice, words):
    with pytest.raises(ConfigError) as caught:
        Settings(**choice)
    message = str(caught.value)
    assert message.startswith(words)
    assert "\n" not in message


def test_the_defaults_are_the_documented_ones():
    settings = Settings()
    assert not settings.parity
    assert settings.filter_cutoff == DEFAULT_CUTOFF == 6.0
    assert settings.reserve == DEFAULT_RESERVE
    assert settings.notes() == []


def test_parity_filters_nothing_and_a_given_cutoff_always_counts():
    assert Settings(physics="opensim").filter_cutoff is None
    assert Settings(physics="opensim", cutoff=12.0).filter_cutoff == 12.0
    assert Settings(cutoff=None).filter_cutoff is None


def test_passive_force_with_rigid_tendons_comes_with_a_warning():
    assert any("rigid tendons" in note for note in Settings(passive=True).notes())


def test_the_knee_and_the_patella_are_balanced_in_flexion_only(leg):
    shared = [leg.coordinates[c] for c in Settings().shared_coordinates(leg)]
    assert shared == ["hip_flexion_r", "knee_angle_r", "ankle_angle_r"]


def test_other_degrees_of_freedom_of_the_knee_are_left_to_its_contacts():
    s = planar_leg()
    gap = s.coordinate("knee_ty_r")
    knee = s.joints.index("joint3") + 1
    # a second coordinate in the tibia's own joint
    s.primitives.insert(s.first[knee], (SLIDE, X, gap, 0, 0))
    s.last[knee] += 1
    for link in range(knee + 1, len(s.links)):
        s.first[link] += 1
        s.last[link] += 1
    model = s.model()
    assert gap in model.paths.arm_coordinate
    assert gap not in Settings().shared_coordinates(model)
    assert gap in Settings(physics="opensim").shared_coordinates(model)
    assert gap in Settings(unshared=()).shared_coordinates(model)


def test_a_list_of_unshared_coordinates_replaces_the_default(leg):
    shared = Settings(unshared=["ankle_angle_r"]).shared_coordinates(leg)
    assert [leg.coordinates[c] for c in shared] == ["hip_flexion_r", "knee_angle_r"]


def test_locked_prescribed_and_coupled_coordinates_are_nobodys_to_balance(leg):
    leg = planar_leg().model()
    leg.locked[leg.coordinates.index("hip_flexion_r")] = 1
    leg.prescribed[leg.coordinates.index("ankle_angle_r")] = 0
    shared = Settings(unshared=()).shared_coordinates(leg)
    assert [leg.coordinates[c] for c in shared] == ["knee_angle_r"]


@pytest.mark.parametrize(
    "choice", [{"unshared": ["knee_angel_r"]}, {"reserves": {"knee_angel_r": 2.0}}], ids=str
)
def test_a_coordinate_that_does_not_exist_is_refused_with_the_nearest(leg, choice):
    with pytest.raises(ConfigError, match=r"no coordinate 'knee_angel_r'; did you mean `knee_angle_r`"):
        make_plan(leg, Settings(**choice))


def test_a_muscle_that_does_not_exist_is_refused_with_the_nearest(leg):
    with pytest.raises(ConfigError, match=r"no muscle .* is called 'vasin_r'; did you mean `vasint_r`"):
        make_plan(leg, Settings(weights={"vasin_r": 2.0}))


def test_weights_follow_patterns_and_the_last_one_wins(leg):
    cost = make_plan(leg, Settings(weights={"*": 2.0, "*as*": 3.0, "vasint_r": 5.0})).cost
    by_name = dict(zip(leg.muscle_names, cost, strict=True))
    assert by_name["vasint_r"] == 5.0
    assert by_name["gasmed_r"] == 3.0
    assert by_name["soleus_r"] == 2.0


def test_reserves_stand_in_the_order_of_the_shared_coordinates(leg):
    plan = make_plan(leg, Settings(reserve=2.0, reserves={"knee_angle_r": 7.0}))
    assert [leg.coordinates[c] for c in plan.shared] == ["hip_flexion_r", "knee_angle_r", "ankle_angle_r"]
    assert plan.reserve.tolist() == [2.0, 7.0, 2.0]


@pytest.mark.parametrize(
    ("choice", "lower"),
    [({}, 0.0), ({"physics": "opensim"}, 0.01), ({"minimum_activation": 0.05}, 0.05),
     ({"physics": "opensim", "minimum_activation": 0.0}, 0.0)],
    ids=str,
)  # fmt: skip
def test_activations_begin_at_zero_or_where_the_model_or_the_user_says(leg, choice, lower):
    plan = make_plan(leg, Settings(**choice))
    assert (plan.lower == lower).all()
    assert (plan.upper == 1.0).all()


def test_a_plan_knows_who_pulls_at_which_knee(leg):
    plan = make_plan(leg, Settings())
    across = {leg.muscle_names[m] for m in plan.knee_muscle}
    assert across == {"recfem_r", "vasint_r", "bflh_r", "gasmed_r"}
    assert {leg.muscle_names[m] for m in plan.patella_muscle} == {"recfem_r", "vasint_r"}
    assert (leg.paths.chain[plan.knee_crossing] == plan.knee_link[0]).all()
    rows = [plan.share_row[plan.share_first[m] : plan.share_first[m + 1]] for m in range(8)]
    assert all((np.diff(row) > 0).all() for row in rows)
    assert [len(row) for row in rows] == [2, 1, 2, 1, 1, 2, 1, 1]


# ---- strength ------------------------------------------------------------------------------------

MODELS = {  # names of the right leg in public models, and which of them each group means
    "Rajagopal 2016": ("recfem vasmed vasint vaslat", "bflh semimem semiten", "gaslat gasmed soleus",
                       "bfsh quadfem sart grac tibant perlong"),
    "gait2392": ("rect_fem vas_med vas_int vas_lat", "bifemlh semimem semiten", "med_gas lat_gas soleus",
                 "bifemsh quad_fem sar grac tib_ant"),
    "gait10dof18": ("rect_fem vasti", "hamstrings", "gastroc soleus", "bifemsh glut_max tib_ant"),
    "anatomy": ("rectus_femoris vastus_medialis", "biceps_femoris_long_head semitendinosus",
                "gastrocnemius_medial soleus", "biceps_femoris_short_head quadratus_femoris sartorius"),
}  # fmt: skip


def called(*names):
    """A leg whose muscles are called otherwise; there are eight."""
    leg = planar_leg().model()
    names = [f"{name}_r" for name in names] + [f"other{row}_r" for row in range(8 - len(names))]
    return dataclasses.replace(leg, muscle_names=tuple(names[:8]))


@pytest.mark.parametrize("row", MODELS.values(), ids=list(MODELS))
@pytest.mark.parametrize(("group", "column"), [("quadriceps", 0), ("hamstrings", 1), ("gastrosoleus", 2)])
def test_a_group_means_the_muscles_that_public_models_call_so(row, group, column):
    for other, names in enumerate(row):
        model = called(*names.split())
        if other == column:
            factors = Settings(strength={group: 0.5}).strengths(model)
            assert factors.tolist()[: len(names.split())] == [0.5] * len(names.split())
        else:
            with pytest.raises(ConfigError, match=f"no muscle .* is called '{group}'"):
                Settings(strength={group: 0.5}).strengths(model)


def test_the_vasti_are_the_quadriceps_less_the_rectus_femoris(leg):
    factors = dict(zip(leg.muscle_names, Settings(strength={"vasti": 0.5}).strengths(leg), strict=True))
    assert (factors["vasint_r"], factors["recfem_r"], factors["soleus_r"]) == (0.5, 1.0, 1.0)


@pytest.mark.parametrize("name", ["vasint", "vasint_r", "vasi*", "vasint_*"])
def test_a_muscle_is_called_with_or_without_its_side_or_by_a_pattern(leg, name):
    factors = Settings(strength={name: 0.25}).strengths(leg)
    assert [n for n, f in zip(leg.muscle_names, factors, strict=True) if f != 1.0] == ["vasint_r"]


def test_the_strength_that_means_fewest_muscles_wins_whatever_the_order(leg):
    given = {"vasint_r": 0.5, "quadriceps": 0.7, "all": 1.2}
    for strength in (given, dict(reversed(given.items()))):
        found = dict(zip(leg.muscle_names, Settings(strength=strength).strengths(leg), strict=True))
        assert (found["vasint_r"], found["recfem_r"], found["soleus_r"]) == (0.5, 0.7, 1.2)


def test_the_groups_of_a_prediction_mean_the_same_muscles_in_its_analysis():
    planar = planar_model()
    for group, members in PREDICTED.items():
        factors = Settings(strength={group: 0.5}).strengths(planar)
        weak = {n[:-2] for n, factor in zip(planar.muscle_names, factors, strict=True) if factor == 0.5}
        assert weak == set(members or weak)
    assert set(GROUPS) - set(PREDICTED) == {"hamstrings"}  # a muscle of its own there


def test_a_strength_of_nobody_is_refused_with_the_nearest(leg):
    with pytest.raises(ConfigError, match=r"strength: no muscle .* is called 'vasin'; did you mean `vasint`"):
        Settings(strength={"vasin": 0.5}).strengths(leg)
    with pytest.raises(ConfigError, match=r"is called 'deltoid'; groups: vasti, quadriceps"):
        Settings(strength={"deltoid": 0.5}).strengths(leg)


def test_full_strength_is_the_very_same_model_and_no_remark(leg):
    full = Settings(strength={"all": 1.0, "vasti": 1})
    assert full.strengthened(leg) is leg
    assert full.notes() == []


def test_a_changed_strength_changes_the_force_alone_and_is_remarked(leg):
    weak = Settings(strength={"vasti": 0.5, "soleus": 1.0})
    changed = weak.strengthened(leg)
    ratio = changed.muscles.maximum_isometric_force / leg.muscles.maximum_isometric_force
    assert ratio.tolist() == weak.strengths(leg).tolist()
    same = changed.muscles._replace(maximum_isometric_force=leg.muscles.maximum_isometric_force)
    assert all(a is b for a, b in zip(same, leg.muscles, strict=True))
    assert weak.notes() == ["the strength of vasti is 0.5 times that of the model"]
