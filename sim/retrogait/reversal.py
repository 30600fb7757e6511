"""The time-reversed control: what of a retro walk is its motion, and what is muscles moving the other way.

A forward trial played backwards has the poses, accelerations and wrenches of the original, and so its
generalized forces; only the speeds turn around. Whatever differs between the two is the force-velocity
relation of the muscles alone. A true retro walk at the same speed on the same slope differs from that twin by
its kinematics and forces. The two differences sum to retro minus forward.
"""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from retrogait.arrays import Bools, Floats
from retrogait.errors import ConfigError, MotionError
from retrogait.gait.reversal import reversed_trial
from retrogait.gait.trial import Trial
from retrogait.io.storage import short_label
from retrogait.model import Model
from retrogait.pipeline import analyze

WALKS = ("forward", "twin", "retro")
PARTS = ("force_velocity_alone", "kinematics_and_forces")
"""Twin minus forward, and true retro minus twin."""

_ABOUT = {
    "tibiofemoral": ("BW", ("side",), "tibiofemoral contact force, its magnitude"),
    "patellofemoral": ("BW", ("side", "method"), "patellofemoral contact force"),
    "quadriceps_activation": ("1", ("side", "head"), "activation of a head of the quadriceps"),
    "activation": ("1", ("muscle",), "activation of a muscle"),
}
"""Unit, dims and words of every load that is compared."""


class _Run(NamedTuple):
    """One walk: times [s], its loads over the frames, and which frames have an answer."""

    time: Floats
    loads: dict[str, Floats]
    solved: Bools


def reversal_control(
    model: Model,
    trial: Trial,
    *,
    retro: Trial | None = None,
    **choices: Any,  # noqa: ANN401
) -> xr.Dataset:
    """Compare a forward trial with itself played backwards, and with a true retro walk.

    Parameters
    ----------
    model
        From `retrogait.load_model`.
    trial
        Forward.
    retro
        A true retro walk of the same person, best at the same speed and on the same slope, which a retro
        walker goes the other way: `Trial.incline` of the opposite sign.
    choices
        Of `retrogait.analyze`, the same for all.

    Returns
    -------
    xarray.Dataset
        Over ``walk`` (forward, twin and, if given, retro): ``*_peak`` and ``*_mean`` over the window of
        ``tibiofemoral`` and ``patellofemoral`` force [BW], of ``quadriceps_activation`` and ``activation``.
        The same names with ``_difference`` over ``part``: ``force_velocity_alone`` is twin minus forward,
        ``kinematics_and_forces`` is retro minus twin. ``moment_gap`` and ``moment_peak`` per coordinate are
        the proof: how far the twin's generalized forces lie from the original's, and how large these are. A
        frame that failed in the original or in the twin is left out of both.

    Raises
    ------
    ConfigError
        The trials do not walk the way they should, or a choice is outside its bounds.
    MotionError
        A trial does not fit the model, or rests on a coordinate that the model prescribes over time, which
        cannot be played backwards.
    """
    if trial.direction != "forward":
        raise ConfigError(f"{trial.name}: direction is {trial.direction!r}, a control needs a forward trial")
    if retro is not None and retro.direction != "retro":
        raise ConfigError(f"{retro.name}: direction is {retro.direction!r}, expected a retro trial")
    _refuse_prescribed(model, trial)
    twin = reversed_trial(trial)
    forward = analyze(model, trial, **choices)
    backward = analyze(model, twin, **choices).isel(time=slice(None, None, -1))
    both = (forward["status"].to_numpy() == 0) & (backward["status"].to_numpy() == 0)
    runs = [_run(forward, both), _run(backward, both)]
    notes = list(forward.attrs["notes"])
    if not both.all():
        notes.append(f"{np.count_nonzero(~both)} of {both.size} frames failed forward or reversed: left out")
    if forward.attrs["tendon"] == "compliant":
        notes.append("compliant tendons: fibres remember where they come from, which force-velocity includes")
    if retro is not None:
        true = analyze(model, retro, **choices)
        runs.append(_run(true, true["status"].to_numpy() == 0))
        notes += [f"retro: {note}" for note in true.attrs["notes"] if note not in notes]
    out = _summary(runs, forward)
    moments = forward["generalized_force"].to_numpy()
    gap = np.abs(moments - backward["generalized_force"].to_numpy())
    out["moment_gap"] = _variable(
        ("coordinate",),
        gap.max(axis=0),
        "N m or N",
        "Largest gap between the twin's generalized force and the original's.",
    )
    out["moment_peak"] = _variable(
        ("coordinate",), np.abs(moments).max(axis=0), "N m or N", "Largest generalized force of the original."
    )
    kept = ("model", "speed", "incline", "origin", "body_mass", "body_weight", "provenance")
    out.attrs = {
        "trial": trial.name,
        "twin": twin.name,
        "retro": retro.name if retro else "",
        **{key: forward.attrs[key] for key in kept},
        "notes": notes,
    }
    return out


