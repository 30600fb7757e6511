"""Compiled models drawn by hand: flat arrays without files and without OpenSim."""

import os
from dataclasses import dataclass, field

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from retrogait.kernels.model import Function, Functions, Paths, Point, Primitive, Rates, Surface, Tree
from retrogait.kernels.muscles import Muscles
from retrogait.kernels.plan import Body
from retrogait.model import Model
from retrogait.osim import curves
from retrogait.osim.knees import find_knees

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}
X, Y, Z = np.eye(3)
G = 9.80665
TURN, SLIDE = Primitive.ROTATION, Primitive.TRANSLATION
IDENTITY, ZERO = 0, 1


def few(compiled, interpreted):
    """How many frames or cases: interpreted kernels are a thousand times slower."""
    return compiled if COMPILED else interpreted


def law(examples=30):
    """The same examples in every run, fewer of them where kernels are interpreted."""
    return settings(
        deadline=None,
        derandomize=True,
        max_examples=few(examples, 8),
        suppress_health_check=list(HealthCheck),
    )


seeds = st.integers(0, 2**32 - 1)


@dataclass
class PathPoint:
    """One point of a muscle path."""

    link: int
    location: tuple[float, float, float]
    kind: Point = Point.FIXED
    coordinate: int = -1
    lower: float = -np.inf
    upper: float = np.inf
    moving: tuple[int, int, int] = (ZERO, ZERO, ZERO)


@dataclass
class Wrap:
    """One wrap object on a muscle path."""

    surface: Surface
    link: int
    offset: tuple[float, float, float]
    size: tuple[float, float, float]
    rotation: np.ndarray = field(default_factory=lambda: np.eye(3))
    axis: int = 0
    sign: int = 0


@dataclass
class Muscle:
    """One muscle: path, strength [N], optimal fibre and tendon slack lengths [m]."""

    name: str
    points: list[PathPoint]
    strength: float = 1000.0
    optimal: float = 0.1
    slack: float = 0.2
    wraps: list[Wrap] = field(default_factory=list)


