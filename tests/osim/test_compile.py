"""Everything that compiles: joints, functions, couplers, frames, wraps and muscles of small models.

Numbers are those written into the model; whether they move as in OpenSim is the parity tests' question.
"""

import math

import numpy as np
import opensim
import pytest
from numpy.testing import assert_allclose
from opensim import Vec3

import retrogait as rg
from retrogait.kernels.functions import evaluate
from retrogait.kernels.kinematics import new_pose, place
from retrogait.kernels.model import Function, Point, Primitive, Rates, Surface
from tests.builders import (
    CLASSES,
    O,
    X,
    Y,
    Z,
    block,
    couple,
    custom_joint,
    cylinder,
    legs,
    line,
    muscle,
    spline,
    times,
    wrap,
    write,
)

SAME = 1e-14  # relative: the number as written, or one multiplication away
PLACE = 1e-12  # m or 1: a few products of rotations


def compiled(model, tmp_path, **choices):
    return rg.load_model(write(model, tmp_path / "subject.osim"), cache=False, **choices)


def hung(joint_of, body=None):
    """One body that hangs from ground on the joint in question."""
    model = opensim.Model()
    body = body or block("one", 2.0, Vec3(0.1, 0.2, 0.3), (0.1, 0.2, 0.3))
    model.addBody(body)
    model.addJoint(joint_of(model.getGround(), body))
    return model


def rows(model, link=1):
    """(kind, axis, coordinate name) of every primitive of a link's joint."""
    tree = model.tree
    return [
        (Primitive(int(tree.kind[k])).name[0], tuple(tree.axis[k]), model.coordinates[tree.coordinate[k]])
        for k in range(tree.first[link], tree.last[link])
    ]


def simple(kind):
    return lambda parent, child: getattr(opensim, kind)("hinge", parent, child)


ex, ey, ez = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("WeldJoint", []),
        ("PinJoint", [("R", ez, 0)]),
        ("SliderJoint", [("T", ex, 0)]),
        ("UniversalJoint", [("R", ex, 0), ("R", ey, 1)]),
        ("PlanarJoint", [("T", ex, 1), ("T", ey, 2), ("R", ez, 0)]),
        ("GimbalJoint", [("R", ex, 0), ("R", ey, 1), ("R", ez, 2)]),
        ("BallJoint", [("R", ex, 0), ("R", ey, 1), ("R", ez, 2)]),
        ("FreeJoint", [("T", ex, 3), ("T", ey, 4), ("T", ez, 5), ("R", ex, 0), ("R", ey, 1), ("R", ez, 2)]),
    ],
)
def test_every_plain_joint_becomes_its_primitives(tmp_path, kind, expected):
    model = compiled(hung(simple(kind)), tmp_path)
    assert rows(model) == [(what, axis, model.coordinates[c]) for what, axis, c in expected]
    quasi = kind in {"BallJoint", "FreeJoint"}
    assert model.rates_opensim[1] == (Rates.QUASI if quasi else Rates.EXACT)
    assert model.tree.rates[1] == Rates.EXACT
    for c, name in enumerate(model.coordinates):
        turns = [what for what, _, other in rows(model) if other == name]
        assert model.rotational[c] == (turns == ["R"])


def test_a_custom_joint_slides_before_it_turns_along_axes_of_length_one(tmp_path):
    axes = {
        "rotation1": (Vec3(0.0, 0.0, 2.0), "swing", line()),
        "rotation2": (X, "swing", spline([0.0, 1.0, 2.0], [0.0, 0.2, 0.1])),
        "translation1": (Vec3(3.0, 4.0, 0.0), "lift", line(2.0)),
        "translation2": (Y, None, opensim.Constant(-0.4)),
        "translation3": (Vec3(0.0, 0.0, 1.0), None, opensim.Constant(0.0)),
    }
    model = compiled(hung(lambda p, c: custom_joint("knee", p, c, axes)), tmp_path)
    tree = model.tree
    kinds = [
        (Primitive(int(kind)).name[0], tuple(axis)) for kind, axis in zip(tree.kind, tree.axis, strict=True)
    ]
    assert kinds == [("T", (0.6, 0.8, 0.0)), ("T", ey), ("R", ez), ("R", ex)]
    swing, lift = (model.coordinates.index(name) for name in ("swing", "lift"))
    assert tree.coordinate.tolist() == [lift, -1, swing, swing]
    assert tree.axis_code.tolist() == [0, 2, 3, 1]
    # one coordinate drives two rotations: Simbody's velocity product is not the chain rule
    assert model.rates_opensim[1] == Rates.FUNCTION
    assert tree.rates[1] == Rates.EXACT


