"""Grade trials by how far they can be believed."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import FAILED, Subparsers, console

GRADES = "ABCD"
"""Grades that may be asked for; that of `retrogait.card` without the one that always suffices."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    card = commands.add_parser(
        "card",
        help="grade trials by how far they can be believed",
        description="Grade stored results A to F by published limits: residual forces and moments, reserves, "
        "closure of virtual work, order of steps, failed frames. One result in full, with the limit that "
        "decided and what to do; several, or a results folder, as a table of letters. Exit status: 0 graded, "
        "1 a trial is worse than --at-least, 2 bad input.",
    )
    card.add_argument(
        "results",
        nargs="+",
        type=Path,
        metavar="RESULT",
        help="result file (.h5), or folder of `retrogait run`",
    )
    card.add_argument("--at-least", choices=list(GRADES), metavar="GRADE", help="worst grade to put up with")
    card.add_argument("--csv", type=Path, metavar="FILE", help="write grades and values as a table")
    card.set_defaults(command=_card)


def _card(arguments: argparse.Namespace) -> int:
    from retrogait.card import NOT_GRADED, grade  # noqa: PLC0415
    from retrogait.io.results import read_result  # noqa: PLC0415
    from retrogait.report.card import render_card, render_cards, to_csv  # noqa: PLC0415

    cards = [grade(read_result(file)) for path in arguments.results for file in _files(path)]
    if len(cards) == 1:
        render_card(cards[0], console())
    else:
        render_cards(cards, console())
    if arguments.csv:
        to_csv(cards, arguments.csv)
        sys.stdout.write(f"stored in {arguments.csv}\n")
    worst = max((card.grade for card in cards if card.grade != NOT_GRADED), default="A")
    return FAILED if arguments.at_least and worst > arguments.at_least else 0


def _files(path: Path) -> list[Path]:
    """Result files that a path stands for."""
    if not path.is_dir():
        return [path]
    from retrogait.errors import ResultError  # noqa: PLC0415
    from retrogait.report.folder import open_folder  # noqa: PLC0415

    with open_folder(path) as folder:
        files = [one.path for one in folder.stored if one.path is not None]
    if not files:
        raise ResultError(f"{path}: holds no result; see failures.csv there")
    return files