class Sketch:
    """Grows a model link by link; `model` turns it into arrays."""

    def __init__(self, gravity=(0.0, -G, 0.0)):
        self.gravity = gravity
        self.rows = []  # (kind, coefficients, knots, cubics)
        self.links = ["ground"]
        self.joints = []
        self.parent, self.rotation, self.offset = [-1], [np.eye(3)], [np.zeros(3)]
        self.first, self.last = [0], [0]
        self.mass, self.com, self.inertia = [0.0], [np.zeros(3)], [np.zeros((3, 3))]
        self.primitives = []
        self.coordinates = []
        self.drivers = {}
        self.muscles = []
        self.polynomial(0.0, 1.0)
        self.polynomial(0.0, 0.0)

    def polynomial(self, *ascending):
        """Row of a polynomial; up to two terms make it linear."""
        kind = Function.LINEAR if len(ascending) <= 2 else Function.POLYNOMIAL
        self.rows.append((kind, ascending, [], []))
        return len(self.rows) - 1

    def spline(self, x, y):
        """Row of a natural cubic spline that goes on straight outside its knots."""
        s = CubicSpline(x, y, bc_type="natural")
        pieces = [*s.c[::-1].T, (s(x[-1]), s(x[-1], 1), 0.0, 0.0)]
        self.rows.append((Function.PIECEWISE, (0.0, 0.0), list(x), pieces))
        return len(self.rows) - 1

    def coordinate(self, name=None):
        """Row of a new coordinate."""
        self.coordinates.append(name or f"q{len(self.coordinates)}")
        return len(self.coordinates) - 1

    def couple(self, coordinate, driver, function):
        """Make a coordinate follow another."""
        self.drivers[coordinate] = (driver, function)

    def link(
        self, parent, primitives, *, name=None, mass=0.0, com=(0, 0, 0), inertia=None, offset=(0, 0, 0),
        rotation=None,
    ):  # fmt: skip
        """Row of a new link; primitives are (kind, axis, coordinate, function)."""
        row = len(self.links)
        self.links.append(name or f"link{row}")
        self.joints.append(f"joint{row}")
        self.parent.append(parent)
        self.rotation.append(np.eye(3) if rotation is None else rotation)
        self.offset.append(np.asarray(offset, float))
        self.mass.append(mass)
        self.com.append(np.asarray(com, float))
        self.inertia.append(np.zeros((3, 3)) if inertia is None else inertia)
        self.first.append(len(self.primitives))
        slots = {SLIDE: 0, TURN: 0}
        for kind, axis, coordinate, *function in primitives:
            self.primitives.append((kind, axis, coordinate, *(function or [IDENTITY]), slots[kind]))
            slots[kind] += 1
        self.last.append(len(self.primitives))
        return row

    def tree(self):
        """The links as arrays."""
        kinds, axes, coordinates, functions, slots = (
            zip(*self.primitives, strict=True) if self.primitives else ((), (), (), (), ())
        )
        axes = np.array(axes, float).reshape(-1, 3)
        frames = np.array(self.rotation)
        inertia = np.array(self.inertia)
        size = len(self.coordinates)
        driver, function = np.full(size, -1), np.zeros(size, np.int64)
        for coordinate, (source, row) in self.drivers.items():
            driver[coordinate], function[coordinate] = source, row
        return Tree(
            parent=np.array(self.parent),
            frame_rotation=frames.reshape(-1, 9),
            frame_aligned=(frames == np.eye(3)).all((1, 2)).astype(np.int64),
            frame_offset=np.array(self.offset),
            first=np.array(self.first),
            last=np.array(self.last),
            rates=np.full(len(self.links), int(Rates.EXACT)),
            mass=np.array(self.mass),
            com=np.array(self.com),
            inertia=np.ascontiguousarray(inertia[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]),
            kind=np.array(kinds, np.int64),
            axis=axes,
            axis_code=np.array([axis_code(axis) for axis in axes], np.int64),
            function=np.array(functions, np.int64),
            coordinate=np.array(coordinates, np.int64),
            second_rate=(np.array(slots, np.int64) == 0).astype(np.int64),
            third_rate=(np.array(slots, np.int64) < 2).astype(np.int64),
            slot=np.array(slots, np.int64),
            driver=driver,
            driver_function=function,
            coupled=np.flatnonzero(driver >= 0),
            gravity=np.array(self.gravity, float),
        )

    def functions(self):
        """The functions as arrays."""
        coefficient = np.zeros((len(self.rows), max(len(row[1]) for row in self.rows)))
        knots, cubics, first = [], [], []
        for row, (_, terms, x, pieces) in enumerate(self.rows):
            coefficient[row, : len(terms)] = terms
            first.append(len(knots))
            knots += x
            cubics += pieces
        return Functions(
            kind=np.array([int(row[0]) for row in self.rows]),
            coefficient=coefficient,
            first=np.array(first),
            knots=np.array([len(row[2]) for row in self.rows]),
            knot=np.array(knots or [0.0]),
            cubic=np.array(cubics or [[0.0] * 4]),
        )

    def model(self, **changes):
        """A `Model` with every part in it."""
        tree, functions = self.tree(), self.functions()
        paths, muscles = paths_of(tree, self.muscles), muscles_of(self.muscles)
        names = tuple(self.coordinates)
        muscle_names = tuple(muscle.name for muscle in self.muscles)
        knees, notes = find_knees(tree, functions, paths, names, muscle_names)
        size, links = len(names), len(self.links)
        turns = [any(kind == TURN and c == row for kind, _, c, *_ in self.primitives) for row in range(size)]
        fields = {
            "name": "sketch", "file": "sketch.osim", "digest": "0" * 64, "tree": tree,
            "functions": functions, "paths": paths, "muscles": muscles,
            "rates_opensim": tree.rates.copy(), "links": tuple(self.links),
            "joints": tuple(self.joints), "body_rotation": np.tile(np.eye(3).ravel(), (links, 1)),
            "body_offset": np.zeros((links, 3)), "coordinates": names,
            "rotational": np.array(turns, np.int64), "default": np.zeros(size),
            "lower": np.full(size, -np.pi), "upper": np.full(size, np.pi),
            "locked": np.zeros(size, np.int64), "prescribed": np.full(size, -1),
            "muscle_names": muscle_names, "muscle_classes": ("sketched",) * len(muscle_names),
            "knees": knees, "left_out": (), "notes": tuple(notes),
        }  # fmt: skip
        return Model(**(fields | changes))


def axis_code(axis):
    """1, 2, 3 for +x, +y, +z, negative for the opposite, 0 for any other direction."""
    for index in range(3):
        for sign in (1, -1):
            if np.array_equal(axis, sign * np.eye(3)[index]):
                return sign * (index + 1)
    return 0


