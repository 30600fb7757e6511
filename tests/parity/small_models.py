"""Small OpenSim models of every joint and function, tuned to nobody's walking."""

import numpy as np
import opensim as osim

SEED = 7
COUPLER_SCALE = 0.7

JOINTS = ("Free", "Ball", "Gimbal", "Universal", "Planar", "Slider", "Pin", "Weld")


def _frame(model, name, body, rng):
    """A frame that is turned and shifted in its body."""
    frame = osim.PhysicalOffsetFrame()
    frame.setName(name)
    frame.setParentFrame(body)
    frame.set_orientation(osim.Vec3(*rng.uniform(-1.0, 1.0, 3)))
    frame.set_translation(osim.Vec3(*rng.normal(0.0, 0.2, 3)))
    model.addComponent(frame)
    return frame


def _body(model, name, rng):
    """A body whose inertia is full and whose mass is off its centre."""
    spread = rng.normal(0.0, 0.1, (6, 3))
    tensor = sum(0.5 * (np.dot(r, r) * np.eye(3) - np.outer(r, r)) for r in spread)
    body = osim.Body(
        name,
        float(rng.uniform(1.0, 5.0)),
        osim.Vec3(*rng.normal(0.0, 0.1, 3)),
        osim.Inertia(*np.diag(tensor), tensor[0, 1], tensor[0, 2], tensor[1, 2]),
    )
    model.addBody(body)
    return body


def _link(model, kind, parent, rng, make=None):
    """Hang a new body from ``parent`` by a joint between two odd frames."""
    name = f"b{model.getBodySet().getSize()}"
    child = _body(model, name, rng)
    near = _frame(model, f"{name}_near", parent, rng)
    far = _frame(model, f"{name}_far", child, rng)
    joint = (
        getattr(osim, f"{kind}Joint")(f"j_{name}", near, far)
        if make is None
        else osim.CustomJoint(f"j_{name}", near, far, make(name))
    )
    for i in range(joint.numCoordinates()):
        if make is None:
            joint.upd_coordinates(i).setName(f"{name}_{i}")
    model.addJoint(joint)
    return child


def polynomial(*descending):
    """A polynomial from its coefficients, highest power first."""
    return osim.PolynomialFunction(osim.Vector(list(descending)))


def spline(x, y):
    """A SIMM spline."""
    function = osim.SimmSpline()
    for a, b in zip(x, y, strict=True):
        function.addPoint(float(a), float(b))
    return function


def straight_pieces(x, y):
    """A piecewise linear function."""
    function = osim.PiecewiseLinearFunction()
    for a, b in zip(x, y, strict=True):
        function.addPoint(float(a), float(b))
    return function


def scaled(function, factor):
    """A function times a factor; the product owns the function, of which SWIG knows nothing."""
    function.this.disown()
    return osim.MultiplierFunction(function, factor)


def _axis(axis, function, direction=None, coordinate=None):
    axis.set_function(function)
    if coordinate is not None:
        names = osim.ArrayStr()
        names.append(coordinate)
        axis.setCoordinateNames(names)
    if direction is not None:
        axis.setAxis(osim.Vec3(*direction))


def _curved(name):
    """One coordinate that turns and shifts everything, along axes that stand askew."""
    one = f"{name}_bend"
    transform = osim.SpatialTransform()
    _axis(transform.upd_rotation1(), osim.LinearFunction(0.9, 0.1), (1.0, 0.3, -0.2), one)
    _axis(transform.upd_rotation2(), polynomial(0.2, -0.3, 0.4, 0.05), (0.1, 1.0, 0.3), one)
    knots = (-1.0, -0.3, 0.2, 0.9, 1.4)
    _axis(
        transform.upd_rotation3(),
        scaled(spline(knots, (0.3, -0.1, 0.2, 0.0, 0.4)), 0.8),
        (0.2, -0.1, 1.0),
        one,
    )
    _axis(transform.upd_translation1(), polynomial(-0.1, 0.2, 0.3), None, one)
    _axis(
        transform.upd_translation2(),
        scaled(scaled(straight_pieces((-1.0, 0.03, 1.1), (0.1, -0.2, 0.15)), -0.5), 1.5),
        None,
        one,
    )
    _axis(transform.upd_translation3(), osim.Constant(0.12))
    return transform


