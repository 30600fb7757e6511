"""What is stored of the cycles of a trial, against strides that are known to be equal."""

import dataclasses
import math
import pickle

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import retrogait as rg
from retrogait.gait.cycle import PERCENT, sample
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.normalise import extract, normalise, spread
from retrogait.quantities import CYCLE_COORDINATES, CYCLE_VARIABLES, QUANTITIES
from retrogait.share import share_folder
from tests.trials import bundled

SAME = (
    1e-6  # relative or in the unit of the curve: two ways to cut one stride, and splines that end elsewhere
)
CLOSE = 0.02  # relative: spline ends between strides, where the motion is not quite periodic
STRIDES = 4
BRIEF = 1e-6  # s: far less than a row


@pytest.fixture(scope="module")
def planar():
    return rg.load_model(share_folder("models") / "planar.osim")


@pytest.fixture(scope="module")
def stride():
    """A predicted stride: trial and result."""
    gait = bundled("retro_1.0_0")
    return gait.trial, gait.result


@pytest.fixture(scope="module")
def walk(planar):
    """The same walk as a recording of several strides: trial and result."""
    trial = in_a_row(bundled("retro_1.0_0").trial, STRIDES)
    return trial, rg.analyze(planar, trial, cutoff=None, sharing="plain")  # as a predicted stride is shared


def in_a_row(trial, count):
    """A trial of one stride several times over, the pelvis going on where it was, as if recorded."""
    motion, loads = trial.motion, trial.loads
    length = trial.end - trial.start
    # The file has rows beyond the stride at either end; the last row of a stride is the first of the next.
    rows = slice(*np.searchsorted(motion.time, [trial.start - BRIEF, trial.end - BRIEF]))
    travel = motion.labels.index("pelvis_tx")
    ahead = np.ptp(motion.values[rows.start : rows.stop + 1, travel])
    ahead *= np.sign(motion.values[-1, travel] - motion.values[0, travel])
    turn = np.repeat(np.arange(count), rows.stop - rows.start)
    time = np.tile(motion.time[rows], count) + turn * length
    values = np.tile(motion.values[rows], (count, 1))
    values[:, travel] += turn * ahead
    pushes = {
        name: np.concatenate([getattr(loads, name)[rows]] * count) for name in ("force", "point", "torque")
    }
    pushes["point"][:, :, 0] += turn[:, None] * ahead
    return dataclasses.replace(
        trial,
        origin="recorded",
        motion=dataclasses.replace(motion, time=time, values=values),
        loads=dataclasses.replace(loads, time=time, **pushes),
        start=float(time[0]),
        end=float(time[-1]),
    )


def test_every_array_is_there_with_its_axes_unit_and_sentence(planar, stride):
    trial, result = stride
    done = normalise(result, planar, trial)
    for name, quantity in (CYCLE_COORDINATES | CYCLE_VARIABLES).items():
        assert QUANTITIES[name] is quantity
        assert done[name].dims == quantity.dims
        assert done[name].attrs == {"units": quantity.unit, "long_name": quantity.about}
    assert done["measure"].to_numpy().tolist() == list(MEASURES)
    assert done["curve"].to_numpy().tolist() == list(CURVES)
    assert done["measure_unit"].sel(measure="tibiofemoral_impulse_per_km") == "BW s/km"
    assert done["curve_unit"].sel(curve="knee_adduction_moment") == "N m/kg"
    for name in result.variables:
        assert done[name].identical(done[name]), name
        np.testing.assert_array_equal(done[name].to_numpy(), result[name].to_numpy())


def test_a_predicted_stride_is_one_cycle_of_either_leg_without_a_deviation(planar, stride):
    trial, result = stride
    done = normalise(result, planar, trial)
    assert done["cycles"].to_numpy().tolist() == [1, 1]
    assert np.isnan(done["measure_sd"]).all()
    assert np.isnan(done["curve_sd"]).all()
    assert np.isfinite(done["activation_mean"]).all()
    # Backwards the toes come first.
    assert (done["measure_mean"].sel(measure="contact_place") > 50.0).all()


def test_a_predicted_stride_tells_of_muscles_trunk_and_energy_and_what_that_rests_on(planar, stride):
    trial, result = stride
    done = normalise(result, planar, trial)
    lacking = {name for name in MEASURES if np.isnan(done["measure_mean"].sel(measure=name)).any()}
    # In the plane there is no adduction and no compartment, and this model has no joint of the back.
    planar_only = ("knee_adduction", "medial", "lateral", "lumbar", "erector_spinae", "cost_of_transport")
    assert {name for name in lacking if not name.startswith(planar_only) and "valley" not in name} == set()
    assert "cost_of_transport_bhargava" not in lacking
    assert (done["measure_mean"].sel(measure="foot_strike") == -1.0).all()
    assert sum(note.startswith("metabolic power: muscle mass") for note in done.attrs["notes"]) == 1


