"""Walks for the explorer: those that come with the package, or those of a folder of results."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import xarray as xr

from retrogait.errors import GaitError, ResultError
from retrogait.explore.cycle import walk_of
from retrogait.explore.shelf import Shelf, inputs_of
from retrogait.gait.forces import GroundForces
from retrogait.gait.ground import ground_forces
from retrogait.gait.trial import load_trial
from retrogait.io.results import read_result
from retrogait.model import Model
from retrogait.naturalness import open_gaits
from retrogait.osim import load_model
from retrogait.predict.gait import Gait
from retrogait.report.explorer import Walk

MOST_WALKS = 400
"""Walks in one page: more would take a browser seconds to open."""

COLLECTION = "results.h5"
"""File of a study that holds all its results and is none."""

Report = Callable[[str], None]


def bundled_walks(report: Report | None = None) -> list[Walk]:
    """Every walk that comes with the package.

    Parameters
    ----------
    report
        Told in words about every walk.

    Raises
    ------
    ConfigError
        There are none of this model and these weights.
    """
    walks = []
    for gait in open_gaits():
        if report is not None:
            report(f"drawing {gait.condition.name}")
        walks.append(walk_of_gait(gait))
    return walks


def walk_of_gait(gait: Gait) -> Walk:
    """Walk of a prediction."""
    cases = {name: dict(case) for name, case in (gait.sensitivity or {}).items()} or None
    result = gait.result.assign_attrs(trial=gait.condition.name, sensitivity=cases)
    return walk_of(result, gait.model, ground_forces(gait.model, gait.trial))


def stored_walks(
    paths: Sequence[Path], models: Sequence[Path] = (), report: Report | None = None
) -> list[Walk]:  # fmt: skip
    """Walks of results: folders of a run, or single files.

    Parameters
    ----------
    paths
        Folders or ``.h5`` files of results.
    models
        Folders, or files, where models and recordings are looked for first.
    report
        Told in words about every walk.

    Raises
    ------
    ResultError
        There is no result, or there are too many, or a named file is none.
    """
    files = [file for path in paths for file in _results_in(path)]
    if len(files) > MOST_WALKS:
        raise ResultError(
            f"{paths[0]}: {len(files)} results, expected at most {MOST_WALKS} in one page; name some of them"
        )
    nearby = [folder for file in files for folder in (file.parent, file.parent / file.stem)]
    asked = [path if path.is_dir() else path.parent for path in models]
    shelf = Shelf([*asked, *nearby, *(file.parent.parent for file in files)])
    opened: dict[Path, Model] = {}
    walks = []
    for file in files:
        if report is not None:
            report(f"drawing {file.stem}")
        walks.append(_stored_walk(read_result(file), shelf, opened))
    return _told_apart(walks, files)


def _results_in(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ResultError(f"{path}: no such file or folder; expected results of `retrogait run` or `predict`")
    manifest = path / "manifest.json"
    files = sorted(path.glob("*.h5"))
    if manifest.is_file():
        try:
            cases = json.loads(manifest.read_text("utf-8"))["cases"]
            files = [path / case["file"] for case in cases if case["status"] == "stored"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ResultError(f"{manifest}: not the manifest of a run ({error})") from error
    files = [file for file in files if file.name != COLLECTION and file.is_file()]
    if not files:
        raise ResultError(f"{path}: holds no result; expected files that `retrogait run` or `predict` stored")
    return files


def _stored_walk(result: xr.Dataset, shelf: Shelf, opened: dict[Path, Model]) -> Walk:
    inputs = inputs_of(result.attrs)
    name = str(result.attrs["model_file"])
    path = shelf.find(name, inputs.get(name, ""))
    if path is None:
        return walk_of(result, None, None, [f"no figure: {shelf.why_not(name)}"])
    if path not in opened:
        opened[path] = load_model(path)
    model = opened[path]
    return walk_of(result, model, _ground_of(result, model, shelf, inputs))


def _ground_of(
    result: xr.Dataset, model: Model, shelf: Shelf, inputs: dict[str, str]
) -> GroundForces | None:  # fmt: skip
    """Ground forces as recorded, where the files of the trial are still there and unchanged."""
    found = {name: shelf.find(name, digest) for name, digest in inputs.items()}
    named = {path.suffix: path for path in found.values() if path is not None}
    tables = [path for path in found.values() if path is not None and path.suffix in {".mot", ".sto"}]
    if ".xml" not in named or not tables:
        return None
    time = result["time"].to_numpy()
    try:
        trial = load_trial(tables[0], named[".xml"], start=float(time[0]), end=float(time[-1]))
        if trial.loads is None or not set(trial.loads.digests.items()) <= set(inputs.items()):
            return None
        return ground_forces(model, trial)
    except GaitError:  # the picture can do without: it says so
        return None


def _told_apart(walks: Iterable[Walk], files: Sequence[Path]) -> list[Walk]:
    """Walks with names of their own: of two results with one name, that of the file's folder too."""
    taken: set[str] = set()
    told = []
    for walk, file in zip(walks, files, strict=True):
        name = walk.name if walk.name not in taken else f"{file.parent.name}/{file.stem}"
        while name in taken:
            name += "'"
        taken.add(name)
        told.append(replace(walk, name=name))
    return told