def _refuse_prescribed(model: Model, trial: Trial) -> None:
    given = {short_label(label)[0] for label in trial.motion.labels} | set(trial.hold)
    lacking = [
        name
        for name, function in zip(model.coordinates, model.prescribed, strict=True)
        if function >= 0 and name not in given
    ]
    if lacking:
        raise MotionError(
            f"{trial.motion.path}: no column for {', '.join(lacking)}, which {model.file} prescribes over "
            "time and nobody can play backwards; add the column, or list the coordinate under `hold`"
        )


def _run(result: xr.Dataset, solved: Bools) -> _Run:
    weight = float(result.attrs["body_weight"])
    loads = {
        "tibiofemoral": np.linalg.norm(result["tibiofemoral_force"].to_numpy(), axis=2) / weight,
        "patellofemoral": result["patellofemoral_force"].to_numpy() / weight,
        "quadriceps_activation": result["quadriceps_activation"].to_numpy(),
        "activation": result["activation"].to_numpy(),
    }
    return _Run(result["time"].to_numpy(), loads, solved)


def _summary(runs: list[_Run], labels: xr.Dataset) -> xr.Dataset:
    """Peak and mean of every load of every walk, and the differences between neighbours."""
    data = {}
    for name, (unit, dims, words) in _ABOUT.items():
        for kind, measure in (("peak", _peak), ("mean", _mean)):
            values = np.array([measure(run.time, run.loads[name], run.solved) for run in runs])
            about = f"{'Largest' if kind == 'peak' else 'Mean over time of the'} {words}."
            data[f"{name}_{kind}"] = _variable(("walk", *dims), values, unit, about)
            data[f"{name}_{kind}_difference"] = _variable(
                ("part", *dims), np.diff(values, axis=0), unit, f"What each part adds. {about}"
            )
    axes = {name: labels[name] for name in ("side", "method", "head", "muscle", "coordinate")}
    return xr.Dataset(data, {"walk": list(WALKS[: len(runs)]), "part": list(PARTS[: len(runs) - 1]), **axes})


def _variable(dims: tuple[str, ...], values: Floats, unit: str, about: str) -> xr.Variable:
    return xr.Variable(dims, values, {"units": unit, "long_name": about})


def _peak(_: Floats, values: Floats, solved: Bools) -> Floats:
    if not solved.any():
        return np.full(values.shape[1:], np.nan)
    return np.asarray(values[solved].max(axis=0))


def _mean(time: Floats, values: Floats, solved: Bools) -> Floats:
    """Trapezoidal mean over the steps both of whose ends are solved."""
    steps = np.where(solved[1:] & solved[:-1], np.abs(np.diff(time)), 0.0)
    weight = 0.5 * (np.append(steps, 0.0) + np.insert(steps, 0, 0.0))
    if not weight.any():
        return np.full(values.shape[1:], np.nan)
    return np.asarray(np.tensordot(weight[solved], values[solved], axes=1) / weight.sum())
