"""The wrap kernels obey geometry: tangency, symmetry, and the shortest way."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retrogait.kernels.wrap_ellipsoid import wrap_ellipsoid
from retrogait.kernels.wrap_guide import Guide, closest_on_ellipsoid, fan
from retrogait.kernels.wrap_torus import wrap_torus
from retrogait.kernels.wraps import Wrap, wrap_cylinder, wrap_sphere

from . import naive_wraps as naive

RADIUS = 0.03
ENDLESS = 10.0
SEMI_AXES = (0.02, 0.03, 0.04)
TUBE, HOLE = 0.01, 0.05
FREE = (0, 0)

some = settings(max_examples=30)

ROUNDING = 1e-12  # m: a few hundred roundings of lengths near 0.1 m, lever arms below ten
ANGLE_ROUNDING = 1e-7  # 1: cosine at a tangent point a micrometre or more away from its end
GRADIENT_ATOL = 1e-6  # 1: central difference with STEP of a length with curvature near 1 / 3 mm
STEP = 1e-7  # m
TWIN_ATOL = 1e-7  # m: SLSQP halts where the length, flat to second order, gains no more
FAN_ATOL = 2e-3  # 1: 16 Gauss nodes against 298 samples, no jump of the fan inside the chord

coordinate = st.floats(-0.05, 0.05)
distance = st.floats(1.05 * RADIUS, 6.0 * RADIUS)
angle = st.floats(-math.pi, math.pi)
deviation = st.floats(-0.8, 0.8)
# Through the middle both ways round are equally long, and rounding decides which is taken.
off_middle = st.floats(0.02, 0.8).flatmap(lambda x: st.sampled_from([x, -x]))
axis = st.integers(0, 2)
side = st.sampled_from([-1, 1])


@st.composite
def around_cylinder(draw):
    """Two ends outside the cylinder, roughly opposite each other."""
    first = draw(angle)
    second = first + math.pi + draw(off_middle)
    return tuple(
        np.array([d * math.cos(a), d * math.sin(a), draw(coordinate)])
        for a, d in ((first, draw(distance)), (second, draw(distance)))
    )


@st.composite
def around_centre(draw, least=1.05 * RADIUS):
    """Two ends outside a ball, roughly opposite each other."""
    longitude, latitude = draw(angle), draw(st.floats(-1.2, 1.2))
    toward = np.array(
        [
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        ]
    )
    across = np.array([draw(deviation), draw(deviation), draw(deviation)])
    back = -toward + 0.5 * across
    assume(np.linalg.norm(np.cross(back, toward)) > 0.02)
    scale = st.floats(least, 6.0 * least)
    return draw(scale) * toward, draw(scale) * back / np.linalg.norm(back)


def cylinder(end1, end2, half=FREE, exact=1, alone=False):
    return wrap_cylinder(*end1, *end2, RADIUS, ENDLESS, *half, exact, alone)


def sphere(end1, end2, half=FREE, exact=1):
    return wrap_sphere(*end1, *end2, RADIUS, *half, exact)


def ellipsoid(end1, end2, half=FREE, method=Guide.HYBRID, semi_axes=SEMI_AXES):
    return wrap_ellipsoid(*end1, *end2, *semi_axes, *half, int(method))


def torus(end1, end2, half=FREE):
    return wrap_torus(*end1, *end2, TUBE, HOLE, *half)


def points(bend):
    return np.array(bend[1:4]), np.array(bend[4:7])


def check_touch(bend, end1, end2, normal):
    """The straight parts leave the surface along its tangent, and the arc spans its chord."""
    a, b = points(bend)
    for tangent_point, end in ((a, end1), (b, end2)):
        n = normal(tangent_point)
        straight = end - tangent_point
        assert abs(n @ straight) <= ANGLE_ROUNDING * np.linalg.norm(n) * np.linalg.norm(straight)
    assert bend[7] >= np.linalg.norm(a - b) - ROUNDING


@pytest.mark.parametrize("wrap", [cylinder, sphere, ellipsoid])
def test_an_end_inside_is_reported(wrap):
    inside, outside = np.array([0.001, 0.002, 0.003]), np.array([0.1, 0.02, 0.0])

    assert wrap(inside, outside)[0] == Wrap.INSIDE
    assert wrap(outside, inside)[0] == Wrap.INSIDE


@pytest.mark.parametrize("wrap", [cylinder, sphere, ellipsoid])
def test_a_piece_that_passes_by_stays_straight(wrap):
    assert wrap(np.array([0.2, -0.2, 0.01]), np.array([0.2, 0.2, 0.02]))[0] == Wrap.NO_WRAP


@some
@given(ends=around_cylinder(), axis=axis, sign=st.integers(-1, 1))
def test_a_cylinder_is_left_along_its_tangent(ends, axis, sign):
    bend = cylinder(*ends, (axis, sign))
    assume(bend[0] >= Wrap.WRAPPED)

    check_touch(bend, *ends, lambda p: p * [1.0, 1.0, 0.0])
    np.testing.assert_allclose([np.hypot(*p[:2]) for p in points(bend)], RADIUS, atol=ROUNDING)


@some
@given(ends=around_centre(), axis=axis, sign=st.integers(-1, 1))
def test_a_sphere_is_left_along_its_tangent(ends, axis, sign):
    bend = sphere(*ends, (axis, sign))
    assume(bend[0] >= Wrap.WRAPPED)

    check_touch(bend, *ends, lambda p: p)
    np.testing.assert_allclose(np.linalg.norm(points(bend), axis=1), RADIUS, atol=ROUNDING)


@some
@given(
    ends=around_centre(0.045),
    axis=axis,
    sign=st.integers(-1, 1),
    method=st.sampled_from(list(Guide)),
)
def test_an_ellipsoid_is_left_along_its_tangent(ends, axis, sign, method):
    bend = ellipsoid(*ends, (axis, sign), method)
    assume(bend[0] >= Wrap.WRAPPED)

    square = np.square(SEMI_AXES)
    check_touch(bend, *ends, lambda p: p / square)
    np.testing.assert_allclose([np.sum(p**2 / square) for p in points(bend)], 1.0, atol=1e-9)


@some
@given(ends=around_cylinder(), exact=st.integers(0, 1))
def test_a_cylinder_wrap_read_backwards_is_the_same(ends, exact):
    forth = cylinder(*ends, FREE, exact, alone=True)
    back = cylinder(*ends[::-1], FREE, exact, alone=True)

    assert forth[0] == back[0]
    np.testing.assert_allclose(back[1:], [*forth[4:7], *forth[1:4], forth[7]], atol=ROUNDING)


@some
@given(ends=around_centre(0.045), method=st.sampled_from(list(Guide)))
def test_a_mirrored_ellipsoid_wrap_is_the_mirror_image(ends, method):
    mirror = np.array([1.0, -1.0, 1.0])
    for axis in (0, 2):  # where a guide point stands in the mirror, either side is as good
        assume(abs(ends[1][axis] - ends[0][axis]) > 1e-3)
        share = ends[0][axis] / (ends[0][axis] - ends[1][axis])
        assume(abs(ends[0][1] + share * (ends[1][1] - ends[0][1])) > 1e-4)

    bend = ellipsoid(*ends, method=method)
    image = ellipsoid(*(end * mirror for end in ends), method=method)

    np.testing.assert_allclose(image[1:7], np.array(bend[1:7]) * [*mirror, *mirror], atol=1e-9)
    assert image[7] == pytest.approx(bend[7], abs=1e-9)


@some
@given(ends=around_cylinder(), turn=angle, exact=st.integers(0, 1))
def test_turning_everything_about_the_cylinder_turns_the_path(ends, turn, exact):
    c, s = math.cos(turn), math.sin(turn)
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    bend = cylinder(*ends, FREE, exact, alone=True)
    turned = cylinder(*(rotation @ end for end in ends), FREE, exact, alone=True)

    assume(bend[0] == turned[0])  # a graze may fall on either side of the limit
    np.testing.assert_allclose(np.array(points(turned)), np.array(points(bend)) @ rotation.T, atol=1e-8)
    assert turned[7] == pytest.approx(bend[7], abs=1e-8)


@some
@given(ends=around_centre(), order=st.permutations([0, 1, 2]))
def test_renaming_the_axes_renames_the_path_over_a_sphere(ends, order):
    bend = sphere(*ends)
    renamed = sphere(*(end[order] for end in ends))

    np.testing.assert_allclose(np.array(points(renamed)), np.array(points(bend))[:, order], atol=1e-9)
    assert renamed[7] == pytest.approx(bend[7], abs=1e-9)


@some
@given(ends=around_centre())
def test_an_ellipsoid_with_equal_axes_is_a_sphere(ends):
    ball = sphere(*ends)
    assume(ball[0] >= Wrap.WRAPPED)

    egg = ellipsoid(*ends, method=Guide.MIDPOINT, semi_axes=(RADIUS, RADIUS, RADIUS))
    assume(ball[7] > 1e-4)  # m; the plane of a graze hangs on rounding

    np.testing.assert_allclose(egg[1:], ball[1:], atol=1e-7)


@some
@given(ends=around_cylinder(), axis=axis, sign=st.integers(-1, 1))
def test_the_helix_is_never_longer_than_opensims_spiral(ends, axis, sign):
    helix = cylinder(*ends, (axis, sign))
    spiral = cylinder(*ends, (axis, sign), 0, alone=True)
    assume(helix[0] >= Wrap.WRAPPED and spiral[0] >= Wrap.WRAPPED)

    assert naive.path_length(helix, *ends) <= naive.path_length(spiral, *ends) + ROUNDING


@some
@given(ends=around_cylinder(), axis=axis, sign=st.integers(-1, 1))
def test_the_line_of_action_is_the_gradient_of_the_length_over_a_cylinder(ends, axis, sign):
    half = (axis, sign)
    check_gradient(lambda p, q: cylinder(p, q, half), *ends)


@some
@given(ends=around_centre(), axis=axis, sign=st.integers(-1, 1))
def test_the_line_of_action_is_the_gradient_of_the_length_over_a_sphere(ends, axis, sign):
    half = (axis, sign)
    check_gradient(lambda p, q: sphere(p, q, half), *ends)


def check_gradient(wrap, end1, end2):
    bend = wrap(end1, end2)
    assume(bend[0] >= Wrap.WRAPPED and bend[7] > 1e-3)  # m; no graze within STEP
    gradient = np.empty(3)
    for i in range(3):
        move = np.eye(3)[i] * STEP
        ahead, behind = wrap(end1 + move, end2), wrap(end1 - move, end2)
        assume(ahead[0] == behind[0] == bend[0])
        difference = naive.path_length(ahead, end1 + move, end2) - naive.path_length(
            behind, end1 - move, end2
        )
        assume(abs(difference) < 10 * STEP)  # the path does not change sides in between
        gradient[i] = difference / (2.0 * STEP)
    straight = end1 - points(bend)[0]

    np.testing.assert_allclose(gradient, straight / np.linalg.norm(straight), atol=GRADIENT_ATOL)


def test_opensims_spiral_is_not_the_gradient_of_its_length():
    end1, end2 = np.array([0.04, -0.05, -0.05]), np.array([0.01, 0.05, 0.1])

    def length(p):
        return naive.path_length(cylinder(p, end2, (0, 1), 0, alone=True), p, end2)

    gradient = [(length(end1 + e) - length(end1 - e)) / (2 * STEP) for e in np.eye(3) * STEP]
    straight = end1 - points(cylinder(end1, end2, (0, 1), 0, alone=True))[0]

    assert np.linalg.norm(gradient - straight / np.linalg.norm(straight)) > 100 * GRADIENT_ATOL


@settings(max_examples=15)
@given(ends=around_cylinder())
def test_a_string_over_a_cylinder_is_as_short_as_a_minimiser_finds(ends):
    bend = cylinder(*ends)
    assume(bend[0] >= Wrap.WRAPPED)

    taut = naive.taut_over_cylinder(*ends, RADIUS)
    assert naive.path_length(bend, *ends) == pytest.approx(taut, abs=TWIN_ATOL)


@settings(max_examples=15)
@given(ends=around_centre())
def test_a_string_over_a_sphere_is_as_short_as_a_minimiser_finds(ends):
    bend = sphere(*ends)
    assume(bend[0] >= Wrap.WRAPPED)

    taut = naive.taut_over_sphere(*ends, RADIUS)
    assert naive.path_length(bend, *ends) == pytest.approx(taut, abs=TWIN_ATOL)


def test_a_held_path_goes_the_long_way_round():
    end1, end2 = np.array([-0.06, 0.01, 0.0]), np.array([-0.06, -0.01, 0.02])

    code, *_, arc = cylinder(end1, end2, (0, 1))

    assert code == Wrap.WRAPPED
    assert arc > math.pi * RADIUS


def test_running_into_the_object_from_the_allowed_side_is_mandatory():
    end1, end2 = np.array([0.01, -0.06, 0.0]), np.array([0.01, 0.06, 0.0])

    for wrap in (cylinder, sphere):
        assert wrap(end1, end2, (0, 1))[0] == Wrap.MANDATORY
        assert points(wrap(end1, end2, (0, 1)))[0][0] > 0.0
    assert sphere(end1, end2)[0] == Wrap.WRAPPED
    assert cylinder(end1, end2)[0] == ellipsoid(end1, end2)[0] == Wrap.MANDATORY


def test_a_cylinder_ends_where_its_length_says():
    end1, end2 = np.array([0.01, -0.06, 0.2]), np.array([0.01, 0.06, 0.2])

    assert wrap_cylinder(*end1, *end2, RADIUS, 0.39, 0, 0)[0] == Wrap.NO_WRAP
    assert wrap_cylinder(*end1, *end2, RADIUS, 0.41, 0, 0)[0] == Wrap.MANDATORY


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_piece_through_the_centre_of_a_sphere_takes_a_great_circle(axis):
    reach = 0.05
    end = np.eye(3)[axis] * reach

    bend = sphere(end, -end)

    straight = math.sqrt(reach**2 - RADIUS**2)
    arc = RADIUS * (math.pi - 2.0 * math.acos(RADIUS / reach))
    assert naive.path_length(bend, end, -end) == pytest.approx(2 * straight + arc, abs=ROUNDING)
    assert sphere(end, -end, exact=0)[0] == Wrap.NO_WRAP  # as OpenSim, which finds no number


def test_a_piece_through_the_middle_of_a_torus_stays_straight():
    assert torus(np.array([0.01, 0.0, -0.1]), np.array([0.0, 0.01, 0.1]))[0] == Wrap.NO_WRAP


def test_a_path_through_a_torus_keeps_inside_the_hole():
    end1, end2 = np.array([0.08, 0.02, 0.06]), np.array([0.09, 0.01, -0.07])

    bend = torus(end1, end2)

    assert bend[0] == Wrap.WRAPPED
    assert all(np.hypot(*p[:2]) < HOLE for p in points(bend))
    assert torus(end1, end2, (0, -1))[0] == Wrap.NO_WRAP


@some
@given(turn=angle)
def test_turning_everything_about_a_torus_turns_the_path(turn):
    c, s = math.cos(turn), math.sin(turn)
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    end1, end2 = np.array([0.08, 0.02, 0.06]), np.array([0.09, 0.01, -0.07])

    bend = torus(end1, end2)
    turned = torus(rotation @ end1, rotation @ end2)

    np.testing.assert_allclose(np.array(points(turned)), np.array(points(bend)) @ rotation.T, atol=1e-9)
    assert turned[7] == pytest.approx(bend[7], abs=1e-9)


@some
@given(
    point=st.tuples(*[st.floats(0.01, 2.0).flatmap(lambda x: st.sampled_from([x, -x]))] * 3),
    semi_axes=st.tuples(*[st.floats(0.5, 1.5)] * 3),
)
def test_the_closest_point_of_an_ellipsoid_is_the_closest(point, semi_axes):
    found = closest_on_ellipsoid(*semi_axes, *point, 1)

    twin = naive.closest_point(np.array(semi_axes), np.array(point))
    np.testing.assert_allclose(found, twin, atol=1e-9)


@settings(max_examples=10)
@given(start=st.tuples(*[st.floats(0.05, 0.4)] * 3), end=st.tuples(*[st.floats(0.05, 0.4)] * 3))
def test_the_fan_is_the_mean_over_the_chord(start, end):
    semi_axes = np.array([0.8, 1.0, 1.2])
    chord = np.subtract(end, start)
    assume(np.linalg.norm(chord) > 0.05)

    found = fan(*semi_axes, *start, *chord, 1)

    np.testing.assert_allclose(found, naive.mean_fan(semi_axes, np.array(start), chord), atol=FAN_ATOL)
