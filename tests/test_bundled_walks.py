"""Laws that a walk keeps, on the predicted ones that come with the package."""

from dataclasses import replace

import numpy as np
import pytest

import retrogait as rg
from retrogait.config import read_experiment
from retrogait.errors import ConfigError
from retrogait.jobs import open_trial
from retrogait.share import share_folder
from tests.trials import bundled, reversed_in_time

RESIDUAL_FORCE = 0.2  # N; cubic splines through rounded rows, of a person of 686 N
# N m. As a foot lifts off, the smooth law of the ground pulls at it for a frame or two with up to 2.5 N; a
# force that pulls has no centre of pressure in the file, so its moment is lost. The largest of all is 0.36.
RESIDUAL_MOMENT = 0.5
TOOL_FORCE = (
    14.0  # N, a fiftieth of the weight; OpenSim lays quintic splines through what was computed as cubic ones
)
TOOL_MOMENT = 14.0  # N m; the same
PLAYBACK = 1e-7  # of the largest number: splines run backwards, differentiated twice
SHARE = 0.01  # of a joint's moment: muscles are strong enough

LEVEL, HILL = "forward_1.0_0", "retro_1.0_+05"


@pytest.fixture(scope="module", params=[LEVEL, HILL])
def gait(request):
    return bundled(request.param)


def residuals(result):
    return {
        name: np.abs(result.generalized_force.sel(coordinate=name).values).max()
        for name in ("pelvis_tx", "pelvis_ty", "pelvis_tilt")
    }


def test_nothing_is_left_for_the_pelvis_on_level_ground_and_on_a_hill(gait):
    left = residuals(gait.result)
    assert left["pelvis_tx"] < RESIDUAL_FORCE
    assert left["pelvis_ty"] < RESIDUAL_FORCE
    assert left["pelvis_tilt"] < RESIDUAL_MOMENT


@pytest.mark.opensim
def test_opensim_leaves_nothing_for_the_pelvis_either(tmp_path):
    from tests.parity import oracle  # noqa: PLC0415 - imports opensim

    gait = bundled(LEVEL)
    _, _, loads = gait.write(tmp_path)
    table = gait.trial.motion
    scale = [1.0 if label in {"pelvis_tx", "pelvis_ty"} else np.pi / 180 for label in table.labels]
    values = dict(zip(table.labels, (table.values * scale).T, strict=True))
    for side in "rl":  # in radians: OpenSim reads a coupled coordinate as it stands
        values[f"knee_angle_{side}_beta"] = 0.62 * values[f"knee_angle_{side}"] - np.radians(24.0)
    motion = oracle.write_motion(
        tmp_path / "q.mot", table.time, list(values), np.array(list(values.values())).T
    )
    window = (gait.trial.start, gait.trial.end)
    model = share_folder("models") / "planar.osim"
    output = oracle.inverse_dynamics_tool(tmp_path, model, motion, loads, window, None)
    for name, most in (
        ("pelvis_tx_force", TOOL_FORCE),
        ("pelvis_ty_force", TOOL_FORCE),
        ("pelvis_tilt_moment", TOOL_MOMENT),
    ):
        assert np.abs(output[name]).max() < most


def test_forward_uphill_played_backwards_is_retro_downhill_with_the_same_moments(gait):
    """Poses, accelerations and forces are the same, so only muscles can tell the direction of time."""
    other = {"forward": "retro", "retro": "forward"}[gait.condition.direction]
    trial = replace(
        reversed_in_time(gait.trial), direction=other, incline=-gait.trial.incline, spline=gait.trial.spline
    )
    back = rg.analyze(gait.model, trial, cutoff=None)
    for name in ("generalized_force", "ground_reaction_force", "muscle_length", "tibiofemoral_net_force"):
        ours, theirs = gait.result[name].values, back[name].values[::-1]
        np.testing.assert_allclose(theirs, ours, rtol=0.0, atol=PLAYBACK * (1.0 + np.abs(ours).max()))
    gap = np.abs(back.muscle_force.values[::-1] - gait.result.muscle_force.values)
    assert gap.max() > 50.0  # N; what shortened now lengthens


def test_both_steps_are_equal(gait):
    result = gait.result
    half = (result.sizes["time"] - 1) // 2
    knee = result.tibiofemoral_force
    right, left = (np.linalg.norm(knee.sel(side=side).values, axis=1) for side in ("right", "left"))
    np.testing.assert_allclose(left[half:], right[: half + 1], rtol=0.0, atol=1.0)  # N; rounded files


def test_fibres_work_between_half_and_one_and_a_half_optimal_lengths(gait):
    share = gait.result.fiber_length.values / gait.model.muscles.optimal_fiber_length
    assert share.min() > 0.5
    assert share.max() < 1.5


def test_muscles_balance_the_joints_without_help(gait):
    result = gait.result
    assert (result.status.values == 0).all()
    shared = result.coordinate_shared.values == 1
    reserve = np.abs(result.reserve.values[:, shared]).max(axis=0)
    moment = np.abs(result.generalized_force.values[:, shared]).max(axis=0)
    assert (reserve < SHARE * moment).all()


def test_an_experiment_can_list_a_bundled_walk_as_the_cubic_spline_it_is(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(
        '[model]\nfile = "bundled:planar.osim"\n[[trial]]\nname = "walk"\naxes = "surface"\n'
        'spline = "cubic"\n'
        'coordinates = "bundled:predicted/forward_1.2_0.mot"\norigin = "predicted"\n'
    )
    (trial,) = read_experiment(path).trials
    assert open_trial(trial).spline == "cubic"
    path.write_text(path.read_text().replace("cubic", "straight"))
    with pytest.raises(ConfigError, match="spline"):
        read_experiment(path)
