"""Work and length of muscles, against virtual work and against a body that stands upright."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import retrogait as rg
from retrogait.gait.measures import GROUPS
from retrogait.gait.muscle_work import groups_of, muscle_signals, upright_lengths
from retrogait.share import share_folder
from tests.bodies import few, planar_leg
from tests.trials import trial_of, walk

CHORD = 0.01  # relative: central differences of a length, 100 rows in a second of one wave
EXACT = 1e-12
PUBLIC = {
    "gait2392": ("rect_fem vas_med vas_int vas_lat", "semimem semiten bifemlh", "med_gas lat_gas", "soleus",
                 "iliacus psoas", "glut_max1 glut_max2 glut_max3"),
    "rajagopal": ("recfem vasint vaslat vasmed", "semimem semiten bflh", "gaslat gasmed", "soleus",
                  "iliacus psoas", "glmax1 glmax2 glmax3"),
    "gait10dof18": ("rect_fem vasti", "hamstrings", "gastroc", "soleus", "iliopsoas", "glut_max"),
}  # fmt: skip
OTHERS = ("bfsh", "bifemsh", "glmed1", "glut_min2", "grac", "per_long", "tib_ant", "sart", "ercspn", "tfl")


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


@pytest.fixture(scope="module")
def result(leg):
    return rg.analyze(leg, walk(leg, few(101, 21)), cutoff=None, reserve=10.0)


@pytest.mark.parametrize("public", PUBLIC)
def test_groups_are_found_by_the_names_of_public_models(public):
    members = [f"{name}_{side}" for side in "lr" for parts in PUBLIC[public] for name in parts.split()]
    names = (*members, *(f"{name}_r" for name in OTHERS))
    found = groups_of(names, "right")
    for group, parts in zip(GROUPS, PUBLIC[public], strict=True):
        assert [names[row] for row in found[group]] == [f"{name}_r" for name in parts.split()]
    assert [names[row] for row in found["erector_spinae"]] == ["ercspn_r"]


def test_muscles_do_the_work_of_the_moments_that_they_make(leg, result):
    signals = muscle_signals(result, upright_lengths(leg))["right"]
    together = sum(signals[f"{group}_{sign}"] for group in GROUPS for sign in ("concentric", "eccentric"))
    together = together * float(result.attrs["body_mass"])
    row = list(leg.muscle_names).index("tibant_r")  # the one muscle of no group
    length = result["muscle_length"].to_numpy()[:, row]
    together -= result["muscle_force"].to_numpy()[:, row] * np.gradient(length, result["time"].to_numpy())
    shared = result["coordinate_shared"].to_numpy() == 1
    # The coupled patella does its part through the knee: by virtual work the reserve is what muscles leave.
    joints = np.zeros_like(together)
    for name in ("generalized_force", "reserve"):
        sign = 1.0 if name == "generalized_force" else -1.0
        driven = shared | np.array([leg.driver_of(c) is not None for c in range(len(leg.coordinates))])
        moved = driven if name == "generalized_force" else shared
        joints += sign * (result[name].to_numpy() * result["coordinate_speed"].to_numpy())[:, moved].sum(
            axis=1
        )
    inner = slice(2, -2)
    assert_allclose(together[inner], joints[inner], atol=few(CHORD, 0.2) * np.abs(joints).max())


def test_concentric_work_is_positive_and_eccentric_negative_and_never_both_of_one_muscle(leg, result):
    signals = muscle_signals(result, upright_lengths(leg))["right"]
    for group in GROUPS:
        assert (signals[f"{group}_concentric"] >= 0.0).all()
        assert (signals[f"{group}_eccentric"] <= 0.0).all()
    alone = signals["soleus_concentric"] * signals["soleus_eccentric"]
    assert (alone == 0.0).all()
    most = max(signals[f"{group}_concentric"].max() for group in GROUPS)
    least = min(signals[f"{group}_eccentric"].min() for group in GROUPS)
    assert most > 0.0 > least


def test_upright_lengths_are_those_of_a_trial_that_stands_still():
    model = rg.load_model(share_folder("models") / "planar.osim")
    names = [name for c, name in enumerate(model.coordinates) if model.tree.driver[c] < 0]
    still = trial_of(np.arange(8) / 100.0, names, np.zeros((8, len(names))))
    result = rg.analyze(model, still, cutoff=None)
    assert_allclose(upright_lengths(model), result["muscle_length"].to_numpy()[3], rtol=EXACT)
    signals = muscle_signals(result, upright_lengths(model))["left"]
    for group in ("hamstrings", "iliopsoas"):
        assert_allclose(signals[f"{group}_length"], 1.0, rtol=EXACT)
        assert_allclose(signals[f"{group}_lengthening"], 0.0, atol=EXACT)


def test_activity_is_counted_by_hand(leg, result):
    busy = result.copy(deep=True)
    rows = [list(leg.muscle_names).index(name) for name in ("soleus_r", "glmax_r", "psoas_r")]
    busy["activation"][:] = 0.05
    busy["activation"][:, rows] = [0.2, 0.3, 0.1]
    signals = muscle_signals(busy, upright_lengths(leg))["right"]
    assert_allclose(signals["muscles_active"], 2.0)
    rest = len(leg.muscle_names) - 3
    assert_allclose(signals["activation_squared"], 0.04 + 0.09 + 0.01 + rest * 0.0025)
    assert_allclose(signals["gluteus_maximus_activation"], 0.3)
    assert_allclose(signals["iliopsoas_activation"], 0.1)
    assert np.isnan(signals["erector_spinae_activation"]).all()
    # One vastus stands for all heads: it has no ratio of medial to lateral.
    assert np.isnan(signals["vastus_medialis"]).all()


def test_a_failed_frame_has_no_work_and_no_activity_but_a_length(leg, result):
    broken = result.copy(deep=True)
    broken["status"][5] = 1
    signals = muscle_signals(broken, upright_lengths(leg))["right"]
    for name in ("soleus_concentric", "quadriceps_eccentric", "muscles_active", "activation_squared"):
        assert np.isnan(signals[name][5])
        assert np.isfinite(np.delete(signals[name], 5)).all()
    assert np.isfinite(signals["hamstrings_length"]).all()
