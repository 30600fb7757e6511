"""The list of public recordings, read once and checked."""

import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec

from retrogait.errors import ConfigError, FileError
from retrogait.io.text import suggestion

REGISTRY = Path(__file__).with_name("registry.toml")

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]+$")]
Commit = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Doi = Annotated[str, msgspec.Meta(pattern=r"^10\.\d{4,9}/\S+$")]


class RecordingFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file of a recording.

    Attributes
    ----------
    path
        In its repository.
    commit
        Of the repository: the same bytes for ever.
    sha256
        Of the bytes; None where nobody has compared them.
    evidence
        What the digest rests on, see ``registry.toml``.
    """

    path: str
    commit: Commit
    sha256: Digest | None = None
    evidence: Literal["text", "length"] | None = None

    def __post_init__(self) -> None:
        """Refuse a digest without evidence, evidence without a digest, and a path that leads elsewhere."""
        if (self.sha256 is None) != (self.evidence is None):
            raise ValueError(f"{self.path}: sha256 and evidence come together")
        parts = PurePosixPath(self.path)
        if parts.is_absolute() or ".." in parts.parts:
            raise ValueError(f"{self.path}: expected a path inside the repository")

    @property
    def name(self) -> str:
        """Name of the file once it is here."""
        return PurePosixPath(self.path).name


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A recording that is fetched.

    Attributes
    ----------
    name
        What the user types.
    about, use
        What it is, and what to know before using it.
    licence
        At its source.
    repository
        Owner and name.
    file
        Its files.
    """

    name: Name
    about: str
    licence: str
    repository: Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+/[\w.-]+$")]
    use: str
    file: Annotated[tuple[RecordingFile, ...], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Refuse two files that would take one another's place."""
        if len({file.name for file in self.file}) < len(self.file):
            raise ValueError(f"{self.name}: two of its files have the same name")

    @property
    def unverified(self) -> tuple[str, ...]:
        """Names of the files whose bytes nobody has compared."""
        return tuple(file.name for file in self.file if file.sha256 is None)


class Dataset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A data set that is described and linked, not fetched.

    Attributes
    ----------
    name, about
        What it is called here, and what it holds.
    directions
        Of walking, of those that this package knows.
    inclines
        That were seen named [deg]; empty where they were not.
    citation
        Of the article.
    doi, data_doi, page
        Of the article, of the data, and a page that leads there.
    licence
        Empty where it was not seen.
    convert
        How to make trials of it.
    source
        Where all of this was read.
    """

    name: Name
    about: str
    directions: tuple[Literal["forward", "retro"], ...]
    citation: str
    convert: str
    source: str
    inclines: tuple[float, ...] = ()
    doi: Doi | None = None
    data_doi: Doi | None = None
    page: str | None = None
    licence: str = ""

    @property
    def link(self) -> str:
        """Where to get it: the data if their place is known, else the page or the article."""
        if self.data_doi is None and self.page is not None:
            return self.page
        return f"https://doi.org/{self.data_doi or self.doi}"


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything there is.

    Attributes
    ----------
    url
        Address of a file, with gaps for repository, commit and path.
    recording, dataset
        What is fetched, and what is only described.
    """

    url: str
    recording: tuple[Recording, ...] = ()
    dataset: tuple[Dataset, ...] = ()

    @property
    def entries(self) -> dict[str, Recording | Dataset]:
        """Everything by name, what is fetched first."""
        found: dict[str, Recording | Dataset] = {entry.name: entry for entry in self.recording}
        return found | {entry.name: entry for entry in self.dataset}

    def find(self, name: str) -> Recording:
        """Recording of a name.

        Raises
        ------
        ConfigError
            There is none, or it is a data set that has to be fetched by hand.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise ConfigError(
                f"no public recording is called {name!r}{suggestion(name, self.entries)}; "
                "`retrogait data list` has all"
            )
        if isinstance(entry, Dataset):
            raise ConfigError(
                f"{name} is described, not fetched: get it from {entry.link}; then: {entry.convert}"
            )
        return entry

    def address(self, recording: Recording, file: RecordingFile) -> str:
        """Where a file is."""
        return self.url.format(
            repository=recording.repository, commit=file.commit, path=quote(file.path, safe="/")
        )


def read_registry(path: Path = REGISTRY) -> Registry:
    """Read a list of public recordings.

    Raises
    ------
    FileError
        It is not one.
    """
    try:
        registry = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Registry)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise FileError(f"{path}: not a list of public recordings ({error})") from error
    if len(registry.entries) < len(registry.recording) + len(registry.dataset):
        raise FileError(f"{path}: two entries have the same name")
    return registry
