"""The synthetic stride: exact forces under feet that stay where they were put."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrogait as rg
from retrogait import synthetic
from retrogait.errors import ConfigError
from retrogait.io.storage import read_table
from retrogait.osim.planar import read_planar

ROOT = Path(__file__).resolve().parents[1]
MOTIONS = ROOT / "motions"

FILE_ATOL = 1e-6  # deg, m, N; far above another processor's rounding, far below what matters
RESIDUAL_FORCE = 0.05  # N; quintic splines through rows at 100 Hz differ from the series by this little
RESIDUAL_MOMENT = 0.05  # N m; the same
SINK = 0.006  # m; what motions/README.md states
HOVER = 0.010  # m; the same, as a foot comes and goes
SLIDE = 0.015  # m; the same
FRICTION = 0.4  # 1; dry floors give more
ROUNDING = 1e-9  # N; a share of nothing


@pytest.fixture(scope="module")
def model():
    return rg.load_model(ROOT / "models" / "planar.osim")


@pytest.fixture(scope="module")
def gait():
    return synthetic.read_gait(MOTIONS / "synthetic.toml")


@pytest.fixture(scope="module")
def sole():
    return read_planar(ROOT / "models" / "planar.toml").sole("foot")


@pytest.fixture(scope="module")
def radii():
    """Of the spheres under heel, ball and toes, in the order of `sole` [m]."""
    table = read_planar(ROOT / "models" / "planar.toml")
    assert [c.name for c in table.contact] == ["heel", "ball", "toe"]
    return np.array([c.radius for c in table.contact])


@pytest.fixture(scope="module")
def time(gait):
    return np.linspace(0.0, gait.stride_time, 221)


@pytest.fixture(scope="module")
def stride(model, gait, sole, time):
    return synthetic.walk(model, gait, time, sole)


@pytest.fixture(scope="module")
def need(model, gait, sole, time):
    return synthetic.need_of(model, gait, time, sole)


@pytest.fixture(scope="module")
def spheres(model, gait, sole, radii, time):
    """Centres of the spheres, (row, side, sphere, 2) [m]."""
    centers = [(x, y + radius) for (x, y), radius in zip(sole, radii, strict=True)]
    return synthetic.need_of(model, gait, time, centers).sole


@pytest.fixture(scope="module", params=synthetic.DIRECTIONS)
def analyzed(request, model):
    stem = MOTIONS / f"synthetic_{request.param}"
    trial = rg.load_trial(
        f"{stem}.mot", f"{stem}_grf.xml", start=0.1, end=1.2, direction=request.param, origin="synthetic"
    )
    return rg.analyze(model, trial, cutoff=None)


coefficients = st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=5)


@given(a=coefficients, phase=st.floats(-2.0, 2.0))
def test_the_rates_of_a_series_are_its_derivatives(a, phase):
    series = synthetic.Series("m", 0.3, tuple(a), tuple(reversed(a)))
    step, stride_time = 1e-5, 1.1
    near = np.array([phase - step, phase, phase + step])
    value, rate, change = series.at(near, stride_time)
    dt = step * stride_time
    # central differences of values near 10: rounding over the step, and over the step again
    assert (value[2] - value[0]) / (2.0 * dt) == pytest.approx(rate[1], abs=1e-5)
    assert (rate[2] - rate[0]) / (2.0 * dt) == pytest.approx(change[1], abs=1e-3)


def test_the_files_are_what_the_command_writes(tmp_path, capsys):
    assert synthetic.main(["--output", str(tmp_path)]) == 0
    listed = capsys.readouterr().out.split()
    assert len(listed) == 6
    for made in map(Path, listed):
        kept = MOTIONS / made.name
        if made.suffix == ".xml":
            assert kept.read_text() == made.read_text()
            continue
        ours, theirs = read_table(kept), read_table(made)
        assert ours.labels == theirs.labels
        np.testing.assert_array_equal(ours.time, theirs.time)
        np.testing.assert_allclose(ours.values, theirs.values, rtol=0.0, atol=FILE_ATOL)


def test_every_file_says_synthetic_and_all_are_small():
    files = sorted(MOTIONS.glob("synthetic_*"))
    assert len(files) == 6
    for file in files:
        assert "synthetic: made up" in "".join(file.read_text().splitlines()[:2])
    assert sum(file.stat().st_size for file in files) < 200_000


def test_retro_is_forward_in_the_opposite_order():
    for end in (".mot", "_grf.mot"):
        forward, retro = (read_table(MOTIONS / f"synthetic_{d}{end}") for d in synthetic.DIRECTIONS)
        np.testing.assert_array_equal(forward.time, retro.time)
        np.testing.assert_array_equal(forward.values[::-1], retro.values)


def test_the_feet_give_what_the_body_needs(stride, need):
    total = stride.force.sum(axis=1)
    np.testing.assert_allclose(total[:, :2], need.force, atol=1e-9)
    moment = (stride.point[..., 0] * stride.force[..., 1]).sum(axis=1)
    np.testing.assert_allclose(moment, need.center * need.force[:, 1], atol=1e-9)


def test_nothing_is_left_for_the_pelvis(analyzed):
    left = {str(n): abs(analyzed.generalized_force.sel(coordinate=n)).max() for n in
            ("pelvis_tx", "pelvis_ty", "pelvis_tilt")}  # fmt: skip
    assert left["pelvis_tx"] < RESIDUAL_FORCE
    assert left["pelvis_ty"] < RESIDUAL_FORCE
    assert left["pelvis_tilt"] < RESIDUAL_MOMENT


@pytest.mark.opensim
def test_opensim_leaves_nothing_for_the_pelvis_either(tmp_path, model):
    from tests.parity import oracle  # noqa: PLC0415 - imports opensim

    table = read_table(MOTIONS / "synthetic_forward.mot")
    scale = [1.0 if label in {"pelvis_tx", "pelvis_ty"} else np.pi / 180 for label in table.labels]
    values = dict(zip(table.labels, (table.values * scale).T, strict=True))
    for side in "rl":  # in radians: OpenSim reads a coupled coordinate as it stands
        values[f"knee_angle_{side}_beta"] = 0.62 * values[f"knee_angle_{side}"] - np.radians(24.0)
    motion = oracle.write_motion(
        tmp_path / "q.mot", table.time, list(values), np.array(list(values.values())).T
    )
    output = oracle.inverse_dynamics_tool(
        tmp_path,
        ROOT / "models" / "planar.osim",
        motion,
        MOTIONS / "synthetic_forward_grf.xml",
        (0.1, 1.2),
        None,
    )
    for name, most in (
        ("pelvis_tx_force", RESIDUAL_FORCE),
        ("pelvis_ty_force", RESIDUAL_FORCE),
        ("pelvis_tilt_moment", RESIDUAL_MOMENT),
    ):
        assert np.abs(output[name]).max() < most


def test_the_ground_only_pushes_and_friction_suffices(stride):
    assert stride.force[..., 1].min() >= -ROUNDING
    assert (np.abs(stride.force[..., 0]) <= FRICTION * stride.force[..., 1] + ROUNDING).all()


def in_stance(time, gait, side):
    """Phase of one foot, and whether it stands."""
    phase = (time / gait.stride_time + 0.5 * side) % 1.0
    return phase, phase < 0.5 + gait.double_support


def stand_of(model, gait, sole, side):
    """Where heel, ball and toe of a foot lie in the middle of its stance, and the time of that."""
    middle = np.array([(synthetic.MIDSTANCE + 0.5 * side) * gait.stride_time])
    return synthetic.need_of(model, gait, middle, sole).sole[0, side, :, 0]


@pytest.mark.parametrize("side", [0, 1])
def test_the_center_of_pressure_stays_under_the_foot(stride, model, gait, sole, side):
    stand = stand_of(model, gait, sole, side)
    length = gait.speed * gait.stride_time
    loaded = stride.force[:, side, 1] > ROUNDING
    where = stride.point[loaded, side, 0]
    # the left foot stands twice within the stride: once before and once after its swing
    earlier = np.where(where < stand[0] - 0.5 * length, length, 0.0)
    assert (where + earlier >= stand[0]).all()
    assert (where + earlier <= stand[-1]).all()


@pytest.mark.parametrize("side", [0, 1])
def test_a_standing_foot_neither_sinks_nor_slides_more_than_stated(
    need, spheres, radii, model, gait, sole, time, side
):
    phase, stands = in_stance(time, gait, side)
    # The toes stay straight and dive as the heel rises: heel and ball are what stands.
    lowest = (spheres[:, side, :2, 1] - radii[:2]).min(axis=1)[stands]
    assert lowest.min() >= -SINK
    assert lowest.max() <= HOVER
    stand = stand_of(model, gait, sole, side)
    length = gait.speed * gait.stride_time
    for point, on in ((0, phase < 0.34), (1, (phase > 0.09) & stands)):
        away = need.sole[on, side, point, 0] - stand[point]
        away -= length * np.round(away / length)
        assert np.abs(away).max() <= SLIDE


def test_a_swinging_foot_clears_the_ground(spheres, radii, gait, time):
    for side in (0, 1):
        phase, _ = in_stance(time, gait, side)
        swings = (phase > 0.66) & (phase < 0.95)
        assert (spheres[swings, side, :2, 1] - radii[:2]).min() > 0.005


def test_both_steps_are_equal(stride, gait):
    half = (stride.time.size - 1) // 2
    np.testing.assert_allclose(stride.force[half:, 1], stride.force[: half + 1, 0], atol=1e-6)
    np.testing.assert_allclose(stride.force[half:, 0], stride.force[: half + 1, 1], atol=1e-6)


def test_the_angles_have_the_shape_of_walking(stride, model):
    angle = {name: np.degrees(stride.coordinates[:, c]) for c, name in enumerate(model.coordinates)}
    knee, rows = angle["knee_angle_r"], stride.time.size
    assert 15.0 <= knee[: rows // 4].max() <= 23.0
    assert 58.0 <= knee.max() <= 65.0
    assert knee.min() >= 0.0
    assert 20.0 <= angle["hip_flexion_r"].max() <= 30.0
    assert -20.0 <= angle["hip_flexion_r"].min() <= -10.0
    assert 8.0 <= angle["ankle_angle_r"].max() <= 18.0
    assert -25.0 <= angle["ankle_angle_r"].min() <= -12.0


def test_fibres_work_between_half_and_one_and_a_half_optimal_lengths(analyzed, model):
    share = analyzed.fiber_length.values / model.muscles.optimal_fiber_length
    assert share.min() > 0.5
    assert share.max() < 1.5


def test_the_knee_carries_what_knees_carry_in_walking(analyzed):
    weight, mass = analyzed.attrs["body_weight"], analyzed.attrs["body_mass"]
    tibia = np.linalg.norm(analyzed.tibiofemoral_force.values, axis=-1).max(axis=0) / weight
    patella = analyzed.patellofemoral_force.max("time").values / weight
    moment = analyzed.knee_extension_moment.max("time").values / mass
    assert (tibia > 2.0).all()
    assert (tibia < 5.0).all()
    assert (patella > 0.3).all()
    assert (patella < 2.0).all()
    assert (moment > 0.3).all()
    assert (moment < 1.0).all()
    assert (analyzed.status.values == 0).all()


def test_muscles_balance_the_joints_without_help(analyzed):
    shared = analyzed.coordinate_shared.values == 1
    reserve = np.abs(analyzed.reserve.values[:, shared]).max(axis=0)
    moment = np.abs(analyzed.generalized_force.values[:, shared]).max(axis=0)
    assert (reserve < 0.05 * moment).all()


def test_a_table_that_is_none_is_refused_by_name(tmp_path):
    path = tmp_path / "gait.toml"
    path.write_text("stride_time = -1.0")
    with pytest.raises(ConfigError, match="not a table of a stride"):
        synthetic.read_gait(path)
