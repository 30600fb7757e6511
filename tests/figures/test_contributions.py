"""A contact force taken apart: the parts are the whole, and the sentence says what is so."""

import numpy as np
import pytest

from retrogait.errors import ConfigError, MotionError, ResultError
from retrogait.gait.names import is_of
from retrogait.io.results import read_result
from retrogait.kernels.patellofemoral import closed_form_ratio
from retrogait.report.gathered.contributions import PEAKS, WITHOUT, contributions, explain
from retrogait.report.gathered.muscles import anatomy, is_quadriceps
from retrogait.report.gathered.stack import FAMILY, SMALL, layers

STORED = 1e-6  # BW: the contact is found on the resampled ground force, some ns beside the stored one
NAMES = ("forward_1.0_0", "retro_1.2_+05")


@pytest.fixture(scope="module", params=NAMES)
def result(request, walks):
    return read_result(walks / f"{request.param}.h5")


def stored(result, side, name):
    return float(result["measure_mean"].sel(side=side, measure=name))


@pytest.mark.parametrize("measure", PEAKS)
def test_parts_sum_to_the_stored_peak_and_to_the_stored_curve(result, measure):
    (parts,) = contributions(result, [measure])
    assert parts.peak_parts.sum() == pytest.approx(stored(result, parts.side, measure), abs=STORED)
    assert parts.peak_time == pytest.approx(stored(result, parts.side, f"{measure}_time"), abs=1e-4)
    curve = result["curve_mean"].sel(side=parts.side, curve=f"{PEAKS[measure].joint}_force").to_numpy()
    np.testing.assert_allclose(parts.total, curve, atol=STORED)


def test_both_legs_can_be_taken_apart(result):
    for side in ("right", "left"):
        (parts,) = contributions(result, ["tibiofemoral_peak"], side=side)
        assert parts.side == side
        assert all(is_of(name, side) for name in parts.muscles if name != WITHOUT)


def test_heads_of_the_quadriceps_share_what_the_closed_form_makes_of_their_pull(result):
    heads = [
        k
        for k, name in enumerate(result["muscle"].to_numpy())
        if is_quadriceps(name) and is_of(name, "right")
    ]
    pull = result["muscle_force"].to_numpy()[:, heads].sum(axis=1)
    force = closed_form_ratio(result["knee_flexion"].sel(side="right").to_numpy()) * pull
    np.testing.assert_allclose(
        force, result["patellofemoral_force"].sel({"side": "right", "method": "closed_form"}), atol=1e-9
    )
    (parts,) = contributions(result, ["patellofemoral_peak"], side="right")
    assert len(parts.muscles) == len(heads) == 4
    assert (parts.parts >= 0.0).all()


def test_a_failed_frame_leaves_a_gap_and_no_wrong_peak(result):
    (before,) = contributions(result, ["tibiofemoral_peak"], side="right")
    spoilt = result.copy(deep=True)
    spoilt["status"][:] = 1
    with pytest.raises(MotionError, match="no cycle of the right leg has a tibiofemoral force throughout"):
        contributions(spoilt, ["tibiofemoral_peak"], side="right")
    assert np.isfinite(before.parts).all()


def test_a_file_whose_parts_miss_the_whole_is_refused(result):
    spoilt = result.copy(deep=True)
    spoilt["tibiofemoral_contribution"][:] *= 1.01
    with pytest.raises(ResultError, match="misses the tibiofemoral force"):
        contributions(spoilt, ["tibiofemoral_peak"], where="a.h5")


def test_what_cannot_be_taken_apart_is_refused_by_name(result):
    with pytest.raises(ConfigError, match="'stance_share' cannot be taken apart"):
        contributions(result, ["stance_share"])


def test_the_sentence_says_which_muscle_how_much_when_and_why(result):
    (parts,) = contributions(result, ["tibiofemoral_peak"])
    row = parts.leading
    said = explain(parts)
    assert (
        f"{parts.peak_parts[row]:.2f} of {parts.peak:.2f} BW at {parts.peak_time:.0f} % of the cycle" in said
    )
    assert said.startswith(f"The {parts.names[row]} make")
    (demand,) = [
        one
        for one in anatomy(parts.muscles[row]).demands
        if f"because the {one.joint} needs {one.sense}" in said
    ]
    size = demand.sign * parts.moments[demand.curve]
    assert f"{size:.2f} N m/kg" in said
    assert size > 0.0


@pytest.mark.parametrize(
    ("muscle", "words"),
    [
        ("vas_lat_r", "vastus lateralis"),
        ("vaslat_l", "vastus lateralis"),
        ("rect_fem_r", "rectus femoris"),
        ("gasmed_l", "medial gastrocnemius"),
        ("med_gas_r", "medial gastrocnemius"),
        ("bifemlh_r", "biceps femoris, long head"),
        ("some_thing_r", "some thing"),
    ],
)
def test_muscles_of_public_models_have_names_in_words(muscle, words):
    assert anatomy(muscle).words == words
    assert anatomy(muscle).family in FAMILY


def test_layers_stand_on_what_needs_no_muscle_and_name_only_what_is_seen(walks):
    every = [contributions(read_result(walks / f"{name}.h5"), ["tibiofemoral_peak"])[0] for name in NAMES]
    stack = layers(every)
    assert stack[0].name == WITHOUT
    assert {layer.name for layer in stack} == {name for parts in every for name in parts.names}
    top = max(parts.peak for parts in every)
    for layer in stack[1:]:
        heights = [
            np.abs(parts.parts[parts.names.index(layer.name)]).max()
            for parts in every
            if layer.name in parts.names
        ]
        assert layer.small == (max(heights) < SMALL * top)
    seldom = {layer.name for layer in layers(every, at_peak=True) if layer.small}
    assert seldom >= {layer.name for layer in stack if layer.small}
    looks = [(layer.colour, layer.rank) for layer in stack if not layer.small]
    assert len(set(looks)) == len(looks)
