"""The bundled planar model: what its table says, what the file holds, how it moves and stands."""

import math
from pathlib import Path

import numpy as np
import pytest

from retrogait.errors import ModelError
from retrogait.io.storage import read_table
from retrogait.osim import load_model
from retrogait.osim.build import build_model, main
from retrogait.osim.planar import read_planar
from retrogait.osim.quiet import swallow_output
from tests.trials import bundled

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
TABLE = MODELS / "planar.toml"
FILE = MODELS / "planar.osim"

TEXT_RTOL = 1e-12  # 1; OpenSim writes 17 digits, another machine may round the last one
MASS_ATOL = 1e-9  # kg; a sum of eleven decimal numbers
ROUNDING = 1e-12  # m, kg, rad, 1; products in another order
TOUCH = 1e-5  # m; the table gives the toe sphere's centre to a hundredth of a millimetre
HEEL = 0.015  # m; the lowest point of the heel's sphere lies this far in front of the back of the heel
FOOT_ATOL = 1e-3  # m; the table gives the foot's lengths to a millimetre
EASE = 6.0  # N m; what a relaxed leg, held as in midstance, takes at most
END = 10.0  # N m; what holds a relaxed joint at the end of its range at least
CM = 0.01  # m


@pytest.fixture(scope="module")
def table():
    return read_planar(TABLE)


@pytest.fixture(scope="module")
def opened():
    """The file in OpenSim, ready, with its state."""
    osim = pytest.importorskip("opensim")
    osim.Logger.setLevelString("Off")
    model = osim.Model(str(FILE))
    return model, model.initSystem()


def tokens(path):
    return path.read_text().replace("<", " <").replace(">", "> ").split()


def edited(tmp_path, old, new):
    text = TABLE.read_text()
    assert old in text
    path = tmp_path / "edited.toml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.opensim
def test_the_file_is_what_the_table_builds(tmp_path):
    built = tmp_path / "planar.osim"
    assert main(["--table", str(TABLE), "--output", str(built)]) == 0
    ours, theirs = tokens(FILE), tokens(built)
    assert len(ours) == len(theirs)
    for kept, made in zip(ours, theirs, strict=True):
        if kept != made:
            assert float(kept) == pytest.approx(float(made), rel=TEXT_RTOL)


@pytest.mark.opensim
def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        build_model(TABLE, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def local(vector):
    return [vector.get(index) for index in range(3)]


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=TEXT_RTOL, atol=ROUNDING)


def on_side(name, side, table):
    """Body of a segment of one leg, or of the trunk."""
    return f"{name}_{side}" if table.named(name).paired else name


@pytest.mark.opensim
def test_the_file_has_the_segments_of_the_table_and_no_others(opened, table):
    bodies = opened[0].getBodySet()
    names = {on_side(s.name, side, table) for s in table.segment for side in "rl"}
    assert {body.getName() for body in bodies} == names
    for segment in table.segment:
        for side in "rl":
            body = bodies.get(on_side(segment.name, side, table))
            length, along = table.si(segment.length), np.array(segment.axis) / math.hypot(*segment.axis)
            mass = segment.mass.value * table.person.mass.value
            same(body.getMass(), mass)
            same(local(body.getMassCenter()), [*(segment.center.value * length * along), 0.0])
            same(body.getInertia().getMoments().get(2), mass * (segment.gyration.value * length) ** 2)


@pytest.mark.opensim
def test_the_file_has_the_joints_of_the_table_and_no_others(opened, table):
    model, _ = opened
    osim = pytest.importorskip("opensim")
    joints = model.getJointSet()
    names = {f"{joint.name}_{side}" for joint in table.joint for side in "rl"}
    assert {joint.getName() for joint in joints} == {*names, "ground_trunk"}
    for joint in table.joint:
        parent = table.named(joint.parent)
        along = np.array(parent.axis) / math.hypot(*parent.axis)
        place = joint.at.value * table.si(parent.length) * along
        if joint.offset:
            place += np.array([joint.offset.x, joint.offset.y])
        for side in "rl":
            made = osim.CustomJoint.safeDownCast(joints.get(f"{joint.name}_{side}"))
            assert made.getParentFrame().findBaseFrame().getName() == on_side(joint.parent, side, table)
            assert made.getChildFrame().findBaseFrame().getName() == f"{joint.child}_{side}"
            same(local(made.get_frames(0).get_translation()), [*place, 0.0])
            same(local(made.get_frames(1).get_translation()), [0.0, 0.0, 0.0])
            same(local(made.getSpatialTransform().get_rotation1().getAxis()), [0.0, 0.0, joint.sense])
            coordinate = made.get_coordinates(0)
            assert coordinate.getName().replace(f"_{side}", "", 1) == joint.coordinate
            same([coordinate.getRangeMin(), coordinate.getRangeMax()], np.radians(joint.range))


