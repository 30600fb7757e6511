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
    from retrogait.audit.api import audit
    from retrogait.card import grade
    from retrogait.emg import compare_emg, read_emg
    from retrogait.gait import load_trial, reversed_trial
    from retrogait.intake import import_trial
    from retrogait.io.results import read_result, write_result
    from retrogait.lab import import_c3d, import_trc
    from retrogait.osim import load_model
    from retrogait.pipeline import analyze, check
    from retrogait.predict import predict
    from retrogait.reversal import reversal_control
    from retrogait.sampling.api import sensitivity
    from retrogait.statistics.compare import compare_directions

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
    "audit",
    "check",
    "compare_directions",
    "compare_emg",
    "grade",
    "import_c3d",
    "import_trc",
    "import_trial",
    "load_model",
    "load_trial",
    "predict",
    "read_emg",
    "read_result",
    "reversal_control",
    "reversed_trial",
    "sensitivity",
    "write_result",
]

try:
    __version__ = version("retrogait")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+unknown"

_HOME = {
    "analyze": "retrogait.pipeline",
    "audit": "retrogait.audit.api",
    "check": "retrogait.pipeline",
    "compare_directions": "retrogait.statistics.compare",
    "compare_emg": "retrogait.emg",
    "grade": "retrogait.card",
    "import_c3d": "retrogait.lab",
    "import_trc": "retrogait.lab",
    "import_trial": "retrogait.intake",
    "load_model": "retrogait.osim",
    "load_trial": "retrogait.gait",
    "predict": "retrogait.predict",
    "read_emg": "retrogait.emg",
    "read_result": "retrogait.io.results",
    "reversal_control": "retrogait.reversal",
    "reversed_trial": "retrogait.gait",
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


# The first import of a subpackage binds its name here. `retrogait.predict` and `retrogait.audit` are to be
# the functions of those names: so these subpackages, which are light, are imported before anybody else does,
# and the names are free again.
for _name in ("audit", "predict"):
    import_module(f"retrogait.{_name}")
    del globals()[_name]
