"""JUnit XML of a comparison, as GitHub, GitLab and Jenkins read it: one case per condition and quantity."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from retrogait.baseline.compare import Check, Comparison
from retrogait.baseline.explain import headline, sentence, words
from retrogait.baseline.gather import GO_ON
from retrogait.io.atomic import replacing

PRESENT = "has a result"
"""Case of a condition without a result, or one that the baseline does not have."""

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def to_junit(comparison: Comparison) -> str:
    """Comparison as one XML document: a suite per condition, a case per quantity, a sentence per failure.

    A condition that did not run is an error, not a failure: nothing is known of it.
    """
    root = ET.Element("testsuites", name="retrogait check")
    by_condition: dict[str, list[Check]] = {}
    for check in comparison.checks:
        by_condition.setdefault(check.condition, []).append(check)
    for name, checks in by_condition.items():
        suite = _suite(root, name, len(checks), sum(not check.passed for check in checks))
        for check in checks:
            case = _case(suite, name, f"{words(check.quantity)} [{check.unit}]")
            if not check.passed:
                _fail(case, sentence(check), "LoadMoved")
    for name, reason in comparison.missing.items():
        text = f"{name}: no result to compare with the baseline: {reason}"
        _fail(_case(_suite(root, name, 1, 1), name, PRESENT), text, "NoResult")
    for name in comparison.not_run:
        text = f"{name}: did not run, the run was interrupted before; {GO_ON}"
        suite = _suite(root, name, 1, 0, errors=1)
        _fail(_case(suite, name, PRESENT), text, "NotRun", "error")
    for name in comparison.new:
        text = f"{name}: not in the baseline; review it and store it with `retrogait baseline`"
        _fail(_case(_suite(root, name, 1, 1), name, PRESENT), text, "NotInBaseline")
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    root.set("time", "0")
    output = ET.SubElement(root[0], "system-out") if len(root) else None
    if output is not None:
        output.text = _clean(headline(comparison))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def write_junit(comparison: Comparison, path: Path) -> None:
    """Write `to_junit`.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    with replacing(path) as partial:
        partial.write_text(to_junit(comparison), encoding="utf-8")


def _suite(root: ET.Element, name: str, tests: int, failures: int, errors: int = 0) -> ET.Element:
    return ET.SubElement(
        root, "testsuite", name=_clean(name), tests=str(tests), failures=str(failures), errors=str(errors),
        skipped="0", time="0",
    )  # fmt: skip


def _case(suite: ET.Element, condition: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_clean(condition), name=_clean(name), time="0")


def _fail(case: ET.Element, text: str, kind: str, tag: str = "failure") -> None:
    failure = ET.SubElement(case, tag, message=_clean(text), type=kind)
    failure.text = _clean(text)


def _clean(text: str) -> str:
    return _UNFIT.sub("?", text)
