"""What can be said of a model that does not compile: function-based paths, parameters that make no sense."""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import defusedxml.ElementTree

from retrogait.audit.finding import Finding, Severity
from retrogait.audit.survey import listed
from retrogait.errors import ModelError

_FUNCTION_PATHS = ("FunctionBasedPath", "PolynomialPath")
_MUSCLE = "max_isometric_force"
_POSITIVE = ("max_isometric_force", "optimal_fiber_length")


def explain_refusal(path: Path, error: ModelError) -> list[Finding]:
    """Findings of a model that the compiler refuses.

    Parameters
    ----------
    path  : the ``.osim`` file, which OpenSim has read already
    error : why it was refused

    Raises
    ------
    ModelError
        The same error where nothing here explains it.
    """
    muscles = [
        element
        for element in defusedxml.ElementTree.parse(path).getroot().iter()
        if element.get("name") and element.find(_MUSCLE) is not None
    ]
    findings = [*_function_based(muscles), *_nonsense(muscles)]
    if not findings:
        raise error
    findings.append(
        Finding(
            Severity.NOTE, "model", (path.name,),
            "cannot be compiled as it stands, so its paths, fibres and trial were not looked at",
            "more may be wrong with this model", "correct it and audit again",
        )
    )  # fmt: skip
    return findings


def _function_based(muscles: list[Element]) -> Iterator[Finding]:
    names = [
        str(muscle.get("name"))
        for muscle in muscles
        if any(muscle.find(f".//{kind}") is not None for kind in _FUNCTION_PATHS)
    ]
    if names:
        yield Finding(
            Severity.WRONG, "path type", tuple(names),
            f"{len(names)} of {len(muscles)} muscles have a function-based path: a length and moment arms, "
            "no line of action",
            "OpenSim applies them as generalised forces, and joint reactions then hold no muscle compression:"
            " on a Rajagopal knee 287 N instead of 3467 N, without a warning",
            f"take the model with geometry paths for contact forces ({listed(names)})",
            float(len(names)), "muscles",
        )  # fmt: skip


def _nonsense(muscles: list[Element]) -> Iterator[Finding]:
    wrong: Counter[str] = Counter()
    said: dict[str, list[str]] = {}
    for muscle in muscles:
        name = str(muscle.get("name"))
        for key in (*_POSITIVE, "tendon_slack_length"):
            value = _number(muscle, key)
            if value is None or value > 0.0 or (key == "tendon_slack_length" and value == 0.0):
                continue
            wrong[name] += 1
            said.setdefault(name, []).append(f"{key} {value:g}")
    for name, phrases in said.items():
        yield Finding(
            Severity.WRONG, "muscle", (name,),
            f"{', '.join(phrases)}; expected a positive number",
            "its force is not a number, or has the wrong sign, and every load with it",
            "set it from the generic model, or scale again",
        )  # fmt: skip


def _number(muscle: Element, key: str) -> float | None:
    try:
        value = float((muscle.findtext(key) or "").strip())
    except ValueError:
        return None
    return -math.inf if math.isnan(value) else value
