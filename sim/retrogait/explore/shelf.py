"""Files that a result was made of, found again by name and digest: by name alone it may be another."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from retrogait.share import share_folder


class Shelf:
    """Folders to look in.

    Parameters
    ----------
    folders
        Looked through in this order, none of their subfolders; after them the working folder and what comes
        with the package.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        motions = share_folder("motions")
        wanted = (*folders, Path(), share_folder("models"), motions, motions / "predicted")
        self._folders = list(dict.fromkeys(folder.resolve() for folder in wanted))
        self._digests: dict[Path, str] = {}

    def find(self, name: str, digest: str) -> Path | None:
        """File of that name with that SHA-256; None where there is none."""
        return next((path for path in self._named(name) if self._digest(path) == digest), None)

    def why_not(self, name: str) -> str:
        """Why `find` found nothing."""
        if self._named(name):
            return f"{name} is not the file that the result was made with: its digest differs"
        return f"{name}, which the result was made with, was not found; say where it is with --models"

    def _named(self, name: str) -> list[Path]:
        return [folder / name for folder in self._folders if (folder / name).is_file()]

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            with path.open("rb") as file:
                self._digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[path]


def inputs_of(attributes: Mapping[str, Any]) -> dict[str, str]:
    """File name to SHA-256 of what a result was made of."""
    given = json.loads(attributes.get("provenance", "{}")).get("inputs", {})
    return {Path(label).name: str(digest) for label, digest in given.items()}