def test_a_body_that_is_analyzed_stronger_spends_as_a_heavier_one(planar, walk):
    trial, _ = walk
    notes = []
    for strength in ({}, {"all": 2.0}):
        done = normalise(rg.analyze(planar, trial, cutoff=None, strength=strength), planar, trial)
        notes.append(next(note for note in done.attrs["notes"] if note.startswith("metabolic power")))
    usual, strong = (float(note.split("here ")[1].split(" kg")[0]) for note in notes)
    assert strong == pytest.approx(2.0 * usual, abs=0.1)


def test_strides_in_a_row_give_the_mean_of_one_and_hardly_any_deviation(planar, stride, walk):
    one = normalise(stride[1], planar, stride[0])
    done = normalise(walk[1], planar, walk[0])
    assert done["cycles"].to_numpy().min() >= STRIDES - 2
    for name in ("stride_time", "stance_share", "cadence", "stride_length", "tibiofemoral_impulse",
                 "tibiofemoral_impulse_per_minute", "patellofemoral_impulse_per_km"):  # fmt: skip
        there = done["measure_mean"].sel(measure=name).to_numpy()
        np.testing.assert_allclose(there, one["measure_mean"].sel(measure=name), rtol=CLOSE, err_msg=name)
        assert (done["measure_sd"].sel(measure=name) <= CLOSE * np.abs(there)).all(), name
    gap = done["curve_mean"].sel(curve="knee_flexion") - one["curve_mean"].sel(curve="knee_flexion")
    assert np.abs(gap).max() < 1.0  # deg: contacts that are a row apart


def test_what_the_muscles_and_the_rest_add_is_the_whole_compression(planar, stride):
    trial, result = stride
    done = normalise(result, planar, trial)
    weight = result.attrs["body_weight"]
    muscles = [str(name) for name in done["muscle"].to_numpy()]
    for side, suffix in (("right", "_r"), ("left", "_l")):
        mine = [name.endswith(suffix) for name in muscles]
        together = done["compression_mean"].to_numpy()[mine].sum(axis=0)
        pull = result["tibiofemoral_contribution"].sel(side=side, axis="y").to_numpy().sum(axis=1)
        assert together.max() == pytest.approx(-pull.min() / weight, rel=CLOSE)
        assert together.mean() == pytest.approx(-pull.mean() / weight, rel=CLOSE)


def test_activations_are_cut_at_the_contacts_of_the_muscles_own_leg(planar, walk):
    trial, result = walk
    done = normalise(result, planar, trial)
    # Legs of a symmetric walk do the same half a stride apart: each in its own cycle, they are alike.
    names = [str(name) for name in done["muscle"].to_numpy()]
    right = [k for k, name in enumerate(names) if name.endswith("_r")]
    left = [names.index(names[k][:-1] + "l") for k in right]
    mean = done["activation_mean"].to_numpy()
    np.testing.assert_allclose(mean[right].mean(axis=1), mean[left].mean(axis=1), atol=CLOSE)
    assert np.corrcoef(mean[right].ravel(), mean[left].ravel())[0, 1] > 0.99


def test_a_window_without_a_complete_cycle_says_so_and_keeps_its_peaks(planar, walk):
    trial, _ = walk
    brief = dataclasses.replace(trial, end=trial.start + 0.5)
    result = rg.analyze(planar, brief, cutoff=None)
    before = list(result.attrs["notes"])
    done = normalise(result, planar, brief)
    assert done["cycles"].to_numpy().tolist() == [0, 0]
    for name in CYCLE_VARIABLES.keys() - {"cycles"}:
        assert np.isnan(done[name]).all(), name
    assert result.attrs["notes"] == before
    (remark,) = done.attrs["notes"][len(before) :]
    assert remark.startswith("no complete cycle of either leg")
    assert np.isfinite(extract(done).window[:, 0]).all()


def test_a_trial_without_ground_forces_has_no_cycles_and_says_why(planar, walk):
    trial, result = walk
    done = normalise(result, planar, dataclasses.replace(trial, loads=None))
    assert done["cycles"].to_numpy().tolist() == [0, 0]
    assert "has no external loads" in done.attrs["notes"][-1]


def test_a_leg_without_a_cycle_is_named(planar, walk):
    trial, _ = walk
    force = trial.loads.force.copy()
    left = [k for k, body in enumerate(trial.loads.body) if body.endswith("_l")]
    force[:, left] = 0.0
    lame = dataclasses.replace(trial, loads=dataclasses.replace(trial.loads, force=force))
    done = normalise(rg.analyze(planar, lame, cutoff=None), planar, lame)
    right, left = done["cycles"].to_numpy()
    assert (right > 1, left) == (True, 0)
    assert any(note.startswith("no complete cycle of the left leg") for note in done.attrs["notes"])
    assert np.isnan(done["measure_mean"].sel(side="left")).all()


