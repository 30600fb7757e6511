"""A compute core that answers at once, and an experiment of three trials for it."""

from types import SimpleNamespace

import numpy as np

import retrogait as rg
from retrogait.gait.cycle import PERCENT
from retrogait.gait.measures import CURVES, MEASURES
from retrogait.quantities import CYCLE_VARIABLES
from tests.fake_result import fake_result
from tests.trials import FORCE_XML, LOADS_XML

TOML = """
[model]
file = "subject.osim"
[analysis]
exponent = 3
cutoff = "none"
[output]
folder = "out"
"""
TRIAL = """
[[trial]]
name = "{name}"
coordinates = "{name}.mot"
external_loads = "{name}.xml"
direction = "retro"
speed = 0.8
"""
NAMES = ("first", "second", "third")


class Core:
    """Stands in for the compute core and remembers how it was called."""

    def __init__(self):
        self.models, self.trials, self.options, self.faults = [], [], [], {}

    def load_model(self, path, *, knees):
        self.models.append(path.name)
        return path.name

    def load_trial(self, **arguments):
        self.trials.append(arguments)
        return SimpleNamespace(**arguments)

    def analyze(self, model, trial, **options):
        self.options.append(options)
        if fault := self.faults.get(trial.name):
            raise fault
        return fake_result(trial.name, direction=trial.direction, speed=trial.speed, origin=trial.origin)

    def check(self, model, trial, **options):
        if fault := self.faults.get(trial.name):
            raise fault
        return []


def fake_normalise(dataset, model, trial):
    """Put NaN for everything that is averaged over cycles, of which there are none."""
    axes = {"percent": PERCENT, "curve": list(CURVES), "measure": list(MEASURES)}
    dataset = dataset.assign_coords(
        **axes,
        curve_unit=("curve", [curve.unit for curve in CURVES.values()]),
        measure_unit=("measure", [measure.unit for measure in MEASURES.values()]),
    )
    for name, quantity in CYCLE_VARIABLES.items():
        shape = [dataset.sizes[dim] for dim in quantity.dims]
        values = np.zeros(shape, np.int64) if name == "cycles" else np.full(shape, np.nan)
        dataset[name] = (quantity.dims, values)
    return dataset


def fake_core(monkeypatch):
    """Put a `Core` in the place of the real one, without importing the real one."""
    core = Core()
    for module in ("jobs", "execute.runner"):
        monkeypatch.setattr(f"retrogait.{module}.normalise", fake_normalise)
    for name in ("load_model", "load_trial", "analyze", "check"):
        monkeypatch.setitem(vars(rg), name, getattr(core, name))
    return core


def write_experiment(folder):
    """Write ``study.toml`` and every file that it names."""
    for name in ("subject.osim", *(f"{n}.mot" for n in NAMES)):
        (folder / name).write_text(name)
    push = FORCE_XML.format(name="push", body="foot", force_frame="ground", point_frame="ground", point="")
    for name in NAMES:
        (folder / f"{name}.xml").write_text(LOADS_XML.format(forces=push, data=f"{name}.mot"))
    path = folder / "study.toml"
    path.write_text(TOML + "".join(TRIAL.format(name=name) for name in NAMES))
    return path
