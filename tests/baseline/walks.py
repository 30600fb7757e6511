"""Results with cycles whose every number is known, and folders of them."""

import json

import numpy as np

from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.io.results import write_result
from tests.fake_result import MUSCLES, fake_result

STANCE = 60.0  # % of the cycle
PEAK_AT = 45  # % of the cycle, in the last third of stance
HEIGHT = 3.0  # of every curve, in its own unit
PULL = 1.5  # of every muscle [BW]
SETTINGS = {"tendon": "rigid", "strength": {}}
SOFTWARE = {"name": "retrogait", "version": "0.1.0"}
LIBRARIES = {"numpy": "2.0", "scipy": "1.14"}


def hump():
    """One where the force peaks, nothing far from it."""
    return np.exp(-(((PERCENT - PEAK_AT) / 15.0) ** 2))


def walk(name="forward_1.2_0", *, provenance=None, **attributes):
    """Result of one condition: every curve is `HEIGHT` high, every muscle presses with `PULL`."""
    record = {
        "schema": 1,
        "software": SOFTWARE,
        "parameters": SETTINGS,
        "inputs": {"planar.osim": "a" * 64, f"{name}.mot": "b" * 64},
        "environment": {"python": "3.11.7", "machine": "x86_64", "libraries": LIBRARIES},
    }
    record |= provenance or {}
    dataset = fake_result(name, provenance=json.dumps(record), model_file="planar.osim", **attributes)
    curves = np.broadcast_to(HEIGHT * hump(), (2, len(CURVES), PERCENT.size)).copy()
    measures = np.full((2, len(MEASURES)), HEIGHT)
    measures[:, list(MEASURES).index("stance_share")] = STANCE
    by_muscle = np.broadcast_to(hump(), (len(MUSCLES), PERCENT.size))
    return dataset.assign_coords(
        percent=PERCENT,
        curve=list(CURVES),
        measure=list(MEASURES),
        curve_unit=("curve", [curve.unit for curve in CURVES.values()]),
        measure_unit=("measure", [measure.unit for measure in MEASURES.values()]),
    ).assign(
        cycles=("side", np.array([2, 2])),
        curve_mean=(("side", "curve", "percent"), curves),
        curve_sd=(("side", "curve", "percent"), np.zeros_like(curves)),
        measure_mean=(("side", "measure"), measures),
        measure_sd=(("side", "measure"), np.zeros_like(measures)),
        activation_mean=(("muscle", "percent"), 0.5 * by_muscle),
        compression_mean=(("muscle", "percent"), PULL * by_muscle),
    )


def weaken(dataset, *, side="right", muscle="vasint_r", by=0.05):
    """Copy in which a muscle presses less and both forces of that knee fall by it, a peak by half [BW]."""
    changed = dataset.copy(deep=True)
    for name in ("tibiofemoral_force", "patellofemoral_force"):
        changed["curve_mean"].loc[{"side": side, "curve": name}] -= by * hump()
    changed["measure_mean"].loc[{"side": side, "measure": "tibiofemoral_peak"}] -= 0.5 * by
    changed["compression_mean"].loc[{"muscle": muscle}] -= by * hump()
    return changed


def store(folder, *datasets, failed=(), not_run=()):
    """Folder as a run leaves it; one that was interrupted has conditions that did not run."""
    folder.mkdir(exist_ok=True)
    cases = []
    for dataset in datasets:
        name = dataset.attrs["trial"]
        write_result(folder / f"{name}.h5", dataset)
        cases.append({"name": name, "status": "stored", "file": f"{name}.h5"})
    cases += [{"name": name, "status": "failed", "reason": "no gait was found"} for name in failed]
    cases += [{"name": name, "status": "not run", "key": ""} for name in not_run]
    (folder / "manifest.json").write_text(json.dumps({"schema": 2, "cases": cases}), "utf-8")
    return folder
