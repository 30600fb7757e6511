"""Verdicts from numbers that can be checked by hand."""

import math

import pytest

from retrogait.claims import Agreement, Outcome, Verdict, judge, read_claims, weaknesses
from retrogait.claims.outcomes import agreement, combine
from retrogait.claims.walks import Walks
from retrogait.published import Condition
from tests.claims.made_up import CLAIM, HEAD, TEST, pairs_of, walk, written

FREE = TEST.replace("tibiofemoral_peak", "knee_range")
"""A test of a measure without a sensitivity."""


@pytest.fixture
def judged(tmp_path):
    def judge_it(walks, *parts):
        book = read_claims(written(tmp_path, HEAD, CLAIM, *parts))
        return judge(book.claim[0], book.speeds, walks)

    return judge_it


def outcomes(judged):
    return [pair.outcome for pair in judged.tests[0].pairs]


def test_a_lower_peak_beyond_the_spans_is_as_claimed(judged):
    one = judged(pairs_of("tibiofemoral_peak", forward=(2.0, 3.0), retro=(1.0, 2.0)), TEST)
    assert outcomes(one) == [Outcome.AS_CLAIMED] * 3
    assert one.verdict == one.label == Verdict.SUPPORTED
    assert one.agreement == Agreement.DISAGREE
    pair = one.tests[0].preferred
    assert (pair.first.value, pair.second.value, pair.difference) == (3.0, 1.0, -2.0)
    assert (pair.first.low, pair.first.high) == pytest.approx((2.7, 3.3))


def test_a_difference_within_the_wider_span_is_not_decided(judged):
    # Forward 3.0 spans 2.7 to 3.3: 0.6, which is more than the difference.
    one = judged(pairs_of("tibiofemoral_peak", forward=(3.0, 3.0), retro=(2.5, 3.5)), TEST)
    assert outcomes(one) == [Outcome.UNDECIDED] * 3
    assert "within the span of 0.6" in one.tests[0].pairs[0].reason
    assert one.verdict == Verdict.UNDECIDED
    assert one.agreement == Agreement.NOTHING


def test_without_a_span_near_values_are_not_decided(judged):
    walks = pairs_of("knee_range", spans={}, forward=(60.0, 60.0), retro=(58.0, 50.0))
    one = judged(walks, FREE)
    assert outcomes(one)[:2] == [Outcome.UNDECIDED, Outcome.AS_CLAIMED]
    assert one.label == "supported where decided (1 of 2)"
    assert not one.tests[0].spanned


def test_opposite_answers_at_two_speeds_depend_on_speed(judged):
    one = judged(pairs_of("tibiofemoral_peak", forward=(2.0, 2.0), retro=(1.0, 4.0)), TEST)
    assert one.verdict == Verdict.DEPENDS
    assert one.label == "depends on speed"
    assert one.tests[0].words == "as claimed at 0.8 m/s; not as claimed at 1.2 m/s"
    assert one.agreement == Agreement.IN_PART


def test_opposite_answers_of_two_measures_depend_on_the_measure(judged):
    walks = Walks(
        walk(way, speed, spans={}, knee_range=60.0 if way == "retro" else 30.0, tibiofemoral_peak=1.0)
        for way in ("forward", "retro")
        for speed in (0.8, 1.2)
    )
    one = judged(walks, FREE, FREE.replace('"lower"', '"higher"'))
    assert one.label == "depends on measure"


def test_speeds_that_people_choose_may_turn_the_answer(judged):
    # Load grows with speed and retro is higher at each; slow retro is lower than fast forward.
    one = judged(pairs_of("tibiofemoral_peak", forward=(1.0, 4.0), retro=(2.0, 8.0)), TEST)
    assert [pair.at for pair in one.tests[0].pairs] == ["matched", "matched", "preferred"]
    assert one.label == "depends on choice of speeds"
    assert one.words.startswith("the speeds decide")


def test_a_test_that_is_only_shown_does_not_count(judged):
    walks = pairs_of("tibiofemoral_peak", forward=(2.0, 2.0), retro=(1.0, 1.0))
    one = judged(walks, TEST, TEST.replace('"lower"', '"higher"') + "counts = false\n")
    assert one.verdict == Verdict.SUPPORTED
    assert one.tests[1].verdict == Verdict.CONTRADICTED


def test_a_measure_that_is_not_there_is_named_and_nothing_fails(judged):
    walks = pairs_of("tibiofemoral_peak", forward=(2.0, 2.0), retro=(1.0, 1.0))
    one = judged(walks, TEST.replace("tibiofemoral_peak", "knee_wobble"))
    assert one.verdict == Verdict.NOT_COMPUTED
    assert "no measure is called knee_wobble" in one.words
    assert all(math.isnan(pair.second.value) for pair in one.tests[0].pairs)


