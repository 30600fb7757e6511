"""Public recordings as a table for the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrogait.public_data import Dataset, Fetched, Recording, Registry


def render_registry(registry: Registry, console: Console) -> None:
    """Print what can be fetched and what is only described."""
    table = Table(title="fetched by `retrogait data fetch NAME`", title_justify="left", box=None)
    for header in ("name", "what", "files", "licence"):
        table.add_column(header, overflow="fold")
    for recording in registry.recording:
        table.add_row(recording.name, Text(recording.about), _files(recording), recording.licence)
    console.print(table)
    linked = Table(
        title="described, to be fetched by hand", title_justify="left", box=None, title_style="table.title"
    )
    for header in ("name", "what", "where", "licence"):
        linked.add_column(header, overflow="fold")
    for dataset in registry.dataset:
        linked.add_row(dataset.name, Text(dataset.about), dataset.link, dataset.licence or "not seen")
    console.print()
    console.print(linked)
    console.print("`retrogait data list NAME` tells how to use one, and where that was read", markup=False)


def render_entry(entry: Recording | Dataset, registry: Registry, console: Console) -> None:
    """Print all that is known of one recording or data set."""
    rows = [("name", entry.name), ("what", entry.about)]
    if isinstance(entry, Recording):
        rows += [("licence", entry.licence), ("use", entry.use)]
        rows += [
            ("file", f"{registry.address(entry, file)}\n{_proof(file.sha256, file.evidence)}")
            for file in entry.file
        ]
    else:
        rows += [("article", entry.citation)]
        rows += [("article at", f"https://doi.org/{entry.doi}")] if entry.doi else []
        rows += [("data at", entry.link)]
        rows += [("licence", entry.licence or "not seen"), ("to trials", entry.convert)]
        rows += [("read in", entry.source)]
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, Text(text))
    console.print(table)


def render_fetched(found: list[Fetched], console: Console) -> None:
    """Print where files are, and of the unverified ones what they are."""
    for file in found:
        said = "digest as pinned" if file.verified else f"UNVERIFIED, sha256 {file.sha256}"
        console.print(f"{file.path}: {said}", markup=False, soft_wrap=True)


def _files(recording: Recording) -> str:
    count = f"{len(recording.file)}"
    return f"{count}, {len(recording.unverified)} unverified" if recording.unverified else count


def _proof(sha256: str | None, evidence: str | None) -> str:
    if sha256 is None:
        return "unverified: nobody has compared its bytes"
    rests = {
        "text": "the whole text at that commit was read",
        "length": "of a copy from there; text of the same length and ending stands at that commit",
    }
    return f"sha256 {sha256} ({rests[evidence or 'length']})"
