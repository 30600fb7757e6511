"""Pictures of the compartments and of the patella, from results whose curves are known."""

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from retrogait import cli
from retrogait.extensor import AREA_SOURCES
from retrogait.report.compartments import draw_compartments, explained
from retrogait.report.knee import knee_curves
from retrogait.report.patella import draw_patella
from tests.fake_result import FRAMES, MASS, fake_result


@pytest.fixture
def result():
    one = fake_result()
    arch = np.sin(np.pi * np.linspace(0.0, 1.0, FRAMES))
    weight = one.attrs["body_weight"]
    one["compartment_force"][:] = weight * arch[:, None, None] * [1.5, 0.5]
    one["knee_adduction_moment"][:] = 0.4 * MASS * arch[:, None]
    one["knee_flexion"][:] = 0.3
    one.attrs |= {
        "contact_points": json.dumps({"right": [0.02, 0.02, 0.0], "left": [0.025, 0.02, 0.0]}),
        "contact_points_source": "a test",
        "area_sources": json.dumps(dict(AREA_SOURCES)),
    }
    return one


def words(picture):
    return [element.text or "" for element in ET.fromstring(picture).iter() if element.text]


def test_forces_and_moment_stand_side_by_side_for_each_knee(result):
    told = words(draw_compartments(result))
    for side in ("right", "left"):
        assert f"{side}: compression [body weight]" in told
        assert f"{side}: adduction moment [N m/kg]" in told
    assert {"medial force", "lateral force", "external adduction moment"} <= set(told)
    assert any("explains 100% of the medial force" in line for line in told)
    assert "25 and 20 mm (a test)" in " ".join(told)


def test_a_planar_result_has_no_picture_of_compartments(result):
    result["compartment_force"][:] = np.nan
    assert draw_compartments(result) is None


def test_both_engines_their_distance_and_three_areas_are_drawn(result):
    told = words(draw_patella(result))
    assert {"closed form", "model geometry", "their distance"} <= set(told)
    assert {"area: besier", "area: besier loaded", "area: connolly"} <= set(told)
    assert any("up to 0.20 BW" in line for line in told)


def test_a_model_without_a_patella_is_drawn_by_the_closed_form_alone(result):
    result["patellofemoral_force"][:, :, 0] = np.nan
    told = words(draw_patella(result))
    assert "closed form" in told
    assert "their distance" not in told


def test_without_a_quadriceps_there_is_no_picture_of_the_patella(result):
    result["patellofemoral_force"][:] = np.nan
    assert draw_patella(result) is None


def test_a_failed_frame_is_a_gap():
    right, _ = knee_curves(fake_result(failed=[50]))
    assert np.flatnonzero(np.isnan(right.values["medial_force"])).tolist() == [50]
    assert (right.over, right.x[-1]) == ("whole window", 1.0)


def test_what_a_curve_explains_of_itself_of_its_opposite_and_of_nothing():
    rising = np.linspace(0.0, 1.0, 11)
    assert explained(rising, 3.0 - 2.0 * rising) == pytest.approx(1.0)
    assert explained(rising, (rising - 0.5) ** 2) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(explained(rising, np.ones(11)))
    assert np.isnan(explained(np.full(11, np.nan), rising))


def test_a_study_of_few_cases_draws_the_knees_of_each_and_says_what_was_predicted(tmp_path, capsys):
    file = tmp_path / "one.toml"
    file.write_text("[sweep]\nspeed = 1.2\n", encoding="utf-8")
    assert cli.main(["run", str(file), "--output", str(tmp_path / "out"), "--jobs", "1"]) == 0
    assert "*_patella.svg" in capsys.readouterr().out
    drawn = (tmp_path / "out" / "forward_1.2_0_patella.svg").read_text("utf-8")
    assert "Predicted: nobody walked this." in drawn
    assert "by the plain criterion" in drawn
    assert not list((tmp_path / "out").glob("*_compartments.svg"))  # a planar model has none
