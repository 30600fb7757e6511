"""`retrogait.sensitivity`: bands and causes of one trial's loads."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr

from retrogait.arrays import Floats
from retrogait.dataset import assemble
from retrogait.errors import ConfigError
from retrogait.gait.trial import Trial
from retrogait.kernels.plan import new_answer
from retrogait.model import Model
from retrogait.pipeline import prepare, share_otherwise, solve
from retrogait.sampling.changes import bind
from retrogait.sampling.curves import Curves, Scale, keep, new_curves
from retrogait.sampling.draw import draw, remarks
from retrogait.sampling.factors import Factor, default_factors, factors_of
from retrogait.sampling.prepared import Change, Prepared, Subject, coupler_gains
from retrogait.sampling.result import Sampled, extend
from retrogait.sampling.run import Progress, run_samples
from retrogait.settings import Settings


def sensitivity(
    model: Model,
    trial: Trial,
    *,
    samples: int = 1024,
    method: str = "sobol",
    seed: int = 0,
    factors: Mapping[str, Sequence[float]] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    **choices: Any,  # noqa: ANN401
) -> xr.Dataset:
    """Bands of every curve of a trial, and which inputs and assumptions of its analysis make them.

    Every sample is the whole analysis with all factors at values of their own. A predicted trial is taken as
    it stands: its motion is not predicted anew.

    Parameters
    ----------
    model, trial
        As for `retrogait.analyze`.
    samples
        How many; with the Sobol sequence a power of two is best.
    method
        "sobol", a scrambled Sobol sequence, or "latin", a Latin hypercube.
    seed
        Of the draws: the same seed gives the same digits, on any number of threads.
    factors
        Name to its range, such as ``{"cutoff": [4, 8], "strength.vasti": [0.8, 1.2]}``; every name of
        `retrogait.sampling.factors.KINDS`. None varies those of `DEFAULTS` that the model and the trial have.
    threads
        How many to use, by default all.
    progress
        Called with the samples that are done and their whole number.
    choices
        Settings of the plain analysis, as for `retrogait.analyze`.

    Returns
    -------
    xarray.Dataset
        The result of `retrogait.analyze`, with the variables of `retrogait.sampling.result.VARIABLES`.
        Loads in body weights are in those of the plain analysis throughout.

    Raises
    ------
    ConfigError
        A choice or factor that cannot be used.
    MotionError
        The trial does not fit the model.
    """
    given = {key: value for key, value in choices.items() if value is not None or key == "cutoff"}
    settings = Settings(**given)
    if settings.residual_reduction:
        raise ConfigError("a sensitivity varies the trial as it was recorded: leave residual_reduction out")
    body, plan, motion, notes = prepare(model, trial, settings)
    subject = Subject(model, trial, settings)
    chosen, changes, left_out = _bound(factors, subject)
    values = draw(chosen, samples, method, seed)
    answer = new_answer(motion.time.size, body, plan)
    solve(body, plan, motion, answer, threads)
    others = share_otherwise(model, trial, settings, body, plan, motion, threads)
    result = assemble(settings.strengthened(model), trial, settings, motion, answer, plan, notes, others)
    scale = Scale(float(result.attrs["body_mass"]), float(result.attrs["body_weight"]))
    plain = Prepared(body, plan, motion, coupler_gains(model, motion))
    base = _room(1, motion.time, model)
    keep(0, model, plain, answer, scale, base)
    curves = _room(samples, motion.time, model)
    run_samples(subject, plain, changes, values, scale, curves, threads=threads, progress=progress)
    sampled = Sampled(tuple(chosen), values, curves, base, scale, method, seed)
    return extend(result, subject, sampled, [*left_out, *remarks(samples, method)])


def _room(samples: int, time: Floats, model: Model) -> Curves:
    try:
        return new_curves(samples, time.size, model)
    except MemoryError as error:
        raise ConfigError(
            f"{samples} samples of {time.size} frames do not fit into memory; take fewer, or a shorter window"
        ) from error


def _bound(
    given: Mapping[str, Sequence[float]] | None, subject: Subject
) -> tuple[list[Factor], list[Change], list[str]]:
    """Factors with what each changes; remarks on defaults that this trial does not have."""
    if given is not None:
        chosen = _filter_first(factors_of(given))
        return chosen, [bind(factor, subject) for factor in chosen], []
    chosen, changes, left_out = [], [], []
    for factor in _filter_first(default_factors()):
        if factor.family == "cutoff" and subject.settings.filter_cutoff is None:
            left_out.append("cutoff is not varied: the plain analysis filters nothing")
            continue
        try:
            changes.append(bind(factor, subject))
        except ConfigError as error:
            left_out.append(f"{factor.name} is not varied: {error}")
        else:
            chosen.append(factor)
    return chosen, changes, left_out


def _filter_first(factors: Sequence[Factor]) -> list[Factor]:
    """A cut-off replaces the motion, which offsets then change."""
    return sorted(factors, key=lambda factor: factor.family != "cutoff")
