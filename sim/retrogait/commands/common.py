"""What several commands share: parsers, arguments, the console."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from retrogait.share import find_experiment

if TYPE_CHECKING:
    from rich.console import Console

    from retrogait.config import Experiment

FAILED, BAD_INPUT = 1, 2
"""Exit statuses: something failed or moved, and input that cannot be used."""

FILE_WIDTH = 126
"""Columns of text where nobody looks; rich assumes 80 for a file, which breaks every table."""


class Parser(argparse.ArgumentParser):
    """Parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and leave with status 2."""
        self.exit(BAD_INPUT, f"retrogait: {message}; see `{self.prog} --help`\n")


Subparsers: TypeAlias = "argparse._SubParsersAction[Parser]"
"""What `add` of a command adds its parser to."""


def count(text: str) -> int:
    """Whole number from 1 on, as an argument."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return number


def experiment_file(text: str) -> Path:
    """File that the user means: a path if there is one, a bundled name otherwise."""
    path = Path(text)
    if path.is_file() or path.suffix or path.name != text:
        return path
    return find_experiment(text)


def add_experiment(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Add the experiment file as first argument, and what to change in it for one run."""
    parser.add_argument(
        "experiment",
        metavar="FILE|NAME",
        nargs="?" if optional else None,
        help="experiment file (TOML), or name of a bundled one",
    )
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another value for a key of the file, such as analysis.exponent=3; may be repeated. "
        "analysis.body_mass divides results, and makes nobody heavier",
    )


def experiment_of(arguments: argparse.Namespace) -> "Experiment":
    """Experiment that the user means, with what ``--set`` changes in it."""
    from retrogait.config import read_experiment  # noqa: PLC0415

    return read_experiment(experiment_file(arguments.experiment), arguments.overrides)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add where to store and how many threads to take."""
    parser.add_argument(
        "--output", "--out", type=Path, metavar="FOLDER", help="store here instead of where the file says"
    )
    parser.add_argument("--threads", type=count, metavar="N", help="threads to use (default: all cores)")


def console(*, err: bool = False) -> "Console":
    """Console that is wide where nobody looks at it, and leaves a broken pipe to `main`."""
    from rich.console import Console  # noqa: PLC0415

    class Plain(Console):
        def on_broken_pipe(self) -> None:  # rich would exit with status 1
            raise BrokenPipeError

    console = Plain(stderr=err, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, FILE_WIDTH)
    return console
