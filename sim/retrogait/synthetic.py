"""A synthetic stride of walking, forward and played backwards: a trial that needs no recording.

The motion is the Fourier series of ``motions/synthetic.toml``. The ground forces are not modelled but
computed: at every instant the whole body needs one wrench (Newton and Euler), which the feet in contact give
it, so that nothing is left for the pelvis. ``python -m retrogait.synthetic`` rewrites the files.
"""

import argparse
import math
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, GaitError
from retrogait.io.atomic import replacing
from retrogait.io.storage import write_table
from retrogait.kernels.dynamics import gather_forces, require_inertia
from retrogait.kernels.kinematics import couple, new_pose, place
from retrogait.model import Model
from retrogait.osim import load_model
from retrogait.osim.planar import read_planar
from retrogait.share import share_folder

RATE = 100.0
"""Rows per second [Hz]."""

MARGIN = 0.1
"""Time before and after the stride, where splines and filters may do what they like at their ends [s]."""

SIDES = ("r", "l")
DIRECTIONS = ("forward", "retro")
MIDSTANCE = 0.2
"""Phase at which a foot stands flat: where its points lie then is where it was put [1]."""

_Positive = Annotated[float, Meta(gt=0.0)]


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One coordinate over the phase of a stride; harmonics 1, 2, ... in the unit given."""

    unit: Literal["deg", "m"]
    mean: float
    cosine: tuple[float, ...]
    sine: tuple[float, ...]

    def at(self, phase: Floats, stride_time: float) -> tuple[Floats, Floats, Floats]:
        """Value and two time derivatives at some phases [rad or m, per s, per s2]."""
        scale = math.radians(1.0) if self.unit == "deg" else 1.0
        harmonic = np.arange(1, len(self.cosine) + 1)
        angle = 2.0 * np.pi * np.multiply.outer(phase, harmonic)
        rate = 2.0 * np.pi * harmonic / stride_time
        a, b = scale * np.array(self.cosine), scale * np.array(self.sine)
        c, s = np.cos(angle), np.sin(angle)
        return (
            scale * self.mean + c @ a + s @ b,
            c @ (rate * b) - s @ (rate * a),
            -(c @ (rate**2 * a) + s @ (rate**2 * b)),
        )


class Gait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a stride: times [s], speed [m/s], shares of the stride or of a force [1], places [m]."""

    stride_time: _Positive
    speed: _Positive
    double_support: Annotated[float, Meta(gt=0.0, lt=0.5)]
    push: float
    heel_lead: float
    toe_lag: float
    series: dict[str, Series]


class Stride(NamedTuple):
    """A walk over some time, with the ground forces it needs.

    Attributes
    ----------
    time        : (row,) [s]
    coordinates : (row, coordinate) in the model's order [rad or m]
    force       : (row, side, 3) on the right and the left foot, ground axes [N]
    point       : (row, side, 3) where it acts; zero in the air [m]
    """

    time: Floats
    coordinates: Floats
    force: Floats
    point: Floats


class Need(NamedTuple):
    """What the ground has to give, and where the soles are.

    Attributes
    ----------
    force  : (row, 2) forward and upward [N]
    center : (row,) where it has to act on level ground [m]
    sole   : (row, side, point, 2) heel, ball and toe of each foot [m]
    """

    force: Floats
    center: Floats
    sole: Floats


