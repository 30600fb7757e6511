"""Predicted walking: optimal control for gaits that nobody recorded.

Names are imported when first used: a command that only checks a condition must not wait for the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrogait.predict.api import predict
    from retrogait.predict.condition import Condition
    from retrogait.predict.gait import Gait

__all__ = ["Condition", "Gait", "predict"]

_HOME = {"Condition": "condition", "Gait": "gait", "predict": "api"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
