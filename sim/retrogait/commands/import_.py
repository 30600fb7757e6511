"""From a laboratory's own files to knee loads."""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from retrogait.commands.common import FAILED, Subparsers, console, count

if TYPE_CHECKING:
    from rich.console import Console

    from retrogait.intake import Imported

_WORDS = (
    (r"use start=([-0-9.]+), end=([-0-9.]+)", r"use --window \1:\2"),
    (r"ignore_plates=\[(\d+)\]", r"--ignore-plate \1"),
    (r"pass roles=\{'(\w+)': 'NAME'\}", r"name it with --role \1=NAME"),
    (r"pass static=True for a standing trial", r"a standing trial is for --static"),
    (r"pass axes='found'", r"leave --axes out"),
    (r"(;|or) name a marker set$", r"\1 name one with --marker-set"),
    (r"^static_window is for", "--static-window is for"),
    (r"^(static_)?window: ", r"--\1window: "),
    (r"--static_window", "--static-window"),
    (r"a model, and none is given$", "a model, and none is given; name one with --model"),
    (r"a static trial, and none is given$", "a static trial, and none is given; name one with --static"),
    (r"; give the mass$", "; give --mass KG"),
    (r"axes='([^']*)'", r"--axes '\1'"),
)
"""What errors of the library say in Python, and what it is at a command line."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="make an experiment of a laboratory's own files (C3D, TRC)",
        description="Read the markers and plates of a walk, find axes, units, feet on plates, direction, "
        "speed and incline, scale the model to a static trial, fit it to the markers, and write an "
        "experiment file with all it needs. Every finding comes with its evidence. With --run, go on to the "
        "knee loads, the report card and the likely mistakes. Exit status: 0 done, 1 something failed or "
        "looks like a mistake, 2 bad input.",
    )
    parser.add_argument("recording", type=Path, metavar="WALK", help="the walk: .c3d or .trc")
    files = parser.add_argument_group("files beside the walk")
    files.add_argument("--model", type=Path, metavar="OSIM", help="model; without one nothing is fitted")
    files.add_argument(
        "--static",
        type=Path,
        metavar="FILE",
        help="the person standing (.c3d, .trc): the model is scaled to it",
    )
    files.add_argument(
        "--forces", type=Path, metavar="FILE", help="ground forces of a .trc: external loads .xml, or a .mot"
    )
    files.add_argument(
        "--marker-set", type=Path, metavar="XML", help="OpenSim marker set, for a model without markers"
    )
    files.add_argument(
        "--markers", metavar="TOML|NAME", help="table of names, where the lab calls markers otherwise"
    )
    files.add_argument("--tasks", type=Path, metavar="XML", help="OpenSim tasks: weights, held coordinates")
    person = parser.add_argument_group("the person and the walk (found where not given)")
    person.add_argument("--mass", type=float, metavar="KG", help="mass of the person")
    person.add_argument("--direction", choices=("forward", "retro"), help="which way the person walks")
    person.add_argument("--speed", type=float, metavar="M/S", help="over the ground, positive either way")
    person.add_argument("--incline", type=float, metavar="DEG", help="positive uphill as the person walks")
    person.add_argument(
        "--axes", default="found", metavar="TEXT", help="of the lab, such as '+Z up, +X forward'"
    )
    person.add_argument(
        "--window", type=_window, default=(None, None), metavar="A:B", help="part to keep [s]"
    )
    fit = parser.add_argument_group("scaling and fit")
    fit.add_argument(
        "--static-window", type=_window, default=(None, None), metavar="A:B", help="part that is averaged [s]"
    )
    for name, metavar, text in (
        ("factor", "BODY=FACTOR", "scale a body by this, not by what is measured; femur stands for both"),
        ("weight", "MARKER=WEIGHT", "weight of a marker, or of `others`"),
    ):
        fit.add_argument(
            f"--{name}", type=_number_of, action="append", default=[], metavar=metavar,
            help=text + "; may be repeated",
        )  # fmt: skip
    fit.add_argument(
        "--hold", action="append", default=[], metavar="COORDINATE",
        help="keep where the static pose has it, such as subtalar_angle; may be repeated",
    )  # fmt: skip
    fit.add_argument(
        "--role", type=_text_of, action="append", default=[], metavar="ROLE=MARKER",
        help="which marker is heel_r, toe_r, ..., sacrum, where names do not tell; may be repeated",
    )  # fmt: skip
    plates = parser.add_argument_group("plates")
    plates.add_argument(
        "--threshold", type=float, default=20.0, metavar="N", help="less is nobody on a plate (default: 20)"
    )
    plates.add_argument(
        "--baseline", default="none", choices=("none", "file", "unloaded"), help="what is taken off, of a C3D"
    )
    plates.add_argument(
        "--ignore-plate", type=count, action="append", default=[], metavar="NUMBER", help="leave a plate out"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "-o",
        "--output",
        "--out",
        type=Path,
        metavar="FOLDER",
        help="write here (default: named after the walk)",
    )
    output.add_argument("--name", help="of the trial (default: that of the walk's file)")
    output.add_argument(
        "--overwrite", action="store_true", help="also what was edited, or is of another walk"
    )
    output.add_argument("--run", action="store_true", help="go on to the knee loads")
    output.add_argument("--threads", type=count, metavar="N", help="threads to use (default: all cores)")
    parser.set_defaults(command=_import)


def _window(text: str) -> tuple[float | None, float | None]:
    """``A:B`` in seconds, either of which may be left out."""
    parts = text.split(":")
    try:
        start, end = (float(part) if part.strip() else None for part in parts)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not two times such as 0.5:1.8") from None
    return start, end


def _text_of(text: str) -> tuple[str, str]:
    name, sign, value = text.rpartition("=")
    if not (sign and name.strip() and value.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def _number_of(text: str) -> tuple[str, float]:
    name, value = _text_of(text)
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: {value!r} is not a number") from None


def _import(arguments: argparse.Namespace) -> int:
    from retrogait.errors import ConfigError, GaitError  # noqa: PLC0415
    from retrogait.intake import import_trial  # noqa: PLC0415
    from retrogait.intake.recording import plain_name  # noqa: PLC0415
    from retrogait.report.intake import render_finding, render_fit  # noqa: PLC0415

    if arguments.run and arguments.model is None:
        raise ConfigError("--run needs a model to find knee loads with; name one with --model")
    screen, errors = console(), console(err=True)
    folder = arguments.output or Path(plain_name(arguments.name or arguments.recording.stem))
    try:
        done = import_trial(
            arguments.recording, arguments.model, folder=folder, forces=arguments.forces,
            static=arguments.static, static_window=arguments.static_window, mass=arguments.mass,
            marker_file=arguments.marker_set, markers=arguments.markers, factors=dict(arguments.factor),
            tasks=arguments.tasks, weights=dict(arguments.weight), hold=arguments.hold, axes=arguments.axes,
            roles=dict(arguments.role) or None, window=arguments.window, direction=arguments.direction,
            speed=arguments.speed, incline=arguments.incline, threshold=arguments.threshold,
            baseline=arguments.baseline, ignore_plates=arguments.ignore_plate, name=arguments.name,
            overwrite=arguments.overwrite, threads=arguments.threads,
            report=lambda line: render_finding(_at_command_line(line), screen),
            stage=lambda line: errors.print(line, style="dim", markup=False, soft_wrap=True),
        )  # fmt: skip
    except GaitError as error:
        raise type(error)(_at_command_line(str(error))) from error
    if done.kinematics is not None:
        render_fit(done.kinematics, screen)
    sys.stdout.write(
        f"{len(done.files)} files in {done.folder}: {', '.join(one.name for one in done.files)}\n"
    )
    if done.experiment is None:
        return 0
    mistaken = _look_over(done, arguments.mass, screen)
    failed = _run(done, arguments.threads, screen) if arguments.run else False
    if not arguments.run:
        sys.stdout.write(f"next: retrogait run {done.experiment}\n")
    return FAILED if mistaken or failed else 0


def _at_command_line(message: str) -> str:
    for python, shell in _WORDS:
        message = re.sub(python, shell, message)
    return message


def _look_over(done: "Imported", mass: float | None, screen: "Console") -> bool:
    """Print what looks like a mistake; whether anything surely is one."""
    from retrogait.detective import Severity, inspect  # noqa: PLC0415
    from retrogait.report.detective import render_findings  # noqa: PLC0415

    if done.model is None or done.trial is None:
        return False
    markers = done.folder / f"{done.name}.trc"
    found = inspect(done.model, done.trial, markers=markers, body_mass=mass)
    render_findings(f"likely mistakes in {done.name}", found, screen)
    return any(finding.severity is Severity.MISTAKE for finding in found)


def _run(done: "Imported", threads: int | None, screen: "Console") -> bool:
    """Analyze what was imported and print its loads and its card; whether a case failed."""
    from retrogait import study  # noqa: PLC0415
    from retrogait.card import grade  # noqa: PLC0415
    from retrogait.config import read_experiment  # noqa: PLC0415
    from retrogait.io.results import read_result  # noqa: PLC0415
    from retrogait.report.card import render_card  # noqa: PLC0415
    from retrogait.report.table import render  # noqa: PLC0415

    if done.experiment is None or done.kinematics is None:
        return False
    experiment = read_experiment(done.experiment)
    outcome = study.run(experiment, threads=threads, console=console(err=True))
    if outcome.rows:
        render(outcome.rows, screen)
        result = read_result(outcome.folder / f"{done.name}.h5")
        fit = done.kinematics
        card = grade(result, fit.error, markers=fit.markers, weights=fit.weight)
        render_card(card, screen)
        sys.stdout.write(f"stored in {outcome.folder}\n")
    return bool(outcome.failed)
