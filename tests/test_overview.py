"""A sweep at a glance: what stands in which cell, and what is said about forward against retro."""

import math
from io import StringIO

import pytest
from rich.console import Console

from retrogait.report.overview import render_overview, suits_overview
from retrogait.report.summary import summarize
from tests.fake_result import fake_result

SPEEDS = (0.6, 1.0)
INCLINES = (-5.0, 0.0, 10.0)


def cases(peak, spread):
    """A sensitivity: both peaks, and what they might as well be [BW]."""
    return {
        name: {"peak_tibiofemoral": peak + shift, "peak_patellofemoral": 0.8 + shift}
        for name, shift in (("base", 0.0), ("low", -spread), ("high", spread))
    }


def walk(direction, speed, incline, *, load=1.0, spread=0.1, **attributes):
    """Rows of a predicted walk whose knee carries ``load`` times 3 BW."""
    result = fake_result(
        f"{direction}_{speed}_{incline}",
        direction=direction,
        speed=speed,
        incline=incline,
        origin="predicted",
        sensitivity=cases(3.0 * load, spread) if spread else None,
        **{"notes": [], **attributes},
    )
    result["tibiofemoral_force"].values[:] *= load
    return summarize(result)


def sweep(load=1.0, **changes):
    """Rows of both directions at every speed on every incline; retro carries ``load`` times as much."""
    return [
        row
        for direction, factor in (("forward", 1.0), ("retro", load))
        for speed in SPEEDS
        for incline in INCLINES
        for row in walk(direction, speed, incline, load=factor, **changes)
    ]


def printed(rows, width=80):
    out = StringIO()
    render_overview(rows, Console(file=out, width=width))
    return out.getvalue()


def lines_of(text, word):
    return [line for line in text.splitlines() if word in line]


def test_steep_uphill_stands_first_and_the_two_directions_beside_each_other():
    text = printed(sweep(load=1.5))
    first, _, _ = text.partition("Kneecap")
    places = [first.index(word) for word in ("+10°", "level", "-5°")]
    assert places == sorted(places)
    forward, retro = lines_of(first, "forward  ")[0], lines_of(first, "retro  ")[0]
    assert forward.split() == ["+10°", "forward", "3.0", "3.0"]
    assert retro.split() == ["retro", "4.5*", "4.5*"]
    assert lines_of(first, "0.6 m/s")[0].split() == ["incline", "0.6", "m/s", "1", "m/s"]


def test_every_peak_has_its_span_below():
    lines = printed(sweep()).splitlines()
    at = next(k for k, line in enumerate(lines) if line.split()[:2] == ["level", "forward"])
    assert lines[at + 1].split() == ["2.9–3.1", "2.9–3.1"]
    assert "Below a peak: its span with other tendons, weights, ground and strength." in "\n".join(lines)


@pytest.mark.parametrize(
    ("load", "higher", "clear"),
    [(1.5, 6, "higher in 6, lower in 0."), (1.02, 6, "higher in 0, lower in 0."),
     (0.5, 0, "higher in 0, lower in 6.")],
)  # fmt: skip
def test_retro_against_forward_is_said_in_a_sentence_and_starred_only_beyond_the_span(load, higher, clear):
    first, _, _ = printed(sweep(load=load), width=200).partition("Kneecap")
    assert (
        f"Retro peaks higher than forward in {higher} of 6 pairs of equal speed and incline; "
        f"by more than the span of either: {clear}"
    ) in first
    assert ("*" in first) == (load in {1.5, 0.5})


def test_without_a_sensitivity_nothing_is_called_clear():
    text = printed(sweep(load=1.5, spread=0.0), width=200)
    assert "Retro peaks higher than forward in 6 of 6 pairs of equal speed and incline." in text
    assert "*" not in text
    assert "span" not in text


def test_what_the_other_sharing_criterion_makes_of_the_peaks_is_one_sentence():
    rows = sweep()  # 3 against 2.4 BW, and 2 against 1.6
    (line,) = lines_of(
        " ".join(printed(rows).split()).replace("Muscles share", "\nMuscles share"), "share the"
    )
    assert "by the plain criterion" in line
    assert "falls by 0.4 to 0.6 BW" in line


def test_a_walk_that_is_missing_or_has_no_answer_leaves_a_dash():
    rows = [row for row in sweep() if row.trial != "retro_0.6_10.0"]
    retro = lines_of(printed(rows), "retro  ")[0]
    assert retro.split() == ["retro", "–", "3.0"]
    nothing = walk("forward", 0.6, 10.0, load=math.nan, spread=0.0)
    rows = [*nothing, *(row for row in sweep() if row.trial != "forward_0.6_10.0")]
    assert lines_of(printed(rows), "+10°")[0].split() == ["+10°", "forward", "–", "3.0"]


def test_remarks_stand_below_once_for_all_walks():
    text = printed(sweep(notes=["a model, not a person"]), width=120)
    assert text.count("a model, not a person") == 1
    assert "all 12 trials: a model" in text


def test_an_overview_is_of_many_predicted_walks_each_unlike_the_others():
    assert suits_overview(sweep())
    assert not suits_overview(sweep()[:6])
    assert not suits_overview([*sweep(), *summarize(fake_result(origin="recorded"))])
    again = summarize(
        fake_result("again", direction="retro", speed=1.0, incline=0.0, origin="predicted", notes=[])
    )
    assert not suits_overview([*sweep(), *again])


@pytest.mark.parametrize("width", [80, 126])
def test_the_bundled_speeds_fit_a_narrow_screen(width):
    rows = [row for k in range(7) for d in ("forward", "retro") for row in walk(d, 0.4 + 0.2 * k, -10.0)]
    assert max(map(len, printed(rows, width).splitlines())) <= width
    assert len(lines_of(printed(rows, width), "1.6 m/s")) == 2
