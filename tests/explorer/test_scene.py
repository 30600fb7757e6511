"""What is drawn is where the model is and what the result says."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrogait import analyze, load_model, load_trial
from retrogait.errors import ResultError
from retrogait.gait.ground import ground_forces
from retrogait.kernels.model import Surface
from retrogait.predict.api import planar_figure
from retrogait.predict.knee import place_rows
from retrogait.scene import METHOD, scene_of, view
from retrogait.scene.strands import BENDS, bend, polyline, trace
from tests.explorer.walks import DOWNHILL, FORWARD, RETRO, UPHILL, gait
from tests.fake_result import fake_result

SAME_PLACE = 1e-12
"""Two ways to add up the same chain of joints [m]."""

SAME_LENGTH = 1e-12
"""The drawn line is the one that was measured [m]."""

CORNERS = 2e-3
"""Six points on a bend cut its corners: at most this much of a muscle's length over two wraps [m]."""

ON_SURFACE = 1e-12
"""Points between the ends of a bend are computed on the surface [m]."""

SAME_FORCE = 1e-12
"""A force is turned and divided by the body weight, nothing else [BW]."""

OUT_OF_PLANE = 1e-9
"""What a planar model has beside its plane [m]."""

SOLE = 1e-9
"""The sole is drawn just as thick as the foot comes near the ground [m]."""

DENT = 0.02
"""Ground and soles of the prediction give way by some mm, and no sole is drawn thinner than 1 cm [m]."""


def drawn(name, frames=None):
    one = gait(name)
    result = one.result
    rows = np.arange(result.sizes["time"] - 1) if frames is None else frames
    return one, result, scene_of(one.model, result, rows, ground_forces(one.model, one.trial))


def length_of(line):
    return np.linalg.norm(np.diff(line, axis=1), axis=-1).sum(axis=1)


def test_links_are_where_a_planar_twin_puts_them():
    one = gait(DOWNHILL)
    figure = planar_figure()
    q = one.result["coordinate_value"].to_numpy()
    traced = trace(one.model, q)

    columns = [one.model.coordinates.index(name) for name in figure.coordinates]
    angles, origins = place_rows(figure, q[:, columns])

    for row, link in enumerate(figure.links):
        mine = one.model.links.index(link.name)
        np.testing.assert_allclose(traced.position[:, mine, :2], origins[:, row], atol=SAME_PLACE)
        np.testing.assert_allclose(traced.rotation[:, mine, 0, 0], np.cos(angles[:, row]), atol=SAME_PLACE)
    assert np.abs(traced.position[..., 2]).max() < OUT_OF_PLANE


def test_muscles_are_drawn_as_long_as_they_were_measured():
    one = gait(FORWARD)
    traced = trace(one.model, one.result["coordinate_value"].to_numpy())
    lengths = one.result["muscle_length"].to_numpy()

    for row in range(len(one.model.muscle_names)):
        np.testing.assert_allclose(
            length_of(polyline(one.model, traced, row)), lengths[:, row], atol=SAME_LENGTH
        )


class _Object:
    """As much of `Paths` as `bend` reads, of one wrap object."""

    def __init__(self, surface, *size):
        self.surface = np.array([surface])
        self.wrap_size = np.array([[*size, 0.0, 0.0][:3]])


@given(
    radius=st.floats(0.01, 0.1),
    first=st.floats(-math.pi, math.pi),
    turn=st.floats(-1.9 * math.pi, 1.9 * math.pi),
    along=st.floats(-0.1, 0.1),
)
def test_a_bend_over_a_cylinder_keeps_to_it_and_goes_the_right_way_round(radius, first, turn, along):
    def at(angle, height):
        return np.array([radius * math.cos(angle), radius * math.sin(angle), height])

    arc = math.hypot(radius * turn, along)
    line = bend(_Object(Surface.CYLINDER, radius, 1.0), 0, at(first, 0.0), at(first + turn, along), arc)

    np.testing.assert_allclose(np.hypot(line[:, 0], line[:, 1]), radius, atol=ON_SURFACE)
    np.testing.assert_allclose(line[[0, -1]], [at(first, 0.0), at(first + turn, along)], atol=1e-9)
    step = abs(turn) / (BENDS - 1)
    chord = math.hypot(2.0 * radius * math.sin(min(step, math.pi) / 2.0), along / (BENDS - 1))
    if abs(abs(turn) - math.pi) > 1e-3:  # half a turn is as long either way
        assert length_of(line[None])[0] == pytest.approx((BENDS - 1) * chord, abs=1e-9)


