"""What a plate feels to what the ground does to the person: units, signs, centre of pressure."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from retrogait.arrays import Bools, Floats
from retrogait.errors import ConfigError, FileError
from retrogait.lab.plates import Plate, sensors_of, surface_wrench
from retrogait.lab.recording import Signal
from retrogait.lab.units import moment_unit

MARGIN = 0.05
"""A centre of pressure this far outside the corners still counts as on the plate: shoes and corners [m]."""

LOADED_SHARE = 0.25
"""Share of a plate's largest force above which its centre of pressure is worth reading [1]."""

MOST_FREE_MOMENT = 200.0
"""No foot twists the ground more [N m]; people reach some 20 N m in walking."""

MIDDLE = 1e-3
"""A centre of pressure nearer to the middle of the plate tells nothing about the unit of moments [m]."""

_FLAT = 1e-3  # m; sensors not lower than this tell no sign


class PlateWrench(NamedTuple):
    """Force of one plate on the person.

    plate  : as in the file
    normal : (3,) unit vector out of its surface
    force  : (row, 3) [N]
    moment : (row, 3) about the middle of the surface [N m]
    """

    plate: Plate
    normal: Floats
    force: Floats
    moment: Floats


def wrench_on_person(
    path: Path, signal: Signal, up: Floats, unit: str | None, threshold: float, findings: list[str]
) -> PlateWrench:
    """Force of a plate on the person, about the middle of its surface, in the laboratory's axes.

    Which way a file counts forces, in which unit moments are and which way ORIGIN points is settled by what
    cannot be otherwise: the ground pushes up, and it pushes where the plate is.

    Parameters
    ----------
    path
        For messages.
    signal
        Of `retrogait.lab.c3d.read_c3d`.
    up
        (3,) unit vector against gravity, or against the surface, axes of the laboratory.
    unit
        Of moments, where the file is silent or wrong.
    threshold
        Normal force under which nobody stands on the plate [N].
    findings
        Sentences are added.

    Raises
    ------
    ConfigError
        ``unit`` is none.
    FileError
        The unit of moments that the file states puts the centre of pressure elsewhere.
    """
    plate = signal.plate
    axes = plate.axes
    normal = axes[:, 2] * (1.0 if axes[:, 2] @ up > 0.0 else -1.0)
    if axes[:, 2] @ up > 0.0:
        findings.append(
            f"plate {plate.number}: its corners are numbered so that its Z axis points up, not down"
        )
    factor = _moment_factor(path, signal, normal, unit, threshold, findings)
    sensors, turned = _sensors(signal, normal, factor, threshold)
    if turned:
        findings.append(f"plate {plate.number}: ORIGIN is stored with the other sign and was turned round")
    local_force, local_moment = surface_wrench(plate, _scaled(signal, factor), sensors)
    force, moment = local_force @ axes.T, local_moment @ axes.T
    pushes = force @ normal
    loaded = _loaded(pushes, threshold)
    # A plate records the force on itself: the person gets the opposite. Some files store that already.
    if loaded.any() and float(np.median(pushes[loaded])) > 0.0:
        findings.append(f"plate {plate.number}: the file stores the force on the person, not on the plate")
        return PlateWrench(plate, normal, force, moment)
    return PlateWrench(plate, normal, -force, -moment)


def at_frames(wrench: PlateWrench, ratio: int, frames: int) -> PlateWrench:
    """Mean over the rows around each frame, centred on its instant so that nothing is delayed."""
    half = ratio / 2.0
    weights = np.array([min(1.0, half + 0.5 - abs(k)) for k in range(-int(half), int(half) + 1)])
    reach = weights.size // 2
    size = len(wrench.force)
    both = np.column_stack([wrench.force, wrench.moment])
    mean = np.empty((frames, 6))
    for frame in range(frames):
        row = frame * ratio
        near = min(reach, row, size - 1 - row)
        kept = weights[reach - near : reach + near + 1]
        mean[frame] = kept @ both[row - near : row + near + 1] / kept.sum()
    return wrench._replace(force=mean[:, :3], moment=mean[:, 3:])


def center_of_pressure(wrench: PlateWrench, threshold: float) -> tuple[Floats, Floats, Floats]:
    """Force, point and free moment of a plate, nothing where its normal force stays below a threshold.

    Returns
    -------
    force, point, torque : ndarray
        (row, 3): zero force and torque and a point of NaN where nobody stands on the plate [N], [m], [N m].
    """
    loaded = wrench.force @ wrench.normal > threshold
    offset, torque = _point_and_twist(wrench.force, wrench.moment, wrench.normal, loaded)
    return np.where(loaded[:, None], wrench.force, 0.0), offset + wrench.plate.center, torque