def body_of(model):
    """What the kernels take of a model."""
    return Body(model.tree, model.functions, model.paths, model.muscles)


def ancestors(tree, link):
    """Links from one to ground, ground left out."""
    way = []
    while link > 0:
        way.append(link)
        link = int(tree.parent[link])
    return way


def paths_of(tree, muscles):
    """Drawn muscles as `Paths`."""
    lists = {name: [] for name in Paths._fields}
    lists["chain_first"], lists["arm_first"] = [0], [0]
    capacity = 2
    for muscle in muscles:
        begin = len(lists["link"])
        lists["first"].append(begin)
        lists["wrap_first"].append(len(lists["surface"]))
        for p in muscle.points:
            lists["link"].append(p.link)
            lists["location"].append(p.location)
            lists["kind"].append(int(p.kind))
            lists["coordinate"].append(p.coordinate)
            lists["lower"].append(p.lower)
            lists["upper"].append(p.upper)
            lists["moving"].append(p.moving)
            lists["moving_rotation"].append(np.eye(3).ravel())
        for w in muscle.wraps:
            lists["surface"].append(int(w.surface))
            lists["wrap_link"].append(w.link)
            lists["wrap_rotation"].append(w.rotation.ravel())
            lists["wrap_offset"].append(w.offset)
            lists["wrap_size"].append(w.size)
            lists["wrap_axis"].append(w.axis)
            lists["wrap_sign"].append(w.sign)
            lists["wrap_method"].append(0)
            lists["wrap_start"].append(begin)
            lists["wrap_end"].append(begin + len(muscle.points) - 1)
        lists["last"].append(len(lists["link"]))
        lists["wrap_last"].append(len(lists["surface"]))
        ways = [set(ancestors(tree, part.link)) for part in [*muscle.points, *muscle.wraps]]
        chain = sorted(set.union(*ways) - set.intersection(*ways), reverse=True)
        moved = {p.coordinate for p in muscle.points if p.kind == Point.MOVING}
        for link in chain:
            moved |= {int(c) for c in tree.coordinate[tree.first[link] : tree.last[link]] if c >= 0}
        lists["chain"] += chain
        lists["chain_first"].append(len(lists["chain"]))
        lists["arm_coordinate"] += sorted({int(tree.driver[c]) if tree.driver[c] >= 0 else c for c in moved})
        lists["arm_first"].append(len(lists["arm_coordinate"]))
        capacity = max(capacity, len(muscle.points) + 2 * len(muscle.wraps))
    lists["capacity"] = [capacity]
    width = {"location": 3, "moving": 3, "moving_rotation": 9, "wrap_rotation": 9, "wrap_offset": 3,
             "wrap_size": 3}  # fmt: skip
    whole = set(Paths._fields) - {"location", "lower", "upper", "moving_rotation", "wrap_rotation",
                                  "wrap_offset", "wrap_size"}  # fmt: skip
    arrays = {
        name: np.array(values, np.int64 if name in whole else float).reshape(
            (-1, width[name]) if name in width else -1
        )
        for name, values in lists.items()
    }
    return Paths(**arrays)


def muscles_of(muscles):
    """Drawn muscles with the curves of De Groote and Fregly 2016, without pennation."""
    size = len(muscles)
    tables = np.array(
        [
            curves.length_table(curves.degroote_active, hold=True),
            curves.velocity_table(curves.degroote_velocity),
            curves.length_table(lambda l: curves.degroote_passive(l, 0.6)),
            curves.tendon_table(lambda l: curves.degroote_tendon(l, 0.049), 0.049),
        ]
    )
    return Muscles(
        maximum_isometric_force=np.array([m.strength for m in muscles], float),
        optimal_fiber_length=np.array([m.optimal for m in muscles], float),
        tendon_slack_length=np.array([m.slack for m in muscles], float),
        fiber_height=np.zeros(size),
        minimum_fiber_length=np.zeros(size),
        maximum_contraction_velocity=np.full(size, 10.0),
        resting_velocity=np.ones(size),
        minimum_control=np.full(size, 0.01),
        maximum_control=np.ones(size),
        tendon_strain=np.full(size, 0.049),
        ignore_tendon_compliance=np.zeros(size, np.int64),
        model=np.full(size, 2),
        active_curve=np.zeros(size, np.int64),
        velocity_curve=np.full(size, 1),
        passive_curve=np.full(size, 2),
        tendon_curve=np.full(size, 3),
        curve_table=tables,
    )


