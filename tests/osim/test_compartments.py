"""Knees with a joint for each compartment, as in models after Lerner et al. 2015."""

import numpy as np
import opensim
import pytest
from numpy.testing import assert_allclose
from opensim import Vec3

import retrogait as rg
from retrogait.compartments import Points, divide
from retrogait.errors import ModelError
from tests.builders import O, Y, Z, block, custom_joint, line, muscle, vector, write
from tests.trials import trial_of

HEIGHT = -0.01  # m, of both hinges above the knee centre
INNER, OUTER = 0.023, 0.017  # m, of the medial and the lateral hinge from the knee centre
CONDYLE = 1e-4  # kg, of the bodies that only make a knee's joints
LIGHT = 0.05  # N: weight and inertia of those bodies, and of the rounding of their frames
ROWS = 40


def leg(side="r", *, split=True, weld="constraint", apart=OUTER):
    """A pelvis that stands still, a hip of three rotations and a knee, whole or of two compartments."""
    model = opensim.Model()
    model.setName("leg")
    femur = block(f"femur_{side}", 8.0, vector(0.0, -0.17, 0.005, side), (0.12, 0.4, 0.12))
    tibia = block(f"tibia_{side}", 3.5, vector(0.01, -0.19, -0.004, side), (0.1, 0.4, 0.09))
    outward = 1.0 if side == "r" else -1.0
    for body in (femur, tibia):
        model.addBody(body)
    model.addJoint(custom_joint(f"hip_{side}", model.getGround(), femur, {
        "rotation1": (Z, f"hip_flexion_{side}", line()),
        "rotation2": (Vec3(outward, 0.0, 0.0), f"hip_adduction_{side}", line()),
        "rotation3": (Vec3(0.0, outward, 0.0), f"hip_rotation_{side}", line()),
    }, place=Vec3(0.0, 0.9, 0.0)))  # fmt: skip
    bend = {
        "rotation1": (Z, f"knee_angle_{side}", line(-1.0)),
        "translation2": (Y, None, opensim.Constant(-0.4)),
    }
    if not split:
        model.addJoint(custom_joint(f"knee_{side}", femur, tibia, bend))
        return with_muscles(model, femur, tibia, side)
    names = ("sagittal_articulation_frame", "med_cond", "lat_cond")
    frame, medial, lateral = (block(f"{name}_{side}", CONDYLE, O, (0.02, 0.02, 0.02)) for name in names)
    for body in (frame, medial, lateral):
        model.addBody(body)
    model.addJoint(custom_joint(f"knee_{side}", femur, frame, bend))
    forward = Vec3(0.0, np.pi / 2.0, 0.0)  # turns a hinge's own z to x
    for name, body, z in (("med", medial, -INNER), ("lat", lateral, apart)):
        hinge = opensim.PinJoint(
            f"{name}_cond_joint_{side}", frame, vector(0.0, HEIGHT, z, side), forward, body, O, forward
        )
        hinge.updCoordinate().setName(f"{name}_cond_adduction_{side}")
        model.addJoint(hinge)
    places = {"med": vector(0.0, -HEIGHT, INNER, side), "lat": vector(0.0, -HEIGHT, -apart, side)}
    model.addJoint(opensim.WeldJoint(f"med_cond_weld_{side}", medial, places["med"], O, tibia, O, O))
    if weld == "constraint":
        model.addConstraint(opensim.WeldConstraint(
            f"lat_cond_weld_{side}", lateral, places["lat"], O, tibia, O, O))  # fmt: skip
    elif weld == "joint":
        model.addJoint(opensim.WeldJoint(f"lat_cond_weld_{side}", lateral, places["lat"], O, tibia, O, O))
    return with_muscles(model, femur, tibia, side)


def with_muscles(model, femur, tibia, side):
    """A quadriceps in front and a hamstring behind."""
    for name, x in (("vasint", 0.045), ("bfsh", -0.03)):
        ends = [(femur, vector(x, -0.2, 0.01, side)), (tibia, vector(x, -0.05, 0.01, side))]
        model.addForce(
            muscle("RigidTendonMuscle", f"{name}_{side}", ends, strength=3000.0, optimal=0.1, slack=0.14)
        )
    model.finalizeConnections()
    return model


