"""Show what a reduction of residuals would change, and what that does to the knee."""

import argparse
import sys

from retrogait.commands.common import FAILED, Subparsers, add_experiment, console, count, experiment_of


def add(commands: Subparsers) -> None:
    """Add the command."""
    residuals = commands.add_parser(
        "residuals",
        help="show what a reduction of residuals would change",
        description="Bring down what the pelvis carries because model, motion and force plates disagree: by "
        "mass, trunk and a smooth correction of the motion, each within bounds. Print before and after of "
        "every recorded trial, the knee's loads among it. Nothing is stored; a run does the same with "
        "residual_reduction = true in [analysis]. Exit status: 0 all within the limits, 1 some are not, "
        "2 bad input.",
    )
    add_experiment(residuals)
    residuals.add_argument("--threads", type=count, metavar="N", help="threads to use (default: all cores)")
    residuals.set_defaults(command=_residuals)


def _residuals(arguments: argparse.Namespace) -> int:
    experiment = experiment_of(arguments)
    import json  # noqa: PLC0415

    from retrogait.errors import ConfigError  # noqa: PLC0415
    from retrogait.jobs import Models, choices_of, open_trial  # noqa: PLC0415
    from retrogait.pipeline import analyze  # noqa: PLC0415
    from retrogait.report.residuals import render_reduction  # noqa: PLC0415

    if not experiment.trials:
        raise ConfigError(f"{experiment.source}: has no recorded trial, and a predicted one has no residual")
    chosen = choices_of(experiment).options | {"residual_reduction": True}
    models, outside = Models(experiment), 0
    for trial in experiment.trials:
        result = analyze(models.of(trial), open_trial(trial), threads=arguments.threads, **chosen)
        render_reduction(result, console())
        sys.stdout.write("\n")
        outside += not json.loads(result.attrs["residual_reduction"])["within"]
    return FAILED if outside else 0
