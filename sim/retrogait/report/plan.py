"""What a run would do, for whoever asks before it does it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from retrogait.config import Experiment, Trial
from retrogait.sweep import Prediction

MOST_LISTED = 60
"""Cases that somebody reads one by one; of more the rest is counted."""

STATES = {"new": "runs", "done": "is done", "outdated": "runs, replaces an older result"}
"""What happens to a case of each state; of any other the state says what is wrong."""


class Line(NamedTuple):
    """One case of a plan.

    name   : of the case
    trial  : what is analyzed
    target : file for the result
    state  : one of `STATES`, or what is wrong with the file there
    """

    name: str
    trial: Trial | Prediction
    target: Path
    state: str


def render_plan(
    experiment: Experiment, lines: Sequence[Line], folder: Path, console: Console, *, fresh: bool = False
) -> None:
    """Print cases, inputs, outputs, and what is done already.

    Parameters
    ----------
    experiment
        Checked experiment: every file that it names exists.
    lines
        Its cases.
    folder
        Folder for everything that is written.
    console
        Where to print.
    fresh
        Whether what is done would run again.
    """
    table = Table(title=f"{experiment.name}: nothing was run", title_justify="left", box=None)
    for header in ("case", "walk", "window", "reads", "writes", ""):
        table.add_column(header, overflow="fold")
    states = STATES | ({"done": "runs again"} if fresh else {})
    for line in lines[:MOST_LISTED]:
        table.add_row(
            line.name,
            _walk(line.trial),
            _window(line.trial),
            "\n".join(path.name for path in line.trial.inputs) or "–",
            line.target.name,
            states.get(line.state, "is in the way"),
        )
    console.print(table)
    texts = [f"… and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
    texts.append(_counted(lines, fresh=fresh))
    options = experiment.analysis.options()
    settings = ", ".join(f"{key} = {'none' if value is None else value}" for key, value in options.items())
    texts.append(f"analysis: {settings or 'all defaults'}")
    if experiment.actuators:
        texts.append(f"reserves: {experiment.actuators.name}")
    texts += [_assumptions(walk) for walk in experiment.predictions[:1]]
    texts.append(f"output: {folder}")
    for text in texts:
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def _counted(lines: Sequence[Line], *, fresh: bool) -> str:
    """How many cases would run, and how many are done."""
    count = Counter("wrong" if line.state not in STATES else line.state for line in lines)
    if fresh:
        count["new"] += count.pop("done", 0)
    parts = [f"{count['new'] + count['outdated']} of {len(lines)} cases would run"]
    parts += [f"{count['outdated']} of them replace an older result"] if count["outdated"] else []
    parts += [f"{count['done']} are done"] if count["done"] else []
    parts += [f"{count['wrong']} files are in the way"] if count["wrong"] else []
    return ", ".join(parts)


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
