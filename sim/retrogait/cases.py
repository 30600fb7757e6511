"""Cases of a study: every trial under every choice of settings, each with a name of its own."""

from collections.abc import Mapping

import msgspec

from retrogait.config import Experiment, Trial
from retrogait.sweep import Prediction
from retrogait.tables import Analysis
from retrogait.variations import Variation


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of a study, one result file.

    Attributes
    ----------
    name
        Of its result file ``NAME.h5``: the trial's name, and what is swept: ``ss1__exponent-3``. Unique
        within an experiment, also where case does not matter, and safe on every file system.
    trial
        What is analyzed. Several cases may have one trial; a walk to predict has the strengths of its case
        already, so walks that are equal are one gait, and walks of one name need not be.
    analysis
        ``[analysis]`` with the swept settings put in. The strength of a predicted walk is that which it
        was predicted with.
    labels
        Metadata of the trial and swept settings, shown as columns of tables.
    """

    name: str
    trial: Trial | Prediction
    analysis: Analysis
    labels: Mapping[str, float | str] = {}


def cases_of(experiment: Experiment) -> tuple[Case, ...]:
    """Every case of an experiment: recorded trials first, each with all its settings in a row."""
    recorded = (
        _case(experiment, trial, variation, trial.labels)
        for trial in experiment.trials
        for variation in experiment.variations
    )
    predicted = (_case(experiment, walk.prediction, walk.variation, {}) for walk in experiment.walks)
    return (*recorded, *predicted)


def _case(
    experiment: Experiment, trial: Trial | Prediction, variation: Variation, labels: Mapping[str, float | str]
) -> Case:
    analysis = variation.put_into(experiment.analysis)
    if isinstance(trial, Prediction):
        analysis = msgspec.structs.replace(analysis, strength=dict(trial.strength) or None)
    return Case(
        name=variation.named(trial.name),
        trial=trial,
        analysis=analysis,
        labels={**labels, **variation.labels},
    )