@pytest.mark.opensim
def test_the_file_has_the_muscles_of_the_table_and_no_others(opened, table):
    osim = pytest.importorskip("opensim")
    muscles = opened[0].getMuscles()
    names = {f"{muscle.name}_{side}" for muscle in table.muscle for side in "rl"}
    assert {muscle.getName() for muscle in muscles} == names
    common = table.muscles
    for muscle in table.muscle:
        for side in "rl":
            made = osim.DeGrooteFregly2016Muscle.safeDownCast(muscles.get(f"{muscle.name}_{side}"))
            same(made.get_max_isometric_force(), muscle.force.value)
            same(made.get_optimal_fiber_length(), muscle.fiber.value)
            same(made.get_tendon_slack_length(), muscle.tendon.value)
            same(made.get_pennation_angle_at_optimal(), math.radians(muscle.pennation.value))
            same(made.get_max_contraction_velocity(), common.maximum_contraction_velocity.value)
            strain = muscle.tendon_strain or common.tendon_strain
            same(made.get_tendon_strain_at_one_norm_force(), strain.value)
            same(made.get_passive_fiber_strain_at_one_norm_force(), common.passive_strain.value)
            points = made.getGeometryPath().getPathPointSet()
            assert points.getSize() == len(muscle.path)
            for index, point in enumerate(muscle.path):
                here = osim.PathPoint.safeDownCast(points.get(index))
                assert here.getParentFrame().getName() == on_side(point.segment, side, table)
                same(local(here.get_location()), [point.x, point.y, 0.0])


@pytest.mark.opensim
def test_the_file_has_the_spheres_of_the_table_a_floor_and_no_force_between_them(opened, table):
    osim = pytest.importorskip("opensim")
    model, _ = opened
    shapes, markers = model.getContactGeometrySet(), model.getMarkerSet()
    names = {f"{contact.name}_{side}" for contact in table.contact for side in "rl"}
    assert {shape.getName() for shape in shapes} == {"floor", *(f"{name}_sphere" for name in names)}
    assert {marker.getName() for marker in markers} == names
    assert model.getForceSet().getSize() == model.getMuscles().getSize()
    for contact in table.contact:
        for side in "rl":
            sphere = osim.ContactSphere.safeDownCast(shapes.get(f"{contact.name}_{side}_sphere"))
            marker = markers.get(f"{contact.name}_{side}")
            same(sphere.getRadius(), contact.radius)
            same(local(sphere.get_location()), [contact.x, contact.y, 0.0])
            same(local(marker.get_location()), [contact.x, contact.y - contact.radius, 0.0])
            assert sphere.getFrame().getName() == f"{contact.segment}_{side}"
            assert marker.getParentFrame().getName() == f"{contact.segment}_{side}"


@pytest.mark.opensim
def test_every_sphere_touches_the_ground_when_the_model_stands_as_it_opens(table):
    osim = pytest.importorskip("opensim")
    model = osim.Model(str(FILE))
    state = model.initSystem()  # of its own: others move the shared one
    heights = [marker.getLocationInGround(state).get(1) for marker in model.getMarkerSet()]
    assert min(heights) == pytest.approx(0.0, abs=ROUNDING)
    assert max(heights) <= TOUCH
    hip = model.getCoordinateSet().get("pelvis_ty").getDefaultValue()
    assert hip == pytest.approx((0.245 + 0.246 + 0.039) * table.person.stature.value, abs=TOUCH)


@pytest.mark.opensim
def test_bending_the_toes_lifts_them_about_the_ball_of_the_foot():
    osim = pytest.importorskip("opensim")
    model = osim.Model(str(FILE))
    state = model.initSystem()
    markers = model.getMarkerSet()
    flat = [markers.get(name).getLocationInGround(state).get(1) for name in ("toe_r", "ball_r", "toe_l")]
    model.getCoordinateSet().get("mtp_angle_r").setValue(state, math.radians(30.0))
    bent = [markers.get(name).getLocationInGround(state).get(1) for name in ("toe_r", "ball_r", "toe_l")]
    # 55 mm in front of the joint and 28.3 mm below it, turned by 30 deg
    rise = 0.055 * math.sin(math.radians(30.0)) + 0.0283 * (1.0 - math.cos(math.radians(30.0)))
    np.testing.assert_allclose(np.subtract(bent, flat), [rise, 0.0, 0.0], atol=ROUNDING)


