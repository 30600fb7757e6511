"""Compare the bundled walks with published values."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import (
    Subparsers,
    console,
)


def add(commands: Subparsers) -> None:
    """Add the command."""
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


def _naturalness(arguments: argparse.Namespace) -> int:
    from retrogait.naturalness import matched_signs, measure_walks, open_gaits  # noqa: PLC0415

    gaits = open_gaits(arguments.condition)
    from retrogait.report.naturalness_walks import render_walks, write_page, write_tables  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415
    from retrogait.study import require_writable  # noqa: PLC0415

    require_writable(arguments.output)
    with stages(console(err=True)) as report:
        walks = measure_walks(gaits, report)
    signs = matched_signs(walks)
    write_page(walks, signs, arguments.output)
    write_tables(walks, signs, arguments.output)
    render_walks(walks, signs, console(), whole=bool(arguments.condition))
    sys.stdout.write(f"page, pictures and tables stored in {arguments.output}\n")
    return 0
