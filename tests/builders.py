"""Small OpenSim models, made through OpenSim's own interface and written to disk."""

import opensim
from opensim import Vec3

opensim.Logger.setLevelString("Off")

X, Y, Z = (Vec3(*(float(i == axis) for i in range(3))) for axis in range(3))
O = Vec3(0.0)
CLASSES = (
    "Thelen2003Muscle",
    "Millard2012EquilibriumMuscle",
    "DeGrooteFregly2016Muscle",
    "RigidTendonMuscle",
)


def vector(x, y, z, side="r"):
    """A point, mirrored in the sagittal plane for the left side."""
    return Vec3(x, y, z if side == "r" else -z)


def block(name, mass, com, size):
    """A body with the inertia of a box of uniform density."""
    x, y, z = size
    moments = (y * y + z * z, x * x + z * z, x * x + y * y)
    inertia = opensim.Inertia(*(mass / 12.0 * m for m in moments))
    return opensim.Body(name, mass, com, inertia)


def spline(xs, ys):
    """A SimmSpline through points."""
    function = opensim.SimmSpline()
    for x, y in zip(xs, ys, strict=True):
        function.addPoint(x, y)
    return function


def line(slope=1.0, intercept=0.0):
    """A LinearFunction."""
    return opensim.LinearFunction(slope, intercept)


def times(function, scale):
    """A MultiplierFunction, which owns what it multiplies."""
    function._markAdopted()
    return opensim.MultiplierFunction(function, scale)


def custom_joint(name, parent, child, axes, *, place=O, turn=O, child_place=O, child_turn=O):
    """A CustomJoint; ``axes`` maps rotation1 ... translation3 to (axis, coordinate or None, function)."""
    transform = opensim.SpatialTransform()
    idle = {f"{kind}{i}": (axis, None, opensim.Constant(0.0))
            for kind, basis in (("rotation", (Z, X, Y)), ("translation", (X, Y, Z)))
            for i, axis in enumerate(basis, start=1)}  # fmt: skip
    for key, (axis, coordinate, function) in (idle | axes).items():
        one = getattr(transform, f"upd_{key}")()
        one.setAxis(axis)
        one.setCoordinateNames(opensim.ArrayStr("", 0))
        if coordinate:
            names = opensim.ArrayStr()
            names.append(coordinate)
            one.setCoordinateNames(names)
        one.set_function(function)
    return opensim.CustomJoint(name, parent, place, turn, child, child_place, child_turn, transform)


def couple(model, dependent, independent, function, *, name=None, scale=1.0):
    """Couple one coordinate to others."""
    coupler = opensim.CoordinateCouplerConstraint()
    coupler.setName(name or f"{dependent}_con")
    names = opensim.ArrayStr()
    for one in [independent] if isinstance(independent, str) else independent:
        names.append(one)
    coupler.setIndependentCoordinateNames(names)
    coupler.setDependentCoordinateName(dependent)
    coupler.setFunction(function)
    opensim.PropertyHelper.setValueDouble(scale, coupler.updPropertyByName("scale_factor"))
    model.addConstraint(coupler)
    return coupler


def muscle(kind, name, points, *, strength=1000.0, optimal=0.1, slack=0.2, pennation=0.0):
    """A muscle through (body, location) points."""
    one = getattr(opensim, kind)()
    one.setName(name)
    one.set_max_isometric_force(strength)
    one.set_optimal_fiber_length(optimal)
    one.set_tendon_slack_length(slack)
    one.set_pennation_angle_at_optimal(pennation)
    for number, (body, location) in enumerate(points):
        one.addNewPathPoint(f"{name}-P{number + 1}", body, location)
    return one


def add_point(model, one, point, name, body, coordinate):
    """Put a conditional or moving point between the last two points of a muscle."""
    point.setName(name)
    point.updSocket("parent_frame").setConnecteePath(body.getAbsolutePathString())
    joint = coordinate.getJoint().getAbsolutePathString()
    for axis in ("x_", "y_", "z_") if isinstance(point, opensim.MovingPathPoint) else ("",):
        point.updSocket(f"{axis}coordinate").setConnecteePath(f"{joint}/{coordinate.getName()}")
    points = opensim.GeometryPath.safeDownCast(one.updPath()).updPathPointSet()
    point._markAdopted()
    points.insert(points.getSize() - 1, point)


def wrap(model, one, body, surface, name, *, place=O, turn=O, quadrant="all"):
    """Put a wrap object on a body and a muscle over it."""
    surface.setName(name)
    surface.set_translation(place)
    surface.set_xyz_body_rotation(turn)
    surface.set_quadrant(quadrant)
    body.addWrapObject(surface)
    model.finalizeConnections()
    opensim.GeometryPath.safeDownCast(one.updPath()).addPathWrap(surface)


