"""Look for what would make a knee load wrong."""

import argparse
from pathlib import Path

from retrogait.commands.common import FAILED, Subparsers, console
from retrogait.share import resolve


def add(commands: Subparsers) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "audit",
        help="look for what would make a knee load wrong",
        description="Follow the force of every knee muscle to the bodies it acts on, compare moment arms "
        "with the slopes of path lengths, look for jumps, units, names and masses that spoil loads, and tell "
        "which known behaviours of OpenSim 4.6 touch this model. With a trial, over its range of motion; "
        "without one, over that of walking. Exit status: 0 no knee load would be wrong; 1 one would be; "
        "2 bad input.",
    )
    parser.add_argument("model", metavar="MODEL", help="OpenSim model (.osim), or bundled:NAME")
    parser.add_argument(
        "trial", metavar="TRIAL", nargs="?", help="coordinates over time (.mot, .sto), or bundled:NAME"
    )
    parser.add_argument("--loads", type=Path, metavar="FILE", help="external loads of the trial (.xml)")
    parser.add_argument("--start", type=float, metavar="S", help="start of the window [s]")
    parser.add_argument("--end", type=float, metavar="S", help="end of the window [s]")
    parser.add_argument(
        "--paths", action="store_true", help="print where the force of every knee muscle goes"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write findings and load paths as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write them as Markdown")
    parser.set_defaults(command=_audit)


def _audit(arguments: argparse.Namespace) -> int:
    from retrogait.audit.api import audit  # noqa: PLC0415
    from retrogait.audit.finding import spoils_a_load  # noqa: PLC0415
    from retrogait.audit.records import write_json, write_markdown  # noqa: PLC0415
    from retrogait.audit.routes import load_paths  # noqa: PLC0415
    from retrogait.audit.terminal import render, render_paths  # noqa: PLC0415
    from retrogait.errors import ConfigError, ModelError  # noqa: PLC0415
    from retrogait.gait import load_trial  # noqa: PLC0415
    from retrogait.io.provenance import digests  # noqa: PLC0415
    from retrogait.osim import load_model  # noqa: PLC0415

    file = resolve(arguments.model, Path(), "models")
    trial = None
    if arguments.trial is not None:
        motion = resolve(arguments.trial, Path(), "motions")
        trial = load_trial(motion, arguments.loads, start=arguments.start, end=arguments.end)
    elif arguments.loads or arguments.start is not None or arguments.end is not None:
        raise ConfigError(
            "--loads, --start and --end are about a trial; name its coordinates after the model"
        )
    findings = audit(file, trial)
    try:
        paths = load_paths(load_model(file))
    except ModelError:  # the findings say why
        paths = []
    about = f"{file.name}, {trial.name}" if trial else file.name
    if arguments.json:
        read = digests([file]) | (trial.digests if trial else {})
        write_json(arguments.json, about, read, findings, paths)
    if arguments.markdown:
        write_markdown(arguments.markdown, about, findings, paths)
    render(findings, about, console())
    if arguments.paths:
        render_paths(paths, console())
    return FAILED if spoils_a_load(findings) else 0
