"""Draw one figure of a results folder, for a paper or a slide."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import Subparsers, count

KINDS = ("overlay", "surface", "contributions", "validation")
SIZES = ("single", "double", "slide")
"""As `retrogait.report.figures` has them, which would take half a second to import for the help alone."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "figure",
        help="draw a figure of the results of a run, for a paper",
        description="Draw one figure of a folder of results: vector graphics (PDF, SVG) or PNG by the suffix "
        "of FILE, fonts embedded. Overlay: mean curves of forward on retro, bands of one standard deviation. "
        "Surface: loads over speed and incline. Contributions: what each muscle adds to a joint force. "
        "Validation: measured against estimated knee force, of a folder of `retrogait validate EXPERIMENT`. "
        "Exit status: 0 drawn, 2 bad input.",
    )
    parser.add_argument("results", type=Path, metavar="RESULTS", help="folder of results")
    parser.add_argument("--kind", required=True, choices=KINDS, help="what to draw")
    parser.add_argument(
        "-o", "--output", "--out", type=Path, metavar="FILE",
        help="file to write, .pdf, .svg or .png (default: the kind, as .pdf, here)",
    )  # fmt: skip
    parser.add_argument(
        "--size", choices=SIZES, default="double",
        help="one column of a journal (88 mm), two (180 mm), or a slide (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--quantity", dest="quantities", action="append", default=[], metavar="NAME",
        help="curve of an overlay, measure of a surface, peak of contributions, axial or resultant of a "
        "validation; may be repeated for the first two",
    )  # fmt: skip
    parser.add_argument(
        "--condition", dest="conditions", action="append", default=[], metavar="NAME",
        help="condition to show, or a pattern with * and ?, or set of choices of a validation; may be "
        "repeated (default: one walk in both directions, all for a surface)",
    )  # fmt: skip
    parser.add_argument("--side", choices=("right", "left"), help="leg of an overlay or of contributions")
    parser.add_argument(
        "--dpi", type=count, default=300, metavar="N", help="of a .png (default: %(default)s)"
    )
    parser.set_defaults(command=_figure)


def _figure(arguments: argparse.Namespace) -> int:
    from retrogait.report.figures.make import make_figure  # noqa: PLC0415

    sheet = make_figure(
        arguments.results,
        arguments.kind,
        size=arguments.size,
        quantities=arguments.quantities,
        conditions=arguments.conditions,
        side=arguments.side,
    )
    path = arguments.output or Path(f"{arguments.kind}.pdf")
    sheet.save(path, dpi=arguments.dpi)
    sys.stdout.write(f"{sheet.title}\nstored in {path}\n")
    return 0
