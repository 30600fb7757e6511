"""Knees found by name and by shape, on models drawn by hand."""

import pytest

from retrogait.errors import ModelError
from retrogait.osim.knees import find_knees, flexion_coordinates, side_of
from tests.bodies import TURN, Muscle, PathPoint, Sketch, Z, planar_leg


def thigh_and_shank(coordinate="knee_angle_r", *, way=-1.0, muscles=()):
    """Two links; ``muscles`` are (name, links)."""
    s = Sketch()
    femur = s.link(0, [(TURN, Z, s.coordinate("hip_flexion_r"))], name="femur")
    s.link(femur, [(TURN, way * Z, s.coordinate(coordinate))], name="tibia", offset=(0.0, -0.4, 0.0))
    s.link(femur, [], name="patella", offset=(0.05, -0.4, 0.0))
    s.link(femur, [], name="second_patella", offset=(0.05, -0.4, 0.0))
    for name, links in muscles:
        s.muscles.append(Muscle(name, [PathPoint(link, (0.0, 0.0, 0.0)) for link in links]))
    return s


def knees_of(sketch, named=None):
    model = sketch.model()
    return find_knees(model.tree, model.functions, model.paths, model.coordinates, model.muscle_names, named)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("knee_angle_r", "right"), ("knee_l", "left"), ("r_knee_flexion", "right"),
        ("knee_r_flexion", "right"),
        ("left_knee", "left"), ("knee", None), ("lumbar_extension", None), ("arm_flex", None),
    ],
)  # fmt: skip
def test_sides_are_read_off_names(name, side):
    assert side_of(name) == side


@pytest.mark.parametrize("name", ["knee_angle_r", "knee_flexion_r", "r_knee_flexion", "right_knee_angle"])
def test_the_usual_names_of_knee_flexion_are_recognised(name):
    (knee,), _ = knees_of(thigh_and_shank(name))
    assert (knee.side, knee.coordinate, knee.link) == ("right", 1, 2)


@pytest.mark.parametrize(
    "name", ["knee_adduction_r", "knee_rotation_r", "knee_tx_r", "knee_angle_r_beta", "ankle_angle_r"]
)
def test_other_coordinates_of_the_knee_are_not_its_flexion(name):
    knees, remarks = knees_of(thigh_and_shank(name))
    assert knees == ()
    assert len(remarks) == 1
    assert "no knee coordinate was recognised" in remarks[0]


@pytest.mark.parametrize(("way", "sign"), [(1.0, -1.0), (-1.0, 1.0)])
def test_flexion_is_positive_whatever_the_models_sign(way, sign):
    (knee,), _ = knees_of(thigh_and_shank(way=way))
    assert knee.flexion_sign == sign


def test_a_name_that_the_user_gives_wins():
    (knee,), _ = knees_of(thigh_and_shank("bend"), {"left": "bend"})
    assert (knee.side, knee.coordinate) == ("left", 1)


@pytest.mark.parametrize(
    ("named", "words"),
    [({"middle": "knee_angle_r"}, "side 'middle'"), ({"left": "knee_angle_l"}, "knees.left")],
)
def test_a_side_or_coordinate_that_does_not_exist_is_refused(named, words):
    model = thigh_and_shank().model()
    with pytest.raises(ModelError, match=words):
        flexion_coordinates(model.coordinates, model.tree, named)


def test_the_patella_is_the_body_beside_the_tibia_that_the_quadriceps_holds():
    muscles = [("vas_med_r", (1, 3, 2)), ("rect_fem_r", (0, 3, 2)), ("bflh_r", (0, 2))]
    (knee,), remarks = knees_of(thigh_and_shank(muscles=muscles))
    assert knee.patella == 3
    assert knee.heads == ((1,), (0,), (), ())
    assert knee.quadriceps == (0, 1)
    assert knee.reaches_tibia
    assert remarks == []


def test_a_quadriceps_that_ends_on_the_patella_does_not_reach_the_tibia():
    (knee,), remarks = knees_of(thigh_and_shank(muscles=[("vas_med_r", (1, 3))]))
    assert not knee.reaches_tibia
    assert any("ends on the patella" in remark for remark in remarks)


def test_lumped_vasti_stand_under_all_three_heads_and_count_once():
    (knee,), remarks = knees_of(thigh_and_shank(muscles=[("vasti_r", (1, 2))]))
    assert knee.heads == ((), (0,), (0,), (0,))
    assert knee.quadriceps == (0,)
    assert any("no patella" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("recfem_r", 0),
        ("rect_fem_r", 0),
        ("rectus_femoris_r", 0),
        ("vasmed_r", 1),
        ("vas_int_r", 2),
        ("vaslat_r", 3),
    ],
)
def test_both_spellings_of_the_heads_are_recognised(name, head):
    (knee,), _ = knees_of(thigh_and_shank(muscles=[(name, (1, 2))]))
    assert knee.heads[head] == (0,)


def test_a_quadriceps_that_never_reaches_this_leg_is_not_its_quadriceps():
    (knee,), remarks = knees_of(thigh_and_shank(muscles=[("recfem_l", (0, 1))]))
    assert knee.quadriceps == ()
    assert any("no quadriceps" in remark for remark in remarks)


def test_two_patellas_are_refused():
    model = thigh_and_shank()
    model.muscles = [
        Muscle(name, [PathPoint(1, (0, 0, 0)), PathPoint(link, (0, 0, 0))])
        for name, link in (("vasmed_r", 3), ("vaslat_r", 4))
    ]
    with pytest.raises(ModelError, match="more than one body stands for the patella"):
        knees_of(model)


def test_the_drawn_leg_has_one_complete_knee():
    (knee,), remarks = knees_of(planar_leg())
    assert (knee.side, knee.flexion_sign, knee.reaches_tibia) == ("right", 1.0, True)
    assert remarks == []
