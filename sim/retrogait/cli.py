"""Command line: parse, call, and say in one line what was wrong."""

import os
import sys
from collections.abc import Sequence

from retrogait import __version__
from retrogait.commands import (
    audit,
    baseline,
    card,
    check,
    claims,
    control,
    data,
    emg,
    explore,
    figure,
    import_,
    info,
    inspect,
    naturalness,
    predict,
    report,
    residuals,
    run,
    sensitivity,
    statistics,
    validate,
)
from retrogait.commands.common import BAD_INPUT, FAILED, Parser
from retrogait.errors import GaitError, SolveError

COMMANDS = (
    import_,
    run,
    predict,
    claims,
    report,
    explore,
    figure,
    validate,
    naturalness,
    sensitivity,
    statistics,
    control,
    emg,
    baseline,
    check,
    card,
    info,
    inspect,
    audit,
    residuals,
    data,
)
"""Modules of the commands, in the order of the help text."""

INTERRUPTED, BROKEN_PIPE = 130, 141
"""Exit statuses that a shell reports in these cases."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv
        Arguments; those of the process when None.

    Returns
    -------
    int
        Exit status: 0 done, 1 some trials failed or no gait was found, 2 bad input (one line on standard
        error), 130 interrupted, 141 nobody reads the output any more.
    """
    try:
        arguments = build_parser().parse_args(argv)
        status: int = arguments.command(arguments)
        sys.stdout.flush()
    except SolveError as error:
        return _complain(str(error), FAILED)
    except GaitError as error:
        return _complain(str(error), BAD_INPUT)
    except KeyboardInterrupt as error:
        return _complain(str(error) or "interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Python flushes standard output once more at exit, which would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return _complain(named, BAD_INPUT)
    return status


def _complain(message: str, status: int) -> int:
    sys.stderr.write(f"retrogait: {' '.join(message.split())}\n")
    return status


def build_parser() -> Parser:
    """Parser of every command, each with the function that carries it out."""
    parser = Parser(prog="retrogait", description="Knee loads in forward and backward walking.")
    parser.add_argument("--version", action="version", version=f"retrogait {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser
