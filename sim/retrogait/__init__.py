"""Knee loads in forward and backward walking, from OpenSim models and gait trials.

>>> import retrogait as rg
>>> model = rg.load_model("subject.osim")  # doctest: +SKIP
>>> trial = rg.load_trial("ik.mot", "grf.xml", speed=1.2)  # doctest: +SKIP
>>> result = rg.analyze(model, trial)  # doctest: +SKIP
>>> rg.write_result("walk.h5", result)  # doctest: +SKIP
>>> gait = rg.predict(direction="retro", speed=1.0, incline=5.0)  # doctest: +SKIP
>>> gait.result  # doctest: +SKIP

Names are imported when first used, so that ``import retrogait`` and ``retrogait --help`` are quick.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from retrogait.errors import (
    ConfigError,
    FileError,
    GaitError,
    ModelError,
    MotionError,
    ResultError,
    SolveError,
)

if TYPE_CHECKING:
    from retrogait.gait import load_trial
    from retrogait.io.results import read_result, write_result
    from retrogait.osim import load_model
    from retrogait.pipeline import analyze, check
    from retrogait.predict import predict
    from retrogait.sampling.api import sensitivity

__all__ = [
    "ConfigError",
    "FileError",
    "GaitError",
    "ModelError",
    "MotionError",
    "ResultError",
    "SolveError",
    "__version__",
    "analyze",
    "check",
    "load_model",
    "load_trial",
    "predict",
    "read_result",
    "sensitivity",
    "write_result",
]

try:
    __version__ = version("retrogait")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+unknown"

_HOME = {
    "analyze": "retrogait.pipeline",
    "check": "retrogait.pipeline",
    "load_model": "retrogait.osim",
    "load_trial": "retrogait.gait",
    "predict": "retrogait.predict",
    "read_result": "retrogait.io.results",
    "sensitivity": "retrogait.sampling.api",
    "write_result": "retrogait.io.results",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# The first import of a subpackage binds its name here. `retrogait.predict` is to be the function of that
# name: so the subpackage, which is light, is imported before anybody else does, and the name is free again.
import_module("retrogait.predict")
del globals()["predict"]
