"""What the product is held to: targets V1 to V14 of published knowledge beside what it computes.

Walks are the bundled motions, measured as recorded ones are; a condition between them is read by straight
lines. A target that was not seen at its source, or that nothing here can answer, never passes.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

from retrogait.config import read_experiment
from retrogait.errors import GaitError
from retrogait.kernels.patellofemoral import closed_form_ratio
from retrogait.naturalness import measure_walk
from retrogait.normalise import normalise
from retrogait.predict.condition import Condition as Asked
from retrogait.predict.gait import Gait
from retrogait.predict.library import bundled_conditions, bundled_gait
from retrogait.published import Condition, measures_between
from retrogait.published.targets import Target, load_targets
from retrogait.quantities import GRAVITY, RETRO_TRANSITION
from retrogait.report.acceptance import Check, Part
from retrogait.report.agreement import MEAN
from retrogait.settings import GROUPS
from retrogait.share import find_experiment
from retrogait.validation import validate

MORE, LESS = (0.0, math.inf), (-math.inf, 0.0)
"""Bands of a difference whose sign alone was published."""

LEVEL_SPEEDS = (1.0, 1.2, 1.4)
"""At which level forward walking is checked [m/s]."""

ARM = np.poly1d([8e-8, -1.3e-5, 2.8e-4, 0.046])
"""Lever arm of the quadriceps [m] by knee flexion [deg]: polynomial fit of van Eijden 1986 (row E10)."""

INSTRUMENTED = "gc5_knee"
"""Bundled experiment of the instrumented knee; its recordings stand beside a checkout, if anywhere."""

WEIGHTED = "tibiofemoral_peak_weighted"
"""Measure of a walk: its tibiofemoral peak by weighted sharing, shown beside the plain one."""

Report = Callable[[str], None]


class Walks(Mapping[Condition, Mapping[str, float]]):
    """Measures of the bundled walks by condition; a walk is measured when it is first asked for."""

    def __init__(self, report: Report | None = None) -> None:
        self._asked = {Condition(c.direction, c.speed, c.incline): c for c in bundled_conditions()}
        self._found: dict[Condition, Mapping[str, float]] = {}
        self._report = report or (lambda _: None)

    def __iter__(self) -> Iterator[Condition]:
        return iter(self._asked)

    def __len__(self) -> int:
        return len(self._asked)

    def __getitem__(self, condition: Condition) -> Mapping[str, float]:
        if condition not in self._found:
            gait = self.gait(condition)
            self._report(f"measuring {gait.condition.name}")
            self._found[condition] = dict(measure_walk(gait).measures) | _more_measures(gait)
        return self._found[condition]

    def gait(self, condition: Condition) -> Gait:
        """Bundled gait of a condition.

        Raises
        ------
        KeyError
            There is none.
        """
        gait = bundled_gait(self._asked[condition])
        if gait is None:
            raise KeyError(condition)
        return gait

    def at(self, measure: str, direction: str, speed: float, incline: float = 0.0) -> float:
        """A measure at a condition; NaN where no bundled walks surround it."""
        try:
            return measures_between(self, Condition(direction, speed, incline))[measure]
        except KeyError:
            return math.nan

    def apart(self, measure: str, speed: float, incline: float = 0.0) -> float:
        """A measure of retro walking less that of forward walking."""
        return self.at(measure, "retro", speed, incline) - self.at(measure, "forward", speed, incline)


def check_targets(folder: Path, report: Report | None = None) -> list[Check]:
    """Every target with what it comes to.

    Parameters
    ----------
    folder
        Where the comparison with the instrumented knee stores what it makes.
    report
        Told in words what is being done.
    """
    walks = Walks(report)
    checks = []
    for name, target in load_targets().items():
        if name == "V14":
            parts, reason = _instrumented(target, folder, report)
        else:
            parts, reason = _CHECKS[name](walks, target), ""
        checks.append(Check(name, target, tuple(parts), reason))
    return checks


def _where(measure: str, *walks: str) -> str:
    return f"{measure} of {', '.join(walks)}"


def _name(direction: str, speed: float, incline: float = 0.0) -> str:
    return f"{direction} {speed:g} m/s" + (f" {incline:+g} deg" if incline else "")


def _level_peaks(measure: str, *beside: str) -> Callable[[Walks, Target], list[Part]]:
    """Check of a peak of level forward walking; what stands ``beside`` it is only shown."""

    def check(walks: Walks, target: Target) -> list[Part]:
        return [
            Part(_beside(f"{speed:g} m/s", one), walks.at(one, "forward", speed), target.values["peak"], "BW",
                 _where(one, _name("forward", speed)), gates=one == measure)
            for one in (measure, *beside)
            for speed in LEVEL_SPEEDS
        ]  # fmt: skip

    return check


def _beside(what: str, measure: str) -> str:
    return f"{what}, weighted sharing" if measure == WEIGHTED else what


def _speed_trend(walks: Walks, target: Target) -> list[Part]:
    measures = {
        "moment": "knee_extension_moment_peak",
        "first": "tibiofemoral_first",
        "second": "tibiofemoral_second",
    }
    rise = {}
    parts = []
    for what, measure in measures.items():
        slow, fast = (walks.at(measure, "forward", speed) for speed in (0.75, 1.5))
        rise[what] = 100.0 * (fast / slow - 1.0)
        where = _where(measure, _name("forward", 0.75), _name("forward", 1.5))
        parts.append(Part(f"{what}, rise", rise[what], target.values[what], "%", where))
    return [
        *parts,
        Part("moment over first", rise["moment"] - rise["first"], MORE, "%", "the rises above"),
        Part("first over second", rise["first"] - rise["second"], MORE, "%", "the rises above"),
    ]


def _muscles_behind_peaks(walks: Walks, _target: Target) -> list[Part]:
    """Compression of the expected muscles less that of the strongest others, at both peaks."""
    condition = Condition("forward", 1.2)
    if condition not in walks:
        return []
    gait = walks.gait(condition)
    result = normalise(gait.result, gait.model, gait.trial)
    names = [str(name) for name in result["muscle"].to_numpy()]
    mine = [row for row, name in enumerate(names) if name.endswith("_r")]
    compression = result["compression_mean"].to_numpy()
    parts = []
    for peak, group, called in (
        ("first", "vasti", GROUPS["vasti"].search),
        ("second", "gastrocnemius", lambda name: "gas" in name),
    ):
        percent = round(walks[condition][f"tibiofemoral_{peak}_time"])
        own = sum(compression[row, percent] for row in mine if called(names[row]))
        other = max(compression[row, percent] for row in mine if not called(names[row]))
        parts.append(
            Part(f"{peak} peak, {group} over any other", float(own - other), MORE, "BW",
                 _where("compression_mean", _name("forward", 1.2)))
        )  # fmt: skip
    return parts


def patellofemoral_by_arm(moment: float, flexion: float) -> float:
    """Patellofemoral force from a knee extension moment: over the lever arm, times the closed form.

    Parameters
    ----------
    moment
        Knee extension moment [N m, or per kg].
    flexion
        Knee flexion [deg].

    Returns
    -------
    float
        Force [N, or per kg].
    """
    return float(moment / ARM(flexion) * closed_form_ratio(np.radians(flexion)))


def _patellofemoral_algebra(_walks: Walks, target: Target) -> list[Part]:
    where = "moment / lever arm (E10) * closed form (E11)"
    runs = patellofemoral_by_arm(157.0, 44.0) / patellofemoral_by_arm(124.0, 41.0)
    return [
        Part("running, forward over backward", runs, target.values["ratio"], "1", where),
        Part("level", patellofemoral_by_arm(1.2, 20.0), target.values["level"], "N/kg", where),
        Part("downhill", patellofemoral_by_arm(2.6, 40.0), target.values["downhill"], "N/kg", where),
    ]


def _descent(walks: Walks, target: Target) -> list[Part]:
    speed, down = 1.2, -10.0
    there = (_name("forward", speed, down), _name("forward", speed))
    measures = {
        "moment": "knee_extension_moment_peak",
        "angle": "knee_flexion_at_moment",
        "patellofemoral": "patellofemoral_peak",
    }
    return [
        Part(what, walks.at(measure, "forward", speed, down) / walks.at(measure, "forward", speed),
             target.values[what], "1", _where(measure, *there))
        for what, measure in measures.items()
    ]  # fmt: skip


def _retro_against_forward(
    measure: str, unit: str, places: Mapping[tuple[float, float], tuple[float, float]], *beside: str
) -> Callable[[Walks, Target], list[Part]]:
    """Check of an order at some speeds and inclines; what stands ``beside`` it is only shown."""

    def check(walks: Walks, _target: Target) -> list[Part]:
        return [
            Part(_beside(_name("at", speed, incline), one), walks.apart(one, speed, incline), band, unit,
                 _where(one, _name("retro", speed, incline), _name("forward", speed, incline)),
                 gates=one == measure)
            for one in (measure, *beside)
            for (speed, incline), band in places.items()
        ]  # fmt: skip

    return check


def _joint_work(walks: Walks, target: Target) -> list[Part]:
    parts = []
    for sign, does in (("negative", "absorbs"), ("positive", "propels")):
        shares = {
            joint: walks.at(f"{joint}_{sign}_share", "retro", 1.0) for joint in ("ankle", "knee", "hip")
        }
        lead = shares["ankle"] - max(shares["knee"], shares["hip"])
        parts.append(
            Part(f"retro: ankle {does}, over the next joint", lead, MORE, "1",
                 _where(f"{sign}_share", _name("retro", 1.0)))
        )  # fmt: skip
    for joint in ("ankle", "knee"):
        measure = f"{joint}_negative_share"
        parts.append(
            Part(f"forward: {joint} absorbs", walks.at(measure, "forward", 1.2), target.values[joint], "1",
                 _where(measure, _name("forward", 1.2)))
        )  # fmt: skip
    return parts


def _retro_knee(walks: Walks, target: Target) -> list[Part]:
    contact, peak, speed, up = "knee_flexion_contact", "knee_flexion_peak", 1.111, 5.0
    return [
        Part("contact, level", walks.at(contact, "retro", speed), target.values["level"], "deg",
             _where(contact, _name("retro", speed))),
        Part("contact, uphill", walks.at(contact, "retro", speed, up), target.values["uphill"], "deg",
             _where(contact, _name("retro", speed, up))),
        Part("largest, retro", walks.at(peak, "retro", 1.0), target.values["retro_peak"], "deg",
             _where(peak, _name("retro", 1.0)), gates=False),
        Part("largest, forward", walks.at(peak, "forward", 1.0), target.values["forward_peak"], "deg",
             _where(peak, _name("forward", 1.0)), gates=False),
    ]  # fmt: skip


def _activity(walks: Walks, _target: Target) -> list[Part]:
    orders = (
        ("vasti", "vasti_activation", 0.833, MORE, True),
        ("tibialis anterior", "tibialis_anterior_activation", 1.118, MORE, True),
        ("gastrocnemius", "gastrocnemius_activation", 1.118, LESS, True),
        ("rectus femoris", "rectus_femoris_activation", 1.118, MORE, False),
        ("VM:VL", "vastus_ratio", 0.833, (-0.1, 0.1), False),
    )
    return [
        Part(what, walks.apart(measure, speed), band, "1",
             _where(measure, _name("retro", speed), _name("forward", speed)), gates=gates)
        for what, measure, speed, band, gates in orders
    ]  # fmt: skip


def _more_measures(gait: Gait) -> dict[str, float]:
    """Activation of vastus medialis over lateralis, and the peak force by weighted sharing [BW]."""
    heads = gait.result["quadriceps_activation"].mean(("time", "side"))
    medial, lateral = (float(heads.sel(head=f"vastus_{name}")) for name in ("medialis", "lateralis"))
    weighted = gait.result["tibiofemoral_force_sharing"].sel(criterion="weighted").max()
    return {
        "vastus_ratio": medial / lateral if lateral > 0.0 else math.nan,
        WEIGHTED: float(weighted) / float(gait.result.attrs["body_weight"]),
    }


def _transition(_walks: Walks, target: Target) -> list[Part]:
    speeds = [round(1.5 + 0.01 * step, 2) for step in range(31)]
    told = [
        v for v in speeds if any("past the transition" in note for note in Asked("retro", v, 0.0).notes())
    ]
    first = min(told, default=math.nan)
    where = f"remarks of conditions; limit {RETRO_TRANSITION:g} m/s"
    return [Part("slowest retro walk with a remark", first, target.values["transition"], "m/s", where)]


def _instrumented(target: Target, folder: Path, report: Report | None) -> tuple[list[Part], str]:
    """Compare with the instrumented knee where its recordings are at hand, and say why else not."""
    try:
        experiment = read_experiment(find_experiment(INSTRUMENTED))
    except GaitError as error:
        return [], f"the recordings of the instrumented knee are not beside this installation ({error})"
    if report is not None:
        report("comparing with the instrumented knee")
    plain = msgspec.structs.replace(experiment, variants=())
    done = validate(plain, output=folder / INSTRUMENTED)
    mean = next(row for row in done.rows if row.trial == MEAN)
    weight = done.comparisons[0].body_mass * GRAVITY
    largest = float(np.mean([np.nanmax(one.measured) for one in done.comparisons]))
    where = str(folder / INSTRUMENTED / "validation.csv")
    return [
        Part("total RMSE", mean.axial.rmse, target.values["rmse"], "BW", where),
        Part("peak error", 100.0 * mean.axial.peak / largest, target.values["peak"], "%", where),
        Part("medial RMSE", mean.medial.rmse * weight, target.values["medial"], "N", where),
        Part("lateral RMSE", mean.lateral.rmse * weight, target.values["lateral"], "N", where),
    ], ""


_CHECKS: Mapping[str, Callable[[Walks, Target], list[Part]]] = {
    "V1": _level_peaks("tibiofemoral_peak", WEIGHTED),
    "V2": _speed_trend,
    "V3": _muscles_behind_peaks,
    "V4": _patellofemoral_algebra,
    "V5": _level_peaks("patellofemoral_peak"),
    "V6": _descent,
    "V7": _retro_against_forward(
        "tibiofemoral_peak", "BW", {(v, 0.0): MORE for v in (0.8, 1.0, 1.2, 1.4, 1.6)}, WEIGHTED
    ),
    "V8": _retro_against_forward(
        "tibiofemoral_mean", "BW", {(0.8, 0.0): MORE} | {(v, 0.0): LESS for v in (1.0, 1.2, 1.4, 1.6)}
    ),
    "V9": _joint_work,
    "V10": _retro_knee,
    "V11": _activity,
    "V12": _retro_against_forward(
        "cost_of_transport",
        "J/(kg m)",
        {(1.563, 0.0): MORE, (1.563, 2.86): MORE, (1.787, 0.0): MORE, (1.0, 2.86): MORE, (1.0, 5.0): MORE},
    ),
    "V13": _transition,
}
