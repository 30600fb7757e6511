"""Scaling a generic model to a person by OpenSim's own tool."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ElementTree

import numpy as np

from retrogait.arrays import Floats
from retrogait.errors import ConfigError, FileError, SolveError
from retrogait.io.markers import Markers, read_markers
from retrogait.io.markup import read_markup, text_of
from retrogait.io.storage import read_table, short_label
from retrogait.io.text import suggestion
from retrogait.osim.markers import open_model
from retrogait.osim.measurements import Measurement, find_measurements, landmarks
from retrogait.osim.quiet import import_opensim, swallow_output
from retrogait.osim.scale_setup import FACTORS, SCALED, STATIC, read_setup, write_setup
from retrogait.osim.tasks import CoordinateTask, Tasks
from retrogait.osim.tree import in_base, vector

BONY = 1000.0
"""Weight of markers on bone in the static pose, beside 1 of the others, as in OpenSim's gait2392 example."""
TELLING = 4
"""Markers on a heel bone from which on they tell the subtalar angle of a static pose."""
SLACK = 1e-6
"""What rounding may put a clamped coordinate outside its range [rad or m]."""
LIGHTEST, HEAVIEST = 2.0, 400.0
"""Masses of people [kg]."""


@dataclass(frozen=True, eq=False)
class ScaledModel:
    """A generic model scaled to a person.

    Attributes
    ----------
    file         : the scaled model, with its markers where the static trial shows them
    setup        : the setup file that `ScaleTool` ran, beside it
    mass         : of all bodies [kg]
    factors      : body to factors along its axes
    unscaled     : bodies that no measurement reaches; their factors are 1
    measurements : what was measured
    pose         : coordinates of the static pose [rad or m]
    error        : marker to its distance from the recorded one in that pose, before it was moved [m]
    notes        : coordinates that the pose has outside their range: the fit went astray
    """

    file: Path
    setup: Path
    mass: float
    factors: dict[str, tuple[float, float, float]]
    unscaled: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    pose: dict[str, float]
    error: dict[str, float]
    notes: tuple[str, ...]

    @property
    def rms_error(self) -> float:
        """Root mean square over the markers of the static pose [m]."""
        return float(np.sqrt(np.mean(np.square(list(self.error.values())))))

    def hold(self, *coordinates: str, weight: float = BONY) -> dict[str, CoordinateTask]:
        """Targets that keep coordinates where the static pose has them, for a fit of a trial.

        Walking markers tell little of subtalar and toe angles; OpenSim's example holds them like this.
        """
        return {name: CoordinateTask(weight, self.pose[name]) for name in coordinates}


def scale_model(
    generic: Path | str,
    static: Path | str,
    output: Path | str,
    *,
    mass: float,
    marker_file: Path | str | None = None,
    measurements: Sequence[Measurement] | None = None,
    factors: Mapping[str, float | tuple[float, float, float]] | None = None,
    tasks: Tasks | None = None,
    start: float | None = None,
    end: float | None = None,
) -> ScaledModel:
    """Scale a model to a static trial: bodies by distances of markers, masses to the person's, then markers.

    The relative masses of the bodies are kept. Muscles are scaled with the bodies they span, and cost
    nothing here: OpenSim's tool looks at one averaged frame.

    Parameters
    ----------
    generic      : ``.osim`` to scale
    static       : ``.trc`` of somebody who stands
    output       : ``.osim`` to write; the setup of the tool is written beside it
    mass         : of the person [kg]
    marker_file  : marker set of OpenSim, for a model without markers or in place of its own
    measurements : by default those that the names of the markers allow
    factors      : body to factors that stand in place of measured ones
    tasks        : of the static pose; by default markers on bone weigh 1000 and others 1, toe angles are held
                   at the model's default, and so are subtalar angles unless the heel bone has four markers
    start, end   : window that is averaged [s]

    Raises
    ------
    FileError
        A file cannot be read, or model and recording share no markers.
    ConfigError
        Mass, a factor, a measurement or the window cannot be used.
    SolveError
        OpenSim's tool stopped; with its reason.
    """
    if not LIGHTEST <= mass <= HEAVIEST:
        raise ConfigError(f"mass is {mass!r} kg, expected {LIGHTEST:g} to {HEAVIEST:g}")
    output, static = Path(output), Path(static)
    recorded = read_markers(static)
    source = open_model(generic, marker_file)
    bodies = [str(body.getName()) for body in source.getBodySet()]
    shared = [str(m.getName()) for m in source.getMarkerSet() if str(m.getName()) in recorded.labels]
    if not shared:
        raise FileError(f"{static}: shares no marker with {marker_file or generic}, expected three or more")
    chosen = find_measurements(shared, bodies) if measurements is None else tuple(measurements)
    fixed = {body: _three(body, value) for body, value in (factors or {}).items()}
    _check(static, chosen, fixed, shared, bodies)
    if tasks is None:
        tasks = _static_tasks(source, shared)
    window = _window(recorded, start, end)
    setup = output.with_suffix(".scale.xml")
    with tempfile.TemporaryDirectory() as place:
        root = write_setup(
            Path(generic), static, output, Path(place), mass, marker_file, chosen, fixed,
            {name: tasks.markers.get(name, tasks.others) for name in shared}, tasks.coordinates, window,
        )  # fmt: skip
        output.parent.mkdir(parents=True, exist_ok=True)
        ElementTree(root).write(setup, encoding="utf-8", xml_declaration=True)
        _run(setup, output)
        return _result(output, setup, Path(place), recorded, window, chosen)


