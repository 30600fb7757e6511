"""Compare forward with retro walking across people, or say why that cannot be done."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import Subparsers, console, count


def add(commands: Subparsers) -> None:
    """Add the command."""
    statistics = commands.add_parser(
        "statistics",
        help="compare forward with retro walking across people",
        description="Pair forward and retro walks of the same person, speed, incline and other labels, and "
        "say what differs, by how much, and how surely: intervals, effect sizes, permutation tests of single "
        "numbers and of whole curves. The unit is the person, never the stride. Predicted walks are set side "
        "by side, without a p-value. Stores statistics.csv, statistics.h5 and statistics.svg. Exit status: 0 "
        "compared, whatever came of it, 2 bad input.",
    )
    statistics.add_argument(
        "results", type=Path, metavar="RESULTS", help="folder that `retrogait run` stored"
    )
    statistics.add_argument(
        "--curve",
        dest="curves",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="curves to compare (default: five of the knee); fewer questions give stronger answers",
    )
    statistics.add_argument(
        "--measure",
        dest="measures",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="measures to compare (default: seven of the knee); choose before looking at the data",
    )
    statistics.add_argument(
        "--pair-by",
        metavar="COLUMN",
        help="column that says who walked (default: subject, participant, person)",
    )
    statistics.add_argument(
        "--match",
        nargs="*",
        metavar="COLUMN",
        help="columns that both walks of a pair share (default: speed, incline and other labels)",
    )
    statistics.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only walks with this value, such as speed=1.0; may be repeated",
    )
    statistics.add_argument(
        "--permutations", type=count, metavar="N", help="rearrangements (default: 10000, or all there are)"
    )
    statistics.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of random rearrangements (default: 0)"
    )
    statistics.add_argument(
        "--spm", action="store_true", help="ask spm1d too (pip install 'retrogait[spm]'; GPL)"
    )
    statistics.add_argument(
        "--output",
        "--out",
        "-o",
        type=Path,
        metavar="FOLDER",
        help="store here (default: the folder statistics inside RESULTS)",
    )
    statistics.set_defaults(command=_statistics)


def _statistics(arguments: argparse.Namespace) -> int:
    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.io.results import write_result  # noqa: PLC0415
    from retrogait.report.figures.statistics import SIZE, draw_statistics  # noqa: PLC0415
    from retrogait.report.statistics import (  # noqa: PLC0415
        CSV,
        FOLDER,
        H5,
        PICTURE,
        render,
        titled,
        write_csv,
    )
    from retrogait.statistics.compare import compare_directions  # noqa: PLC0415
    from retrogait.statistics.values import PERMUTATIONS  # noqa: PLC0415

    where: dict[str, float | str] = {}
    for text in arguments.where:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigError(f"--where {text}: expected COLUMN=VALUE, such as speed=1.0")
        where[name.strip()] = value.strip()
    found = compare_directions(
        arguments.results,
        measures=arguments.measures,
        curves=arguments.curves,
        pair_by=arguments.pair_by,
        match=arguments.match,
        where=where,
        permutations=arguments.permutations or PERMUTATIONS,
        seed=arguments.seed,
        spm=arguments.spm,
    )
    folder = (
        arguments.output
        or (arguments.results if arguments.results.is_dir() else arguments.results.parent) / FOLDER
    )
    write_result(folder / H5, found)
    write_csv(found, folder / CSV)
    files = [CSV, H5]
    figure = draw_statistics(found)
    if figure is not None:
        from retrogait.report.figures.compose import Sheet  # noqa: PLC0415

        Sheet(figure, SIZE, titled(found), "").save(folder / PICTURE)
        files.append(PICTURE)
    render(found, console())
    sys.stdout.write(f"stored in {folder}: {', '.join(files)}\n")
    return 0
