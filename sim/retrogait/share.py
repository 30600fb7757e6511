"""The models, motions and experiments that come with the package."""

import difflib
from pathlib import Path
from typing import Literal, TypeAlias

from retrogait.errors import ConfigError

Kind: TypeAlias = Literal["models", "motions", "experiments"]

BUNDLED = "bundled:"
"""Prefix of a file name that stands for a file of this package, not of the user."""


def share_folder(kind: Kind) -> Path:
    """Folder of what comes with the package.

    Parameters
    ----------
    kind
        Which folder.

    Returns
    -------
    Path
        ``retrogait/bundled/KIND`` of an installed package, the top-level folder of a checkout.
    """
    package = Path(__file__).resolve().parent
    installed = package / "bundled" / kind
    return installed if installed.is_dir() else package.parents[1] / kind


CLAIMS = "claims.toml"
"""File of claims that lies among the bundled experiments and is none."""


def bundled_experiments() -> list[str]:
    """Names that `find_experiment` accepts, sorted."""
    return sorted(path.stem for path in share_folder("experiments").glob("*.toml") if path.name != CLAIMS)


def find_experiment(name: str) -> Path:
    """File of a bundled experiment.

    Parameters
    ----------
    name
        Name of the experiment: its file without ``.toml``.

    Raises
    ------
    ConfigError
        If no such experiment comes with the package; the message lists those that do.
    """
    names = bundled_experiments()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        known = ", ".join(names) or "none"
        raise ConfigError(f"{name}: neither a file nor a bundled experiment{hint} (bundled: {known})")
    return share_folder("experiments") / f"{name}.toml"


def resolve(text: str, folder: Path, kind: Kind) -> Path:
    """Path that a file name in an experiment stands for; the file may be absent.

    Parameters
    ----------
    text
        ``bundled:NAME`` for a file that comes with the package, else a path.
    folder
        Folder that a relative path starts from.
    kind
        Where to look for a bundled file.
    """
    if text.startswith(BUNDLED):
        return share_folder(kind) / text.removeprefix(BUNDLED)
    try:
        return folder / Path(text).expanduser()
    except RuntimeError as error:  # a home folder that nobody has
        raise ConfigError(f"{text}: {error}; write the folder out") from error
