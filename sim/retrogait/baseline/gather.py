"""Results to loads: of a folder, of one file, or as they are in memory."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import xarray as xr

from retrogait.baseline.loads import Loads, loads_of
from retrogait.errors import ConfigError, ResultError
from retrogait.io.results import read_result
from retrogait.quantities import FORMAT

MANIFEST = "manifest.json"
"""File in which a run says what came of every case."""


NOT_RUN = "not run"
"""Status there of a case that an interrupted run did not come to."""


GO_ON = "start it again, and it goes on"
"""What to do about an interrupted run."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Loads of a study.

    Attributes
    ----------
    loads
        By name of the condition.
    failed
        Condition without a result to the reason, as the run recorded it.
    not_run
        Conditions that an interrupted run did not come to.
    source
        Folder or file they are from, or nothing.
    """

    loads: Mapping[str, Loads]
    failed: Mapping[str, str] = field(default_factory=dict)
    not_run: tuple[str, ...] = ()
    source: str = ""

    def require_whole(self) -> None:
        """Refuse what an interrupted run left: fit to be checked, and not to be agreed to.

        Raises
        ------
        ConfigError
            A condition did not run.
        """
        if self.not_run:
            raise ConfigError(
                f"{self.source}: the run was interrupted before {len(self.not_run)} of its conditions "
                f"(the first is {self.not_run[0]}), and a baseline is of all of them; {GO_ON}"
            )


def gather(results: xr.Dataset | Iterable[xr.Dataset] | Path | str) -> Gathered:
    """Loads of one result or several, in memory or stored.

    Parameters
    ----------
    results
        Of `retrogait.analyze`; or a folder of a run, or one of its files.

    Raises
    ------
    ConfigError
        Two have the same name, or there is none.
    ResultError
        One is no result of this program.
    """
    if isinstance(results, str | Path):
        path = Path(results)
        if path.is_file():
            return Gathered({path.stem: loads_of(read_result(path), path.stem)}, source=str(path))
        return gather_folder(path)
    loads: dict[str, Loads] = {}
    for dataset in [results] if isinstance(results, xr.Dataset) else results:
        one = loads_of(dataset)
        if one.name in loads:
            raise ConfigError(f"two results are called `{one.name}`; give each trial a name of its own")
        loads[one.name] = one
    if not loads:
        raise ConfigError("no results to compare")
    return Gathered(loads)


def gather_folder(folder: Path, report: Callable[[int, int], None] | None = None) -> Gathered:
    """Loads of every result of a run.

    The manifest of the run decides which files belong to it; without one every result in the folder does.

    Parameters
    ----------
    folder
        That a run stored into.
    report
        Told how many files of how many are read.

    Raises
    ------
    ConfigError
        There is no such folder, or no result in it.
    ResultError
        A file is no result of this program, or damaged.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; expected the results of `retrogait run`")
    manifest = folder / MANIFEST
    failed: dict[str, str] = {}
    not_run: list[str] = []
    if manifest.is_file():
        chosen, failed, not_run = _manifest(manifest)
    else:
        paths = [path for path in sorted(folder.glob("*.h5")) if not path.name.startswith(".")]
        chosen = {path.stem: path for path in paths if _is_result(path)}
    if not chosen:
        counts = (("that failed", len(failed)), ("that did not run", len(not_run)))
        said = ", ".join(f"conditions {what}: {count}" for what, count in counts if count)
        raise ConfigError(
            f"{folder}: no results here{f' ({said})' if said else ''}; expected those of `retrogait run`"
        )
    loads = {}
    for done, (name, path) in enumerate(chosen.items(), 1):
        loads[name] = loads_of(read_result(path), name)
        if report is not None:
            report(done, len(chosen))
    return Gathered(loads, failed, tuple(not_run), str(folder))


def _is_result(path: Path) -> bool:
    """Whether a file is one condition's; a study's tables lie beside them, and are not."""
    try:
        with h5py.File(path) as file:
            return bool(file.attrs.get("format") == FORMAT)
    except OSError as error:
        raise ResultError(f"{path}: not an HDF5 file, or a damaged one; expected a {FORMAT} file") from error


def _manifest(path: Path) -> tuple[dict[str, Path], dict[str, str], list[str]]:
    """Result file of every case that has one, why others failed, and which did not run."""
    chosen, failed, not_run = {}, {}, []
    try:
        for case in json.loads(path.read_text("utf-8"))["cases"]:
            if case["status"] == "stored":
                chosen[str(case["name"])] = path.parent / str(case["file"])
            elif case["status"] == NOT_RUN:
                not_run.append(str(case["name"]))
            else:
                failed[str(case["name"])] = str(case.get("reason") or case["status"])
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: not the manifest of a run ({error!r}); run it again") from error
    return chosen, failed, not_run
