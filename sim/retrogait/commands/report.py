"""Write the page of a study: one HTML file to look at, to print and to send."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import Subparsers, console

PAGE = "report.html"
"""Name of the page, in the results folder unless said otherwise."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    report = commands.add_parser(
        "report",
        help="write an interactive page of stored results: one HTML file, no network",
        description="Write one HTML file of the results that `retrogait run` stored: summary, forward "
        "against retro over the gait cycle, published values, doubts and provenance, every number to "
        "download as CSV. Exit status: 0 written, 2 bad input.",
    )
    report.add_argument("results", type=Path, metavar="RESULTS", help="folder that `retrogait run` stored")
    report.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help=f"file to write (default: {PAGE} in that folder)"
    )
    report.set_defaults(command=_report)


def _report(arguments: argparse.Namespace) -> int:
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.report.folder import open_folder  # noqa: PLC0415
    from retrogait.report.page.build import write_page  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415

    with open_folder(arguments.results) as folder:
        path = arguments.output or arguments.results / PAGE
        if path.is_dir():
            raise ConfigError(f"{path}: a folder, expected a file to write")
        screen = console(err=True)
        try:
            if screen.is_terminal:
                with stages(screen) as report:
                    size = write_page(folder, path, report)
            else:
                size = write_page(folder, path)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror or error})") from error
    sys.stdout.write(f"{path}: {len(folder.stored)} conditions, {size / 1e6:.1f} MB\n")
    return 0