def with_contact_forces(path, osim):
    """Write the model with the table's law between every sphere and the floor, for who simulates forward."""
    model, law = osim.Model(str(FILE)), read_planar(TABLE).ground
    shapes = model.getContactGeometrySet()
    floor = osim.ContactHalfSpace.safeDownCast(shapes.get("floor"))
    for shape in shapes:
        if (sphere := osim.ContactSphere.safeDownCast(shape)) is not None:
            force = osim.SmoothSphereHalfSpaceForce(f"{sphere.getName()}_force", sphere, floor)
            force.set_stiffness(law.stiffness.value)
            force.set_dissipation(law.dissipation.value)
            model.addForce(force)
    model.finalizeConnections()
    model.printToXML(str(path))
    return path


def moments_by_tool(folder, model, osim):
    """Inverse dynamics of a bundled stride as its users set it up: only muscles are excluded."""
    motion, _, loads = bundled("forward_1.0_0").write(folder)
    tool = osim.InverseDynamicsTool()
    tool.setModelFileName(str(model))
    tool.setCoordinatesFileName(str(motion))
    tool.setExternalLoadsFileName(str(loads))
    tool.setStartTime(0.2)
    tool.setEndTime(0.4)
    excluded = osim.ArrayStr()
    excluded.append("Muscles")
    tool.setExcludedForces(excluded)
    tool.setResultsDir(str(folder))
    tool.setOutputGenForceFileName(f"{model.stem}.sto")
    with swallow_output():
        assert tool.run()
    return read_table(folder / f"{model.stem}.sto")


@pytest.mark.opensim
def test_ground_forces_of_a_trial_do_not_count_twice(tmp_path):
    osim = pytest.importorskip("opensim")
    bare = osim.Model(str(FILE))
    bare.updContactGeometrySet().setSize(0)
    bare.finalizeConnections()
    bare.printToXML(str(tmp_path / "bare.osim"))
    without = moments_by_tool(tmp_path, tmp_path / "bare.osim", osim)
    ours = moments_by_tool(tmp_path, FILE, osim)
    assert ours.labels == without.labels
    np.testing.assert_array_equal(ours.values, without.values)
    # why there are spheres in the file and no forces: with forces the ground pushes twice
    forced = moments_by_tool(tmp_path, with_contact_forces(tmp_path / "forced.osim", osim), osim)
    lift = forced.labels.index("pelvis_ty_force")
    assert np.abs(forced.values - ours.values)[:, lift].max() > 100.0


@pytest.mark.opensim
def test_opensim_opens_it_and_holds_the_patella_to_its_coupler(opened):
    model, state = opened
    assert model.getTotalMass(state) == pytest.approx(70.0, abs=MASS_ATOL)
    assert model.getMuscles().getSize() == 22
    knee = model.getCoordinateSet().get("knee_angle_l")
    knee.setValue(state, 0.8)
    patella = model.getCoordinateSet().get("knee_angle_l_beta").getValue(state)
    assert patella == pytest.approx(0.62 * 0.8 - math.radians(24.0), abs=1e-6)


def test_both_legs_are_read_with_quadriceps_and_patella():
    model = load_model(FILE)
    assert [knee.side for knee in model.knees] == ["right", "left"]
    for knee in model.knees:
        assert knee.flexion_sign == 1.0
        assert knee.reaches_tibia
        letter = knee.side[0]
        heads = [[model.muscle_names[row] for row in rows] for rows in knee.heads]
        assert heads == [[f"{name}_{letter}"] for name in ("recfem", "vasmed", "vasint", "vaslat")]
        assert model.links[knee.patella] == f"patella_{letter}"


def test_nothing_is_said_about_the_file_when_it_is_read():
    model = load_model(FILE, cache=False)
    assert model.left_out == ()
    assert model.notes == ()
    assert model.coordinates.count("mtp_angle_r") == 1
    assert len(model.coordinates) == 3 + 2 * 5


