"""What a long calculation says where nobody watches a terminal."""

import io

import pytest
from rich.console import Console

from retrogait.report import progress
from retrogait.report.progress import INTERVAL, stages


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    return now


def lines_of(told):
    file = io.StringIO()
    with stages(Console(file=file, width=80)) as report:
        told(report)
    return file.getvalue().splitlines()


def test_many_stages_of_one_kind_get_a_line_now_and_then(clock):
    def tell(report):
        for number in range(60):
            report(f"analyzing walk {number}")
            clock[0] += INTERVAL / 10.0

    lines = lines_of(tell)
    assert lines[0] == "analyzing walk 0"
    assert lines[1] == "analyzing walk 10"
    assert lines[-1] == "analyzing walk 59"
    assert len(lines) == 7


def test_another_kind_of_stage_is_told_at_once_after_the_last_of_the_one_before(clock):
    def tell(report):
        for text in ("compiling the equations", "solving 1", "solving 2", "solving 3", "settling 1"):
            report(text)

    assert lines_of(tell) == ["compiling the equations", "solving 1", "solving 3", "settling 1"]
