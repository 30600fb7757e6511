"""A compute core that answers at once, and an experiment of three trials for it."""

from types import SimpleNamespace

import retrogait as rg
from tests.fake_result import fake_result

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


def fake_core(monkeypatch):
    """Put a `Core` in the place of the real one, without importing the real one."""
    core = Core()
    for name in ("load_model", "load_trial", "analyze", "check"):
        monkeypatch.setitem(vars(rg), name, getattr(core, name))
    return core


def write_experiment(folder):
    """Write ``study.toml`` and every file that it names."""
    for name in ("subject.osim", *(f"{n}.{end}" for n in NAMES for end in ("mot", "xml"))):
        (folder / name).write_text(name)
    path = folder / "study.toml"
    path.write_text(TOML + "".join(TRIAL.format(name=name) for name in NAMES))
    return path