def cylinder(radius=0.03, length=0.2):
    """A WrapCylinder."""
    surface = opensim.WrapCylinder()
    surface.set_radius(radius)
    surface.set_length(length)
    return surface


def legs(sides=("r",), mass_scale=1.0):
    """A pelvis on six degrees of freedom and one or two legs, mirror images of each other.

    Each leg has a hip of three rotations, a knee of one coordinate that turns and slides, a patella coupled
    to it, an ankle with tilted frames, a welded foot, and muscles of all four classes with a conditional
    point, a moving point and a wrap cylinder.
    """
    model = opensim.Model()
    model.setName("legs")
    ground = model.getGround()
    pelvis = block("pelvis", 30.0 * mass_scale, Vec3(0.0, 0.15, 0.0), (0.25, 0.5, 0.35))
    model.addBody(pelvis)
    model.addJoint(custom_joint("ground_pelvis", ground, pelvis, {
        "rotation1": (Z, "pelvis_tilt", line()), "rotation2": (X, "pelvis_list", line()),
        "rotation3": (Y, "pelvis_rotation", line()), "translation1": (X, "pelvis_tx", line()),
        "translation2": (Y, "pelvis_ty", line()), "translation3": (Z, "pelvis_tz", line()),
    }))  # fmt: skip
    for side in sides:
        _leg(model, pelvis, side)
    model.finalizeConnections()
    for side in sides:
        _muscles(model, pelvis, side)
    model.finalizeConnections()
    return model


def _leg(model, pelvis, s):
    outward = 1.0 if s == "r" else -1.0
    femur = block(f"femur_{s}", 8.0, vector(0.0, -0.17, 0.005, s), (0.12, 0.4, 0.12))
    tibia = block(f"tibia_{s}", 3.5, vector(0.0, -0.19, -0.004, s), (0.1, 0.4, 0.09))
    patella = block(f"patella_{s}", 0.1, O, (0.04, 0.04, 0.04))
    talus = block(f"talus_{s}", 0.1, O, (0.05, 0.05, 0.05))
    calcn = block(f"calcn_{s}", 1.1, vector(0.08, 0.02, 0.003, s), (0.25, 0.06, 0.08))
    for body in (femur, tibia, patella, talus, calcn):
        model.addBody(body)
    model.addJoint(custom_joint(f"hip_{s}", pelvis, femur, {
        "rotation1": (Z, f"hip_flexion_{s}", line()),
        "rotation2": (Vec3(outward, 0.0, 0.0), f"hip_adduction_{s}", line()),
        "rotation3": (Vec3(0.0, outward, 0.0), f"hip_rotation_{s}", line()),
    }, place=vector(-0.05, -0.06, 0.08, s)))  # fmt: skip
    knee = f"knee_angle_{s}"
    bend = [0.0, 0.5, 1.0, 1.5, 2.0]
    model.addJoint(custom_joint(f"walker_knee_{s}", femur, tibia, {
        "rotation1": (Z, knee, line(-1.0)),
        "rotation2": (X, knee, spline(bend, [outward * y for y in (0.0, 0.01, 0.02, 0.02, 0.01)])),
        "rotation3": (Y, knee, spline(bend, [outward * y for y in (0.0, 0.08, 0.12, 0.13, 0.13)])),
        "translation1": (X, knee, times(
            spline(bend, [0.0, -0.4, -0.6, -0.5, -0.2]), 0.01)),
        "translation2": (Y, None, opensim.Constant(-0.4)),
    }))  # fmt: skip
    beta = f"{knee}_beta"
    model.addJoint(custom_joint(f"patellofemoral_{s}", femur, patella, {
        "rotation1": (Z, beta, line(-1.0)),
        "translation1": (X, beta, spline(bend, [0.052, 0.050, 0.042, 0.028, 0.012])),
        "translation2": (Y, beta, spline(bend, [-0.405, -0.422, -0.437, -0.447, -0.452])),
    }))  # fmt: skip
    tilt = vector(0.17 * outward, 0.1 * outward, 0.0)
    ankle = opensim.PinJoint(f"ankle_{s}", tibia, Vec3(0.0, -0.42, 0.0), tilt, talus, O, tilt)
    ankle.updCoordinate().setName(f"ankle_angle_{s}")
    model.addJoint(ankle)
    model.addJoint(opensim.WeldJoint(
        f"subtalar_{s}", talus, vector(-0.04, -0.04, 0.008, s), O, calcn, O, O))  # fmt: skip
    for coordinate, low, high in ((knee, 0.0, 2.0), (beta, 0.0, 2.0)):
        joint = f"walker_knee_{s}" if coordinate == knee else f"patellofemoral_{s}"
        found = model.getJointSet().get(joint).get_coordinates(0)
        assert found.getName() == coordinate
        found.setRangeMin(low)
        found.setRangeMax(high)
    couple(model, beta, knee, line())


