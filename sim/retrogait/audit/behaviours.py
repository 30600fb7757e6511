"""The known behaviours of OpenSim 4.6 that this model or trial is touched by, each with its size.

1. The velocity-product term is wrong where one coordinate drives several rotations of a joint.
2. Paths over two wrap objects or more are measured with stale positions.
3. Static optimisation takes the pennation of a Millard muscle from its normalised fibre length.
4. The inverse-dynamics tool ignores columns labelled by state path and takes defaults.
5. Moment arms over stale wraps, and of points that glide on one body, are not the slopes of lengths.
6. Static optimisation keeps activation at 0.01 or above, and a frame that fails is only a line of its log.
7. Coupled coordinates are not converted from degrees.

This program reproduces them with ``physics = "opensim"`` and is free of them by default; so none makes a load
wrong here, but a comparison with OpenSim must know them.
"""

import numpy as np

from retrogait.arrays import Floats
from retrogait.audit.fibres import Fibres
from retrogait.audit.finding import Finding, Severity
from retrogait.audit.mechanics import moments
from retrogait.audit.survey import Survey, crossing, knee_muscles, measure
from retrogait.audit.work import find_gaps, gap_words
from retrogait.gait.trial import Trial
from retrogait.kernels.plan import Motion
from retrogait.kernels.status import Physics
from retrogait.model import Model
from retrogait.pipeline import analyze
from retrogait.quantities import GRAVITY
from retrogait.settings import DEFAULT_CUTOFF

LEAST_MOMENT = 0.05
"""Error of a knee moment from which the velocity term is told [N m]."""

LEAST_LENGTH = 2e-4
"""Difference of a path's length from which stale wraps are told [m]."""

LEAST_FORCE = 0.01
"""Difference of a muscle's strength from which it is told [1]."""

ACTIVE = 0.05
"""Strengths below this share of the maximum are too small to compare [1]."""

LEAST_FLOOR = 0.02
"""Force of the lowest activation over a knee from which it is told [BW]."""

LEAST_PEAK = 0.05
"""Difference of a peak knee force from which it is told [BW]."""

_HERE = "nothing here: default physics is free of it; physics = 'opensim' reproduces it"


def check_behaviours(
    model: Model, survey: Survey, fibres: Fibres, motion: Motion | None, force: Floats | None
) -> list[Finding]:
    """Behaviours 1 to 3, 5 and 6; 4 and 7 are about the trial's columns.

    Parameters
    ----------
    fibres : of the survey
    motion : of the trial, None without one
    force  : (frame, coordinate) generalised forces of that motion with default physics
    """
    findings = [*_stale_wraps(model, survey), *_opensim_arms(model, survey), *_strengths(model, fibres)]
    return [*_velocity_term(model, motion, force), *findings, *_lowest_activation(model)]


def cutoff_of(trial: Trial) -> float | None:
    """Cut-off of either physics [Hz]: a motion that was computed as cubic splines needs no filter."""
    return None if trial.spline == "cubic" else DEFAULT_CUTOFF


def compare_physics(model: Model, trial: Trial) -> list[Finding]:
    """Peak tibiofemoral force with default physics and with all of OpenSim's own choices."""
    if not any(knee.quadriceps and knee.reaches_tibia for knee in model.knees):
        return []
    ours = analyze(model, trial, physics="default", cutoff=cutoff_of(trial))
    theirs = analyze(model, trial, physics="opensim", cutoff=cutoff_of(trial))
    phrases, change = [], 0.0
    for side in ours["side"].to_numpy():
        pair = [
            float(np.nanmax(np.linalg.norm(force, axis=1), initial=-np.inf)) / one.attrs["body_weight"]
            for one in (ours, theirs)
            for force in [one["tibiofemoral_force"].sel(side=side).to_numpy()]
        ]
        if np.isfinite(pair).all():
            phrases.append(f"{side} {pair[0]:.2f} against {pair[1]:.2f} BW")
            change = max(change, pair[1] - pair[0], key=abs)
    if abs(change) < LEAST_PEAK:
        return []
    return [
        Finding(
            Severity.NOTE, "OpenSim", (trial.name,),
            f"peak tibiofemoral force, default against OpenSim physics: {'; '.join(phrases)}",
            "filter, shared coordinates, paths and strengths together: the gap to expect beside OpenSim",
            "say which physics a number is from",
            change, "BW",
        )
    ]  # fmt: skip


def _velocity_term(model: Model, motion: Motion | None, force: Floats | None) -> list[Finding]:
    touched = [
        link for link in range(1, len(model.links)) if model.rates_opensim[link] != model.tree.rates[link]
    ]
    if not touched:
        return []
    names = tuple(model.joints[link - 1] for link in touched)
    size = None
    how = "its size needs a trial"
    if motion is not None and force is not None:
        theirs, _ = moments(model, model.tree._replace(rates=model.rates_opensim), motion)
        rows = [knee.coordinate for knee in model.knees] or list(range(force.shape[1]))
        apart = np.abs(theirs[:, rows] - force[:, rows])
        if apart.max(initial=0.0) < LEAST_MOMENT:
            return []
        frame, column = np.unravel_index(int(apart.argmax()), apart.shape)
        size = float(apart.max())
        how = (
            f"{model.coordinates[rows[column]]} is off by up to {size:.2f} N m, "
            f"t = {motion.time[frame]:.2f} s"
        )
    return [
        Finding(
            Severity.NOTE, "OpenSim", names,
            f"behaviour 1: one coordinate drives several rotations of these joints, and OpenSim's "
            f"velocity-product term is wrong; {how}",
            "inverse dynamics of the knee carries it into the muscles",
            _HERE, size, "N m",
        )
    ]  # fmt: skip