FUNCTIONS = {
    "constant": (lambda: opensim.Constant(0.7), Function.LINEAR),
    "linear": (lambda: line(-2.0, 0.5), Function.LINEAR),
    "polynomial": (lambda: polynomial(0.3, -0.2, 0.5, 0.1), Function.POLYNOMIAL),
    "simm spline": (lambda: spline([-1.0, 0.0, 0.7, 2.0], [0.1, 0.4, -0.3, 0.2]), Function.PIECEWISE),
    "two points": (lambda: spline([-1.0, 2.0], [0.1, 0.4]), Function.PIECEWISE),
    "straight pieces": (lambda: pieces([-1.0, 0.0, 0.7, 2.0], [0.1, 0.4, -0.3, 0.2]), Function.PIECEWISE),
    "multiplied": (lambda: times(times(line(1.0, 2.0), 3.0), -0.5), Function.LINEAR),
    "multiplied spline": (lambda: times(spline([0.0, 0.5, 1.0], [0.0, 1.0, 0.5]), 0.1), Function.PIECEWISE),
}


def polynomial(*descending):
    return opensim.PolynomialFunction(opensim.Vector(list(descending)))


def pieces(xs, ys):
    function = opensim.PiecewiseLinearFunction()
    for x, y in zip(xs, ys, strict=True):
        function.addPoint(x, y)
    return function


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_kind_of_function_has_opensims_values_inside_its_range(tmp_path, name):
    make, kind = FUNCTIONS[name]
    function = make()
    model = opensim.Model()
    shaft = block("shaft", 1.0, O, (0.1, 0.1, 0.1))
    model.addBody(shaft)
    axes = {"rotation1": (Z, "turn", line()), "translation2": (Y, "turn", make())}
    model.addJoint(custom_joint("screw", model.getGround(), shaft, axes))
    result = compiled(model, tmp_path)
    tree = result.tree
    slide = int(np.flatnonzero(tree.kind == Primitive.TRANSLATION)[0])
    row = int(tree.function[slide])
    assert result.functions.kind[row] == kind
    low, high = (0.0, 1.0) if name == "multiplied spline" else (-1.0, 2.0)
    for x in np.linspace(low, high, 13):
        expected = function.calcValue(opensim.Vector(1, float(x)))
        assert evaluate(*result.functions, row, float(x))[0] == pytest.approx(expected, rel=1e-12, abs=PLACE)


def test_a_coupler_is_folded_with_its_scale_and_only_where_it_is_enforced(tmp_path):
    model = legs()
    model.getConstraintSet().clearAndDestroy()
    couple(model, "knee_angle_r_beta", "knee_angle_r", line(2.0, 0.1), scale=0.5)
    couple(model, "ankle_angle_r", "hip_flexion_r", line()).set_isEnforced(False)
    result = compiled(model, tmp_path)
    names = result.coordinates
    beta, knee = names.index("knee_angle_r_beta"), names.index("knee_angle_r")
    assert result.tree.coupled.tolist() == [beta]
    assert result.driver_of(beta) == "knee_angle_r"
    assert result.driver_of(names.index("ankle_angle_r")) is None
    value, slope, _ = evaluate(*result.functions, int(result.tree.driver_function[beta]), 0.6)
    assert (value, slope) == pytest.approx((0.5 * (2.0 * 0.6 + 0.1), 1.0), rel=SAME)
    # nothing is balanced at a coupled coordinate: its driver stands for it in every moment arm
    assert beta not in result.paths.arm_coordinate
    assert knee in result.paths.arm_coordinate


def test_locked_prescribed_default_and_range_are_kept(tmp_path):
    model = legs()
    found = {c.getName(): c for c in model.updCoordinateSet()}
    found["hip_rotation_r"].set_locked(True)
    found["hip_rotation_r"].setDefaultValue(0.25)
    found["pelvis_tx"].set_prescribed(True)
    found["pelvis_tx"].setPrescribedFunction(line(1.2, 0.3))
    result = compiled(model, tmp_path)
    at = result.coordinates.index
    assert np.flatnonzero(result.locked).tolist() == [at("hip_rotation_r")]
    assert result.default[at("hip_rotation_r")] == 0.25
    assert np.flatnonzero(result.prescribed >= 0).tolist() == [at("pelvis_tx")]
    row = int(result.prescribed[at("pelvis_tx")])
    assert evaluate(*result.functions, row, 2.0)[0] == pytest.approx(2.7, rel=SAME)
    assert (result.lower[at("knee_angle_r")], result.upper[at("knee_angle_r")]) == (0.0, 2.0)


