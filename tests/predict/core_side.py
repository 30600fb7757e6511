"""What the compiled core and OpenSim say about random poses: ``python -m tests.predict.core_side OUT.npz``.

Run by a fixture in a process of its own, because opensim and casadi cannot share one.
"""
# ruff: noqa: PLC0415  # opensim only where a process of its own asks for it

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

import retrogait as rg
from retrogait.kernels.kinematics import couple
from retrogait.kernels.plan import Body, Motion, new_answer
from retrogait.osim.planar import read_planar
from retrogait.osim.quiet import swallow_output
from retrogait.pipeline import make_plan, solve
from retrogait.settings import Settings
from retrogait.share import share_folder

POSES = 24
SPHERES = 40


def mechanics():
    """Generalized forces, lengths and moment arms of the planar model at random states."""
    model = rg.load_model(share_folder("models") / "planar.osim")
    rng = np.random.default_rng(3)
    shape = (POSES, len(model.coordinates))
    # Narrow enough that no straight path turns inside out; the equations do not care.
    q = rng.uniform(-0.5, 0.9, shape)
    v, a = 3.0 * rng.standard_normal(shape), 30.0 * rng.standard_normal(shape)
    couple(model.tree, model.functions, q, v, a)
    body = Body(model.tree, model.functions, model.paths, model.muscles)
    plan = make_plan(model, Settings())
    answer = new_answer(POSES, body, plan)
    motion = Motion(np.arange(POSES) / 100.0, q, v, a, np.zeros((POSES, 0, 9)), np.zeros(0, np.int64))
    solve(body, plan, motion, answer, 1)
    # Coupled coordinates move as straight lines, so a unit rate of the driver gives their slope.
    unit = np.zeros((3, 1, shape[1]))
    force = answer.force.copy()
    for column in np.flatnonzero(model.tree.driver >= 0):
        driver = model.tree.driver[column]
        unit[:] = 0.0
        unit[1, 0, driver] = 1.0
        couple(model.tree, model.functions, *unit)
        force[:, driver] += unit[1, 0, column] * force[:, column]
    arm = np.zeros((POSES, len(model.muscle_names), shape[1]))
    for muscle, (first, last) in enumerate(pairwise(model.paths.arm_first)):
        for entry in range(first, last):
            arm[:, muscle, model.paths.arm_coordinate[entry]] += answer.arm[:, entry]
    return {
        "mass": np.array(model.mass), "free": np.array(model.tree.driver < 0),
        "coordinates": np.array(model.coordinates), "muscles": np.array(model.muscle_names),
        "q": q, "v": v, "a": a, "force": force, "length": answer.length, "arm": arm,
    }  # fmt: skip


def contact():
    """Vertical force of OpenSim's smooth sphere on a half-space over indentation and closing velocity."""
    import opensim as osim

    table = read_planar(share_folder("models") / "planar.toml")
    radius, stiffness = 0.03, table.si(table.ground.stiffness)
    dissipation = table.si(table.ground.dissipation)
    rng = np.random.default_rng(4)
    height = radius + rng.uniform(-0.012, 0.010, SPHERES)
    velocity = rng.uniform(-1.0, 1.0, SPHERES)
    with swallow_output():
        model = osim.Model()
        ball = osim.Body("ball", 1.0, osim.Vec3(0), osim.Inertia(1.0))
        model.addBody(ball)
        joint = osim.SliderJoint(
            "up", model.getGround(), osim.Vec3(0), osim.Vec3(0, 0, np.pi / 2),
            ball, osim.Vec3(0), osim.Vec3(0, 0, np.pi / 2),
        )  # fmt: skip
        model.addJoint(joint)
        sphere = osim.ContactSphere(radius, osim.Vec3(0), ball, "sphere")
        # A half-space of OpenSim fills +x: turned so that it fills -y.
        floor = osim.ContactHalfSpace(
            osim.Vec3(0), osim.Vec3(0, 0, -np.pi / 2), model.getGround(), "floor"
        )  # fmt: skip
        model.addContactGeometry(sphere)
        model.addContactGeometry(floor)
        force = osim.SmoothSphereHalfSpaceForce("contact", sphere, floor)
        force.set_stiffness(stiffness)
        force.set_dissipation(dissipation)
        model.addForce(force)
        state = model.initSystem()
        coordinate = model.getCoordinateSet().get(0)
        made = np.zeros(SPHERES)
        for row, (y, speed) in enumerate(zip(height, velocity, strict=True)):
            coordinate.setValue(state, float(y))
            coordinate.setSpeedValue(state, float(speed))
            model.realizeVelocity(state)
            assert abs(ball.getPositionInGround(state).get(1) - y) < 1e-12
            made[row] = force.getRecordValues(state).get(1)
    return {
        "contact_height": height, "contact_velocity": velocity, "contact_force": made,
        "contact_law": np.array([radius, stiffness, dissipation]),
    }  # fmt: skip


if __name__ == "__main__":
    np.savez(Path(sys.argv[1]), **mechanics(), **contact())
