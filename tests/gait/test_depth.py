"""Contacts, trunk, muscles and metabolic power of a cycle: from signals that are known, and from walks."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.gait.depth import deep_measures, look_deeper
from retrogait.gait.features import Curve
from retrogait.gait.measures import GROUPS, MEASURES
from retrogait.share import share_folder
from tests.trials import pushes, trial_of

EXACT = 1e-9
LEAN, NOD = 0.1, 0.03  # rad
PERCENT = np.linspace(0.0, 100.0, 201)
TOE_OFF, STRIDE, LENGTH = 60.0, 1.1, 1.3
NAMES = (
    "hip_contact_force", "ankle_contact_force", "lumbar_contact_force", "lumbar_moment", "trunk_lean",
    *(f"{group}_{sign}" for group in GROUPS for sign in ("concentric", "eccentric")),
    *(f"{group}_{what}" for group in ("hamstrings", "iliopsoas") for what in ("length", "lengthening")),
    *(f"{muscle}_activation" for muscle in ("gluteus_maximus", "soleus", "iliopsoas", "erector_spinae")),
    "vastus_medialis", "vastus_lateralis", "muscles_active", "activation_squared",
    "metabolic_power_bhargava", "metabolic_power_umberger",
)  # fmt: skip


@pytest.fixture(scope="module")
def planar():
    return rg.load_model(share_folder("models") / "planar.osim")


def nodding(model, **changes):
    """A trial that stands still but for the trunk, which nods about a lean of `LEAN` forward."""
    names = [name for c, name in enumerate(model.coordinates) if model.tree.driver[c] < 0]
    time = np.arange(40) / 100.0
    values = np.zeros((time.size, len(names)))
    values[:, names.index("pelvis_tilt")] = -LEAN - NOD * np.sin(2.0 * np.pi * time / time[-1])
    loads = pushes(time, ("foot_r", "foot_l"))
    return trial_of(time, names, values, loads, ("foot_r", "foot_l"), **changes)


def signals(**known):
    """Curves of a cycle: zero but for those that are given as numbers or arrays."""
    return {name: Curve(PERCENT, known.get(name, 0.0) + 0.0 * PERCENT) for name in NAMES}


@pytest.mark.parametrize(
    ("axes", "direction", "tilt"),
    [("level", "forward", 0.0), ("surface", "forward", 10.0), ("surface", "retro", 10.0),
     ("level", "retro", 10.0)],
)  # fmt: skip
def test_a_trunk_leans_by_its_angle_from_the_vertical_or_from_the_surface(planar, axes, direction, tilt):
    trial = nodding(planar, axes=axes, direction=direction, incline=math.radians(tilt))
    deep = look_deeper(rg.analyze(planar, trial, cutoff=None), planar)
    lean = deep.signals["right"]["trunk_lean"]
    from_axes = 0.5 * (lean.max() + lean.min())
    # Uphill and forward the surface's normal leans back, so who stands along it leans back too.
    back = tilt if direction == "forward" else -tilt
    assert deep.tilt == pytest.approx(-back)
    expected = math.degrees(LEAN) - (back if axes == "surface" else 0.0)
    assert from_axes == pytest.approx(expected, abs=0.01)
    assert np.ptp(lean) == pytest.approx(2.0 * math.degrees(NOD), rel=0.01)
    got = deep_measures(signals(trunk_lean=lean.mean()), deep.tilt, TOE_OFF, STRIDE, LENGTH)
    assert got["trunk_lean_surface_mean"] - got["trunk_lean_mean"] == pytest.approx(back)


def test_contacts_are_the_reactions_of_the_joints_by_body_weight(planar):
    result = rg.analyze(planar, nodding(planar), cutoff=None)
    deep = look_deeper(result, planar)
    for side in ("right", "left"):
        for joint in ("hip", "ankle"):
            reaction = result["joint_reaction_force"].sel(joint=f"{joint}_{side[0]}").to_numpy()
            size = np.sqrt((reaction**2).sum(axis=1)) / result.attrs["body_weight"]
            assert_allclose(deep.signals[side][f"{joint}_contact_force"], size)
        assert np.isnan(deep.signals[side]["lumbar_contact_force"]).all()
        assert np.isnan(deep.signals[side]["lumbar_moment"]).all()


def test_every_signal_that_is_measured_is_there_and_the_power_says_what_it_rests_on(planar):
    deep = look_deeper(rg.analyze(planar, nodding(planar), cutoff=None), planar)
    assert set(NAMES) <= set(deep.signals["left"])
    (note,) = deep.notes
    assert "22 muscles" in note
    assert "0.60 MPa" in note


def test_a_model_with_muscles_in_one_leg_has_no_metabolic_power_and_says_so(planar):
    names = tuple(f"other{row}_r" for row in range(len(planar.muscle_names)))
    lame = dataclasses.replace(planar, muscle_names=names)
    deep = look_deeper(rg.analyze(planar, nodding(planar), cutoff=None), lame)
    assert np.isnan(deep.signals["right"]["metabolic_power_bhargava"]).all()
    assert deep.notes == ("no metabolic power: the model has not the same muscles in both legs",)


def test_every_measure_is_registered_and_the_numbers_are_those_by_hand():
    ramp = PERCENT / 100.0
    got = deep_measures(
        signals(
            hip_contact_force=4.0 * ramp, lumbar_moment=0.5 - ramp, trunk_lean=5.0 + 4.0 * ramp,
            soleus_concentric=2.0, soleus_eccentric=-3.0 * ramp, hamstrings_length=1.0 + 0.1 * ramp,
            hamstrings_lengthening=0.3, vastus_medialis=0.2, vastus_lateralis=0.4, muscles_active=7.0,
            activation_squared=0.9, metabolic_power_bhargava=4.0, metabolic_power_umberger=5.0 * ramp,
            iliopsoas_activation=0.2 * ramp,
        ),
        -3.0, TOE_OFF, STRIDE, LENGTH,
    )  # fmt: skip
    work = [name for name in MEASURES if "centric_work" in name]
    assert set(work) <= set(got) <= set(MEASURES)
    early = 0.2 * TOE_OFF / 100.0
    expected = {
        "hip_contact_peak": 4.0 * 0.6,
        "hip_contact_peak_time": TOE_OFF,
        "hip_contact_impulse": 2.0 * STRIDE,
        "lumbar_extension_moment_peak": 0.5,
        "lumbar_flexion_moment_peak": 0.5,
        "trunk_lean_mean": 7.0,
        "trunk_lean_surface_mean": 10.0,
        "trunk_lean_range": 4.0,
        "soleus_concentric_work": 2.0 * STRIDE,
        "soleus_eccentric_work": -1.5 * STRIDE,
        "soleus_eccentric_work_early": -1.5 * early**2 * STRIDE,
        "soleus_concentric_work_swing": 2.0 * (1.0 - TOE_OFF / 100.0) * STRIDE,
        "soleus_eccentric_work_swing": -1.5 * (1.0 - (TOE_OFF / 100.0) ** 2) * STRIDE,
        "quadriceps_eccentric_work": 0.0,
        "hamstrings_length_peak": 1.1,
        "hamstrings_length_peak_time": 100.0,
        "hamstrings_lengthening_peak": 0.3,
        "iliopsoas_activation": 0.1,
        "vasti_ratio": 0.5,
        "muscles_active": 7.0,
        "activation_squared": 0.9,
        "metabolic_power_bhargava": 4.0,
        "cost_of_transport_bhargava": 4.0 * STRIDE / LENGTH,
        "metabolic_power_umberger": 2.5,
        "cost_of_transport_umberger": 2.5 * STRIDE / LENGTH,
    }
    for name, value in expected.items():
        assert got[name] == pytest.approx(value, rel=EXACT, abs=EXACT), name


@settings(deadline=None)
@given(hole=st.integers(0, PERCENT.size - 1))
def test_what_touches_a_frame_without_an_answer_has_none(hole):
    curves = signals(soleus_concentric=1.0, vastus_medialis=0.2, vastus_lateralis=0.4, hip_contact_force=1.0)
    for name in ("soleus_concentric", "hip_contact_force", "vastus_medialis"):
        curves[name].value[hole] = math.nan
    got = deep_measures(curves, 0.0, TOE_OFF, STRIDE, LENGTH)
    in_stance = PERCENT[hole] <= TOE_OFF
    assert math.isnan(got["soleus_concentric_work"])
    assert math.isnan(got["hip_contact_impulse"])
    assert math.isnan(got["hip_contact_peak"]) == in_stance
    assert math.isnan(got["vasti_ratio"]) == in_stance
    assert got["soleus_eccentric_work"] == 0.0


@pytest.mark.shared
def test_a_walk_with_back_muscles_has_a_lumbar_moment_and_contact(shared_data):
    folder = shared_data / "gait2392"
    model = rg.load_model(folder / "subject01_simbody.osim")
    trial = rg.load_trial(folder / "subject01_walk1_ik.mot", folder / "subject01_walk1_grf.xml")
    result = rg.analyze(model, trial)
    signals = look_deeper(result, model).signals["right"]
    moment = result["generalized_force"].sel(coordinate="lumbar_extension").to_numpy()
    assert_allclose(signals["lumbar_moment"], moment / result.attrs["body_mass"])
    # Half of the body and a little more stand on that joint; muscles press it further.
    assert 0.5 < signals["lumbar_contact_force"].mean() < 4.0
    assert 2.0 < np.nanmean(signals["metabolic_power_bhargava"]) < 8.0
