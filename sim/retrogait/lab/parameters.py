"""Parameters of a C3D file, as ezc3d gives them."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Parameters: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Group, name and field of a parameter, as ezc3d gives them."""


def value_of(parameters: Parameters, group: str, name: str) -> Any:  # noqa: ANN401 - numbers or texts
    """Value of a parameter; None where there is none or nothing in it."""
    entry = parameters.get(group, {}).get(name)
    if entry is None or not len(entry["value"]):
        return None
    return entry["value"]
