"""Units of what the files hold, before anybody places a body with it."""

import math
from collections.abc import Iterator

import numpy as np

from retrogait.arrays import Floats
from retrogait.detective.finding import Finding, Severity
from retrogait.gait.fit import FEW_DEGREES, MOST_RADIANS
from retrogait.io.markers import Markers
from retrogait.io.storage import Table, short_label
from retrogait.model import Angle, Model

DEGREE = 180.0 / math.pi

NEARLY = 2.2
"""Two legs' ranges of motion differ by less than this factor; a unit makes it 57 [1]."""

MOVES = math.radians(3.0)
"""Range below which an angle tells nothing of its unit [rad]."""

SEVERAL = 3
"""So many columns in the wrong unit are the whole file's."""

FARTHEST = 50.0
"""No coordinate of a person in a laboratory is as long as this; in millimetres every one is [m]."""

LARGEST, SMALLEST = 10.0, 0.05
"""Size between which the markers of a person span, whichever there are [m]."""


def check_units(model: Model, table: Table) -> Iterator[Finding]:
    """Look for angles and lengths that are not in the unit that the header says."""
    columns = _columns(model, table)
    angles = {name: values for name, values in columns.items() if _kind(model, name) == Angle.PLAIN}
    whole = _whole_file(table, angles, _of_the_root(model))
    if whole is not None:
        yield whole
    elif table.in_degrees is not None:
        yield from _single_columns(table, angles)
    lengths = {name: values for name, values in columns.items() if _kind(model, name) == Angle.NONE}
    long = [name for name, values in lengths.items() if np.abs(values).max() > FARTHEST]
    if long:
        largest = max(float(np.abs(lengths[name]).max()) for name in long)
        yield Finding(
            "motion_in_millimetres", Severity.MISTAKE, f"{table.path.name}: {', '.join(long)}",
            f"reaches {largest:.0f}, which would be as many metres; in mm it is {1e-3 * largest:.2f} m",
            f"divide {', '.join(long)} by 1000",
        )  # fmt: skip


def _columns(model: Model, table: Table) -> dict[str, Floats]:
    """Values of every coordinate that is read, by its name."""
    found = {}
    for column, label in enumerate(table.labels):
        name, quantity = short_label(label)
        row = model.coordinates.index(name) if name in model.coordinates else -1
        if quantity == "value" and row >= 0 and model.tree.driver[row] < 0:
            found[name] = table.values[:, column]
    return found


def _kind(model: Model, name: str) -> int:
    return int(model.rotational[model.coordinates.index(name)])


def _of_the_root(model: Model) -> set[str]:
    """Coordinates that hang the model from ground: who walks the other way is turned by 180 deg."""
    tree = model.tree
    rows = [
        int(c)
        for link in np.flatnonzero(tree.parent == 0)
        for c in tree.coordinate[tree.first[link] : tree.last[link]]
    ]
    return {model.coordinates[row] for row in rows if row >= 0}


def _whole_file(table: Table, angles: dict[str, Floats], of_the_root: set[str]) -> Finding | None:
    """Finding where the header's word goes for no angle of a joint."""
    angles = {name: values for name, values in angles.items() if name not in of_the_root}
    if not angles:
        return None
    largest = {name: float(np.abs(values).max()) for name, values in angles.items()}
    name = max(largest, key=lambda one: largest[one])
    moving = max(float(np.ptp(values)) for values in angles.values())
    if table.in_degrees and len(angles) > SEVERAL and largest[name] < FEW_DEGREES and moving > 10 * MOVES:
        return Finding(
            "radians_as_degrees", Severity.MISTAKE, table.path.name,
            f"inDegrees=yes, yet no angle exceeds {largest[name]:.2f} ({name}); as radians that is "
            f"{DEGREE * largest[name]:.0f} deg",
            "write inDegrees=no into the header",
        )  # fmt: skip
    turning = [one for one, size in largest.items() if size > MOST_RADIANS]
    if table.in_degrees is False and len(turning) >= SEVERAL:
        return Finding(
            "degrees_as_radians", Severity.MISTAKE, table.path.name,
            f"inDegrees=no, yet {len(turning)} angles exceed {MOST_RADIANS:.1f}: {name} reaches "
            f"{largest[name]:.0f}, which would be {largest[name] / (2.0 * math.pi):.0f} turns",
            "write inDegrees=yes into the header",
        )  # fmt: skip
    return None


