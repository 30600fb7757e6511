"""Predict a walk that nobody recorded."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import (
    Subparsers,
    console,
)


def add(commands: Subparsers) -> None:
    """Add the command."""
    predict = commands.add_parser(
        "predict",
        help="predict a walk that nobody recorded",
        description="Predict how a person walks, from physics and an assumed cost, and what the knees feel. "
        "Stores motion, ground forces, result and picture. Exit status: 0 stored, 1 no gait found, 2 bad "
        "input.",
    )
    _add_predict_options(predict)
    predict.set_defaults(command=_predict)


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
    dataset = study.predict(prediction, folder, console=console(err=True))
    render_walk(dataset, console())
    sys.stdout.write(f"motion, ground forces, result and {study.PICTURE} stored in {folder}\n")
    return 0


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