def scale_by_setup(setup: Path | str, output: Path | str) -> ScaledModel:
    """Run a scale setup file as somebody wrote it for OpenSim; what it writes is copied to ``output``.

    Paths in the file are read from its own folder, as OpenSim does.

    Raises
    ------
    FileError
        The setup, or a file it names, is missing.
    SolveError
        OpenSim's tool stopped; with its reason.
    """
    setup, output = Path(setup), Path(output)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        root, placer = read_setup(setup, output, place)
        recorded = read_markers(text_of(placer, "marker_file"))
        limits = [float(x) for x in text_of(placer, "time_range").split()]
        window = _window(recorded, limits[0], limits[-1]) if limits else _window(recorded, None, None)
        output.parent.mkdir(parents=True, exist_ok=True)
        copy = output.with_suffix(".scale.xml")
        ElementTree(root).write(copy, encoding="utf-8", xml_declaration=True)
        _run(copy, output)
        return _result(output, copy, place, recorded, window, ())


def _run(setup: Path, output: Path) -> None:
    osim = import_opensim()
    reason = "no reason given"
    before = output.stat().st_mtime_ns if output.is_file() else None
    try:
        with swallow_output():
            tool = osim.ScaleTool(str(setup.resolve()))
            tool.setPathToSubject("")  # which it puts before every path, whole ones too
            done = tool.run()
    except RuntimeError as error:
        done, reason = False, " ".join(str(error).split())[:300]
    if not done or not output.is_file() or output.stat().st_mtime_ns == before:
        raise SolveError(f"{setup}: OpenSim's scale tool wrote no model: {reason}")


def _result(
    output: Path,
    setup: Path,
    place: Path,
    recorded: Markers,
    window: tuple[float, float],
    measurements: Sequence[Measurement],
) -> ScaledModel:
    scaled = open_model(place / SCALED)
    bodies = {str(body.getName()): float(body.getMass()) for body in scaled.getBodySet()}
    factors = dict.fromkeys(bodies, (1.0, 1.0, 1.0))
    element, _ = read_markup(place / FACTORS, "ScaleSet")
    for entry in element.iter("Scale"):
        if text_of(entry, "segment") in bodies:
            factors[text_of(entry, "segment")] = _three(
                "", tuple(map(float, text_of(entry, "scales").split()))
            )
    table = read_table(place / STATIC)
    pose = {}
    for column, label in enumerate(table.labels):
        name, kind = short_label(label)
        if kind == "value":
            pose[name] = float(table.values[0, column])
    reached = {body for measurement in measurements for body in measurement.bodies}
    return ScaledModel(
        file=output,
        setup=setup,
        mass=sum(bodies.values()),
        factors=factors,
        unscaled=tuple(b for b in bodies if b not in reached and factors[b] == (1.0, 1.0, 1.0)),
        measurements=tuple(measurements),
        pose=pose,
        error=_static_error(scaled, pose, recorded, window),
        notes=tuple(
            f"{name} is {pose[name]:.3g} in the static pose, outside its range {low:.3g} to {high:.3g}"
            for name, low, high in _ranges(scaled)
            if name in pose and not low - SLACK <= pose[name] <= high + SLACK
        ),
    )


