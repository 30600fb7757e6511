"""What a run would do, for whoever asks before it does it."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from retrogait.config import Experiment, Trial
from retrogait.sweep import Prediction


def render_plan(
    experiment: Experiment, jobs: Iterable[tuple[Trial | Prediction, Path]], folder: Path, console: Console
) -> None:
    """Print trials, inputs and outputs; the names are all that is looked at.

    Parameters
    ----------
    experiment
        Checked experiment: every file that it names exists.
    jobs
        Trials, walks to predict, and the files their results would go to.
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
            "\n".join(path.name for path in trial.inputs) or "–",
            target.name + (" (replaced)" if target.exists() else ""),
        )
    console.print(table)
    options = experiment.analysis.options()
    settings = ", ".join(f"{key} = {'none' if value is None else value}" for key, value in options.items())
    lines = [f"analysis: {settings or 'all defaults'}"]
    if experiment.actuators:
        lines.append(f"reserves: {experiment.actuators.name}")
    lines += [_assumptions(walk) for walk in experiment.predictions[:1]]
    lines.append(f"output: {folder}")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _walk(trial: Trial | Prediction) -> str:
    walk, origin = (trial.condition, "predicted") if isinstance(trial, Prediction) else (trial, trial.origin)
    speed = f" {walk.speed:g} m/s" if walk.speed is not None else ""
    mark = "" if origin == "recorded" else f" ({origin})"
    return f"{walk.direction}{speed} {walk.incline:+g}°{mark}"


def _window(trial: Trial | Prediction) -> str:
    if isinstance(trial, Prediction):
        return "one stride"
    if trial.start is None and trial.end is None:
        return "all"
    limits = (f"{time:g}" if time is not None else "…" for time in (trial.start, trial.end))
    return f"{' to '.join(limits)} s"


def _assumptions(walk: Prediction) -> str:
    """What all walks of a sweep assume."""
    parts = [f"tendon = {walk.tendon}"]
    parts += [f"strength.{name} = {factor:g}" for name, factor in walk.strength.items()]
    parts.append(f"sensitivity {'on' if walk.sensitivity else 'off'}")
    return f"predicted walks: {', '.join(parts)}"