def test_offset_frames_on_either_side_move_the_joint_and_the_mass(tmp_path):
    place_in_parent, place_in_child = Vec3(0.3, -0.2, 0.1), Vec3(0.0, 0.4, -0.1)
    tilt = Vec3(0.0, 0.0, math.pi / 2)

    def joint(parent, child):
        return opensim.PinJoint("hinge", parent, place_in_parent, O, child, place_in_child, tilt)

    result = compiled(hung(joint), tmp_path)
    tree = result.tree
    assert_allclose(tree.frame_offset[1], [0.3, -0.2, 0.1], atol=PLACE)
    assert tree.frame_aligned[1] == 1
    # the link frame is the joint's child frame: body coordinates seen from it
    turned = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert_allclose(tree.com[1], turned @ ([0.1, 0.2, 0.3] - np.array([0.0, 0.4, -0.1])), atol=PLACE)
    assert_allclose(result.body_rotation[1].reshape(3, 3), turned, atol=PLACE)
    assert_allclose(result.body_offset[1], -turned @ [0.0, 0.4, -0.1], atol=PLACE)
    x, y, z = 0.1, 0.2, 0.3
    moments = 2.0 / 12.0 * np.array([x * x + z * z, y * y + z * z, x * x + y * y])  # x and y change places
    assert_allclose(tree.inertia[1], [*moments, 0.0, 0.0, 0.0], atol=PLACE)


def test_frames_within_frames_are_followed_to_their_body(tmp_path):
    model = opensim.Model()
    one, two = (block(name, 1.0, O, (0.1, 0.1, 0.1)) for name in ("one", "two"))
    model.addBody(one)
    model.addBody(two)
    model.addJoint(opensim.PinJoint("first", model.getGround(), one))
    outer = opensim.PhysicalOffsetFrame("outer", one, opensim.Transform(Vec3(0.1, 0.0, 0.0)))
    one.addComponent(outer)
    inner = opensim.PhysicalOffsetFrame("inner", outer, opensim.Transform(Vec3(0.0, 0.2, 0.0)))
    outer.addComponent(inner)
    model.addJoint(opensim.PinJoint("second", inner, two))
    model.addForce(muscle(CLASSES[0], "line", [(model.getGround(), O), (inner, Vec3(0.0, 0.0, 0.3))]))
    result = compiled(model, tmp_path)
    assert result.links == ("ground", "one", "two")
    assert result.joints == ("first", "second")
    assert_allclose(result.tree.frame_offset[2], [0.1, 0.2, 0.0], atol=PLACE)
    assert_allclose(result.paths.location[1], [0.1, 0.2, 0.3], atol=PLACE)
    assert result.paths.link.tolist() == [0, 1]


def test_joints_written_in_any_order_stand_parents_first(tmp_path):
    model = opensim.Model()
    one, two = (block(name, 1.0, O, (0.1, 0.1, 0.1)) for name in ("one", "two"))
    model.addBody(two)
    model.addBody(one)
    model.addJoint(opensim.PinJoint("second", one, two))
    model.addJoint(opensim.PinJoint("first", model.getGround(), one))
    result = compiled(model, tmp_path)
    assert result.links == ("ground", "one", "two")
    assert result.tree.parent.tolist() == [-1, 0, 1]


def surfaces():
    sphere, ellipsoid, torus = opensim.WrapSphere(), opensim.WrapEllipsoid(), opensim.WrapTorus()
    sphere.set_radius(0.02)
    ellipsoid.set_dimensions(Vec3(0.02, 0.03, 0.04))
    torus.set_inner_radius(0.01)
    torus.set_outer_radius(0.05)
    return {
        Surface.CYLINDER: (cylinder(0.03, 0.15), [0.03, 0.15, 0.0]),
        Surface.SPHERE: (sphere, [0.02, 0.0, 0.0]),
        Surface.ELLIPSOID: (ellipsoid, [0.02, 0.03, 0.04]),
        Surface.TORUS: (torus, [0.01, 0.05, 0.0]),
    }