def _three_ways(name):
    """Three coordinates about three askew axes, out of order, and a turned offset that never moves."""
    transform = osim.SpatialTransform()
    _axis(transform.upd_rotation1(), osim.LinearFunction(1.0, 0.0), (1.0, 0.2, 0.0), f"{name}_a")
    _axis(transform.upd_rotation2(), osim.LinearFunction(-1.0, 0.0), (0.0, 1.0, 0.4), f"{name}_b")
    _axis(transform.upd_rotation3(), osim.Constant(0.3), (0.3, 0.0, 1.0))
    _axis(transform.upd_translation1(), osim.LinearFunction(1.0, 0.0), None, f"{name}_c")
    _axis(transform.upd_translation2(), osim.Constant(0.0))
    _axis(transform.upd_translation3(), polynomial(0.1, 0.0, 0.2), None, f"{name}_a")
    return transform


def _shuffled(rng, count):
    """``count`` coordinates that drive the six axes of a joint in random order, some of them often."""

    def make(name):
        own = [f"{name}_{i}" for i in range(count)]
        drivers = [*own, *rng.choice(own, 6 - count)]
        rng.shuffle(drivers)
        transform = osim.SpatialTransform()
        for index, driver in enumerate(drivers):
            kind = "rotation" if index < 3 else "translation"
            axis = getattr(transform, f"upd_{kind}{index % 3 + 1}")()
            direction = np.eye(3)[index % 3] + rng.uniform(-0.3, 0.3, 3)
            _axis(axis, polynomial(*rng.uniform(-0.5, 0.5, 3), 0.1), direction, str(driver))
        return transform

    return make


def _save(model, path):
    model.finalizeConnections()
    model.printToXML(str(path))
    return path


def joint_model(path, kind):
    """One joint of a kind between two pins, so that it moves with its parent and carries a child."""
    rng = np.random.default_rng(SEED)
    model = osim.Model()
    first = _link(model, "Pin", model.getGround(), rng)
    second = _link(model, kind, first, rng)
    _link(model, "Pin", second, rng)
    return _save(model, path)


def curved_model(path):
    """A custom joint of every function, on a custom joint of three coordinates, between pins."""
    rng = np.random.default_rng(SEED)
    model = osim.Model()
    first = _link(model, "Pin", model.getGround(), rng)
    second = _link(model, "Custom", first, rng, _three_ways)
    third = _link(model, "Custom", second, rng, _curved)
    _link(model, "Pin", third, rng)
    return _save(model, path)


def shuffled_model(path, seed):
    """A custom joint whose one to six coordinates drive its axes in random order, between pins."""
    rng = np.random.default_rng(seed)
    model = osim.Model()
    first = _link(model, "Pin", model.getGround(), rng)
    second = _link(model, "Custom", first, rng, _shuffled(rng, 1 + seed % 6))
    _link(model, "Pin", second, rng)
    return _save(model, path)


def menagerie(path):
    """Every joint in one tree with two branches."""
    rng = np.random.default_rng(SEED)
    model = osim.Model()
    trunk = model.getGround()
    for kind in JOINTS[:4]:
        trunk = _link(model, kind, trunk, rng)
    branch = _link(model, "Custom", trunk, rng, _curved)
    for kind in JOINTS[4:]:
        branch = _link(model, kind, branch, rng)
    other = _link(model, "Custom", trunk, rng, _three_ways)
    _link(model, "Ball", other, rng)
    return _save(model, path)


def coupled_model(path):
    """Two pins on one body; the second follows a scaled parabola of the first.

    A muscle crosses both.
    """
    rng = np.random.default_rng(SEED)
    model = osim.Model()
    base = _link(model, "Pin", model.getGround(), rng)
    _link(model, "Pin", base, rng)
    last = _link(model, "Pin", base, rng)
    driver, follower = "b1_0", "b2_0"
    coupler = osim.CoordinateCouplerConstraint()
    coupler.setName("coupler")
    names = osim.ArrayStr()
    names.append(driver)
    coupler.setIndependentCoordinateNames(names)
    coupler.setDependentCoordinateName(follower)
    coupler.setFunction(polynomial(0.5, 0.8, 0.1))
    osim.PropertyHelper.setValueDouble(COUPLER_SCALE, coupler.updPropertyByName("scale_factor"))
    model.addConstraint(coupler)
    muscle = osim.Millard2012EquilibriumMuscle("puller", 500.0, 0.1, 0.2, 0.1)
    muscle.addNewPathPoint("p1", base, osim.Vec3(0.1, 0.2, 0.0))
    muscle.addNewPathPoint("p2", model.getBodySet().get("b1"), osim.Vec3(0.0, 0.1, 0.1))
    muscle.addNewPathPoint("p3", last, osim.Vec3(-0.1, 0.05, 0.02))
    model.addForce(muscle)
    return _save(model, path)