@given(radius=st.floats(0.01, 0.1), turn=st.floats(0.05, 3.0), tilt=st.floats(-1.0, 1.0))
def test_a_bend_over_a_sphere_keeps_to_its_great_circle(radius, turn, tilt):
    across = np.array([math.cos(tilt), 0.0, math.sin(tilt)])
    start = radius * np.array([0.0, 1.0, 0.0])
    end = radius * (math.cos(turn) * np.array([0.0, 1.0, 0.0]) + math.sin(turn) * across)

    line = bend(_Object(Surface.SPHERE, radius), 0, start, end, radius * turn)

    np.testing.assert_allclose(np.linalg.norm(line, axis=1), radius, atol=ON_SURFACE)
    np.testing.assert_allclose(line[-1], end, atol=1e-12)
    assert length_of(line[None])[0] <= radius * turn


@given(turn=st.floats(0.1, 2.5))
def test_a_bend_over_an_ellipsoid_keeps_to_it(turn):
    size = np.array([0.03, 0.05, 0.04])
    start = size * [1.0, 0.0, 0.0]
    end = size * [math.cos(turn), 0.6 * math.sin(turn), 0.8 * math.sin(turn)]

    line = bend(_Object(Surface.ELLIPSOID, *size), 0, start, end, float(np.linalg.norm(end - start)))

    np.testing.assert_allclose(((line / size) ** 2).sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize(
    ("surfaces", "said"),
    [
        ([Surface.CYLINDER, Surface.SPHERE], None),
        ([Surface.ELLIPSOID], "over ellipsoids muscles are drawn near their path and not along it"),
        ([Surface.CYLINDER, Surface.ELLIPSOID, Surface.TORUS], "over ellipsoids and tori muscles"),
    ],
    ids=["exact", "ellipsoid", "torus"],
)
def test_what_is_drawn_beside_its_path_is_said(surfaces, said):
    paths = SimpleNamespace(surface=np.array(surfaces))
    touched = np.array([[[-1, *range(len(surfaces))]]])

    told = view.drawn_nearby(SimpleNamespace(paths=paths), SimpleNamespace(wrap=touched))
    untouched = view.drawn_nearby(SimpleNamespace(paths=paths), SimpleNamespace(wrap=touched[..., :1]))

    assert untouched is None
    assert told is None if said is None else told.startswith(said)


@pytest.mark.parametrize("name", [FORWARD, RETRO, UPHILL, DOWNHILL])
def test_the_forces_drawn_are_those_of_the_result(name):
    _, result, scene = drawn(name)
    weight = float(result.attrs["body_weight"])
    sizes = {key: np.linalg.norm(arrows.force, axis=-1) for key, arrows in scene.arrows.items()}

    push = result["ground_reaction_force"].to_numpy()[:-1]
    c, s = math.cos(scene.slope), math.sin(scene.slope)
    turned = np.stack([c * push[..., 0] - s * push[..., 1], s * push[..., 0] + c * push[..., 1]], axis=-1)
    np.testing.assert_allclose(scene.arrows["ground"].force, turned / weight, atol=SAME_FORCE)
    contact = np.linalg.norm(result["tibiofemoral_force"].to_numpy()[:-1], axis=-1) / weight
    np.testing.assert_allclose(sizes["tibiofemoral"], contact, atol=1e-9)  # a planar force has no third part
    pressed = result["patellofemoral_force"].sel({"method": METHOD}).to_numpy()[:-1] / weight
    np.testing.assert_allclose(sizes["patellofemoral"], pressed, atol=1e-9)


def test_the_femur_presses_down_on_the_tibia_and_the_patella_back_on_the_femur():
    _, _, scene = drawn(FORWARD)
    tibia, patella = scene.arrows["tibiofemoral"].force, scene.arrows["patellofemoral"].force
    loaded = np.linalg.norm(patella, axis=-1) > 0.2

    assert (tibia[np.linalg.norm(tibia, axis=-1) > 1.0][:, 1] < 0.0).all()
    assert (patella[loaded][:, 0] < 0.0).all()


@pytest.mark.parametrize(("name", "sign"), [(UPHILL, 1.0), (DOWNHILL, 1.0), (FORWARD, 0.0)])
def test_the_slope_rises_the_way_the_person_faces_forward_and_falls_in_retro(name, sign):
    # Retro at -10 deg walks down backwards: the ground rises in front.
    _, result, scene = drawn(name)

    assert scene.slope == pytest.approx(sign * math.radians(abs(float(result.attrs["incline"]))))


@pytest.mark.parametrize("name", [FORWARD, UPHILL, DOWNHILL])
def test_feet_stand_on_the_ground(name):
    _, _, scene = drawn(name)
    c, s = math.cos(scene.slope), math.sin(scene.slope)
    gaps = [
        (c * (scene.points[:, row, 1] - scene.ground) - s * scene.points[:, row, 0]).min() - radius
        for one in scene.capsules
        if one.kind in {"foot", "toes"}
        for row, radius in ((one.start, one.radii[0]), (one.end, one.radii[1]))
    ]

    assert min(gaps) > -DENT
    assert sum(abs(gap) < SOLE for gap in gaps) >= 4  # heel and ball of either foot


@pytest.mark.parametrize(("name", "pace"), [(FORWARD, 1.2), (RETRO, -1.2), (DOWNHILL, -1.0)])
def test_the_ground_goes_by_at_the_pace_of_the_walk(name, pace):
    _, _, scene = drawn(name)

    assert scene.pace == pytest.approx(pace, abs=0.03)  # the pelvis sways about its mean pace
    assert np.ptp(scene.points[:, 0, 0]) < 0.1  # it stays in the picture


def test_a_failed_frame_shows_neither_muscles_nor_knee_forces():
    one = gait(FORWARD)
    result = one.result.copy(deep=True)
    result["status"][5] = 1

    scene = scene_of(one.model, result, np.arange(10), None)

    assert np.isnan([line.activation[5] for line in scene.muscles]).all()
    assert np.isnan(scene.arrows["tibiofemoral"].at[5]).all()
    assert np.isfinite(scene.arrows["tibiofemoral"].at[4]).all()
    assert np.isfinite(scene.points).all()


def test_a_result_without_its_loads_says_that_the_arrow_stands_under_the_foot():
    one = gait(FORWARD)

    scene = scene_of(one.model, one.result, np.arange(10), None)

    assert any("under the middle of the foot" in remark for remark in scene.remarks)


def test_a_result_of_another_model_is_refused():
    with pytest.raises(ResultError, match="made with another model"):
        scene_of(gait(FORWARD).model, fake_result(), np.arange(3))


@pytest.fixture(scope="module")
def recorded(shared_data):
    folder = shared_data / "rajagopal_walk"
    model = load_model(folder / "subject_walk_weldmtp.osim")
    trial = load_trial(folder / "coords_100Hz.mot", folder / "grf_walk.xml", start=0.6, end=0.9)
    return model, trial, analyze(model, trial)


@pytest.mark.shared
def test_wrapped_muscles_are_drawn_nearly_as_long_as_they_were_measured(recorded):
    model, _, result = recorded
    traced = trace(model, result["coordinate_value"].to_numpy())
    lengths = result["muscle_length"].to_numpy()

    for row in range(len(model.muscle_names)):
        short = lengths[:, row] - length_of(polyline(model, traced, row))
        assert -SAME_LENGTH < short.min() <= short.max() < CORNERS, model.muscle_names[row]


@pytest.mark.shared
def test_a_recorded_walk_is_seen_along_its_way(recorded):
    model, trial, result = recorded

    scene = scene_of(model, result, np.arange(result.sizes["time"]), ground_forces(model, trial))

    trunk = next(one for one in scene.capsules if one.kind == "trunk")
    assert (scene.points[:, trunk.end, 1] - scene.points[:, trunk.start, 1] > 0.2).all()
    toes = [one for one in scene.capsules if one.kind == "foot" and one.side == "right"]
    assert toes
    assert scene.pace > 0.5
    pelvis = next(one for one in scene.capsules if one.kind == "pelvis")
    hips = [one.start for one in scene.capsules if one.kind == "thigh"]
    middle = scene.points[:, hips].mean(axis=1)
    np.testing.assert_allclose(scene.points[:, pelvis.start], middle, atol=SAME_PLACE)


@pytest.mark.shared
def test_without_a_patella_no_direction_is_made_up(shared_data):
    folder = shared_data / "gait2392"
    model = load_model(folder / "subject01_simbody.osim")
    trial = load_trial(
        folder / "subject01_walk1_ik.mot", folder / "subject01_walk1_grf.xml", start=0.6, end=0.7
    )
    result = analyze(model, trial)

    scene = scene_of(model, result, np.arange(result.sizes["time"]), ground_forces(model, trial))

    assert np.isnan(scene.arrows["patellofemoral"].force).all()
    assert np.isfinite(scene.arrows["tibiofemoral"].force).all()
    assert any("no patella" in remark for remark in scene.remarks)


@pytest.mark.shared
@pytest.mark.opensim
def test_joints_are_where_opensim_has_them(recorded, shared_data):
    opensim = pytest.importorskip("opensim")
    model, _, result = recorded
    q = result["coordinate_value"].to_numpy()[:3]
    traced = trace(model, q)
    oracle = opensim.Model(str(shared_data / "rajagopal_walk" / "subject_walk_weldmtp.osim"))
    state = oracle.initSystem()

    for frame in range(3):
        for name, value in zip(model.coordinates, q[frame], strict=True):
            coordinate = oracle.getCoordinateSet().get(name)
            if not coordinate.isConstrained(state):
                coordinate.setValue(state, float(value), False)
        oracle.assemble(state)
        oracle.realizePosition(state)
        for body in ("pelvis", "tibia_r", "calcn_l"):
            link = model.links.index(body)
            R, p = traced.rotation[frame, link], traced.position[frame, link]
            mine = p + R @ model.body_offset[link]
            place = oracle.getBodySet().get(body).getPositionInGround(state)
            np.testing.assert_allclose(mine, [place.get(i) for i in range(3)], atol=1e-6)  # OpenSim assembles
