"""Analyze every trial of an experiment; the demo is one."""

import argparse
import sys

from retrogait.commands.common import (
    BAD_INPUT,
    FAILED,
    Subparsers,
    add_experiment,
    add_run_options,
    console,
    count,
    experiment_of,
)

DEMO = "forward_vs_retro"
"""Bundled experiment that ``retrogait demo`` runs."""

MOST_SHOWN = 40
"""Cases that a table on a screen is read for."""


def add(commands: Subparsers) -> None:
    """Add the command."""
    run = commands.add_parser(
        "run",
        help="analyze every trial of an experiment",
        description="Analyze every trial of an experiment, predict every walk of its [sweep], and store one "
        "HDF5 file per case, results.h5 and summary.csv of all, manifest.json, failures.csv, loads.svg, "
        "peaks.svg of a sweep, and pictures of the knees of up to six cases. What is there already under the "
        "same key is kept: run the same command again to go on after an interruption. Exit status: 0 all "
        "stored, 1 some cases failed, 2 bad input or no room to store, 130 interrupted.",
    )
    add_experiment(run)
    run.add_argument("--dry-run", action="store_true", help="check the input and show what would be done")
    add_run_options(run)
    _add_execution(run)
    run.set_defaults(command=_run)

    demo = commands.add_parser(
        "demo",
        help="forward against retro walking on the bundled motions",
        description="Run the bundled experiment forward_vs_retro and print its knee loads over speed and "
        "incline; no data needed, nothing to solve.",
    )
    add_run_options(demo)
    _add_execution(demo)
    demo.set_defaults(command=_run, experiment=DEMO, overrides=[], dry_run=False)


def _add_execution(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=count,
        metavar="N",
        help="processes to share the cases among (default: one per core, if there is enough to do)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="run everything again, also what is there and unchanged"
    )
    parser.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="share the cases among the workers of this Dask scheduler (needs retrogait[cluster])",
    )


def _run(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    from retrogait import study  # noqa: PLC0415
    from retrogait.execute.record import FAILURES  # noqa: PLC0415
    from retrogait.report.dose import doses_of, render_doses  # noqa: PLC0415
    from retrogait.report.overview import render_overview, suits_overview  # noqa: PLC0415
    from retrogait.report.plan import Line, render_plan  # noqa: PLC0415
    from retrogait.report.table import render  # noqa: PLC0415

    if experiment.variants:
        sys.stderr.write("retrogait: the variants are left to `retrogait validate`; [analysis] is run\n")
    if arguments.dry_run:
        folder = arguments.output or experiment.output
        planned = study.plan(experiment, folder)
        lines = [Line(one.case.name, one.case.trial, one.task.target, one.state) for one in planned]
        render_plan(experiment, lines, folder, console(), fresh=arguments.fresh)
        problems = study.check(experiment, planned)
        for problem in problems:
            sys.stderr.write(f"retrogait: {experiment.source}: {problem}\n")
        return BAD_INPUT if problems else 0
    done = study.run(
        experiment,
        output=arguments.output,
        threads=arguments.threads,
        jobs=arguments.jobs,
        fresh=arguments.fresh,
        scheduler=arguments.scheduler,
        console=console(err=True),
    )
    if suits_overview(done.rows):
        render_overview(done.rows, console())
    elif done.count("stored") > MOST_SHOWN:
        sys.stdout.write(f"more cases than a table shows: their loads are in {done.folder / study.SUMMARY}\n")
    elif done.rows:
        render(done.rows, console())
    if doses := doses_of(done.rows):
        render_doses(doses, console())
    if experiment.description:
        console().print(experiment.description.strip(), style="dim", markup=False, highlight=False)
    kept = f" ({done.kept} of them before)" if done.kept else ""
    files = ", ".join(["HDF5", study.SUMMARY, *done.pictures])
    stored = f"{done.count('stored')} of {len(done.outcomes)} cases stored{kept}"
    failed = f"; {done.failed} failed, {FAILURES} says why" if done.failed else ""
    sys.stdout.write(f"{stored} in {done.folder}: {files}{failed}\n")
    return FAILED if done.failed else 0