def test_a_walk_on_the_spot_without_a_speed_has_no_load_per_km_and_says_so(planar, walk):
    trial, _ = walk
    values = trial.motion.values.copy()
    column = trial.motion.labels.index("pelvis_tx")
    moved = values[:, column] - values[0, column]
    values[:, column] -= moved
    point = trial.loads.point.copy()
    point[:, :, 0] -= sample(trial.motion.time, moved, np.minimum(trial.loads.time, trial.motion.time[-1]))[
        :, None
    ]
    still = dataclasses.replace(
        trial,
        speed=math.nan,
        motion=dataclasses.replace(trial.motion, values=values),
        loads=dataclasses.replace(trial.loads, point=point),
    )
    done = normalise(rg.analyze(planar, still, cutoff=None), planar, still)
    mean = done["measure_mean"]
    assert np.isnan(mean.sel(measure="tibiofemoral_impulse_per_km")).all()
    assert np.isfinite(mean.sel(measure="tibiofemoral_impulse_per_minute")).all()
    assert any("no speed is given" in note for note in done.attrs["notes"])
    # With a speed the belt gives the length.
    known = dataclasses.replace(still, speed=1.0)
    mean = normalise(rg.analyze(planar, known, cutoff=None), planar, known)["measure_mean"]
    np.testing.assert_allclose(mean.sel(measure="stride_length"), mean.sel(measure="stride_time"))


def test_a_failed_frame_is_left_out_of_the_mean_of_the_others(planar, walk):
    trial, result = walk
    broken = result.copy(deep=True)
    broken["status"][:] = 0
    frame = int(np.searchsorted(result["time"], result["time"][-1] / 2.0))
    broken["status"][frame] = 1
    broken["activation"][frame] = 9.0
    whole, done = normalise(result, planar, trial), normalise(broken, planar, trial)
    for name in ("activation_mean", "compression_mean"):
        np.testing.assert_allclose(done[name], whole[name], atol=CLOSE)


def test_an_extract_is_what_was_stored_and_travels(tmp_path, planar, walk):
    trial, result = walk
    done = normalise(result, planar, trial)
    rg.write_result(tmp_path / "walk.h5", done)
    made, read = extract(done), pickle.loads(pickle.dumps(extract(rg.read_result(tmp_path / "walk.h5"))))
    for field in dataclasses.fields(made):
        np.testing.assert_array_equal(getattr(made, field.name), getattr(read, field.name))
    assert made.cycles.tolist() == done["cycles"].to_numpy().tolist()
    assert made.curve_mean.shape == (2, len(CURVES), PERCENT.size)
    assert made.window.shape == (2, len(WINDOW_LOADS))
    assert (made.direction, made.sides, made.frames) == ("retro", ("right", "left"), result.sizes["time"])


def test_an_extract_of_an_older_result_has_no_cycles(walk):
    _, result = walk
    old = extract(result)
    assert old.cycles.tolist() == [0, 0]
    assert np.isnan(old.measure_mean).all()
    assert np.isfinite(old.window[:, 0]).all()


def test_an_extract_finds_measures_by_name_not_by_place(planar, walk):
    trial, result = walk
    done = normalise(result, planar, trial)
    other = done.isel(measure=slice(None, None, -1)).drop_sel(measure="cadence")
    made = extract(done)
    again = extract(other)
    cadence = list(MEASURES).index("cadence")
    assert np.isnan(again.measure_mean[:, cadence]).all()
    rest = np.arange(len(MEASURES)) != cadence
    np.testing.assert_array_equal(again.measure_mean[:, rest], made.measure_mean[:, rest])


@given(
    hnp.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-1e3, 1e3)),
    st.integers(0, 23),
)
def test_mean_and_deviation_are_those_of_the_rows_with_an_answer(values, hole):
    values.flat[hole % values.size] = np.nan
    mean, deviation = spread(values)
    for column in range(values.shape[1]):
        known = [value for value in values[:, column].tolist() if not math.isnan(value)]
        if not known:
            assert math.isnan(mean[column])
            continue
        middle = sum(known) / len(known)
        assert mean[column] == pytest.approx(middle)
        if len(known) == 1:
            assert math.isnan(deviation[column])
        else:
            square = sum((value - middle) ** 2 for value in known) / (len(known) - 1)
            assert deviation[column] == pytest.approx(math.sqrt(square), abs=SAME)


@pytest.mark.shared
def test_every_stride_of_a_treadmill_walk_counts(shared_data):
    folder = shared_data / "gc6_treadmill"
    model = rg.load_model(folder / "DM_nocontact.osim")
    trial = rg.load_trial(folder / "tm_1.2_ik.mot", folder / "tm_1.2_grf.xml", speed=1.2)
    done = normalise(rg.analyze(model, trial), model, trial)
    assert done["cycles"].to_numpy().tolist() == [4, 4]
    mean, deviation = (xr.Dataset({"value": done[name]})["value"] for name in ("measure_mean", "measure_sd"))
    for name, low, high in (
        ("cadence", 90.0, 110.0),
        ("stance_share", 60.0, 68.0),
        ("stride_length", 1.3, 1.6),
    ):
        assert ((low < mean.sel(measure=name)) & (mean.sel(measure=name) < high)).all(), name
        assert ((deviation.sel(measure=name) > 0.0) & (deviation.sel(measure=name) < 0.05 * high)).all(), name
