"""Command line: parse, call, print.

Every import of weight stands inside the command that needs it (hence the PLC0415 marks), so that
``retrogait --help`` and a misspelt file name answer at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from retrogait import __version__
from retrogait.errors import GaitError
from retrogait.share import find_experiment, resolve

if TYPE_CHECKING:
    from rich.console import Console

DEMO = "demo"
"""Bundled experiment that ``retrogait demo`` runs."""

FILE_WIDTH = 126  # columns of text; rich assumes 80 for a file, which breaks every table
BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141  # the last two are what a shell reports


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        Arguments; those of the process when None.

    Returns
    -------
    int
        Exit status: 0 done, 1 some trials failed, 2 bad input (one line on standard error),
        130 interrupted, 141 nobody reads the output any more.
    """
    try:
        arguments = build_parser().parse_args(argv)
        status: int = arguments.command(arguments)
        sys.stdout.flush()
    except GaitError as error:
        return _complain(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return _complain("interrupted; trials that were finished are stored", INTERRUPTED)
    except BrokenPipeError:
        # Python flushes standard output once more at exit, which would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        return _complain(str(error), BAD_INPUT)
    return status


def _complain(message: str, status: int) -> int:
    sys.stderr.write(f"retrogait: {' '.join(message.split())}\n")
    return status


class _Parser(argparse.ArgumentParser):
    """Parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"retrogait: {message}; see `{self.prog} --help`\n")


def build_parser() -> argparse.ArgumentParser:
    """Parser of every command, each with the function that carries it out."""
    parser = _Parser(prog="retrogait", description="Knee loads in forward and backward walking.")
    parser.add_argument("--version", action="version", version=f"retrogait {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser(
        "run",
        help="analyze every trial of an experiment",
        description="Analyze every trial of an experiment and store one HDF5 file per trial, "
        "summary.csv, loads.svg and experiment.json. Exit status: 0 all stored, 1 some trials failed, 2 bad "
        "input.",
    )
    run.add_argument(
        "experiment", metavar="FILE|NAME", help="experiment file (TOML), or name of a bundled one"
    )
    run.add_argument("--dry-run", action="store_true", help="check the input and show what would be done")
    _add_run_options(run)
    run.set_defaults(command=_run)

    validate = commands.add_parser(
        "validate",
        help="compare with measured knee forces",
        description="Analyze every trial of an experiment that names a measured knee force, under "
        "[analysis] and every [[variant]], and store scores, curves and a picture. Exit status: 0 "
        "all frames compared, 1 some frames failed, 2 bad input.",
    )
    validate.add_argument(
        "experiment", metavar="FILE|NAME", help="experiment file (TOML), or name of a bundled one"
    )
    _add_run_options(validate)
    validate.set_defaults(command=_validate)

    info = commands.add_parser(
        "info",
        help="show what a model holds",
        description="Show joints, coordinates, muscles and knees of an OpenSim model, and what of "
        "it is not used.",
    )
    info.add_argument("model", metavar="MODEL", help="OpenSim model (.osim), or bundled:NAME")
    info.set_defaults(command=_info)

    demo = commands.add_parser(
        "demo",
        help="run the bundled example",
        description="Run the bundled example and print its knee loads; no data needed.",
    )
    _add_run_options(demo)
    demo.set_defaults(command=_run, experiment=DEMO, dry_run=False)
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="store here instead of where the file says"
    )
    parser.add_argument("--threads", type=_count, metavar="N", help="threads to use (default: all cores)")


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return count


def _experiment_file(text: str) -> Path:
    """File that the user means: a path if there is one, a bundled name otherwise."""
    path = Path(text)
    if path.is_file() or path.suffix or path.name != text:
        return path
    return find_experiment(text)


def _run(arguments: argparse.Namespace) -> int:
    from retrogait.config import read_experiment  # noqa: PLC0415

    experiment = read_experiment(_experiment_file(arguments.experiment))
    from retrogait import study  # noqa: PLC0415
    from retrogait.report.plan import render_plan  # noqa: PLC0415
    from retrogait.report.summary import render  # noqa: PLC0415

    if experiment.variants:
        sys.stderr.write("retrogait: the variants are left to `retrogait validate`; [analysis] is run\n")
    if arguments.dry_run:
        folder = arguments.output or experiment.output
        render_plan(experiment, study.plan(experiment, folder), folder, _console())
        problems = study.check(experiment)
        for problem in problems:
            sys.stderr.write(f"retrogait: {experiment.source}: {problem}\n")
        return BAD_INPUT if problems else 0
    done = study.run(
        experiment, output=arguments.output, threads=arguments.threads, console=_console(err=True)
    )
    if done.rows:
        render(done.rows, _console())
    if experiment.description:
        _console().print(experiment.description.strip(), style="dim", markup=False, highlight=False)
    stored = len(done.outcomes) - done.failed
    sys.stdout.write(
        f"{stored} of {len(done.outcomes)} trials stored in {done.folder}: HDF5, summary.csv, loads.svg\n"
    )
    return 1 if done.failed else 0


def _validate(arguments: argparse.Namespace) -> int:
    from retrogait.config import read_experiment  # noqa: PLC0415

    experiment = read_experiment(_experiment_file(arguments.experiment))
    from retrogait.report.agreement import render  # noqa: PLC0415
    from retrogait.validation import validate  # noqa: PLC0415

    done = validate(experiment, output=arguments.output, threads=arguments.threads)
    render(done.rows, done.remarks, _console())
    sys.stdout.write(f"scores, curves and picture stored in {done.folder}\n")
    return 1 if done.failed else 0


def _info(arguments: argparse.Namespace) -> int:
    from retrogait.osim import load_model  # noqa: PLC0415
    from retrogait.report.model import render_model  # noqa: PLC0415

    render_model(load_model(resolve(arguments.model, Path(), "models")), _console())
    return 0


def _console(*, err: bool = False) -> "Console":
    """Console that is wide where nobody looks at it, and leaves a broken pipe to `main`."""
    from rich.console import Console  # noqa: PLC0415

    class Plain(Console):
        def on_broken_pipe(self) -> None:  # rich would exit with status 1
            raise BrokenPipeError

    console = Plain(stderr=err, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, FILE_WIDTH)
    return console