@pytest.mark.parametrize("kind", Surface)
@pytest.mark.parametrize(
    ("quadrant", "half"), [("all", (0, 0)), ("-y", (1, -1)), ("+z", (2, 1)), ("x", (0, 1))]
)
def test_every_wrap_object_compiles_with_size_place_and_half(tmp_path, kind, quadrant, half):
    model = legs()
    surface, size = surfaces()[kind]
    femur = model.getBodySet().get("femur_r")
    wrap(model, opensim.Muscle.safeDownCast(model.getMuscles().get("glmed_r")), femur, surface, "extra",
         place=Vec3(0.01, -0.02, 0.03), turn=Vec3(0.0, 0.0, math.pi / 2), quadrant=quadrant)  # fmt: skip
    result = compiled(model, tmp_path)
    paths = result.paths
    row = int(paths.wrap_first[result.muscle_names.index("glmed_r")])
    assert paths.surface[row] == kind
    assert_allclose(paths.wrap_size[row], size, rtol=SAME)
    assert_allclose(paths.wrap_offset[row], [0.01, -0.02, 0.03], atol=PLACE)
    assert_allclose(paths.wrap_rotation[row], [0, -1, 0, 1, 0, 0, 0, 0, 1], atol=PLACE)
    assert paths.wrap_sign[row] == half[1]
    assert half[1] == 0 or paths.wrap_axis[row] == half[0]
    assert result.links[paths.wrap_link[row]] == "femur_r"


def test_a_wrap_object_that_is_switched_off_is_left_out(tmp_path):
    model = legs()
    femur = model.getBodySet().get("femur_r")
    femur.upd_WrapObjectSet().get("condyle_r").set_active(False)
    paths = compiled(model, tmp_path).paths
    assert paths.surface.size == 0
    assert (paths.wrap_first == paths.wrap_last).all()


def test_the_leg_of_everything_compiles_with_its_classes_points_and_knee(tmp_path):
    model = compiled(legs(), tmp_path)
    assert model.name == "legs"
    assert model.file == "subject.osim"
    assert set(model.muscle_classes) == set(CLASSES)
    paths = model.paths

    def kinds(name):
        m = model.muscle_names.index(name)
        return [Point(int(kind)).name for kind in paths.kind[paths.first[m] : paths.last[m]]]

    assert kinds("vasint_r") == ["FIXED", "FIXED", "CONDITIONAL", "FIXED"]
    assert kinds("bflh_r") == ["FIXED", "MOVING", "FIXED"]
    m = model.muscle_names.index("vasint_r")
    conditional = int(paths.first[m]) + 2
    assert paths.lower[conditional] == pytest.approx(1.0, abs=2e-5)  # OpenSim widens it by 1e-5
    assert paths.upper[conditional] == pytest.approx(2.0, abs=2e-5)
    assert model.coordinates[paths.coordinate[conditional]] == "knee_angle_r"
    (knee,) = model.knees
    assert knee.side == "right"
    assert model.links[knee.link] == "tibia_r"
    assert model.links[knee.patella] == "patella_r"
    assert (knee.flexion_sign, knee.reaches_tibia) == (1.0, True)
    assert model.mass == pytest.approx(30.0 + 8.0 + 3.5 + 0.1 + 0.1 + 1.1, rel=SAME)
    assert_allclose(model.tree.gravity, [0.0, -9.80665, 0.0], atol=1e-3)


def test_the_pose_at_zero_is_the_one_that_was_built(tmp_path):
    model = compiled(legs(), tmp_path)
    still = np.zeros(len(model.coordinates))
    pose = new_pose(len(model.links), model.tree.kind.size)
    place(model.tree, model.functions, still, still, still, pose)
    at = dict(zip(model.links, pose.position, strict=True))
    assert_allclose(at["tibia_r"], [-0.05, -0.46, 0.08], atol=PLACE)
    assert_allclose(at["patella_r"], [0.002, -0.465, 0.08], atol=PLACE)
    assert_allclose(at["calcn_r"], [-0.09, -0.92, 0.088], atol=PLACE)


def test_what_is_no_muscle_is_left_out_and_listed(tmp_path):
    model = legs()
    spring = opensim.SpringGeneralizedForce("knee_angle_r")
    spring.setName("stop")
    model.addForce(spring)
    motor = opensim.CoordinateActuator("ankle_angle_r")
    motor.setName("motor")
    model.addForce(motor)
    result = compiled(model, tmp_path)
    assert set(result.left_out) == {"stop (SpringGeneralizedForce)", "motor (CoordinateActuator)"}
    assert len(result.muscle_names) == 10


def test_a_muscle_that_applies_no_force_is_left_out_with_a_note(tmp_path):
    model = legs()
    opensim.Muscle.safeDownCast(model.getMuscles().get("soleus_r")).set_appliesForce(False)
    result = compiled(model, tmp_path)
    assert "soleus_r" not in result.muscle_names
    assert any("soleus_r" in note and "appliesForce" in note for note in result.notes)


def test_a_model_without_muscles_compiles(tmp_path):
    result = compiled(hung(simple("PinJoint")), tmp_path)
    assert result.muscle_names == ()
    assert result.paths.first.size == 0
    assert result.knees == ()