def _muscles(model, pelvis, s):
    bodies = model.getBodySet()
    femur, tibia, patella, calcn = (
        bodies.get(f"{name}_{s}") for name in ("femur", "tibia", "patella", "calcn")
    )
    coordinates = {c.getName(): c for c in model.getCoordinateSet()}
    knee = coordinates[f"knee_angle_{s}"]

    def at(body, x, y, z):
        return body, vector(x, y, z, s)

    top, tuberosity = at(patella, 0.005, 0.02, 0.0), at(tibia, 0.04, -0.06, 0.0)
    millard, thelen, degroote, rigid = (CLASSES[i] for i in (1, 0, 2, 3))
    recfem = muscle(millard, f"recfem_{s}", [at(pelvis, 0.02, -0.03, 0.09), top, tuberosity],
                    strength=2000.0, optimal=0.11, slack=0.36, pennation=0.1)  # fmt: skip
    vasint = muscle(thelen, f"vasint_{s}", [at(femur, 0.03, -0.2, 0.0), top, tuberosity],
                    strength=4500.0, optimal=0.11, slack=0.14, pennation=0.05)  # fmt: skip
    bflh = muscle(degroote, f"bflh_{s}", [at(pelvis, -0.12, -0.1, 0.07), at(tibia, -0.03, -0.04, 0.03)],
                  strength=2600.0, optimal=0.12, slack=0.32)  # fmt: skip
    glmax = muscle(rigid, f"glmax_{s}", [at(pelvis, -0.13, 0.02, 0.05), at(femur, -0.03, -0.1, 0.03)],
                   strength=3000.0, optimal=0.16, slack=0.06)  # fmt: skip
    glmed = muscle(millard, f"glmed_{s}", [at(pelvis, -0.04, 0.05, 0.12), at(femur, -0.02, -0.02, 0.06)],
                   strength=2800.0, optimal=0.08, slack=0.05)  # fmt: skip
    addmag = muscle(degroote, f"addmag_{s}", [at(pelvis, -0.07, -0.12, 0.02), at(femur, 0.0, -0.25, 0.02)],
                    strength=2500.0, optimal=0.12, slack=0.06)  # fmt: skip
    psoas = muscle(millard, f"psoas_{s}", [at(pelvis, 0.02, 0.06, 0.03), at(femur, -0.01, -0.06, 0.01)],
                   strength=2500.0, optimal=0.12, slack=0.06)  # fmt: skip
    gasmed = muscle(millard, f"gasmed_{s}", [at(femur, -0.01, -0.38, -0.02), at(calcn, 0.0, 0.03, -0.005)],
                    strength=3000.0, optimal=0.06, slack=0.38, pennation=0.2)  # fmt: skip
    soleus = muscle(thelen, f"soleus_{s}", [at(tibia, -0.01, -0.12, 0.0), at(calcn, 0.0, 0.03, 0.0)],
                    strength=6000.0, optimal=0.05, slack=0.27, pennation=0.4)  # fmt: skip
    tibant = muscle(rigid, f"tibant_{s}", [at(tibia, 0.02, -0.14, 0.01), at(calcn, 0.12, 0.02, -0.02)],
                    strength=1500.0, optimal=0.07, slack=0.24)  # fmt: skip
    for one in (recfem, vasint, bflh, glmax, glmed, addmag, psoas, gasmed, soleus, tibant):
        model.addForce(one)
    model.finalizeConnections()
    passing = opensim.ConditionalPathPoint()
    passing.setLocation(vector(0.045, -0.3, 0.0, s))
    passing.set_range(0, 1.0)
    passing.set_range(1, 2.0)
    add_point(model, vasint, passing, f"vasint_{s}-P1b", femur, knee)
    gliding = opensim.MovingPathPoint()
    gliding.set_x_location(spline([0.0, 1.0, 2.0], [-0.032, -0.036, -0.03]))
    gliding.set_y_location(spline([0.0, 1.0, 2.0], [-0.035, -0.03, -0.022]))
    gliding.set_z_location(opensim.Constant(0.03 if s == "r" else -0.03))
    add_point(model, bflh, gliding, f"bflh_{s}-P1b", tibia, knee)
    wrap(model, gasmed, femur, cylinder(0.03, 0.15), f"condyle_{s}", place=vector(0.0, -0.4, 0.0, s),
         quadrant="-x")  # fmt: skip


def write(model, path):
    """Write a model to disk; the path."""
    model.finalizeConnections()
    assert model.printToXML(str(path))
    return path