def read_gait(path: Path) -> Gait:
    """Read the table of a stride.

    Raises
    ------
    ConfigError
        The file is not one.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Gait)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: not a table of a stride: {error}") from error


def coordinates_of(model: Model, gait: Gait, time: Floats) -> tuple[Floats, Floats, Floats]:
    """Every coordinate and its exact time derivatives; time 0 is the right foot's initial contact.

    Returns
    -------
    q, qd, qdd : (row, coordinate)
        [rad or m], [/s], [/s2].
    """
    q, qd, qdd = (np.zeros((time.size, len(model.coordinates))) for _ in range(3))
    for column, name in enumerate(model.coordinates):
        if model.tree.driver[column] >= 0:
            continue
        stem = name.removesuffix("_r").removesuffix("_l")
        lag = 0.5 if name.endswith("_l") else 0.0
        values = gait.series[stem].at(time / gait.stride_time + lag, gait.stride_time)
        q[:, column], qd[:, column], qdd[:, column] = values
        if name == "pelvis_tx":
            q[:, column] += gait.speed * time
            qd[:, column] += gait.speed
    couple(model.tree, model.functions, q, qd, qdd)
    return q, qd, qdd


def need_of(model: Model, gait: Gait, time: Floats, sole: Sequence[tuple[float, float]]) -> Need:
    """Wrench that the whole body needs from level ground at some times, by Newton and Euler."""
    tree = model.tree
    root = int(np.flatnonzero(tree.parent == 0)[0])
    feet = [model.links.index(f"foot_{side}") for side in SIDES]
    pose = new_pose(tree.parent.size, tree.kind.size)
    wrench = np.zeros((tree.parent.size, 6))
    generalized = np.zeros(len(model.coordinates))
    local = np.array([(x, y, 0.0) for x, y in sole])
    force = np.zeros((time.size, 2))
    center = np.zeros(time.size)
    points = np.zeros((time.size, len(feet), len(sole), 2))
    for row, (q, qd, qdd) in enumerate(zip(*coordinates_of(model, gait, time), strict=True)):
        place(tree, model.functions, q, qd, qdd, pose)
        require_inertia(tree, pose, wrench)
        gather_forces(tree, pose, wrench, generalized)
        fx, fy, moment = wrench[root, 0], wrench[root, 1], wrench[root, 5]
        x, y = pose.position[root, :2]
        force[row] = fx, fy
        center[row] = (moment + x * fy - y * fx) / fy
        for side, foot in enumerate(feet):
            turned = local @ pose.rotation[foot].reshape(3, 3).T
            points[row, side] = (turned + pose.position[foot])[:, :2]
    return Need(force, center, points)


def walk(model: Model, gait: Gait, time: Floats, sole: Sequence[tuple[float, float]]) -> Stride:
    """Walk forward over some times, each foot given its share of what the body needs.

    In single support the stance foot gets all of it, where the moment wants it. In double support the centre
    of pressure of either foot moves smoothly between where single support leaves or takes it and the end of
    the foot; between these two, the moment alone decides how the force is shared.

    Parameters
    ----------
    sole : heel, ball and toe in the foot [m]
    """
    half = 0.5 * gait.stride_time
    need = need_of(model, gait, time, sole)
    stand = need_of(model, gait, np.array([MIDSTANCE * gait.stride_time]), sole).sole[0, 0, :, 0]
    heel, toe = float(stand[0]), float(stand[-1])
    double = gait.double_support * gait.stride_time
    begins, ends = need_of(model, gait, np.array([0.0, double]), sole).center
    force = np.zeros((time.size, 2, 3))
    point = np.zeros((time.size, 2, 3))
    # Adding a hair keeps a row at the very instant of contact on the side of the new step.
    step = np.floor(time / half + 1e-9)
    for row, since in enumerate(time - step * half):
        place_of_step = step[row] * gait.speed * half
        lead = int(step[row]) % 2
        fx, fy = need.force[row]
        if since >= double:
            force[row, lead, :2] = fx, fy
            point[row, lead, 0] = need.center[row]
            continue
        u = since / double
        blend = u * u * (3.0 - 2.0 * u)
        new, old = heel + gait.heel_lead, toe - gait.toe_lag - gait.speed * half
        front = place_of_step + new + blend * (ends - new)
        back = place_of_step + begins + blend * (old - begins)
        share = (need.center[row] - back) / (front - back)
        push = gait.push * share * (1.0 - share) * fy
        force[row, lead, :2] = share * fx - push, share * fy
        force[row, 1 - lead, :2] = (1.0 - share) * fx + push, (1.0 - share) * fy
        point[row, lead, 0], point[row, 1 - lead, 0] = front, back
    return Stride(time, coordinates_of(model, gait, time)[0], force, point)


def played_backwards(stride: Stride) -> Stride:
    """Reverse a stride in time: same poses, accelerations and forces, in the opposite order."""
    end = stride.time[0] + stride.time[-1]
    return Stride(end - stride.time[::-1], *(values[::-1] for values in stride[1:]))


def write_trials(folder: Path) -> list[Path]:
    """Write the synthetic trials of the bundled model, in OpenSim's formats.

    Parameters
    ----------
    folder
        Where ``synthetic_forward.mot``, ``..._grf.mot``, ``..._grf.xml`` and the same for retro go.

    Returns
    -------
    list of Path
        The files, which are written over.
    """
    models = share_folder("models")
    model = load_model(models / "planar.osim")
    gait = read_gait(share_folder("motions") / "synthetic.toml")
    sole = read_planar(models / "planar.toml").sole("foot")
    rows = round((gait.stride_time + 2.0 * MARGIN) * RATE) + 1
    time = np.arange(rows) / RATE - MARGIN
    forward = walk(model, gait, time, sole)
    forward = forward._replace(time=np.arange(rows) / RATE)
    written = []
    for direction, stride in zip(DIRECTIONS, (forward, played_backwards(forward)), strict=True):
        written += _write(folder, direction, model, stride._replace(time=forward.time))
    return written


def _write(folder: Path, direction: str, model: Model, stride: Stride) -> list[Path]:
    stem = f"synthetic_{direction}"
    title = f"{stem}, synthetic: made up by retrogait.synthetic, nobody walked this"
    motion, loads, setup = (folder / f"{stem}{end}" for end in (".mot", "_grf.mot", "_grf.xml"))
    free = [c for c in range(len(model.coordinates)) if model.tree.driver[c] < 0]
    scale = [math.degrees(1.0) if model.rotational[c] else 1.0 for c in free]
    write_table(
        motion, [model.coordinates[c] for c in free], stride.time,
        np.round(stride.coordinates[:, free] * scale, 9), in_degrees=True, name=title,
    )  # fmt: skip
    labels, columns = [], []
    for index, side in enumerate(SIDES):
        for what, values in (("v", stride.force), ("p", stride.point)):
            labels += [f"ground_{side}_{what}{axis}" for axis in "xyz"]
            columns.append(np.round(values[:, index], 9) + 0.0)  # no minus zero
    write_table(loads, labels, stride.time, np.concatenate(columns, axis=1), in_degrees=False, name=title)
    with replacing(setup) as partial:
        partial.write_text(_setup(stem, title, loads.name), encoding="utf-8", newline="\n")
    return [motion, loads, setup]


def _setup(name: str, title: str, data_file: str) -> str:
    """External loads file: which columns push on which foot."""
    entry = """
            <ExternalForce name="ground_{side}">
                <applied_to_body>foot_{side}</applied_to_body>
                <force_expressed_in_body>ground</force_expressed_in_body>
                <point_expressed_in_body>ground</point_expressed_in_body>
                <force_identifier>ground_{side}_v</force_identifier>
                <point_identifier>ground_{side}_p</point_identifier>
            </ExternalForce>"""
    forces = "".join(entry.format(side=side) for side in SIDES)
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<!-- {title} -->
<OpenSimDocument Version="40000">
    <ExternalLoads name="{name}">
        <objects>{forces}
        </objects>
        <datafile>{data_file}</datafile>
    </ExternalLoads>
</OpenSimDocument>
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Rewrite the synthetic trials; exit status 2 where they cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m retrogait.synthetic", description="Write the synthetic trials."
    )
    parser.add_argument("--output", type=Path, default=share_folder("motions"), metavar="FOLDER")
    arguments = parser.parse_args(argv)
    try:
        written = write_trials(arguments.output)
    except (GaitError, OSError) as error:
        sys.stderr.write(f"retrogait.synthetic: {error}\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
