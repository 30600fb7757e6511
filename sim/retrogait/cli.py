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
from retrogait.errors import GaitError, SolveError
from retrogait.share import find_experiment, resolve

if TYPE_CHECKING:
    from rich.console import Console

DEMO = "forward_vs_retro"
"""Bundled experiment that ``retrogait demo`` runs."""

FILE_WIDTH = 126  # columns of text; rich assumes 80 for a file, which breaks every table
FAILED, BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141  # the last two are what a shell reports


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        Arguments; those of the process when None.

    Returns
    -------
    int
        Exit status: 0 done, 1 some trials failed or no gait was found, 2 bad input (one line on standard
        error), 130 interrupted, 141 nobody reads the output any more.
    """
    try:
        arguments = build_parser().parse_args(argv)
        status: int = arguments.command(arguments)
        sys.stdout.flush()
    except SolveError as error:
        return _complain(str(error), FAILED)
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
        description="Analyze every trial of an experiment, predict every walk of its [sweep], and store one "
        "HDF5 file per trial, summary.csv, loads.svg, experiment.json, and peaks.svg of a sweep. Exit "
        "status: 0 all stored, 1 some trials failed, 2 bad input.",
    )
    run.add_argument(
        "experiment", metavar="FILE|NAME", help="experiment file (TOML), or name of a bundled one"
    )
    run.add_argument("--dry-run", action="store_true", help="check the input and show what would be done")
    _add_run_options(run)
    run.set_defaults(command=_run)

    predict = commands.add_parser(
        "predict",
        help="predict a walk that nobody recorded",
        description="Predict how a person walks, from physics and an assumed cost, and what the knees feel. "
        "Stores motion, ground forces, result and picture. Exit status: 0 stored, 1 no gait found, 2 bad "
        "input.",
    )
    _add_predict_options(predict)
    predict.set_defaults(command=_predict)

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

    naturalness = commands.add_parser(
        "naturalness",
        help="compare the bundled walks with published values",
        description="Measure the predicted walks that come with retrogait and put them beside what was "
        "published about people: shares of inside, level forward walking in full, and what retro walking "
        "was found to do against forward walking. Stores a page, pictures and tables.",
    )
    naturalness.add_argument(
        "condition",
        nargs="*",
        metavar="CONDITION",
        help="walk to show in full, such as retro_1.0_+05 or 'retro_*' (default: all, most of them in short)",
    )
    naturalness.add_argument(
        "--output",
        type=Path,
        default=Path("results", "naturalness"),
        metavar="FOLDER",
        help="store here (default: results/naturalness)",
    )
    naturalness.set_defaults(command=_naturalness)

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
        help="forward against retro walking on the bundled motions",
        description="Run the bundled experiment forward_vs_retro and print its knee loads over speed and "
        "incline; no data needed, nothing to solve.",
    )
    _add_run_options(demo)
    demo.set_defaults(command=_run, experiment=DEMO, dry_run=False)
    return parser


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="store here instead of where the file says"
    )
    parser.add_argument("--threads", type=_count, metavar="N", help="threads to use (default: all cores)")


def _add_predict_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--direction", default="forward", help="forward or retro (default: forward)")
    parser.add_argument(
        "--speed", type=float, default=1.2, metavar="M/S", help="positive either way (default: 1.2)"
    )
    parser.add_argument(
        "--incline",
        type=float,
        default=0.0,
        metavar="DEG",
        help="positive uphill in the direction of travel (default: 0)",
    )
    parser.add_argument(
        "--tendon",
        default="achilles",
        help="which tendons stretch: rigid (none), achilles or compliant (all) (default: achilles)",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="weights of the cost (default: those of models/)"
    )
    parser.add_argument(
        "--strength",
        action="append",
        default=[],
        metavar="MUSCLE=FACTOR",
        help="strength of a muscle, or of vasti, quadriceps, gastrosoleus or all; may be repeated",
    )
    parser.add_argument(
        "--no-sensitivity",
        action="store_true",
        help="leave out what other tendons, weights, ground and strength would do",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="solve it even where the motion comes with retrogait"
    )
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="store here instead of in results/NAME")


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
    from retrogait.report.overview import render_overview, suits_overview  # noqa: PLC0415
    from retrogait.report.plan import render_plan  # noqa: PLC0415
    from retrogait.report.table import render  # noqa: PLC0415

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
        show = render_overview if suits_overview(done.rows) else render
        show(done.rows, _console())
    if experiment.description:
        _console().print(experiment.description.strip(), style="dim", markup=False, highlight=False)
    stored = len(done.outcomes) - done.failed
    files = ", ".join(["HDF5", study.SUMMARY, *done.pictures])
    sys.stdout.write(f"{stored} of {len(done.outcomes)} trials stored in {done.folder}: {files}\n")
    return FAILED if done.failed else 0


def _predict(arguments: argparse.Namespace) -> int:
    from retrogait.predict.condition import Condition  # noqa: PLC0415
    from retrogait.sweep import Prediction, parse_strength  # noqa: PLC0415

    prediction = Prediction(
        condition=Condition(arguments.direction, arguments.speed, arguments.incline),
        tendon=arguments.tendon,
        weights=arguments.weights,
        strength=parse_strength(arguments.strength),
        sensitivity=not arguments.no_sensitivity,
        fresh=arguments.fresh,
    )
    from retrogait import study  # noqa: PLC0415
    from retrogait.report.walk import render_walk  # noqa: PLC0415

    folder = arguments.output or Path("results", prediction.name)
    dataset = study.predict(prediction, folder, console=_console(err=True))
    render_walk(dataset, _console())
    sys.stdout.write(f"motion, ground forces, result and {study.PICTURE} stored in {folder}\n")
    return 0


def _validate(arguments: argparse.Namespace) -> int:
    from retrogait.config import read_experiment  # noqa: PLC0415

    experiment = read_experiment(_experiment_file(arguments.experiment))
    from retrogait.report.agreement import render  # noqa: PLC0415
    from retrogait.validation import validate  # noqa: PLC0415

    done = validate(experiment, output=arguments.output, threads=arguments.threads)
    render(done.rows, done.remarks, _console())
    sys.stdout.write(f"scores, curves and picture stored in {done.folder}\n")
    return FAILED if done.failed else 0


def _naturalness(arguments: argparse.Namespace) -> int:
    from retrogait.naturalness import matched_signs, measure_walks, open_gaits  # noqa: PLC0415

    gaits = open_gaits(arguments.condition)
    from retrogait.report.naturalness_walks import render_walks, write_page, write_tables  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415
    from retrogait.study import require_writable  # noqa: PLC0415

    require_writable(arguments.output)
    with stages(_console(err=True)) as report:
        walks = measure_walks(gaits, report)
    signs = matched_signs(walks)
    write_page(walks, signs, arguments.output)
    write_tables(walks, signs, arguments.output)
    render_walks(walks, signs, _console(), whole=bool(arguments.condition))
    sys.stdout.write(f"page, pictures and tables stored in {arguments.output}\n")
    return 0


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
