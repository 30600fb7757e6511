"""The time-reversed control: the twin has the same moments, and force-velocity is all that tells it apart."""

import csv
import json
import math
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

import retrogait as rg
from retrogait import cli
from retrogait.commands import control as command
from retrogait.config import read_experiment
from retrogait.control import RECORD, TABLE, control
from retrogait.predict.condition import Condition
from retrogait.report.answers import NO_ANSWER
from retrogait.report.control import render
from retrogait.reversal import PARTS, reversal_control
from tests.bodies import planar_leg
from tests.trials import bundled, columns, trial_of, walk

SAME_MOMENT = 1e-10  # of the largest: the default filter and splines run the other way, to rounding
PARITY_EDGE = 5e-4  # of the largest: OpenSim's filter starts from rest and is not symmetric at the edges
SAME_FORCE = 1e-8  # of the largest muscle force: sharing stops at 1e-9 of the largest moment
ADDS_UP = 1e-12  # the parts are differences of the walks
MOVED = 10.0  # N: far beyond rounding; force-velocity moves muscle forces by hundreds

RECORDINGS = {
    "gait2392": ("subject01_simbody_adjusted.osim", "subject01_walk1_ik.mot", "subject01_walk1_grf.xml", {}),
    "rajagopal_walk": (
        "subject_walk_weldmtp.osim", "coords_100Hz.mot", "grf_walk.xml", {"start": 0.48, "end": 1.61},
    ),
    "gait10dof18": ("subject01.osim", "subject01_walk_IK.mot", "subject01_walk_grf.xml", {}),
}  # fmt: skip


def without_force_velocity(model):
    """The same model, its muscles as strong at any speed."""
    muscles = model.muscles
    table = muscles.curve_table.copy()
    table[np.unique(muscles.velocity_curve)] = [1.0, 0.0, 0.0, 0.0]
    return replace(model, muscles=muscles._replace(curve_table=table))


def apart(model, trial, name, **choices):
    """Largest gap between a trial and its twin, and the largest value of the trial."""
    forward = rg.analyze(model, trial, **choices)[name].to_numpy()
    twin = rg.analyze(model, rg.reversed_trial(trial), **choices)[name].to_numpy()[::-1]
    return float(np.abs(twin - forward).max()), float(np.abs(forward).max())


@pytest.fixture(scope="module", params=RECORDINGS)
def recorded(request, shared_data):
    model, motion, loads, window = RECORDINGS[request.param]
    folder = shared_data / request.param
    return rg.load_model(folder / model), rg.load_trial(folder / motion, folder / loads, **window)


@pytest.mark.shared
@pytest.mark.parametrize("cutoff", [6.0, None])
def test_a_recorded_walk_and_its_twin_need_the_same_generalized_forces_in_every_frame(recorded, cutoff):
    gap, peak = apart(*recorded, "generalized_force", cutoff=cutoff)
    assert gap < SAME_MOMENT * peak


@pytest.mark.shared
def test_the_filter_of_opensim_is_reversed_up_to_its_edges(recorded):
    gap, peak = apart(*recorded, "generalized_force", physics="opensim", cutoff=6.0)
    assert gap < PARITY_EDGE * peak


@pytest.mark.shared
def test_only_force_velocity_tells_a_recorded_walk_from_its_twin(recorded):
    model, trial = recorded
    assert apart(model, trial, "muscle_force")[0] > MOVED
    gap, peak = apart(without_force_velocity(model), trial, "muscle_force")
    assert gap < SAME_FORCE * peak


@pytest.fixture(scope="module", params=["forward_1.2_0", "forward_1.2_+05"])
def predicted(request):
    return bundled(request.param)


def test_a_predicted_walk_and_its_twin_need_the_same_generalized_forces(predicted):
    assert predicted.trial.spline == "cubic"
    gap, peak = apart(predicted.model, predicted.trial, "generalized_force", cutoff=None)
    assert gap < SAME_MOMENT * peak


def test_only_force_velocity_tells_a_predicted_walk_from_its_twin(predicted):
    assert apart(predicted.model, predicted.trial, "muscle_force", cutoff=None)[0] > MOVED
    model = without_force_velocity(predicted.model)
    gap, peak = apart(model, predicted.trial, "muscle_force", cutoff=None)
    assert gap < SAME_FORCE * peak


# ---- the control ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


