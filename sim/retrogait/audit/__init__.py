"""The audit of a model and a trial: where each muscle's force goes, and what would make a knee load wrong.

Names are imported when first used: a command that only prints its help must not wait for the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrogait.audit.api import audit
    from retrogait.audit.finding import Finding, Severity
    from retrogait.audit.routes import LoadPath, load_paths

__all__ = ["Finding", "LoadPath", "Severity", "audit", "load_paths"]

_HOME = {
    "Finding": "finding",
    "LoadPath": "routes",
    "Severity": "finding",
    "audit": "api",
    "load_paths": "routes",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