def test_speeds_beyond_the_walks_are_not_computed_but_the_others_are(judged):
    walks = pairs_of("tibiofemoral_peak", forward=(2.0, 2.0), retro=(1.0, 1.0))
    one = judged(walks, TEST, "speeds = [0.8, 2.0]")
    assert outcomes(one)[:2] == [Outcome.AS_CLAIMED, Outcome.MISSING]
    assert "beyond the bundled walks (forward: 0.8 to 1.2 m/s)" in one.tests[0].pairs[1].reason
    assert one.verdict == Verdict.SUPPORTED


def test_a_bound_holds_for_the_whole_span(judged):
    walks = pairs_of("tibiofemoral_peak", forward=(1.0, 1.0), retro=(1.0, 1.95))
    bound = TEST.replace('"lower"', '"inside"') + 'kind = "bound"\nhigh = 2.0\n'
    one = judged(walks, bound)
    assert outcomes(one) == [Outcome.AS_CLAIMED, Outcome.UNDECIDED]
    assert judged(walks, bound.replace("2.0", "0.5")).verdict == Verdict.CONTRADICTED


def test_a_trend_compares_its_ends(judged):
    walks = pairs_of("tibiofemoral_peak", forward=(1.0, 1.0), retro=(3.0, 1.0))
    one = judged(walks, TEST, 'kind = "trend"\nspeeds = [0.8, 1.2]')
    (pair,) = one.tests[0].pairs
    assert (pair.first.value, pair.second.value, pair.outcome) == (3.0, 1.0, Outcome.AS_CLAIMED)


def test_equal_means_not_apart(judged):
    equal = FREE.replace('"lower"', '"equal"')
    near = pairs_of("knee_range", spans={}, forward=(60.0, 60.0), retro=(61.0, 59.0))
    far = pairs_of("knee_range", spans={}, forward=(60.0, 60.0), retro=(50.0, 70.0))
    assert judged(near, equal).verdict == Verdict.SUPPORTED
    assert judged(far, equal).verdict == Verdict.CONTRADICTED


def test_out_of_reach_says_why(judged):
    one = judged(Walks([]), 'out_of_reach = "no bones"')
    assert (one.verdict, one.words, one.agreement) == (Verdict.OUT, "no bones", Agreement.NOTHING)


def test_numbers_between_walks_lie_on_a_straight_line_and_name_both_files():
    walks = pairs_of("tibiofemoral_peak", forward=(2.0, 4.0), retro=(1.0, 1.0))
    reading = walks.at(Condition("forward", 0.9))
    assert reading.measures["tibiofemoral_peak"] == pytest.approx(2.5)
    assert [(part.file, part.share) for part in reading.parts] == [
        ("walks/forward_0.8_0.h5", pytest.approx(0.75)),
        ("walks/forward_1.2_0.h5", pytest.approx(0.25)),
    ]
    assert walks.at(Condition("forward", 1.3)) is None


def test_a_weakness_shows_the_number_that_the_walks_have(tmp_path):
    book = read_claims(written(tmp_path, HEAD, CLAIM, TEST))
    walks = pairs_of("knee_range", forward=(60.0, 60.0), retro=(40.0, 40.0))
    assert str(weaknesses(book, walks)["knee"]) == (
        "the knee is too stiff: 40 deg here (retro 0.8 m/s level), 60 deg in people"
    )
    assert str(weaknesses(book, Walks([]))["knee"]) == "the knee is too stiff"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], Verdict.NOT_COMPUTED),
        ([Outcome.MISSING], Verdict.NOT_COMPUTED),
        ([Outcome.MISSING, Outcome.AS_CLAIMED], Verdict.SUPPORTED),
        ([Outcome.UNDECIDED, Outcome.OPPOSITE], Verdict.CONTRADICTED),
        ([Outcome.AS_CLAIMED, Outcome.OPPOSITE], Verdict.DEPENDS),
        ([Verdict.SUPPORTED, Verdict.DEPENDS], Verdict.DEPENDS),
        ([Verdict.UNDECIDED, Verdict.NOT_COMPUTED], Verdict.UNDECIDED),
    ],
)
def test_parts_make_the_whole(parts, whole):
    assert combine(parts) == whole


def test_nothing_agrees_with_no_data():
    for verdict in Verdict:
        assert agreement(verdict, "no data") == agreement(verdict, "out") == Agreement.NOTHING
    assert agreement(Verdict.DEPENDS, "partly") == Agreement.IN_PART
    assert agreement(Verdict.SUPPORTED, "supported") == Agreement.AGREE
    assert agreement(Verdict.SUPPORTED, "partly") == Agreement.IN_PART
    assert agreement(Verdict.UNDECIDED, "supported") == Agreement.NOTHING