def any_rotation(rng):
    """A rotation matrix, any with equal chance."""
    Q, R = np.linalg.qr(rng.normal(size=(3, 3)))
    Q = Q * np.sign(np.diag(R))
    return np.ascontiguousarray(Q if np.linalg.det(Q) > 0 else -Q)


def any_function(sketch, rng):
    """A row of any kind of function."""
    kind = rng.integers(4)
    if kind == 0:
        return IDENTITY
    if kind == 1:
        return sketch.polynomial(*rng.normal(size=2))
    if kind == 2:
        return sketch.polynomial(*(rng.normal(size=4) * (1.0, 1.0, 0.5, 0.2)))
    knots = np.cumsum(rng.uniform(0.3, 0.8, 6)) - 1.5
    return sketch.spline(knots, 0.5 * rng.normal(size=6))


def any_axis(rng):
    """A unit vector, often one of the six that have a code."""
    if rng.random() < 0.5:
        return rng.choice([-1.0, 1.0]) * np.eye(3)[rng.integers(3)]
    axis = rng.normal(size=3)
    return axis / np.linalg.norm(axis)


def grow(seed, *, links=5, muscles=0, couplers=True):
    """A random tree of joints of every shape, with or without muscles."""
    rng = np.random.default_rng(seed)
    sketch = Sketch(gravity=5.0 * rng.normal(size=3))
    for link in range(1, links + 1):
        own = []
        primitives = []
        for kind in [SLIDE] * rng.integers(0, 3) + [TURN] * rng.integers(0, 4):
            if own and rng.random() < 0.3:
                coordinate = int(rng.choice(own))  # one coordinate drives several primitives
            elif rng.random() < 0.1:
                coordinate = -1
            else:
                coordinate = sketch.coordinate()
                own.append(coordinate)
            function = sketch.polynomial(rng.normal(), 0.0) if coordinate < 0 else any_function(sketch, rng)
            primitives.append((kind, any_axis(rng), coordinate, function))
        corner = rng.normal(size=(3, 3))
        second_moment = corner @ corner.T * 0.02
        sketch.link(
            int(rng.integers(max(0, link - 3), link)), primitives,
            mass=float(rng.uniform(0.5, 5.0)), com=0.2 * rng.normal(size=3),
            inertia=np.trace(second_moment) * np.eye(3) - second_moment,
            offset=0.4 * rng.normal(size=3),
            rotation=any_rotation(rng) if rng.random() < 0.5 else None,
        )  # fmt: skip
    if not sketch.coordinates:
        sketch.link(0, [(TURN, Z, sketch.coordinate())], mass=1.0, com=(0.1, 0, 0))
    size = len(sketch.coordinates)
    if couplers and size > 2:
        for coordinate in rng.choice(np.arange(1, size), size=max(1, size // 5), replace=False):
            sketch.couple(int(coordinate), 0, any_function(sketch, rng))
    for number in range(muscles):
        ends = rng.choice(len(sketch.links), size=min(3, len(sketch.links)), replace=False)
        points = [PathPoint(int(link), tuple(0.2 * rng.normal(size=3))) for link in np.sort(ends)]
        coordinate = int(rng.integers(size))
        if number % 3 == 1:
            points[1].kind, points[1].coordinate = Point.CONDITIONAL, coordinate
            points[1].lower, points[1].upper = -0.4, 0.4
        elif number % 3 == 2:
            points[1].kind, points[1].coordinate = Point.MOVING, coordinate
            points[1].moving = tuple(any_function(sketch, rng) for _ in range(3))
            points.append(PathPoint(points[1].link, tuple(0.2 * rng.normal(size=3))))
        sketch.muscles.append(Muscle(f"m{number}", points, float(rng.uniform(300, 3000)), optimal=2.0))
    return sketch.model()


def any_state(model, seed, frames=1):
    """Values, rates and accelerations (frame, coordinate) of every coordinate."""
    rng = np.random.default_rng([seed, 1])
    shape = (frames, len(model.coordinates))
    return (
        np.clip(rng.normal(size=shape), -1.5, 1.5),
        2.0 * rng.normal(size=shape),
        5.0 * rng.normal(size=shape),
    )


def any_loads(model, seed, frames=1, loads=2):
    """(frame, load, 9) forces, points and moments, and the links they act on."""
    rng = np.random.default_rng([seed, 2])
    scale = np.repeat([100.0, 1.0, 10.0], 3)
    link = rng.integers(1, len(model.links), loads)
    return rng.normal(size=(frames, loads, 9)) * scale, link


def planar_leg():
    """A pelvis and a right leg in the sagittal plane, with a patella that follows the knee.

    Y is up and the leg hangs; a knee angle grows with flexion. Quadriceps run over the patella to the
    tibia, as in the Rajagopal models.
    """
    s = Sketch()
    tilt, tx, ty = (s.coordinate(n) for n in ("pelvis_tilt", "pelvis_tx", "pelvis_ty"))
    hip, knee, beta, ankle = (
        s.coordinate(n) for n in ("hip_flexion_r", "knee_angle_r", "knee_angle_r_beta", "ankle_angle_r")
    )

    def rod(mass, length):
        return np.diag([1.0, 0.1, 1.0]) * mass * length**2 / 12.0

    pelvis = s.link(0, [(SLIDE, X, tx), (SLIDE, Y, ty), (TURN, Z, tilt)], name="pelvis",
                    mass=40.0, com=(0.0, 0.2, 0.0), inertia=rod(40.0, 0.6))  # fmt: skip
    femur = s.link(pelvis, [(TURN, Z, hip)], name="femur_r", mass=9.0, com=(0.0, -0.17, 0.0),
                   inertia=rod(9.0, 0.4), offset=(-0.05, -0.06, 0.08))  # fmt: skip
    glide = s.spline([0.0, 0.5, 1.0, 1.5, 2.0], [0.0, -0.004, -0.006, -0.005, -0.002])
    tibia = s.link(femur, [(SLIDE, X, knee, glide), (TURN, -Z, knee)], name="tibia_r", mass=3.5,
                   com=(0.0, -0.19, 0.0), inertia=rod(3.5, 0.4), offset=(0.0, -0.4, 0.0))  # fmt: skip
    px = s.spline([0.0, 0.5, 1.0, 1.5, 2.0], [0.052, 0.050, 0.042, 0.028, 0.012])
    py = s.spline([0.0, 0.5, 1.0, 1.5, 2.0], [-0.005, -0.022, -0.037, -0.047, -0.052])
    patella = s.link(femur, [(SLIDE, X, beta, px), (SLIDE, Y, beta, py), (TURN, -Z, beta)],
                     name="patella_r", mass=0.1, com=(0, 0, 0), inertia=1e-5 * np.eye(3),
                     offset=(0.0, -0.4, 0.0))  # fmt: skip
    foot = s.link(tibia, [(TURN, Z, ankle)], name="calcn_r", mass=1.2, com=(0.06, -0.03, 0.0),
                  inertia=rod(1.2, 0.2), offset=(0.0, -0.42, 0.0))  # fmt: skip
    s.couple(beta, knee, IDENTITY)

    def muscle(name, strength, optimal, slack, *points):
        s.muscles.append(Muscle(name, [PathPoint(*point) for point in points], strength, optimal, slack))

    tuberosity = (tibia, (0.04, -0.06, 0.0))
    top = (patella, (0.005, 0.02, 0.0))
    muscle("recfem_r", 2000.0, 0.11, 0.34, (pelvis, (0.02, -0.03, 0.08)), top, tuberosity)
    muscle("vasint_r", 4500.0, 0.11, 0.14, (femur, (0.03, -0.2, 0.0)), top, tuberosity)
    muscle("bflh_r", 2600.0, 0.12, 0.32, (pelvis, (-0.12, -0.1, 0.08)), (tibia, (-0.03, -0.04, 0.0)))
    muscle("glmax_r", 3000.0, 0.16, 0.08, (pelvis, (-0.13, 0.02, 0.08)), (femur, (-0.03, -0.1, 0.0)))
    muscle("psoas_r", 2500.0, 0.12, 0.10, (pelvis, (0.02, 0.06, 0.08)), (femur, (0.01, -0.06, 0.0)))
    muscle("gasmed_r", 3000.0, 0.06, 0.38, (femur, (-0.025, -0.385, 0.0)), (foot, (-0.05, -0.01, 0.0)))
    muscle("soleus_r", 6000.0, 0.05, 0.27, (tibia, (-0.01, -0.12, 0.0)), (foot, (-0.05, -0.01, 0.0)))
    muscle("tibant_r", 1500.0, 0.07, 0.24, (tibia, (0.02, -0.14, 0.0)), (foot, (0.08, -0.02, 0.0)))
    return s
