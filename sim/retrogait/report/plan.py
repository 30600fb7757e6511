"""What a run would do, for whoever asks before it does it."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from retrogait.config import Experiment, Trial


def render_plan(
    experiment: Experiment, jobs: Iterable[tuple[Trial, Path]], folder: Path, console: Console
) -> None:
    """Print trials, inputs and outputs; the names are all that is looked at.

    Parameters
    ----------
    experiment
        Checked experiment: every file that it names exists.
    jobs
        Trials and the files their results would go to.
    folder
        Folder for everything that is written.
    console
        Where to print.
    """
    table = Table(title=f"{experiment.name}: nothing was run", title_justify="left", box=None)
    for header in ("trial", "walk", "window", "reads", "writes"):
        table.add_column(header, overflow="fold")
    for trial, target in jobs:
        table.add_row(
            trial.name,
            _walk(trial),
            _window(trial),
            "\n".join(path.name for path in trial.inputs),
            target.name + (" (replaced)" if target.exists() else ""),
        )
    console.print(table)
    options = experiment.analysis.options()
    settings = ", ".join(f"{key} = {'none' if value is None else value}" for key, value in options.items())
    lines = [f"analysis: {settings or 'all defaults'}"]
    if experiment.actuators:
        lines.append(f"reserves: {experiment.actuators.name}")
    lines.append(f"output: {folder}")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _walk(trial: Trial) -> str:
    speed = f" {trial.speed:g} m/s" if trial.speed is not None else ""
    origin = "" if trial.origin == "recorded" else f" ({trial.origin})"
    return f"{trial.direction}{speed} {trial.incline:+g}°{origin}"


def _window(trial: Trial) -> str:
    if trial.start is None and trial.end is None:
        return "all"
    limits = (f"{time:g}" if time is not None else "…" for time in (trial.start, trial.end))
    return f"{' to '.join(limits)} s"
