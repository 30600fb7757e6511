"""A dose in numbers: which cases are one, what their day comes to, and retro against forward."""

import math
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from retrogait.report.dose import MINUTES, doses_of, render_doses
from retrogait.report.summary import SHOWN, summarize
from tests.fake_result import fake_result

PER = {"step": 1.5, "minute": 80.0, "km": 1600.0}  # BW s
TINY = 1e-12  # products of numbers of this size


def walk(direction, *, factor=1.0, labels=None, speed=1.0):
    """Rows of a walk whose right knee takes up ``factor`` times `PER`, its left knee nine tenths of that."""
    rows = summarize(
        fake_result(f"{direction}_{speed}", direction=direction, speed=speed, origin="predicted"),
        {MINUTES: 10.0, "case": "P1"} if labels is None else labels,
    )
    measures = dict.fromkeys(SHOWN, math.nan)
    for joint, share in (("tibiofemoral", 1.0), ("patellofemoral", 0.25)):
        measures |= {f"{joint}_impulse_per_{per}": share * factor * load for per, load in PER.items()}
    shares = {"right": 1.0, "left": 0.9}
    return [
        replace(row, measures={name: shares[row.side] * load for name, load in measures.items()})
        for row in rows
    ]


def printed(rows):
    out = StringIO()
    render_doses(doses_of(rows), Console(file=out, width=126))
    return out.getvalue()


def test_a_day_is_the_minutes_of_the_label_times_the_load_of_a_minute():
    (dose,) = doses_of(walk("forward"))
    assert dose.row.side == "right"  # takes more
    assert dose.load("knee", "day") == pytest.approx(800.0, rel=TINY)
    assert dose.load("kneecap", "day") == pytest.approx(200.0, rel=TINY)
    assert dose.load("knee", "km") == pytest.approx(1600.0, rel=TINY)
    assert dose.distance == pytest.approx(0.6, rel=TINY)  # 10 min at 1 m/s


def test_the_load_of_a_day_is_that_of_its_kilometres():
    (dose,) = doses_of(walk("forward", factor=1.3))
    per_km = dose.load("knee", "day") / dose.distance
    assert per_km == pytest.approx(80.0 * 1.3 / 0.06, rel=TINY)


@pytest.mark.parametrize("labels", [{}, {MINUTES: "ten"}])
def test_without_a_number_of_minutes_there_is_no_dose(labels):
    assert doses_of(walk("forward", labels=labels)) == []


def test_without_a_complete_cycle_there_is_no_dose():
    rows = summarize(fake_result(), {MINUTES: 10.0})
    assert doses_of(rows) == []


def test_the_table_has_a_line_per_dose_and_compares_equal_pairs():
    text = printed([*walk("forward"), *walk("retro", factor=1.5), *walk("retro", factor=9.0, speed=0.6)])
    (line,) = (line for line in text.splitlines() if line.startswith("forward_1.0"))
    name, *cells = line.split()
    assert name == "forward_1.0"
    assert [float(cell) for cell in cells] == [10, 0.6, 1.5, 80, 1600, 800, 0.38, 20, 400, 200]
    assert "1 pair of equal minutes, speed and incline: knee 1.50 times per day (and km), 1.50" in text
    assert "kneecap 1.50 times" in text


def test_without_a_pair_nothing_is_compared():
    assert "against" not in printed(walk("retro"))
