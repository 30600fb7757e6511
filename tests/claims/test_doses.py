"""Doses are minutes and steps times what a walk does."""

import math

import pytest

from retrogait.claims import dose, read_claims
from retrogait.claims.walks import Walks
from retrogait.report.claims_doses import HEAD, dose_rows
from tests.claims.made_up import HEAD as SPEEDS
from tests.claims.made_up import PROTOCOL, walk, written

WALKS = Walks(
    [
        walk("retro", 0.8, cadence=100.0, tibiofemoral_impulse_per_minute=50.0,
             patellofemoral_impulse_per_minute=10.0),
        walk("forward", 1.2, cadence=120.0, tibiofemoral_impulse_per_minute=60.0,
             patellofemoral_impulse_per_minute=5.0),
    ]
)  # fmt: skip
BOTH = """bout = [
    { label = "both", direction = "retro", speed = 0.8, minutes = 10 },
    { label = "both", direction = "forward", speed = 1.2, steps = 60 },
    { direction = "retro", speed = 2.0, minutes = 5 },
]"""


@pytest.fixture
def found(tmp_path):
    text = PROTOCOL[: PROTOCOL.index("bout")] + BOTH
    return dose(read_claims(written(tmp_path, SPEEDS, text)).protocol[0], WALKS)


def test_minutes_give_steps_and_steps_give_minutes(found):
    retro, forward, _ = found.bouts
    assert (retro.steps, retro.km) == pytest.approx((1000.0, 0.48))
    assert (forward.minutes, forward.steps, forward.km) == pytest.approx((0.5, 60.0, 0.036))
    assert retro.workout == {"tibiofemoral": 500.0, "patellofemoral": 100.0}


def test_bouts_of_one_label_are_one_workout(found):
    both = found.workouts["both"]
    assert both["tibiofemoral"] == pytest.approx(530.0)
    assert both["steps"] == pytest.approx(1060.0)


def test_a_speed_beyond_the_walks_has_no_dose_and_says_so(found):
    alone = found.bouts[2]
    assert math.isnan(alone.workout["tibiofemoral"])
    assert alone.label == "retro 2 m/s"
    assert "beyond the bundled walks (0.8 to 0.8 m/s)" in alone.reason


def test_rows_have_a_cell_for_every_head_and_the_files(found):
    rows = list(dose_rows(found))
    assert {len(row) for row in rows} == {len(HEAD) + 1}
    assert rows[0] == (
        "P1", "both", "10.5", "1060", "0.516", "530", "0.5", "1027", "102", "0.0967", "199",
        "walks/retro_0.8_0.h5, walks/forward_1.2_0.h5",
    )  # fmt: skip
    assert rows[1][2:5] == ("5", "–", "–")


def test_a_protocol_out_of_reach_has_one_row_that_says_why(tmp_path):
    text = PROTOCOL[: PROTOCOL.index("bout")] + 'out_of_reach = "no belt"'
    (row,) = dose_rows(dose(read_claims(written(tmp_path, SPEEDS, text)).protocol[0], WALKS))
    assert row[:2] == ("P1", "out of reach: no belt")
