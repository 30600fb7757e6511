"""Keys: what the result of a case depends on, in one digest.

In the key of a recorded trial
    the content of the model, of the coordinates, of the external loads and of the table that they name, and
    of the file of reserves; the window, direction, speed, incline, axes, origin, hold and spline of the
    trial; the coordinates that stand for knee flexion; every setting of the analysis that is given; the
    version of this package and the content of the sources that numbers come from.
In the key of a predicted walk
    the condition, and what is assumed of the person; the content of ``planar.toml``, ``planar.osim`` and of
    the weights of the cost; the bundled motion, or the seeds where the walk has to be solved; settings and
    code as above, with the sources of the predictor.
In no key
    names and labels of cases and of the experiment, where files lie and what they are called, measured
    forces, the number of threads and processes, commands, reports and tables, versions of numpy, scipy,
    numba and OpenSim (a result's provenance has them), and the machine.

A setting that is written out with the value that it has by default makes another key: then the result is
computed once more, which costs time and no number.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from retrogait import __version__
from retrogait.cases import Case
from retrogait.config import Experiment, Trial
from retrogait.io.load_setup import read_load_setup
from retrogait.io.provenance import digests
from retrogait.jobs import is_bundled
from retrogait.predict.gait import MODEL
from retrogait.predict.library import MANIFEST, library_folder, seeds_path
from retrogait.predict.sensitivity import OTHER_COST
from retrogait.share import share_folder
from retrogait.sweep import Prediction

PACKAGE = Path(__file__).resolve().parents[1]

NUMBERS = (
    "_jit.py", "antagonists.py", "arrays.py", "compartments.py", "criteria.py", "dataset.py",
    "execute/runner.py", "extensor.py", "gait", "io", "jobs.py", "kernels", "model.py", "normalise.py",
    "osim", "pipeline.py", "quantities.py", "remarks.py", "residuals", "settings.py",
)  # fmt: skip
"""Sources that a stored number can come from."""

PREDICTOR = ("predict",)
"""Sources that a predicted motion comes from beside those."""


@cache
def code_digest(parts: tuple[str, ...] = NUMBERS) -> str:
    """SHA-256 of the version of this package and of the content of some of its sources."""
    digest = hashlib.sha256(__version__.encode())
    for part in parts:
        place = PACKAGE / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def key_of(case: Case, experiment: Experiment) -> str:
    """Digest of everything that the result of a case depends on; see the head of this module.

    Parameters
    ----------
    case
        One of the experiment's.
    experiment
        That it belongs to, for knees and reserves.

    Raises
    ------
    FileError
        A file that the case depends on cannot be read.
    """
    trial = case.trial
    content: dict[str, Any] = {
        "code": code_digest(),
        "analysis": case.analysis.options(),
        "reserves": _content(experiment.actuators),
    }
    if isinstance(trial, Prediction):
        content |= _of_prediction(trial)
    else:
        content |= _of_trial(trial, experiment.knees)
    return _sha256(content)


def _of_trial(trial: Trial, knees: Mapping[str, str]) -> dict[str, Any]:
    loads = table = None
    if trial.external_loads is not None:
        loads = _content(trial.external_loads)
        table = _content(trial.data_file or _table_of(trial.external_loads, loads))
    return {
        "model": _content(trial.model),
        "knees": dict(knees),
        "coordinates": _content(trial.coordinates),
        "external_loads": loads,
        "data_file": table,
        "walk": [trial.direction, trial.speed, trial.incline, trial.axes, trial.origin],
        "window": [trial.start, trial.end],
        "hold": trial.hold,
        "spline": trial.spline,
        "cycle": trial.cycle,
    }


def _of_prediction(walk: Prediction) -> dict[str, Any]:
    models = share_folder("models")
    name = walk.condition.name
    if is_bundled(walk):
        ends = (".mot", "_grf.mot", "_grf.xml")
        motion = [library_folder() / MANIFEST, *(library_folder() / f"{name}{end}" for end in ends)]
    else:
        motion = [seeds_path()]
    return {
        "predictor": code_digest(PREDICTOR),
        "condition": [walk.condition.direction, walk.condition.speed, walk.condition.incline],
        "tendon": walk.tendon,
        "strength": dict(walk.strength),
        "sensitivity": walk.sensitivity,
        "weights": _content(walk.weights or models / "prediction.toml"),
        "other_weights": _content(models / OTHER_COST) if walk.sensitivity else None,
        "model": [_content(models / "planar.toml"), _content(models / MODEL)],
        "motion": [_content(path) for path in motion],
    }


def _table_of(loads: Path, digest: str | None) -> Path:
    """Table that a file of external loads names; parsed once for all trials that share the file."""
    return _parsed_table(loads, digest)


@cache
def _parsed_table(loads: Path, _digest: str | None) -> Path:
    return read_load_setup(loads).data_file


def _content(path: Path | None) -> str | None:
    """Digest of a file's content, which `digests` takes once as long as the file does not change."""
    if path is None:
        return None
    return next(iter(digests([path]).values()))


def _sha256(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
