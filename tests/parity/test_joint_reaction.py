"""Joint reactions against OpenSim, for the same muscle forces and the same motion."""

import numpy as np
import opensim as osim
import pytest

from retrogait.settings import Settings

from . import ours
from .cases import TRIALS, open_case
from .oracle import Analysis, Engine, joint_reaction, write_motion

pytestmark = [pytest.mark.opensim, pytest.mark.shared]

FORCE_ATOL = 1e-6  # N: the bar is 0.1. Seen 1.2e-10
MOMENT_ATOL = 1e-6  # N m. Seen 7e-13
COUPLE_MAX = 0.5  # N m: what OpenSim's two-wrap muscles exert on nothing. Seen 0.28 on 1 kN of gastrocnemius
COUPLE_SEEN = 0.05  # N m: the least of it, or the exception is not needed
TOOL_ATOL = 1e-6  # N or N m: what the tool reads back of forces printed in full. Seen 4e-12

CUTOFF = 6.0
FRAMES = 12
WINDOW = (0.6, 1.0)  # s
SIMPLE = ("gait2392", "gait10dof18")
TWO_WRAPS = ("rajagopal_walk", "gc5_ss1")


def reactions_of(data, name):
    """The model, ours (frame, joint, 6), OpenSim's in the same order, and what OpenSim lacked to move so."""
    path, model, trial = open_case(data, name)
    motion = ours.motion_at(model, trial, CUTOFF)
    motion = ours.every(motion, -(-motion.time.size // FRAMES))
    answer = ours.solve_motion(model, motion, Settings(physics="opensim", cutoff=CUTOFF))
    assert (answer.status == 0).all()
    engine = Engine(path, model, data / TRIALS[name].loads)
    order = [engine.joint_names.index(joint) for joint in model.joints]
    frames = [
        engine.reactions(*state)
        for state in zip(
            motion.q, motion.qd, motion.qdd, motion.time, answer.tension, answer.reserve, strict=True
        )
    ]
    theirs = np.array([reaction[order] for reaction, _ in frames])
    lacking = np.array([lacking for _, lacking in frames])
    return model, answer.reaction[:, 1:], theirs, lacking


def above_the_knee(model):
    """(joint,) True for joints that carry a thigh or the pelvis."""
    tree = model.tree
    above = np.zeros(tree.parent.size, bool)
    for knee in model.knees:
        link = int(tree.parent[knee.link])
        while link > 0:
            above[link] = True
            link = int(tree.parent[link])
    return above[1:]


@pytest.mark.parametrize("name", SIMPLE)
def test_every_joint_reaction_is_opensims(shared_data, name):
    _, mine, theirs, lacking = reactions_of(shared_data, name)

    np.testing.assert_allclose(mine[..., :3], theirs[..., :3], rtol=0.0, atol=FORCE_ATOL)
    np.testing.assert_allclose(mine[..., 3:], theirs[..., 3:], rtol=0.0, atol=MOMENT_ATOL)
    assert np.abs(lacking).max() < MOMENT_ATOL


@pytest.mark.parametrize("name", TWO_WRAPS)
def test_reactions_are_opensims_but_for_a_couple_that_its_gastrocnemius_exerts_on_nothing(shared_data, name):
    model, mine, theirs, lacking = reactions_of(shared_data, name)

    # Directions from stale ground positions, points of application from fresh ones: a muscle's forces on
    # thigh and foot then have no common line, and hip and pelvis must hold the couple that is left.
    held = above_the_knee(model)
    couple = np.abs(mine[:, held, 3:] - theirs[:, held, 3:]).max()
    np.testing.assert_allclose(mine[..., :3], theirs[..., :3], rtol=0.0, atol=FORCE_ATOL)
    np.testing.assert_allclose(mine[:, ~held, 3:], theirs[:, ~held, 3:], rtol=0.0, atol=MOMENT_ATOL)
    assert COUPLE_SEEN < couple < COUPLE_MAX
    assert np.abs(lacking).max() < COUPLE_MAX


def test_conventions_are_those_of_the_joint_reaction_analysis(shared_data, tmp_path):
    name = "gait2392"
    path, model, trial = open_case(shared_data, name)
    motion = ours.motion_at(model, trial, None)
    inside = (motion.time >= WINDOW[0] - 1e-9) & (motion.time <= WINDOW[1] + 1e-9)
    answer = ours.solve_motion(model, motion, Settings(physics="opensim", cutoff=None))
    motors = osim.ForceSet()
    for coordinate in model.coordinates:
        motor = osim.CoordinateActuator(coordinate)
        motor.setName(f"motor_of_{coordinate}")
        motor.setOptimalForce(1.0)
        motors.cloneAndAppend(motor)
    motors.printToXML(str(tmp_path / "motors.xml"))
    labels = [*model.muscle_names, *(f"motor_of_{coordinate}" for coordinate in model.coordinates)]
    table = np.hstack([answer.tension, answer.reserve])
    forces = write_motion(tmp_path / "forces.sto", motion.time, labels, table)
    case = TRIALS[name]
    setting = Analysis(
        path,
        shared_data / case.motion,
        shared_data / case.loads,
        tmp_path / "motors.xml",
        WINDOW,
        None,
        1,
    )

    tool = joint_reaction(tmp_path, setting, forces)

    np.testing.assert_allclose(tool.time, motion.time[inside], rtol=0.0, atol=1e-9)
    for joint, body, reaction in zip(
        model.joints, model.links[1:], answer.reaction[inside, 1:].transpose(1, 0, 2), strict=True
    ):
        for row, part in enumerate(["fx", "fy", "fz", "mx", "my", "mz"]):
            column = tool[f"{joint}_on_{body}_in_{body}_{part}"]
            np.testing.assert_allclose(
                reaction[:, row], column, rtol=0.0, atol=TOOL_ATOL, err_msg=f"{joint} {part}"
            )
