"""One call from a laboratory's files to an experiment that runs: `import_trial`."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from retrogait.errors import ConfigError
from retrogait.gait.trial import Trial, load_trial
from retrogait.ik import Kinematics, Tasks, read_tasks
from retrogait.intake.fit import choose_tasks, fit_walk
from retrogait.intake.names import ground_bodies, with_names
from retrogait.intake.person import find_mass, require_numbers
from retrogait.intake.progress import Progress, Report
from retrogait.intake.recording import Said, read_static, read_walk, walk_of
from retrogait.intake.store import RECORD, experiment_text, guard
from retrogait.intake.subject import Window, copy_model, fit_model, open_generic
from retrogait.intake.window import loaded_window
from retrogait.io.text import write_text
from retrogait.lab.api import THRESHOLD
from retrogait.lab.assemble import FOUND
from retrogait.lab.trial import LabTrial
from retrogait.model import Model
from retrogait.osim.scale import ScaledModel

WHOLE: Window = (None, None)

_ENDS = (
    ".toml", ".trc", "_grf.mot", "_grf.xml", ".osim", ".scale.xml", "_static.trc", "_ik.mot",
    "_marker_errors.csv",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Imported:
    """What came of a recording.

    Attributes
    ----------
    folder     : with every file
    name       : of the trial; every file begins with it
    findings   : what was found and how, one sentence each
    mass       : of the person [kg]; NaN where nobody knows it
    lab        : the walk as recorded, in OpenSim axes
    files      : everything that was written
    experiment : file that ``retrogait run`` takes; None without a model
    model      : compiled, scaled where there was a static trial; None without one
    scaling    : factors and static pose; None without a static trial
    kinematics : coordinates and marker errors; None without a model
    trial      : for `retrogait.analyze`; None without a model
    """

    folder: Path
    name: str
    findings: tuple[str, ...]
    mass: float
    lab: LabTrial
    files: tuple[Path, ...]
    experiment: Path | None = None
    model: Model | None = None
    scaling: ScaledModel | None = None
    kinematics: Kinematics | None = None
    trial: Trial | None = None


def import_trial(
    recording: str | Path,
    model: str | Path | None = None,
    *,
    folder: str | Path,
    forces: str | Path | None = None,
    static: str | Path | None = None,
    static_window: Window = WHOLE,
    mass: float | None = None,
    marker_file: str | Path | None = None,
    markers: str | Path | None = None,
    factors: Mapping[str, float] | None = None,
    tasks: Tasks | str | Path | None = None,
    weights: Mapping[str, float] | None = None,
    hold: Collection[str] = (),
    axes: str = FOUND,
    roles: Mapping[str, str] | None = None,
    window: Window = WHOLE,
    direction: str | None = None,
    speed: float | None = None,
    incline: float | None = None,
    threshold: float = THRESHOLD,
    baseline: str = "none",
    ignore_plates: Collection[int] = (),
    name: str | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    report: Report = lambda _: None,
    stage: Report = lambda _: None,
) -> Imported:
    """Make an experiment of a laboratory's own files: read, scale, fit, and write everything down.

    Axes, units, plates, feet, direction, speed, incline and mass are found where they are not given; each
    finding comes with its evidence, and where somebody says otherwise, that is said too. What was written
    before an error stays.

    Parameters
    ----------
    recording     : ``.c3d`` or ``.trc`` of the walk
    model         : ``.osim``; without one, markers and forces are written and nothing is fitted
    folder        : to write to
    forces        : of a ``.trc``: external loads ``.xml``, or a ``.mot`` whose plates are given to the feet
                    by the centre of pressure
    static        : ``.c3d`` or ``.trc`` of the person standing; the model is scaled to it, else used as it is
    static_window : start and end of the part that is averaged [s]
    mass          : of the person [kg]; by default what the plates carry
    marker_file   : OpenSim marker set ``.xml``, for a model without markers or in place of its own
    markers       : table of names ``.toml``, or the name of a bundled one, where the recording calls markers
                    otherwise than the model; found if None
    factors       : body, or its name without the side, to a factor in place of the measured one
    tasks         : weights and held coordinates, or an OpenSim file with them
    weights       : marker, or "others", to weight
    hold          : coordinates, or their names without the side, that keep the value of the static pose
    axes, roles, threshold, baseline, ignore_plates : as `retrogait.import_c3d`
    window        : part of the recording to keep [s], all of which is then analyzed; by default the part in
                    which every foot on the ground stands on a plate is analyzed
    direction, speed, incline : how the person walked [m/s, deg]
    name          : of the trial; by default that of the recording
    overwrite     : write over files that no import of this recording has made, or that were edited
    threads       : for the fit; all processors when None
    report        : told every finding at once
    stage         : told what is being done

    Raises
    ------
    FileError, ConfigError, ModelError, MotionError, SolveError
        In one line: where, what was found, what was expected, what to try.
    """
    recording, folder = Path(recording), Path(folder)
    parameters = {
        "recording": recording, "model": model, "static": static, "forces": forces,
        "marker_file": marker_file, "markers": markers, "mass": mass, "factors": dict(factors or {}),
        "tasks": tasks, "weights": dict(weights or {}), "hold": list(hold), "axes": axes,
        "window": list(window), "static_window": list(static_window), "direction": direction, "speed": speed,
        "incline": incline, "threshold": threshold, "baseline": baseline,
        "ignore_plates": list(ignore_plates), "roles": dict(roles or {}), "name": name,
    }  # fmt: skip
    progress = Progress(folder, report, stage, {key: _bare(value) for key, value in parameters.items()})
    for_a_model = {
        "a static trial": static, "tasks": tasks, "a held coordinate": hold, "a weight": weights,
        "a marker set": marker_file, "a table of names": markers,
    }  # fmt: skip
    for what, given in for_a_model.items():
        if given and model is None:
            raise ConfigError(f"{what} is for scaling and fitting a model, and none is given")
    if static is None and (factors or static_window != WHOLE):
        what = "factors are" if factors else "static_window is"
        raise ConfigError(f"{what} for scaling a model to a static trial, and none is given")
    require_numbers(mass, factors or {}, weights or {}, {"window": window, "static_window": static_window})
    stage(f"reading {recording.name}")
    lab = read_walk(
        recording, None if forces is None else Path(forces), name=name, axes=axes, start=window[0],
        end=window[1], roles=roles, threshold=threshold, baseline=baseline, ignore_plates=ignore_plates,
    )  # fmt: skip
    progress.inputs |= dict(lab.digests)
    source = {recording.name: lab.digests[recording.name]}
    guard(folder, [*(lab.name + end for end in _ENDS), RECORD], source, overwrite=overwrite)
    progress.say(*lab.findings)
    walk, why, remarks = walk_of(lab, Said(direction, speed, incline))
    progress.say(*remarks)
    standing = None if static is None else read_static(Path(static), roles=roles)
    if standing is not None:
        progress.inputs |= dict(standing.digests)
    person = find_mass(mass, lab, standing)
    progress.say(person.finding)
    progress.numbers["mass"] = {"used": _known(person.value), "plates": _known(person.measured)}
    progress.numbers["walk"] = walk
    if model is None:
        progress.say("no model is given, so nothing is fitted: markers and forces are written")
        progress.keep(*lab.write(folder), complete=True)
        return Imported(folder, lab.name, tuple(progress.findings), person.value, lab, tuple(progress.files))
    stage(f"loading {Path(model).name}")
    generic = open_generic(progress, Path(model), marker_file)
    progress.read(markers)
    lab, told = with_names(lab, generic.marker_set.labels, markers)
    progress.say(*told)
    carrier = dict(zip(generic.marker_set.labels, generic.marker_set.body, strict=True))
    bodies = ground_bodies(lab, carrier, generic.model.links)
    written = lab.write(folder, bodies=bodies)
    progress.keep(*written)
    target = folder / f"{lab.name}.osim"
    if standing is None:
        subject = copy_model(progress, generic, target, person)
    else:
        subject = fit_model(
            progress, generic, target, standing, person, markers=markers, factors=factors or {},
            window=static_window,
        )  # fmt: skip
    if isinstance(tasks, str | Path):
        progress.read(tasks)
        tasks = read_tasks(tasks)
    chosen, sentence = choose_tasks(
        subject, [x for x in subject.marker_set.labels if x in lab.markers], tasks, weights or {}, hold
    )
    progress.say(sentence)
    fit, coordinates = fit_walk(progress, subject, written[0], chosen, threads)
    loads = written[-1] if lab.stances else None
    if loads is None:
        progress.say("no forces on feet: what a knee carries cannot be told from markers alone")
    elif window == WHOLE:
        start, end, why["start"] = loaded_window(lab)
        progress.say(why["start"])
        # rounded inward, so that the window never leaves the data
        walk = {
            "start": math.ceil(start * 1e4 - 1e-6) / 1e4,
            "end": math.floor(end * 1e4 + 1e-6) / 1e4,
        } | walk
        progress.numbers["walk"] = walk
    experiment = folder / f"{lab.name}.toml"
    files = {"model": target.name, "coordinates": coordinates.name}
    if loads is not None:
        files["external_loads"] = loads.name
    write_text(experiment, experiment_text(lab.name, recording.name, walk, files, why))
    progress.keep(experiment, complete=True)
    return Imported(
        folder, lab.name, tuple(progress.findings), person.value, lab, tuple(progress.files), experiment,
        subject.model, subject.scaling, fit, load_trial(coordinates, loads, name=lab.name, **walk),
    )  # fmt: skip


def _bare(value: object) -> object:
    """A choice without any path of this machine."""
    return Path(value).name if isinstance(value, Path) or (isinstance(value, str) and "/" in value) else value


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