def _single_columns(table: Table, angles: dict[str, Floats]) -> Iterator[Finding]:
    """Angles whose range is 57 times that of the other leg, or that turn round and round."""
    for name, values in angles.items():
        other = _partner(name)
        span = float(np.ptp(values))
        if table.in_degrees and other in angles:
            moving = np.ptp(angles[other]) > DEGREE * MOVES
            if moving and _are_alike(DEGREE * values, angles[other]):
                yield _single(table, name, other, span, float(np.ptp(angles[other])))
        elif not table.in_degrees:
            alike = other in angles and span > DEGREE * MOVES and _are_alike(values, DEGREE * angles[other])
            if alike or np.abs(values).max() > MOST_RADIANS:
                theirs = float(np.ptp(angles[other])) if other in angles else math.nan
                yield _single(table, name, other, span, theirs)


def _partner(name: str) -> str:
    """The same angle of the other leg; empty for one that has none."""
    for mine, other in (("_r", "_l"), ("_l", "_r")):
        if name.endswith(mine):
            return name.removesuffix(mine) + other
    return ""


def _are_alike(one: Floats, other: Floats) -> bool:
    """Whether two angles have about the same range about about the same place."""
    mine, theirs = float(np.ptp(one)), float(np.ptp(other))
    near = abs(float(one.mean() - other.mean())) < max(mine, theirs)
    return near and theirs / NEARLY < mine < theirs * NEARLY


def _single(table: Table, name: str, other: str, span: float, theirs: float) -> Finding:
    unit, factor = ("radians", "180/pi") if table.in_degrees else ("degrees", "pi/180")
    beside = f", that of {other} {theirs:.3g}" if math.isfinite(theirs) else ""
    return Finding(
        f"column_in_{unit}", Severity.MISTAKE, f"{table.path.name}: {name}",
        f"inDegrees={'yes' if table.in_degrees else 'no'}, yet its range is {span:.3g}{beside}: {unit}",
        f"multiply {name} by {factor}",
    )  # fmt: skip


def check_markers(markers: Markers) -> Iterator[Finding]:
    """Look for markers in another unit than the header says, and for those that stand at the origin."""
    where = markers.path.name
    absent = (markers.position == 0.0).all(axis=2)
    seen = np.where(absent[:, :, None], np.nan, markers.position)
    known = np.isfinite(seen).any(axis=(0, 2))
    if known.sum() > 1:
        middle = np.nanmedian(seen[:, known], axis=0)
        span = float(np.linalg.norm(middle.max(axis=0) - middle.min(axis=0)))
        told = f"unit {markers.unit!r}: the markers span {span:.4g} m"
        if span > LARGEST:
            yield Finding(
                "markers_in_millimetres", Severity.MISTAKE, where,
                f"{told}, a thousandth of which would be a person", "write mm as Units of the header",
            )  # fmt: skip
        elif 0.0 < span < SMALLEST:
            yield Finding(
                "markers_in_metres", Severity.MISTAKE, where,
                f"{told}, a thousand times of which would be a person", "write m as Units of the header",
            )  # fmt: skip
    if absent.any():
        each = {
            label: np.flatnonzero(absent[:, marker])
            for marker, label in enumerate(markers.labels)
            if absent[:, marker].any()
        }
        listed = ", ".join(
            f"{label} ({rows.size} frames from t = {markers.time[rows[0]]:g} s)"
            for label, rows in each.items()
        )
        yield Finding(
            "markers_at_zero", Severity.MISTAKE, f"{where}: {', '.join(each)}",
            f"exactly (0, 0, 0) in {int(absent.sum())} places: {listed}",
            "leave the cells empty: a marker that was not seen has no place",
        )  # fmt: skip
