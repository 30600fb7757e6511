"""Who is compared with whom."""

import numpy as np
import pytest
import xarray as xr

from retrogait.errors import ConfigError
from retrogait.statistics.pairs import match_walks


def table(walks, **labels):
    """Conditions of made-up walks: (direction, subject, speed), and further columns."""
    size = len(walks)
    columns = {
        "direction": [walk[0] for walk in walks],
        "subject": [walk[1] for walk in walks],
        "speed": [walk[2] for walk in walks],
        "incline": [0.0] * size,
        "origin": labels.pop("origin", ["recorded"] * size),
        "status": labels.pop("status", ["stored"] * size),
        "key": ["k"] * size,
    } | labels
    return xr.Dataset(
        coords={"condition": [f"w{k}" for k in range(size)]}
        | {name: ("condition", np.array(values)) for name, values in columns.items()}
    )


def shown(pairing):
    """Pairs as names of walks."""
    return [
        (pair.person, [w.name for w in pair.forward], [w.name for w in pair.retro]) for pair in pairing.pairs
    ]


FOUR = [("forward", "A", 1.0), ("retro", "A", 1.0), ("retro", "B", 1.0), ("forward", "B", 1.0)]


def test_walks_of_one_person_at_one_speed_are_a_pair():
    pairing = match_walks(table([*FOUR, ("forward", "A", 1.4), ("retro", "A", 1.4)]))
    assert shown(pairing) == [("A", ["w0"], ["w1"]), ("B", ["w3"], ["w2"]), ("A", ["w4"], ["w5"])]
    assert pairing.person == "subject"
    assert pairing.matched == ("speed", "incline")
    assert pairing.left_out == ()
    assert pairing.pairs[2].label == "A, 1.4 m/s, 0 deg"


def test_repeats_are_taken_together_whatever_their_number():
    walks = [("forward", "A", 1.0)] * 3 + [("retro", "A", 1.0)] * 2
    pairing = match_walks(table(walks, trial=[1, 2, 3, 1, 2]))
    assert shown(pairing) == [("A", ["w0", "w1", "w2"], ["w3", "w4"])]
    assert "trial" not in pairing.matched


def test_a_label_that_both_directions_share_is_matched_even_where_one_walk_is_missing():
    walks = [(direction, person, 1.0) for person in "ABC" for direction in ("forward", "retro")] * 2
    strength = [1.0] * 6 + [0.7] * 6
    whole = match_walks(table(walks, strength=strength))
    assert "strength" in whole.matched
    assert len(whole.pairs) == 6
    short = match_walks(table(walks[:-1], strength=strength[:-1]))
    assert len(short.pairs) == 5
    assert short.left_out == ("w10: no recorded retro walk of C, 1 m/s, 0 deg, strength 0.7",)


def test_a_label_that_says_something_else_in_each_direction_is_not_matched():
    pairing = match_walks(
        table(FOUR, shoes=["old", "new", "new", "old"], cadence=[110.0, 105.0, 99.0, 117.0])
    )
    assert pairing.matched == ("speed", "incline")
    assert len(pairing.pairs) == 2
    assert match_walks(table(FOUR, shoes=["old", "new", "new", "old"]), match=["shoes"]).pairs == ()


def test_measured_speeds_pair_within_half_a_centimetre_a_second():
    pairing = match_walks(table([("forward", "A", 1.001), ("retro", "A", 0.999), ("retro", "B", 1.4)]))
    assert shown(pairing) == [("A", ["w0"], ["w1"])]
    free = match_walks(table([("forward", "A", 1.2), ("retro", "A", 0.8)]), match=["incline"])
    assert shown(free) == [("A", ["w0"], ["w1"])]


def test_walks_that_say_no_speed_are_alike_in_it():
    assert len(match_walks(table([("forward", "A", np.nan), ("retro", "A", np.nan)])).pairs) == 1


def test_failed_walks_and_walks_of_nobody_are_left_out_and_named():
    walks = [*FOUR, ("forward", "", 1.0)]
    pairing = match_walks(table(walks, status=["failed", "stored", "stored", "stored", "stored"]))
    assert shown(pairing) == [("B", ["w3"], ["w2"])]
    assert pairing.left_out == (
        "w0: failed, no result",
        "w4: has no subject",
        "w1: no recorded forward walk of A, 1 m/s, 0 deg",
    )


def test_a_recorded_walk_is_never_paired_with_a_prediction():
    pairing = match_walks(table(FOUR[:2], origin=["recorded", "predicted"]))
    assert pairing.pairs == ()
    assert len(pairing.left_out) == 2


def test_where_chooses_walks():
    walks = [*FOUR, ("forward", "A", 1.4), ("retro", "A", 1.4)]
    assert shown(match_walks(table(walks), where={"speed": "1.40"})) == [("A", ["w4"], ["w5"])]
    with pytest.raises(ConfigError, match=r"no walk has speed = 2; there are speed: 1, 1\.4"):
        match_walks(table(walks), where={"speed": "2"})


@pytest.mark.parametrize("option", [{"pair_by": "subjet"}, {"match": ["subjet"]}, {"where": {"subjet": "A"}}])
def test_an_unknown_column_is_named(option):
    with pytest.raises(ConfigError, match=r"no column is called 'subjet' .*; did you mean `subject`"):
        match_walks(table(FOUR), **option)


def test_another_column_may_say_who_walked():
    pairing = match_walks(table(FOUR, patient=["x", "x", "y", "y"]), pair_by="patient")
    assert [pair.person for pair in pairing.pairs] == ["x", "y"]
    assert pairing.person == "patient"


def test_predictions_are_paired_beside_recordings_though_no_person_walked_them():
    walks = [("forward", "A", 1.0), ("forward", "", 1.0), ("retro", "", 1.0)]
    pairing = match_walks(table(walks, origin=["recorded", "predicted", "predicted"]))
    assert shown(pairing) == [("", ["w1"], ["w2"])]
    assert pairing.left_out == ("w0: no recorded retro walk of A, 1 m/s, 0 deg",)
