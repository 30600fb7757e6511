"""Compare loads with their baseline."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import FAILED, Subparsers, console


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check",
        help="compare the loads of a run with a baseline",
        description="Compare curves and peaks of a run's results with a baseline, within tolerances in "
        "physical units, and say which load moved, where in the cycle, by how much and by which muscle. Exit "
        "status: "
        "0 nothing moved; 1 a load moved, or a condition is missing, new, failed, or did not run because "
        "the run was interrupted; 2 bad input.",
    )
    parser.add_argument("results", type=Path, metavar="RESULTS", help="folder of a run, or one result file")
    parser.add_argument(
        "--baseline", type=Path, required=True, metavar="FILE", help="made by `retrogait baseline`"
    )
    parser.add_argument(
        "--tolerance",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="tolerance of a quantity or a unit, such as tibiofemoral_force=0.02 or deg=0.5; may be repeated",
    )
    parser.add_argument("--tolerances", type=Path, metavar="FILE", help="the same as TOML, in [tolerance]")
    parser.add_argument("--exact", action="store_true", help="ask for every bit, as on the same machine")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a summary for a pull request")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="write the worst curves, old and new, as SVG"
    )
    parser.set_defaults(command=_check)


def _check(arguments: argparse.Namespace) -> int:
    from retrogait.baseline.tolerances import read_tolerances  # noqa: PLC0415

    tolerances = read_tolerances(arguments.tolerances, arguments.tolerance)
    from retrogait.baseline.compare import compare  # noqa: PLC0415
    from retrogait.baseline.gather import gather, gather_folder  # noqa: PLC0415
    from retrogait.baseline.store import read_baseline  # noqa: PLC0415
    from retrogait.baseline.terminal import reading, render  # noqa: PLC0415

    baseline = read_baseline(arguments.baseline)
    if arguments.results.is_file():
        results = gather(arguments.results)
    else:
        with reading(console(err=True)) as report:
            results = gather_folder(arguments.results, report)
    comparison = compare(results, baseline, tolerances, exact=arguments.exact)
    if arguments.junit:
        from retrogait.baseline.junit import write_junit  # noqa: PLC0415

        write_junit(comparison, arguments.junit)
    if arguments.markdown:
        from retrogait.baseline.markdown import write_markdown  # noqa: PLC0415

        write_markdown(comparison, arguments.markdown)
    if arguments.picture:
        from retrogait.baseline.picture import write_picture  # noqa: PLC0415

        if not write_picture(comparison, arguments.picture):
            sys.stderr.write(f"retrogait: no curve moved, so there is no {arguments.picture}\n")
    render(comparison, console())
    return 0 if comparison.passed else FAILED
