"""Public recordings: list them, fetch them."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from retrogait.commands.common import Parser, Subparsers, console

if TYPE_CHECKING:
    from rich.console import Console


def add(commands: Subparsers) -> None:
    """Add the command."""
    data = commands.add_parser(
        "data",
        help="list and fetch public recordings",
        description="Recordings that anybody may have: OpenSim's examples, fetched from one commit with a "
        "pinned digest, and data sets with forward and backward walking and inclines, described and linked.",
    )
    actions: argparse._SubParsersAction[Parser] = data.add_subparsers(
        title="actions", metavar="ACTION", required=True, help="what to do; each has a --help of its own"
    )
    listing = actions.add_parser(
        "list",
        help="show what there is",
        description="Show what there is, or all that is known of one: licence, DOI, how to convert it.",
    )
    listing.add_argument("name", metavar="NAME", nargs="?", help="one recording or data set, in full")
    listing.set_defaults(command=_list)
    fetching = actions.add_parser(
        "fetch",
        help="bring a recording here",
        description="Bring a recording here. A download that broke off goes on where it was; what is here "
        "already is not fetched again. Exit status: 0 done, 2 it cannot be had.",
    )
    fetching.add_argument("name", metavar="NAME", help="recording, see `retrogait data list`")
    fetching.add_argument("--to", type=Path, metavar="FOLDER", help="copy the files here")
    fetching.add_argument(
        "--cache",
        type=Path,
        metavar="FOLDER",
        help="keep files here (default: $RETROGAIT_DATA, else the system's place for caches)",
    )
    fetching.add_argument(
        "--accept-unverified",
        action="store_true",
        help="take files whose digest nobody has pinned, as they come",
    )
    fetching.set_defaults(command=_fetch)


def _list(arguments: argparse.Namespace) -> int:
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.io.text import suggestion  # noqa: PLC0415
    from retrogait.public_data import read_registry  # noqa: PLC0415
    from retrogait.report.public_data import render_entry, render_registry  # noqa: PLC0415

    registry = read_registry()
    if arguments.name is None:
        render_registry(registry, console())
        return 0
    entries = registry.entries
    if arguments.name not in entries:
        raise ConfigError(
            f"no public recording is called {arguments.name!r}{suggestion(arguments.name, entries)}"
        )
    render_entry(entries[arguments.name], registry, console())
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from retrogait.public_data import fetch  # noqa: PLC0415
    from retrogait.report.public_data import render_fetched  # noqa: PLC0415

    with _progress(console(err=True)) as report:
        found = fetch(
            arguments.name,
            arguments.to,
            accept_unverified=arguments.accept_unverified,
            cache=arguments.cache,
            report=report,
        )
    render_fetched(found, console())
    return 0


@contextmanager
def _progress(screen: "Console") -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each file on a terminal, and nothing elsewhere: a log needs no bytes."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        tasks = {}

        def report(name: str, here: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.update(tasks[name], completed=here, total=total)

        yield report
