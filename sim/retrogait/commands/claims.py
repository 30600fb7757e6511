"""Put claims of popular articles beside the bundled walks."""

import argparse
import sys
from pathlib import Path

from retrogait.commands.common import Subparsers, console
from retrogait.share import CLAIMS, share_folder


def add(commands: Subparsers) -> None:
    """Add the command."""
    claims = commands.add_parser(
        "claims",
        help="put claims of popular articles beside the bundled walks",
        description="Analyze the predicted walks that come with retrogait and say for every claim about "
        "walking backwards whether they support it, with the numbers, and what was published about people. "
        "Stores the results, tables and a page. Exit status: 0 stored, 2 bad input.",
    )
    claims.add_argument(
        "claim",
        nargs="*",
        metavar="ID",
        help="claim or protocol to show in full, such as K09 or P6 (default: all, in short)",
    )
    claims.add_argument(
        "--file",
        type=Path,
        metavar="FILE",
        help="file of claims (default: the one that comes with retrogait)",
    )
    claims.add_argument(
        "--output",
        "--out",
        type=Path,
        default=Path("results", "claims"),
        metavar="FOLDER",
        help="store here (default: results/claims)",
    )
    claims.set_defaults(command=_claims)


def _claims(arguments: argparse.Namespace) -> int:
    from retrogait.claims.read import read_claims, unknown_measures  # noqa: PLC0415

    book = read_claims(arguments.file or share_folder("experiments") / CLAIMS)
    shown, protocols = book.claims(arguments.claim), book.protocols(arguments.claim)
    from retrogait.claims import dose, judge, open_walks, store_walks, weaknesses  # noqa: PLC0415
    from retrogait.naturalness import open_gaits  # noqa: PLC0415
    from retrogait.report.claims_files import write_claims  # noqa: PLC0415
    from retrogait.report.claims_terminal import render_doses, render_full, render_short  # noqa: PLC0415
    from retrogait.report.progress import stages  # noqa: PLC0415
    from retrogait.study import require_writable  # noqa: PLC0415

    for problem in unknown_measures(book):
        sys.stderr.write(f"retrogait: {problem}; the claim is judged without it\n")
    gaits = open_gaits()
    require_writable(arguments.output)
    with stages(console(err=True)) as report:
        walks = open_walks(store_walks(gaits, arguments.output, report), arguments.output)
    judged = {one.id: judge(one, book.speeds, walks) for one in book.claim}
    doses = {one.id: dose(one, walks) for one in book.protocol}
    known = weaknesses(book, walks)
    write_claims(arguments.output, book, list(judged.values()), list(doses.values()), known)
    if arguments.claim:
        render_full([judged[one.id] for one in shown], book, known, console())
        render_doses([doses[one.id] for one in protocols], console())
    else:
        render_short(list(judged.values()), list(doses.values()), console())
    sys.stdout.write(f"results, tables, claims.md and claims.html stored in {arguments.output}\n")
    return 0