def _static_tasks(source: Any, shared: Sequence[str]) -> Tasks:
    """Weights by what a marker sits on, and targets of what a static pose tells badly."""
    on_heel = [in_base(m.getParentFrame())[0] for m in source.getMarkerSet() if str(m.getName()) in shared]
    held = {}
    for coordinate in source.getCoordinateSet():
        name = str(coordinate.getName())
        if name.startswith("mtp") or (
            name.startswith("subtalar") and on_heel.count(f"calcn_{name[-1]}") < TELLING
        ):
            held[name] = CoordinateTask(BONY)
    bony = landmarks(shared)
    return Tasks({name: BONY if name in bony else 1.0 for name in shared}, 1.0, held)


def _ranges(scaled: Any) -> list[tuple[str, float, float]]:
    return [(str(c.getName()), c.getRangeMin(), c.getRangeMax()) for c in scaled.getCoordinateSet()]


def _static_error(
    scaled: Any, pose: Mapping[str, float], recorded: Markers, window: tuple[float, float]
) -> dict[str, float]:
    """Distance of every marker from its mean place, in the static pose, before it was moved [m]."""
    state = scaled.initSystem()
    for coordinate in scaled.getCoordinateSet():
        name = str(coordinate.getName())
        if name in pose and not coordinate.get_locked():
            coordinate.setValue(state, pose[name], False)
    scaled.assemble(state)
    scaled.realizePosition(state)
    inside = (recorded.time >= window[0]) & (recorded.time <= window[1])
    error = {}
    for marker in scaled.getMarkerSet():
        name = str(marker.getName())
        if name in recorded.labels:
            place: Floats = recorded.position[inside, recorded.labels.index(name)]
            shown = place[~np.isnan(place[:, 0])]
            if shown.size:
                off = vector(marker.getLocationInGround(state)) - shown.mean(axis=0)
                error[name] = float(np.linalg.norm(off))
    return error


def _check(
    static: Path,
    measurements: Sequence[Measurement],
    factors: Mapping[str, tuple[float, float, float]],
    shared: Sequence[str],
    bodies: Sequence[str],
) -> None:
    if not measurements and not factors:
        raise ConfigError(
            f"{static}: the names of its markers ({', '.join(shared[:4])}, ...) allow no known measurement; "
            "give measurements or factors"
        )
    for measurement in measurements:
        for name in {name for pair in measurement.pairs for name in pair} - {*shared}:
            hint = suggestion(name, shared)
            raise ConfigError(
                f"{static}: measurement {measurement.name} needs marker {name}, which model and recording "
                f"do not both have{hint}"
            )
    for body in {body for m in measurements for body in m.bodies} | {*factors}:
        if body not in bodies:
            raise ConfigError(f"the model has no body {body} to scale{suggestion(body, bodies)}")


def _window(recorded: Markers, start: float | None, end: float | None) -> tuple[float, float]:
    """Window within the recording, with a frame inside."""
    first, last = float(recorded.time[0]), float(recorded.time[-1])
    low = first if start is None else max(start, first)
    high = last if end is None else min(end, last)
    if not ((recorded.time >= low) & (recorded.time <= high)).any():
        raise ConfigError(
            f"{recorded.path}: no frame from {low:g} to {high:g} s, expected a window within "
            f"{first:g} to {last:g} s"
        )
    return low, high


def _three(body: str, value: float | tuple[float, ...]) -> tuple[float, float, float]:
    three = tuple(value) if isinstance(value, tuple) else (value,) * 3
    if len(three) != 3 or not all(0.1 < x < 10.0 for x in three):
        raise ConfigError(f"factor of body {body} is {value!r}, expected one or three numbers about 1")
    return (float(three[0]), float(three[1]), float(three[2]))
