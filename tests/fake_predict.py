"""A predictor that answers at once, with the face of `retrogait.predict`."""

import math
from types import SimpleNamespace

import retrogait as rg
from retrogait.predict.condition import Condition
from tests.fake_core import fake_normalise
from tests.fake_result import fake_result

SENSITIVITY = {
    "base": {"peak_tibiofemoral": 3.0, "peak_patellofemoral": 0.8},
    "rigid tendons": {"peak_tibiofemoral": 2.55, "peak_patellofemoral": 0.7},
    "strong vasti": {"peak_tibiofemoral": 3.52, "peak_patellofemoral": 1.3},
    "unsolved": {"peak_tibiofemoral": math.nan, "peak_patellofemoral": None},
}
"""Peaks [BW]; those of the base case are those of `fake_result`."""


class Predictor:
    """Stands in for `retrogait.predict` and remembers how it was called."""

    def __init__(self):
        self.calls, self.faults = [], {}

    def predict(self, direction, speed, incline, *, report, sensitivity, **choices):
        condition = Condition(direction, speed, incline)
        self.calls.append((condition.name, {"sensitivity": sensitivity, **choices}))
        report(f"solving {condition.name}")
        if fault := self.faults.get(condition.name):
            raise fault

        def write(folder):
            folder.mkdir(parents=True, exist_ok=True)
            paths = [folder / f"{condition.name}{end}" for end in (".mot", "_grf.mot", "_grf.xml")]
            for path in paths:
                path.write_text(condition.name)
            return paths

        result = fake_result(
            condition.name,
            direction=direction,
            speed=speed,
            incline=incline,
            origin="predicted",
            notes=["the trial is predicted, not recorded"],
        )
        result["tibiofemoral_force"].values[:, 1] = result["tibiofemoral_force"].values[:, 0]  # mirrored legs
        result["reserve"].values[:, 4:] = result["reserve"].values[:, 1:3]
        trial = SimpleNamespace(name=condition.name, direction=direction, speed=speed, origin="predicted")
        return SimpleNamespace(
            condition=condition,
            trial=trial,
            model="planar",
            result=result,
            notes=[*condition.notes()],
            source="solved" if choices["fresh"] else "bundled",
            sensitivity=SENSITIVITY if sensitivity else None,
            figures={"objective": 1.25, "iterations": 61, "seconds": 1.2, "tries": 2},
            write=write,
        )


def fake_predict(monkeypatch):
    """Put a `Predictor` in the place of the real one, without importing the real one."""
    predictor = Predictor()
    monkeypatch.setitem(vars(rg), "predict", predictor.predict)
    monkeypatch.setattr("retrogait.jobs.normalise", fake_normalise)
    return predictor