def walked(model, side, **choices):
    """Loads of a kick while something pushes on the tibia from outside."""
    time = np.arange(ROWS) / 100.0
    turn = 2.0 * np.pi * time
    names = [f"{name}_{side}" for name in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle")]
    values = np.stack([0.3 * np.sin(turn), 0.1 * np.cos(turn), 0.0 * turn, 0.5 + 0.3 * np.sin(turn)], axis=1)
    z = 0.03 if side == "r" else -0.03
    wrench = np.tile([10.0, 700.0, 20.0 if side == "r" else -20.0, 0.05, 0.0, z, 0.0, 0.0, 0.0], (ROWS, 1, 1))
    trial = trial_of(time, names, values, wrench, [f"tibia_{side}"])
    return rg.analyze(model, trial, threads=1, **choices)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")

    def load(name, model):
        return rg.load_model(write(model, folder / f"{name}.osim"), cache=False)

    return load


@pytest.mark.parametrize("weld", ["constraint", "joint"])
def test_two_hinges_that_hold_one_tibia_are_the_contact_points(loaded, weld):
    model = loaded(f"split_{weld}", leg(weld=weld))
    (knee,) = model.knees
    assert model.links[knee.link] == "sagittal_articulation_frame_r"
    assert_allclose(knee.compartments, (INNER, OUTER, HEIGHT), atol=1e-12)
    held = {name for name, locked in zip(model.coordinates, model.locked, strict=True) if locked}
    assert held == {"med_cond_adduction_r", "lat_cond_adduction_r"}


@pytest.mark.parametrize("side", ["r", "l"])
def test_a_knee_of_two_joints_carries_what_the_same_knee_of_one_joint_carries(loaded, side):
    two = walked(loaded(f"two_{side}", leg(side)), side)
    whole = loaded(f"one_{side}", leg(side, split=False))
    assert whole.knees[0].compartments is None
    one = walked(whole, side, contact_points=(INNER, OUTER))
    assert_allclose(two["tibiofemoral_force"], one["tibiofemoral_force"], rtol=0.0, atol=LIGHT)
    shear = one["tibiofemoral_force"].sel(axis="z").to_numpy()[..., None]
    moved = HEIGHT * shear / (INNER + OUTER) * np.array([1.0, -1.0]) * (1.0 if side == "r" else -1.0)
    assert_allclose(two["compartment_force"], one["compartment_force"] + moved, rtol=0.0, atol=LIGHT)
    assert float(abs(two["compartment_force"]).max()) > 300.0
    assert "hinges" in two.attrs["contact_points_source"]


@pytest.mark.parametrize("split", [True, False])
def test_a_left_leg_that_does_the_same_carries_the_same(loaded, split):
    right, left = (walked(loaded(f"{side}_{split}", leg(side, split=split)), side) for side in ("r", "l"))
    mine, other = (result["compartment_force"].to_numpy() for result in (right, left))
    assert_allclose(mine, other, rtol=0.0, atol=LIGHT)
    assert np.abs(np.diff(mine, axis=-1)).max() > 100.0


def test_a_weld_that_holds_nothing_still_is_refused(loaded):
    with pytest.raises(ModelError, match=r"lat_cond_weld_r \(WeldConstraint\) closes a loop"):
        loaded("line", leg(apart=-INNER))


@pytest.mark.opensim
def test_the_balance_about_the_hinges_is_the_reaction_that_opensim_finds_at_them():
    model = leg("r")
    model.updForceSet().clearAndDestroy()
    push = opensim.PrescribedForce("push", model.getBodySet().get("tibia_r"))
    push.setForceIsInGlobalFrame(True)
    push.setPointIsInGlobalFrame(False)
    push.setForceFunctions(*(opensim.Constant(x) for x in (20.0, 400.0, -30.0)))
    push.setPointFunctions(*(opensim.Constant(x) for x in (0.05, -0.2, 0.03)))
    model.addForce(push)
    state = model.initSystem()
    for name, value in {"hip_flexion_r": 0.2, "hip_adduction_r": 0.1, "knee_angle_r": 0.4}.items():
        model.updCoordinateSet().get(name).setValue(state, value, False)
    for name in ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r"):
        model.updCoordinateSet().get(name).setLocked(state, True)
    model.assemble(state)
    model.realizeAcceleration(state)
    R = model.getBodySet().get("sagittal_articulation_frame_r").getTransformInGround(state).R()
    axes = np.array([[R.get(i, k) for k in range(3)] for i in range(3)])

    def reaction(joint):
        """Force and moment on the child in the axes of the knee."""
        both = model.getJointSet().get(joint).calcReactionOnChildExpressedInGround(state)
        return np.concatenate([axes.T @ [both.get(i).get(k) for k in range(3)] for i in (1, 0)])

    theirs = [-reaction(f"{name}_cond_joint_r")[1] for name in ("med", "lat")]
    ours = divide(reaction("knee_r")[None], "right", Points(INNER, OUTER, HEIGHT))
    assert_allclose(ours[0], theirs, rtol=0.0, atol=LIGHT)