def test_a_leg_that_is_held_still_has_no_force_velocity_effect(leg):
    time, still = columns([n for c, n in enumerate(leg.coordinates) if leg.tree.driver[c] < 0], 60, swing=0.0)
    names = [n for c, n in enumerate(leg.coordinates) if leg.tree.driver[c] < 0]
    standing = trial_of(time, names, still)
    out = reversal_control(leg, standing, reserve=10.0, threads=1)
    for name in ("tibiofemoral_peak", "patellofemoral_mean", "activation_mean"):
        difference = out[f"{name}_difference"].to_numpy()
        np.testing.assert_allclose(difference[np.isfinite(difference)], 0.0, atol=SAME_FORCE)


def test_the_parts_sum_to_retro_minus_forward_and_the_gap_of_the_moments_is_told(leg):
    forward = walk(leg, 101)
    retro = replace(walk(leg, 101, swing=0.7), direction="retro", name="back")
    out = reversal_control(leg, forward, retro=retro, reserve=10.0, threads=1)
    assert list(out["walk"].to_numpy()) == ["forward", "twin", "retro"]
    assert tuple(out["part"].to_numpy()) == PARTS
    for name in ("tibiofemoral_peak", "tibiofemoral_mean", "activation_peak", "quadriceps_activation_mean"):
        values, parts = out[name].to_numpy(), out[f"{name}_difference"].to_numpy()
        np.testing.assert_allclose(parts.sum(axis=0), values[2] - values[0], atol=ADDS_UP)
        assert all(np.nanmax(np.abs(part)) > 0.0 for part in parts)  # a head that the model has not is NaN
    # The moments of this small leg are the differences of large ones: the law itself is tested above.
    assert float(out["moment_gap"].max()) < 1e-7 * float(out["moment_peak"].max())
    assert out.attrs["twin"] == "walk_reversed"
    assert out.attrs["retro"] == "back"


def test_the_forward_walk_of_a_control_is_that_of_a_plain_analysis(leg):
    forward = walk(leg, 101)
    out = reversal_control(leg, forward, reserve=10.0, threads=1)
    plain = rg.analyze(leg, forward, reserve=10.0, threads=1)
    force = np.linalg.norm(plain["tibiofemoral_force"].to_numpy(), axis=2) / plain.attrs["body_weight"]
    np.testing.assert_array_equal(out["tibiofemoral_peak"].to_numpy()[0], force.max(axis=0))
    mean = np.trapezoid(force, plain["time"].to_numpy(), axis=0) / (forward.end - forward.start)
    np.testing.assert_allclose(out["tibiofemoral_mean"].to_numpy()[0], mean, rtol=ADDS_UP)


def test_a_twin_says_in_its_result_that_nobody_walked_it(leg):
    twin = rg.analyze(leg, rg.reversed_trial(walk(leg, 60)), reserve=10.0, threads=1)
    assert any("played backwards" in note for note in twin.attrs["notes"])
    assert json.loads(twin.attrs["provenance"])["parameters"]["reversed"] is True
    assert twin.attrs["origin"] == "synthetic"


def test_walks_that_go_the_wrong_way_are_refused(leg):
    forward = walk(leg, 60)
    with pytest.raises(rg.ConfigError, match="needs a forward trial"):
        reversal_control(leg, rg.reversed_trial(forward))
    with pytest.raises(rg.ConfigError, match="expected a retro trial"):
        reversal_control(leg, forward, retro=forward)


def test_a_coordinate_prescribed_over_time_is_refused_by_name(leg):
    forward = walk(leg, 60)
    prescribed = leg.prescribed.copy()
    prescribed[leg.coordinates.index("knee_angle_r")] = 0
    column = forward.motion.labels.index("knee_angle_r")
    motion = replace(
        forward.motion,
        labels=tuple(name for name in forward.motion.labels if name != "knee_angle_r"),
        values=np.delete(forward.motion.values, column, axis=1),
    )
    with pytest.raises(rg.MotionError, match=r"knee_angle_r, which .* prescribes over time"):
        reversal_control(replace(leg, prescribed=prescribed), replace(forward, motion=motion))


