"""Datasets share the labels of their axes, and nothing that anybody could change."""

import dataclasses

import pytest
from numpy.testing import assert_array_equal

import retrogait as rg
from retrogait.kernels.functions import evaluate
from tests.bodies import few, planar_leg
from tests.trials import walk

ROWS = few(20, 8)


@pytest.fixture(scope="module")
def leg():
    return planar_leg().model()


def test_what_is_done_to_the_labels_of_one_result_does_not_reach_the_next(leg):
    first = rg.analyze(leg, walk(leg, ROWS), threads=1)
    first["muscle"].attrs["long_name"] = "changed"
    first["coordinate_shared"][:] = 7
    first["coordinate_unit"].attrs.clear()
    second = rg.analyze(leg, walk(leg, ROWS), threads=1)
    assert second["muscle"].attrs["long_name"] == "Names of the model's muscles."
    assert set(second["coordinate_shared"].to_numpy()) <= {0, 1}
    assert second["coordinate_unit"].attrs["units"] == "1"


def test_models_and_choices_with_other_labels_get_their_own(leg):
    other = dataclasses.replace(leg, muscle_names=tuple(f"{name}_x" for name in leg.muscle_names))
    assert list(rg.analyze(other, walk(leg, ROWS), threads=1)["muscle"].to_numpy()) == list(
        other.muscle_names
    )
    assert list(rg.analyze(leg, walk(leg, ROWS), threads=1)["muscle"].to_numpy()) == list(leg.muscle_names)
    alone = rg.analyze(leg, walk(leg, ROWS), unshared=["hip_flexion_r"], threads=1)
    assert int(alone["coordinate_shared"].sel(coordinate="hip_flexion_r")) == 0


def test_the_moment_of_the_knee_has_the_share_of_the_patella_that_follows_it():
    sketch = planar_leg()
    knee, beta = (sketch.coordinates.index(name) for name in ("knee_angle_r", "knee_angle_r_beta"))
    sketch.couple(beta, knee, sketch.polynomial(0.05, 0.9, -0.2))
    model = sketch.model()
    result = rg.analyze(model, walk(model, ROWS), threads=1)

    angle = result["coordinate_value"].sel(coordinate="knee_angle_r").to_numpy()
    row = int(model.tree.driver_function[beta])
    slope = [evaluate(*model.functions, row, float(q))[1] for q in angle]
    force = result["generalized_force"]
    own = force.sel(coordinate="knee_angle_r").to_numpy()
    share = force.sel(coordinate="knee_angle_r_beta").to_numpy() * slope

    assert abs(share).max() > 0.0
    assert_array_equal(-result["knee_extension_moment"].to_numpy()[:, 0], own + share)
