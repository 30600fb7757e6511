"""The patella as a lever: ligament against quadriceps by geometry and as measured, and its contact areas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

import retrogait as rg
from retrogait.extensor import AREA_SOURCES, contact_areas, measured_ratio
from retrogait.kernels.patellofemoral import contact_area
from tests.bodies import few, law, planar_leg
from tests.trials import walk

BETWEEN = 2e-3  # 1: straight lines between angles 3 deg apart, where splines of this leg bend
STEP = 1e-5  # rad

flexions = st.floats(-0.3, 2.6)  # rad
BEND = [0.0, 0.5, 1.0, 1.5, 2.0]
GLIDE = CubicSpline(BEND, [0.0, -0.004, -0.006, -0.005, -0.002], bc_type="natural")
PATELLA_X = CubicSpline(BEND, [0.052, 0.050, 0.042, 0.028, 0.012], bc_type="natural")
PATELLA_Y = CubicSpline(BEND, [-0.005, -0.022, -0.037, -0.047, -0.052], bc_type="natural")


def turned(flexion, x, y):
    c, s = np.cos(flexion), np.sin(flexion)
    return np.array([c * x + s * y, -s * x + c * y])


def lengths(flexion, patella):
    """Quadriceps from thigh to patella, and ligament, of the vasti of the planar leg, worked out by hand."""
    top = np.array([PATELLA_X(patella), PATELLA_Y(patella)]) + turned(patella, 0.005, 0.02)
    foot = np.array([GLIDE(flexion), 0.0]) + turned(flexion, 0.04, -0.06)
    return np.hypot(*(np.array([0.03, 0.2]) - top)), np.hypot(*(foot - top))


def slope(of):
    return (of(STEP) - of(-STEP)) / (2.0 * STEP)


def vasti_leg():
    """The planar leg with the vasti alone in front."""
    sketch = planar_leg()
    sketch.muscles = [muscle for muscle in sketch.muscles if muscle.name != "recfem_r"]
    return sketch


@pytest.fixture(scope="module")
def bent():
    model = vasti_leg().model()
    return rg.analyze(model, walk(model, few(40, 10)), threads=1)


def test_the_ligament_carries_the_moment_of_the_whole_path_at_its_own_arm(bent):
    flexion = bent["knee_flexion"].to_numpy()[:, 0]
    whole = [slope(lambda step, t=t: sum(lengths(t + step, t + step))) for t in flexion]
    alone = [slope(lambda step, t=t: lengths(t + step, t)[1]) for t in flexion]
    ratio = bent["patellar_ligament_ratio"].sel({"method": "geometry"}).to_numpy()[:, 0]
    assert_allclose(ratio, np.array(whole) / alone, atol=BETWEEN)
    assert np.ptp(ratio) > 10.0 * BETWEEN


def test_a_patella_that_stands_still_is_a_pulley():
    sketch = vasti_leg()
    knee, beta = (sketch.coordinates.index(name) for name in ("knee_angle_r", "knee_angle_r_beta"))
    sketch.couple(beta, knee, sketch.polynomial(0.5))
    model = sketch.model()
    result = rg.analyze(model, walk(model, few(12, 6)), threads=1)
    ratio = result["patellar_ligament_ratio"].sel({"method": "geometry"})
    assert_allclose(ratio, 1.0, atol=BETWEEN)


def test_without_a_patella_only_the_measurement_has_a_ratio():
    sketch = vasti_leg()
    for muscle in sketch.muscles:
        muscle.points = [point for point in muscle.points if sketch.links[point.link] != "patella_r"]
    model = sketch.model()
    assert model.knees[0].patella < 0
    ratio = rg.analyze(model, walk(model, 6), threads=1)["patellar_ligament_ratio"]
    assert np.isnan(ratio.sel({"method": "geometry"})).all()
    assert np.isfinite(ratio.sel({"method": "closed_form"})).all()


def test_the_measured_ratio_is_that_of_the_cadavers_and_tips_where_living_knees_do():
    at = measured_ratio(np.radians([10.0, 70.0, 20.0, 30.0, -5.0, 110.0]))
    assert_allclose(at[:2], [1.0 / 0.86, 1.0 / 1.55])
    # the living quadriceps had the advantage up to 20 deg (PMC4662057)
    assert at[2] > 1.0 > at[3]
    assert_allclose(at[4:], at[:2])


@law()
@given(flexion=flexions)
def test_the_first_area_is_that_of_the_stored_stress_and_all_lie_within_a_factor_of_three(flexion):
    areas = contact_areas(np.array([flexion]))[0]
    assert areas.size == len(AREA_SOURCES)
    assert areas[0] == contact_area(np.array([flexion]))[0]
    assert 1e-4 < areas.min() <= areas.max() < 1e-3
    assert areas.max() < 3.0 * areas.min()


def test_at_the_flexion_of_walking_the_areas_differ_by_a_factor_of_two():
    areas = contact_areas(np.radians([20.0]))[0]
    assert 1.5 < areas.max() / areas.min() < 2.2


def test_the_stress_by_area_holds_the_plain_stress(bent):
    by_area = bent["patellofemoral_stress_by_area"]
    assert_allclose(by_area.sel(area_source="besier"), bent["patellofemoral_stress"])
    loaded = by_area.sel(area_source="besier_loaded")
    assert_allclose(loaded * 1.24, bent["patellofemoral_stress"])