def test_the_table_shows_the_closed_form_of_the_patella_and_a_dash_where_there_is_no_retro_walk(leg):
    out = reversal_control(leg, walk(leg, 60), reserve=10.0, threads=1)
    written = StringIO()
    render({"walk": out}, ["a note"], Console(file=written, width=200))
    row = next(line for line in written.getvalue().splitlines() if line.startswith("walk  right")).split()
    forward, twin = out["patellofemoral_peak"].to_numpy()[:, 0, 1]
    assert list(out["method"].to_numpy()) == ["geometry", "closed_form"]
    assert row[6:10] == [f"{forward:.2f}", f"{twin - forward:+.2f}", NO_ANSWER, NO_ANSWER]


# ---- an experiment -------------------------------------------------------------------------------

BUNDLED = '[model]\nfile = "bundled:planar.osim"\n'


def experiment_of(folder, *walks):
    """An experiment that lists bundled walks as trials: forward uphill is retro downhill."""
    listed = [
        f'[[trial]]\nname = "{direction}{incline:+d}"\ndirection = "{direction}"\nincline = {incline}\n'
        f'coordinates = "bundled:predicted/forward_1.2_0.mot"\norigin = "predicted"\nspline = "cubic"\n'
        f'external_loads = "bundled:predicted/forward_1.2_0_grf.xml"\nspeed = 1.2\naxes = "surface"\n'
        for direction, incline in walks
    ]
    path = folder / "walks.toml"
    path.write_text("\n".join([BUNDLED, "[analysis]\ncutoff = 'none'\n", *listed]))
    return path


def test_an_experiment_pairs_a_walk_uphill_with_the_retro_walk_that_goes_down_that_slope(tmp_path):
    path = experiment_of(tmp_path, ("forward", 5), ("retro", 5), ("retro", -5))
    done = control(read_experiment(path), output=tmp_path / "out", threads=1)
    (walk_,) = done.walks.values()
    assert walk_.attrs["retro"] == "retro-5"
    assert not any("twin alone" in remark for remark in done.remarks)


def test_predicted_walks_are_paired_over_the_inclines_of_a_sweep_and_not_filtered(tmp_path, monkeypatch):
    def predict(direction, speed, incline, **_):
        return bundled(Condition(direction, speed, incline).name)

    monkeypatch.setattr(rg, "predict", predict, raising=False)
    path = tmp_path / "sweep.toml"
    path.write_text('[sweep]\ndirection = ["forward", "retro"]\nspeed = 1.2\nincline = [-5, 0, 5]\n')
    done = control(read_experiment(path), output=tmp_path / "out", threads=1)
    paired = {name: walk.attrs["retro"] for name, walk in done.walks.items()}
    assert paired == {
        "forward_1.2_-05": "retro_1.2_+05",
        "forward_1.2_0": "retro_1.2_0",
        "forward_1.2_+05": "retro_1.2_-05",
    }
    plain = bundled("forward_1.2_0").result
    force = np.linalg.norm(plain["tibiofemoral_force"].to_numpy(), axis=2) / plain.attrs["body_weight"]
    of_control = done.walks["forward_1.2_0"]["tibiofemoral_peak"].to_numpy()[0]
    np.testing.assert_array_equal(of_control, force.max(axis=0))


def test_the_command_prints_the_split_and_stores_every_number(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli, "COMMANDS", (command,))
    path = experiment_of(tmp_path, ("forward", 0))
    assert cli.main(["control", str(path), "--output", str(tmp_path / "out"), "--threads", "1"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "forward+0" in told
    assert "1 of 1 walks have no retro walk" in told
    with (tmp_path / "out" / TABLE).open() as file:
        rows = list(csv.DictReader(file))
    peak = next(r for r in rows if (r["load"], r["of"], r["measure"]) == ("tibiofemoral", "right", "peak"))
    forward, twin = float(peak["forward"]), float(peak["twin"])
    assert math.isclose(float(peak["force_velocity_alone"]), twin - forward, abs_tol=1e-5)  # six digits
    assert (peak["retro"], peak["kinematics_and_forces"], peak["unit"]) == ("", "", "BW")
    record = json.loads((tmp_path / "out" / RECORD).read_text())
    assert record["walks"]["forward+0"]["inputs"]


def test_an_experiment_without_a_forward_walk_has_no_control(tmp_path):
    path = experiment_of(tmp_path, ("retro", 0))
    with pytest.raises(rg.ConfigError, match=r"walks\.toml: no trial walks forward"):
        control(read_experiment(path), output=tmp_path / "out")
