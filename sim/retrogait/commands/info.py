"""Show what a model holds."""

import argparse
from pathlib import Path

from retrogait.commands.common import (
    Subparsers,
    console,
)
from retrogait.share import resolve


def add(commands: Subparsers) -> None:
    """Add the command."""
    info = commands.add_parser(
        "info",
        help="show what a model holds",
        description="Show joints, coordinates, muscles and knees of an OpenSim model, and what of "
        "it is not used.",
    )
    info.add_argument("model", metavar="MODEL", help="OpenSim model (.osim), or bundled:NAME")
    info.set_defaults(command=_info)


def _info(arguments: argparse.Namespace) -> int:
    from retrogait.osim import load_model  # noqa: PLC0415
    from retrogait.report.model import render_model  # noqa: PLC0415

    render_model(load_model(resolve(arguments.model, Path(), "models")), console())
    return 0
