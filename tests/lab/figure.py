"""A small person with markers: trunk, pelvis that stands anywhere, two legs with a knee that also slides."""

import numpy as np

from retrogait.io.markers import Markers
from retrogait.kernels.markers import Sites
from retrogait.osim.markers import MarkerSet
from tests.bodies import SLIDE, TURN, Sketch, X, Y, Z
from tests.kernels import naive_markers

CLAMPED = {"knee_angle_r": (0.0, 2.4), "knee_angle_l": (0.0, 2.4)}
RATE = 100.0  # Hz


def figure(**changes):
    """The model and its markers."""
    s = Sketch()
    turns = [s.coordinate(f"pelvis_{name}") for name in ("tilt", "list", "rotation")]
    slides = [s.coordinate(f"pelvis_t{axis}") for axis in "xyz"]
    pelvis = s.link(
        0,
        [
            *((SLIDE, axis, c) for axis, c in zip((X, Y, Z), slides, strict=True)),
            *((TURN, axis, c) for axis, c in zip((Z, X, Y), turns, strict=True)),
        ],
        name="pelvis",
    )
    back = s.coordinate("lumbar_extension")
    trunk = s.link(pelvis, [(TURN, Z, back)], name="torso", offset=(-0.08, 0.08, 0.0))
    links = {"pelvis": pelvis, "torso": trunk}
    roll = s.spline([0.0, 0.8, 1.6, 2.4], [0.0, -0.006, -0.012, -0.02])
    for side, sign in (("r", 1.0), ("l", -1.0)):
        hip = [s.coordinate(f"hip_{name}_{side}") for name in ("flexion", "adduction", "rotation")]
        thigh = s.link(
            pelvis,
            [(TURN, axis, c) for axis, c in zip((Z, sign * X, sign * Y), hip, strict=True)],
            name=f"femur_{side}", offset=(-0.05, -0.07, 0.085 * sign),
        )  # fmt: skip
        knee, beta = s.coordinate(f"knee_angle_{side}"), s.coordinate(f"knee_angle_{side}_beta")
        s.couple(beta, knee, s.polynomial(0.0, 1.0))
        shank = s.link(
            thigh, [(SLIDE, X, knee, roll), (TURN, -Z, knee)], name=f"tibia_{side}", offset=(0.0, -0.4, 0.0)
        )
        s.link(thigh, [(TURN, -Z, beta)], name=f"patella_{side}", offset=(0.04, -0.38, 0.0))
        ankle = s.coordinate(f"ankle_angle_{side}")
        foot = s.link(shank, [(TURN, Z, ankle)], name=f"calcn_{side}", offset=(0.0, -0.4, 0.0))
        links |= {f"femur_{side}": thigh, f"tibia_{side}": shank, f"calcn_{side}": foot}
    model = s.model()
    lower, upper = np.full(len(s.coordinates), -np.pi), np.full(len(s.coordinates), np.pi)
    clamped = np.zeros(len(s.coordinates), np.int64)
    for name, (low, high) in CLAMPED.items():
        c = s.coordinates.index(name)
        lower[c], upper[c], clamped[c] = low, high, 1
    default = model.default.copy()
    default[s.coordinates.index("pelvis_ty")] = 0.95
    model = s.model(**({"lower": lower, "upper": upper, "default": default} | changes))
    labels, rows, places = [], [], []
    rng = np.random.default_rng(0)
    for name, row in links.items():
        for number in range(4):
            labels.append(f"{name}.{number}")
            rows.append(row)
            drop = np.array([0.0, 0.0 if name == "pelvis" else -0.15, 0.0])
            places.append(rng.uniform(-0.12, 0.12, 3) + drop)
    return model, MarkerSet(
        labels=tuple(labels),
        sites=Sites(np.array(rows), np.array(places)),
        body=tuple(label.split(".")[0] for label in labels),
        fixed=np.zeros(len(labels), np.int64),
        clamped=clamped,
    )


def pose(model, rng, heading=0.0, place=(0.0, 0.0)):
    """Coordinates of somebody in mid-stride, not quite the same each time."""
    q = model.default + 0.15 * rng.normal(size=len(model.coordinates))
    for name, value in {
        "pelvis_rotation": heading, "pelvis_tx": place[0], "pelvis_ty": 0.95, "pelvis_tz": place[1],
        "knee_angle_r": 0.3 + 0.4 * rng.random(), "knee_angle_l": 0.9 + 0.4 * rng.random(),
    }.items():  # fmt: skip
        q[model.coordinates.index(name)] = value
    for side in "rl":
        q[model.coordinates.index(f"knee_angle_{side}_beta")] = q[
            model.coordinates.index(f"knee_angle_{side}")
        ]
    return q


def walk(model, frames, seed=0, heading=0.0):
    """Coordinates (frame, coordinate) that change smoothly from frame to frame."""
    rng = np.random.default_rng(seed)
    one, other = pose(model, rng, heading), pose(model, rng, heading, (0.5, 0.1))
    share = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, frames))[:, None]
    return one + share * (other - one)


def recording(model, marker_set, q, noise=0.0, seed=0):
    """Markers of poses, as a file would give them."""
    where = np.array([naive_markers.places(model.tree, model.functions, marker_set.sites, row) for row in q])
    where = where + noise * np.random.default_rng(seed).normal(size=where.shape)
    time = np.arange(len(q)) / RATE
    return Markers("made.trc", marker_set.labels, time, where, "m", RATE, "0" * 64)