def _point_and_twist(force: Floats, moment: Floats, normal: Floats, loaded: Bools) -> tuple[Floats, Floats]:
    """Where in the plane through the reference a wrench pushes, and its moment about the normal there."""
    point = np.full(force.shape, np.nan)
    torque = np.zeros(force.shape)
    push = force[loaded] @ normal
    point[loaded] = np.cross(normal, moment[loaded]) / push[:, None]
    left = moment[loaded] - np.cross(point[loaded], force[loaded])
    torque[loaded] = (left @ normal)[:, None] * normal
    return point, torque


def _scaled(signal: Signal, factor: float) -> Floats:
    """Channels with moments in N m."""
    factors = np.ones(signal.channels.shape[1])
    if signal.plate.kind == 1:
        factors[5] = factor
    elif signal.plate.kind != 3:
        factors[3:6] = factor
    return np.asarray(signal.channels * factors)


def _loaded(push: Floats, threshold: float) -> Bools:
    most = float(np.abs(push).max(initial=0.0))
    return np.abs(push) > max(threshold, LOADED_SHARE * most)


class _Spot(NamedTuple):
    """Centre of pressure under load: share on the plate, median distance from its middle [m]."""

    share: float
    distance: float


def _spot(signal: Signal, factor: float, sensors: Floats, threshold: float) -> _Spot:
    """Where a plate is pushed, if moments and ORIGIN are meant so; NaN where nobody stands on it."""
    plate = signal.plate
    force, moment = surface_wrench(plate, _scaled(signal, factor), sensors)
    loaded = _loaded(force[:, 2], threshold)
    if not loaded.any():
        return _Spot(float("nan"), float("nan"))
    point, _ = _point_and_twist(force, moment, np.array([0.0, 0.0, 1.0]), loaded)
    half = np.abs((plate.corners - plate.center) @ plate.axes).max(axis=0)[:2] + MARGIN
    place = np.abs(point[loaded, :2])
    return _Spot(float((place <= half).all(axis=1).mean()), float(np.median(np.linalg.norm(place, axis=1))))


def _moment_factor(
    path: Path, signal: Signal, normal: Floats, unit: str | None, threshold: float, findings: list[str]
) -> float:
    """From the moments' unit to N m: what the caller says, the file, or where the plate is."""
    number = signal.plate.number
    if unit is not None:
        named = moment_unit(unit)
        if named is None:
            raise ConfigError(f"moment_unit is {unit!r}, expected 'Nm' or 'Nmm'")
        return named.factor
    stated = moment_unit(signal.moment) if signal.moment is not None else None
    if signal.plate.kind == 3:
        return 1.0
    if signal.plate.kind == 1:
        twist = float(np.abs(signal.channels[:, 5]).max(initial=0.0))
        guess = "Nm" if twist < MOST_FREE_MOMENT else "Nmm"
        evidence = f"its largest free moment is {twist:.3g}"
        doubtful = stated is not None and twist * stated.factor > MOST_FREE_MOMENT
    else:
        ways = _ways(signal.plate, normal)
        spots = [max(_spot(signal, factor, way, threshold) for way in ways) for factor in (1.0, 1e-3)]
        if np.isnan(spots[0].share):
            return stated.factor if stated else 1.0  # nobody stands on it: any unit will do
        # Moments of the smaller unit read in the larger one push a thousand times too far out; the other
        # way round, everything comes to lie in the middle of the plate, where it may well be.
        guess, spot = ("Nm", spots[0]) if spots[0].share > 0.5 else ("Nmm", spots[1])
        evidence = f"so {100.0 * spot.share:.0f} % of its centre of pressure lies on the plate"
        other = stated is not None and (stated.factor > 0.5) != (guess == "Nm")
        doubtful = other and spot.share > 0.5 and spot.distance > MIDDLE
    if stated is None:
        findings.append(f"plate {number}: its moments have no unit and are read in {guess}: {evidence}")
        return 1.0 if guess == "Nm" else 1e-3
    if doubtful:
        raise FileError(
            f"{path}: plate {number}: its moments are said to be in {signal.moment}, but they look "
            f"like {guess}: {evidence}; pass moment_unit='{guess}' if that is what they are"
        )
    return stated.factor


def _ways(plate: Plate, normal: Floats) -> tuple[Floats, ...]:
    """Ways that ORIGIN can be meant: one where its height tells, both where it has none."""
    sensors, _ = sensors_of(plate, normal)
    tells = plate.kind in {1, 3} or abs(float(sensors[2])) > _FLAT
    return (sensors,) if tells else (sensors, -sensors)


def _sensors(signal: Signal, normal: Floats, factor: float, threshold: float) -> tuple[Floats, bool]:
    """Vector from sensors to surface, and whether it had to be turned round."""
    sensors, turned = sensors_of(signal.plate, normal)
    ways = _ways(signal.plate, normal)
    if len(ways) > 1 and np.linalg.norm(sensors) > MARGIN:
        share, other = (_spot(signal, factor, way, threshold).share for way in ways)
        if other > share:
            return ways[1], not turned
    return sensors, turned