def _stale_wraps(model: Model, survey: Survey) -> list[Finding]:
    paths = model.paths
    several = [
        muscle
        for muscle in range(len(model.muscle_names))
        if paths.wrap_last[muscle] - paths.wrap_first[muscle] > 1
    ]
    if not several:
        return []
    apart = 1e3 * np.abs(
        measure(model, survey.poses).length - measure(model, survey.poses, Physics.OPENSIM).length
    ).max(axis=0)
    touched = [muscle for muscle in several if apart[muscle] > 1e3 * LEAST_LENGTH]
    if not touched:
        return []
    worst = max(touched, key=lambda muscle: apart[muscle])
    at_knee = not knee_muscles(model).isdisjoint(touched)
    return [
        Finding(
            Severity.CAREFUL if at_knee else Severity.NOTE, "OpenSim",
            tuple(model.muscle_names[muscle] for muscle in touched),
            f"behaviour 2: paths over several wrap objects, which OpenSim measures with stale positions; "
            f"{model.muscle_names[worst]} is {apart[worst]:.1f} mm off {survey.where}",
            "a gastrocnemius that is too long or short shifts fibre length and strength at the knee",
            _HERE, float(apart[worst]), "mm",
        )
    ]  # fmt: skip


def _opensim_arms(model: Model, survey: Survey) -> list[Finding]:
    knees = {knee.coordinate for knee in model.knees}
    own = {(gap.muscle, gap.coordinate) for gap in find_gaps(model, survey)}
    gaps = [
        gap for gap in find_gaps(model, survey, Physics.OPENSIM) if (gap.muscle, gap.coordinate) not in own
    ]  # what default physics has too is told by the law of virtual work
    if not gaps:
        return []
    at_knee = [gap for gap in gaps if gap.coordinate in knees]
    worst = (at_knee or gaps)[0]
    return [
        Finding(
            Severity.CAREFUL if at_knee else Severity.NOTE, "OpenSim",
            tuple(dict.fromkeys(model.muscle_names[gap.muscle] for gap in at_knee or gaps)),
            "behaviour 5: OpenSim's moment arms are not the slopes of its lengths; "
            f"{model.muscle_names[worst.muscle]}: {gap_words(model, worst)}",
            "its static optimisation balances the knee with arms that make or lose energy",
            _HERE, 1e3 * abs(worst.size), "mm",
        )
    ]  # fmt: skip


def _strengths(model: Model, fibres: Fibres) -> list[Finding]:
    """Behaviour 3 and its kin: how strong OpenSim's static optimisation takes a muscle to be."""
    strong = np.maximum(fibres.active, fibres.opensim)
    counts = strong > ACTIVE * model.muscles.maximum_isometric_force
    apart = np.where(counts, np.abs(fibres.opensim - fibres.active) / np.where(counts, strong, 1.0), 0.0)
    most = apart.max(axis=0, initial=0.0)
    touched = np.flatnonzero(most > LEAST_FORCE)
    if not touched.size:
        return []
    worst = int(most.argmax())
    return [
        Finding(
            Severity.NOTE, "OpenSim", tuple(model.muscle_names[muscle] for muscle in touched),
            "behaviour 3: OpenSim's static optimisation takes pennation or fibre speed of "
            f"{', '.join(sorted({model.muscle_classes[muscle] for muscle in touched}))} otherwise than their "
            f"papers; strength differs by {100 * float(np.median(apart[counts])):.1f} % (median), most in "
            f"{model.muscle_names[worst]}, {100 * most[worst]:.0f} %",
            "activations, and the share of each muscle in the knee's load, move with it",
            _HERE, 100.0 * float(most[worst]), "%",
        )
    ]  # fmt: skip


def _lowest_activation(model: Model) -> list[Finding]:
    floor = model.muscles.minimum_control * model.muscles.maximum_isometric_force
    weight = model.mass * GRAVITY
    over = [float(floor[crossing(model, knee.link)].sum()) / weight for knee in model.knees if weight]
    most = max(over, default=0.0)
    if most < LEAST_FLOOR:
        return []
    bounds = sorted({float(x) for x in model.muscles.minimum_control if x > 0.0})
    count = int((model.muscles.minimum_control > 0.0).sum())
    return [
        Finding(
            Severity.NOTE, "OpenSim", (f"{count} muscles",),
            f"behaviour 6: OpenSim's static optimisation keeps activation at or above "
            f"{' to '.join(f'{x:g}' for x in dict.fromkeys([bounds[0], bounds[-1]]))}: up to {most:.2f} BW "
            "of pull over one knee that nothing asks for",
            "it presses on the knee in swing; and a frame that fails there is only a line of its log",
            _HERE, most, "BW",
        )
    ]  # fmt: skip