def arms(opened, muscle, coordinate, degrees, **others):
    """Moment arms by OpenSim over a range of one coordinate, the others held [m]."""
    model, state = opened
    coordinates = model.getCoordinateSet()
    for name, value in {"hip_flexion_r": 20.0, "knee_angle_r": 10.0, "ankle_angle_r": 0.0, **others}.items():
        coordinates.get(name).setValue(state, math.radians(value))
    measured = []
    for value in degrees:
        coordinates.get(coordinate).setValue(state, math.radians(value))
        measured.append(model.getMuscles().get(muscle).computeMomentArm(state, coordinates.get(coordinate)))
    return np.array(measured)


KNEE = range(0, 91, 15)
ANKLE = range(-20, 16, 5)
HIP = range(-15, 46, 15)


@pytest.mark.opensim
@pytest.mark.parametrize(
    ("muscle", "coordinate", "degrees", "least", "most"),
    [
        ("recfem_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vasmed_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vasint_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("vaslat_r", "knee_angle_r", KNEE, -5.5, -3.0),
        ("hamstrings_r", "knee_angle_r", KNEE, 2.0, 5.5),
        ("bfsh_r", "knee_angle_r", KNEE, 1.5, 5.5),
        ("gastroc_r", "knee_angle_r", KNEE, 1.0, 3.0),
        ("gastroc_r", "ankle_angle_r", ANKLE, -6.0, -3.5),
        ("soleus_r", "ankle_angle_r", ANKLE, -6.0, -3.5),
        ("tibant_r", "ankle_angle_r", ANKLE, 3.5, 6.0),
        ("recfem_r", "hip_flexion_r", HIP, 2.5, 5.5),
        ("iliopsoas_r", "hip_flexion_r", HIP, 2.0, 4.5),
        ("hamstrings_r", "hip_flexion_r", HIP, -8.0, -2.0),
        ("glmax_r", "hip_flexion_r", HIP, -8.0, -4.0),
    ],
)
def test_moment_arms_are_near_the_published_ones(opened, muscle, coordinate, degrees, least, most):
    measured = arms(opened, muscle, coordinate, degrees) / CM
    assert measured.min() >= least
    assert measured.max() <= most


@pytest.mark.opensim
def test_the_quadriceps_arm_falls_in_deep_flexion(opened):
    extended, flexed = np.abs(arms(opened, "vasint_r", "knee_angle_r", [20.0, 90.0]))
    assert flexed < 0.9 * extended


def test_the_segments_make_up_the_whole_body(table):
    total = sum((2 if s.paired else 1) * table.si(s.mass) for s in table.segment)
    assert total == pytest.approx(table.person.mass.value, abs=MASS_ATOL)


def test_the_foot_is_as_long_and_high_as_its_source_says(table):
    stature = table.person.stature.value
    heel, ball, toe = table.sole("foot")
    origin = table.upright()
    tip = origin["toes"][0] - origin["foot"][0] + table.si(table.named("toes").length)
    assert HEEL + tip - heel[0] == pytest.approx(0.152 * stature, abs=FOOT_ATOL)
    assert heel[0] < ball[0] < toe[0] < tip
    for _, height in (heel, ball, toe):
        assert -height == pytest.approx(0.039 * stature, abs=TOUCH)


def test_foot_and_toes_weigh_what_the_source_gives_the_foot(table):
    both = table.si(table.named("foot").mass) + table.si(table.named("toes").mass)
    assert both == pytest.approx(0.0145 * table.person.mass.value, abs=MASS_ATOL)


def test_an_offset_of_a_sphere_moves_the_whole_body_up_by_as_much(tmp_path):
    deeper = read_planar(edited(tmp_path, "y = -0.03825", "y = -0.04825"))
    trunk = min(y for _, y in deeper.sole("trunk"))
    assert trunk == pytest.approx(min(y for _, y in read_planar(TABLE).sole("trunk")) - 0.01, abs=TOUCH)


@pytest.mark.parametrize(
    ("coordinate", "low", "high"),
    [("hip_flexion", -30.0, 120.0), ("knee_angle", -10.0, 120.0)],
)
def test_hip_and_knee_take_little_at_ease_and_push_back_at_both_ends(table, coordinate, low, high):
    (passive,) = (passive for passive in table.passive if passive.coordinate == coordinate)

    def moment(angle):  # the ankle at zero
        at = {"hip_flexion": 20.0, "knee_angle": 20.0, coordinate: angle}
        return table.si(passive.offset) + sum(
            term.sign * math.exp(term.constant + term.hip * at["hip_flexion"] + term.knee * at["knee_angle"])
            for term in passive.terms
        )

    moments = [moment(angle) for angle in np.linspace(low, high, 20)]
    assert (np.diff(moments) < 0.0).all()
    assert moments[0] > END
    assert moments[-1] < -END
    assert abs(moment(20.0)) < EASE


def test_every_source_is_used(table):
    text = TABLE.read_text()
    for key in table.source:
        assert f'"{key}"' in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "kg"', 'unit = "lb"', "person mass: unit `lb`, expected kg"),
        ('unit = "stature"', 'unit = "length"', "segment trunk length: unit `length`, expected m or stature"),
        ('unit = "N m"', 'unit = "N"', "passive hip_flexion offset: unit `N`, expected N m"),
        ('unit = "N m/rad"', 'unit = "N m"', "damper hip_flexion stiffness: unit `N m`, expected N m/rad"),
        ('unit = "N/m2"', 'unit = "N/m"', "ground stiffness: unit `N/m`, expected N/m2"),
        ('0.10, unit = "1"', '0.10, unit = "m"', "muscle gastroc tendon_strain: unit `m`, expected 1"),
        ('source = "person"', 'source = "gossip"', "source `gossip` is not in [source]"),
        ("value = 8.072", "value = nan", "passive hip_flexion offset value: nan is not a number"),
        ("constant = 2.220", "constant = inf", "passive knee_angle terms 3 constant: inf is not a number"),
        ("radius = 0.030", "radius = -0.030", "$.contact[0].radius"),
        ('parent = "trunk"', 'parent = "torso"', "joint hip: no segment `torso`"),
        ('parent = "femur"', 'parent = "toes"', "joint knee: nothing carries its parent `toes` yet"),
        ('child = "toes"', 'child = "foot"', "joint metatarsal: `foot` is carried already"),
        ('child = "toes"', 'child = "foot"', "segment toes: no joint carries it"),
        ("paired = true", "paired = false", "one with `paired = false` carries the rest, found trunk, femur"),
        ("[-30.0, 100.0]", "[100.0, -30.0]", "joint hip: range 100 to -30 deg is empty"),
        ('segment = "toes"', 'segment = "sock"', "contact toe: no segment `sock` of a leg"),
        (
            'name = "heel"\nsegment = "foot"',
            'name = "heel"\nsegment = "trunk"',
            "no segment `trunk` of a leg",
        ),
        ('{ segment = "trunk"', '{ segment = "pelvis"', "muscle recfem: no segment `pelvis`"),
        ('["vaneijden1986",', '["nobody",', "muscle recfem: source `nobody`"),
        (
            '[[passive]]\ncoordinate = "hip_flexion"',
            '[[passive]]\ncoordinate = "hip"',
            "passive: no free coordinate `hip` (there are ankle_angle, hip_flexion, knee_angle, mtp_angle)",
        ),
        ('\ncoordinate = "mtp_angle"\n', '\ncoordinate = "knee_angle_beta"\n', "damper: no free coordinate"),
        (
            'coordinate = "knee_angle"\nslope',
            'coordinate = "knee"\nslope',
            "joint patellofemoral follows: no free",
        ),
        ('name = "vasint"', 'name = "vasmed"', "muscle vasmed stands 2 times"),
        ("paired = false", "paird = false", "unknown field `paird`"),
        ("[person]", "[person", "line"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(tmp_path, old, new, says):
    path = edited(tmp_path, old, new)
    with pytest.raises(ModelError) as error:
        read_planar(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_every_fault_of_a_table_is_named_at_once(tmp_path):
    path = edited(tmp_path, 'unit = "kg"', 'unit = "lb"')
    path.write_text(path.read_text().replace('source = "person"', 'source = "gossip"', 1))
    with pytest.raises(ModelError, match=r"source `gossip`.*; person mass: unit `lb`"):
        read_planar(path)


def test_a_wrong_table_leaves_the_model_alone_and_says_so(tmp_path, capsys):
    target = tmp_path / "planar.osim"
    assert main(["--table", str(tmp_path / "none.toml"), "--output", str(target)]) == 2
    assert not target.exists()
    assert "cannot be read" in capsys.readouterr().err
