"""Store reviewed loads."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from retrogait.commands.common import Subparsers, console


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "baseline",
        help="store the loads of a run as reviewed",
        description="Store curves and peaks of a run's results in one small file, which `retrogait check` "
        "compares later results with. Look at the results first: storing them says that they are right. Exit "
        "status: "
        "0 stored, or the same already; 2 bad input, or a run that was interrupted.",
    )
    parser.add_argument("results", type=Path, metavar="RESULTS", help="folder of a run")
    parser.add_argument(
        "-o", "--output", "--out", type=Path, required=True, metavar="FILE", help="baseline to write (.h5)"
    )
    parser.add_argument("--by", default="", metavar="NAME", help="who reviewed the loads")
    parser.add_argument("--note", default="", metavar="TEXT", help="why they are as they are")
    parser.set_defaults(command=_baseline)


def _baseline(arguments: argparse.Namespace) -> int:
    from retrogait.baseline.gather import gather_folder  # noqa: PLC0415
    from retrogait.baseline.store import Review, write_baseline  # noqa: PLC0415
    from retrogait.baseline.terminal import reading  # noqa: PLC0415
    from retrogait.io.text import many  # noqa: PLC0415

    with reading(console(err=True)) as report:
        results = gather_folder(arguments.results, report)
    results.require_whole()
    older = ", in place of an older baseline" if arguments.output.exists() else ""
    review = Review(arguments.by, datetime.now(UTC).date().isoformat(), arguments.note)
    written = write_baseline(arguments.output, results.loads, failed=results.failed, review=review)
    count = many(len(results.loads), "condition")
    size = arguments.output.stat().st_size / 1000
    did = (
        f"stored in {arguments.output}{older}"
        if written
        else f"the same already in {arguments.output}, left as it is"
    )
    sys.stdout.write(f"{count} {did} ({size:.0f} kB)\n")
    for name, reason in results.failed.items():
        sys.stderr.write(f"retrogait: {name}: has no result and is not compared: {reason}\n")
    return 0
