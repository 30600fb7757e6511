"""Results folders as `retrogait run` leaves them, made of smooth curves in a moment."""

import json

import numpy as np
import xarray as xr

from retrogait.collection import Collection, Entry
from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.gait.names import SIDES
from retrogait.gait.window import WINDOW_LOADS
from retrogait.io.results import write_result
from retrogait.normalise import Extract
from tests.fake_result import FRAMES, MASS, MUSCLES, fake_result

TOE_OFF = {"forward": 62.0, "retro": 58.0}  # % of the cycle
CONTACTS = np.array([0.1, 0.9])  # s, of either foot; one cycle between
WEIGHT = MASS * 9.80665  # N


def extract_of(number, direction, speed, incline, *, origin="recorded", frames_failed=0, cycles=3, hole=()):
    """Curves that differ by condition, leg and quantity; ``hole`` is a range of percents without a number."""
    phase = 2.0 * np.pi * PERCENT / 100.0
    legs = np.arange(len(SIDES))[:, None, None]
    kind = np.arange(len(CURVES))[None, :, None]
    mean = 1.0 + np.sin(phase * (1 + kind % 3) + 0.1 * number) + 0.01 * kind + 0.001 * legs
    mean[:, :, slice(*hole) if hole else slice(0)] = np.nan
    mean[:, list(CURVES).index("medial_force")] = np.nan  # as a planar model has it
    measures = np.tile(np.linspace(1.0, 2.0, len(MEASURES)) + 0.01 * number, (len(SIDES), 1))
    names = list(MEASURES)
    measures[:, names.index("stance_share")] = TOE_OFF[direction]
    measures[:, names.index("tibiofemoral_peak")] = 2.5 + 0.1 * number
    measures[:, names.index("tibiofemoral_peak_time")] = 15.0
    deviation = np.full_like(mean, 0.05) if cycles > 1 else np.full_like(mean, np.nan)
    return Extract(
        trial=f"walk{number}",
        direction=direction,
        speed=speed,
        incline=incline,
        origin=origin,
        sides=SIDES,
        frames=FRAMES,
        frames_failed=frames_failed,
        cycles=np.full(len(SIDES), cycles),
        measure_mean=measures,
        measure_sd=np.full_like(measures, 0.1) if cycles > 1 else np.full_like(measures, np.nan),
        curve_mean=mean,
        curve_sd=deviation,
        window=np.full((len(SIDES), len(WINDOW_LOADS)), 3.0),
    )


def result_of(name, extract, failed=()):
    """Frames of a condition: both feet on the ground but for a swing before the second contact."""
    result = fake_result(
        name,
        failed=failed,
        direction=extract.direction,
        speed=extract.speed,
        incline=extract.incline,
        origin=extract.origin,
        residual_force_peak=12.0,
        notes=["the trial is <predicted>, not recorded"] if extract.origin == "predicted" else ["as it was"],
    )
    time = result["time"].to_numpy()
    first, second = CONTACTS
    down = ((time >= first) & (time < first + 0.5)) | (time >= second)
    result["ground_reaction_force"][:, :, 1] = np.where(down, WEIGHT, 0.0)[:, None]
    result["tibiofemoral_net_force"][:] = result["tibiofemoral_force"].to_numpy()  # no muscle adds to it
    percent = np.linspace(0.0, 1.0, PERCENT.size)
    activation = np.stack([0.1 * (k + 1) * np.sin(np.pi * percent) for k in range(len(MUSCLES))])
    activation *= 1.0 if extract.cycles.any() else np.nan
    return result.assign_coords(percent=PERCENT).assign(
        activation_mean=(("muscle", "percent"), activation),
        muscle_length=xr.full_like(result["muscle_force"], 0.3),  # nothing shortens, so no work is done
        coordinate_speed=xr.zeros_like(result["generalized_force"]),
    )


def make_folder(folder, walks, *, failed=None, lost=(), files=True, names=None, labels=None, **given):
    """Store a study.

    Parameters
    ----------
    folder : Path
        Made if need be.
    walks : sequence of (direction, speed, incline, origin)
        One per condition.
    failed : dict
        Name of a condition to its failed frames.
    lost : sequence of str
        Names of further conditions that failed altogether.
    files : bool
        Whether each condition has a file of its own.
    labels : dict
        Of every condition; subject and mass when None.
    names : sequence of str
        Of the conditions; "walk0" and so on when None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed = failed or {}
    names = list(names or (f"walk{k}" for k in range(len(walks))))
    with Collection(folder / "results.h5", [*names, *lost]) as whole:
        for number, (name, (direction, speed, incline, origin)) in enumerate(zip(names, walks, strict=True)):
            bad = failed.get(name, ())
            extract = extract_of(
                number, direction, speed, incline, origin=origin, frames_failed=len(bad), **given
            )
            told = labels or {"subject": f"S{number % 3}", "body mass [kg]": 70.0}
            whole.add(Entry(name=name, status="stored", labels=told), extract)
            if files:
                write_result(folder / f"{name}.h5", result_of(name, extract, bad))
        for name in lost:
            whole.add(Entry(name=name, status="failed"))
    (folder / "failures.csv").write_text(
        "case,reason\r\n" + "".join(f"{name},no <ground> forces\r\n" for name in lost), "utf-8"
    )
    manifest = {
        "schema": 2,
        "name": "walks & more",
        "description": "A study of <nobody>.",
        "cases": [{"name": name, "status": "stored", "inputs": {f"{name}.mot": "ab" * 32}} for name in names],
        "provenance": {
            "software": {"name": "retrogait", "version": "9.9"},
            "environment": {"python": "3", "machine": "m", "system": "s", "libraries": {"numpy": "2"}},
            "parameters": {"analysis": {"exponent": 2}},
            "inputs": {"model.osim": "cd" * 32},
            "time": "2026-01-02T03:04:05+00:00",
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def both_ways(speeds=(0.8, 1.0, 1.2), inclines=(0.0, 5.0), origin="recorded"):
    """Forward and retro at every speed and incline."""
    return [
        (direction, speed, incline, origin)
        for direction in ("forward", "retro")
        for speed in speeds
        for incline in inclines
    ]
