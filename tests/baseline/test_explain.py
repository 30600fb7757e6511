"""What a comparison says: one sentence that names load, place, size, muscle and likely cause."""

import json

import numpy as np
import pytest

from retrogait.baseline.causes import OTHER_CODE, SAME_KEY, causes
from retrogait.baseline.compare import compare
from retrogait.baseline.explain import headline, others, sentence
from retrogait.baseline.gather import Gathered, gather
from tests.baseline.test_compare import held
from tests.baseline.walks import LIBRARIES, SETTINGS, SOFTWARE, walk, weaken

NAMES = [f"forward_{speed}_0" for speed in ("0.6", "0.8", "1.0", "1.2")]


def moved(*, by=0.05, **provenance):
    """The same walk with a weaker muscle, and another record of what it was made of."""
    return compare(gather(weaken(walk(provenance=provenance), by=by)), held(walk()))


def test_an_unchanged_study_is_one_line():
    comparison = compare(gather([walk(name) for name in NAMES]), held(*map(walk, NAMES)))
    count = len(comparison.checks)
    assert headline(comparison) == f"4 conditions, {count} comparisons: the same bit for bit"
    assert others(comparison) == ""


def test_a_change_within_tolerance_is_told_with_its_size():
    comparison = compare(gather(weaken(walk(), by=5e-4)), held(walk()))
    assert "no load moved; the largest change is 0.0005 BW of tibiofemoral" in headline(comparison)
    assert headline(comparison).startswith("1 condition,")


def test_a_load_that_moved_is_told_in_one_sentence():
    check = next(check for check in moved().moved if check.quantity == "tibiofemoral_force")
    assert sentence(check) == (
        "forward_1.2_0, right: tibiofemoral force at 45 % of the cycle (push-off) fell by 0.0500 from 3.0000 "
        "to 2.9500 BW (tolerance 0.001), moved most by vasint_r, which presses the knee with 0.0500 BW less"
    )


def test_a_study_is_told_in_one_sentence_with_its_cause():
    changed = {"parameters": SETTINGS | {"strength": {"vasti": 0.99}}}
    results = [weaken(walk(NAMES[0], provenance=changed), by=0.01),
               weaken(walk(NAMES[1], provenance=changed), by=0.03), *map(walk, NAMES[2:])]  # fmt: skip
    comparison = compare(gather(results), held(*map(walk, NAMES)))
    assert headline(comparison) == (
        "2 of 4 conditions: tibiofemoral force moved by up to 0.0300 BW (lower in all; tolerance 0.001), "
        "most in forward_0.8_0, right, at 45 % of the cycle (push-off), where it fell by 0.0300 from 3.0000 "
        "to 2.9700 BW, moved most by vasint_r, which presses the knee with 0.0300 BW less; most by vasti in "
        "2 of 2; likely cause: strength.vasti 1 -> 0.99"
    )
    assert others(comparison) == (
        "Also moved: patellofemoral force in 2 (by up to 0.0300 BW), tibiofemoral peak in 2 (by up to "
        "0.0150 BW)."
    )


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        ({"parameters": SETTINGS | {"tendon": "compliant"}}, "tendon rigid -> compliant"),
        ({"parameters": SETTINGS | {"cutoff": 6.0}}, "cutoff none -> 6"),
        ({"parameters": SETTINGS | {"strength": {"soleus": 1.01}}}, "strength.soleus 1 -> 1.01"),
        ({"inputs": {"planar.osim": "c" * 64, "forward_1.2_0.mot": "b" * 64}}, "model planar.osim changed"),
        ({"inputs": {"planar.osim": "a" * 64, "forward_1.2_0.mot": "c" * 64}}, "forward_1.2_0.mot changed"),
        ({"inputs": {"planar.osim": "a" * 64}}, "forward_1.2_0.mot went"),
        ({"software": SOFTWARE | {"version": "0.2.0"}}, "retrogait 0.1.0 -> 0.2.0"),
        ({"environment": {"libraries": LIBRARIES | {"scipy": "1.15"}}}, "scipy 1.14 -> 1.15"),
        ({"environment": {"libraries": LIBRARIES, "machine": "arm64"}}, "machine x86_64 -> arm64"),
    ],
)
def test_the_likely_cause_is_what_the_records_say_differently(provenance, said):
    assert said in causes(moved(**provenance))


def test_settings_are_named_before_model_files_and_software():
    told = causes(
        moved(
            parameters=SETTINGS | {"tendon": "compliant"},
            inputs={"planar.osim": "c" * 64, "forward_1.2_0.mot": "d" * 64},
            software=SOFTWARE | {"version": "0.2.0"},
        )
    )
    assert told == [
        "tendon rigid -> compliant", "model planar.osim changed", "forward_1.2_0.mot changed",
        "retrogait 0.1.0 -> 0.2.0",
    ]  # fmt: skip


def test_a_cause_that_not_all_share_says_in_how_many_it_is():
    inputs = [{"inputs": {"planar.osim": "a" * 64, f"{name}.mot": "c" * 64}} for name in NAMES[:2]]
    results = [weaken(walk(name, provenance=given)) for name, given in zip(NAMES[:2], inputs, strict=True)]
    results += [weaken(walk(name)) for name in NAMES[2:]]
    comparison = compare(gather(results), held(*map(walk, NAMES)))
    assert causes(comparison) == [
        "a file of the trial changed (in 2 of 4 conditions), for instance forward_0.6_0.mot changed in "
        "forward_0.6_0"
    ]


def test_a_condition_with_two_changed_files_counts_once():
    inputs = {
        name: {"planar.osim": "a" * 64, f"{name}.mot": "c" * 64, f"{name}.xml": "d" * 64} for name in NAMES
    }
    results = [weaken(walk(name, provenance={"inputs": inputs[name]})) for name in NAMES]
    (told,) = causes(compare(gather(results), held(*map(walk, NAMES))))
    assert told.startswith("a file of the trial changed, for instance forward_0.6_0.mot changed in ")


def test_assumptions_of_a_prediction_are_settings():
    old = walk(assumptions={"tendon": "achilles", "strength": {}})
    new = weaken(walk(assumptions={"tendon": "achilles", "strength": {"vasti": 0.9}}))
    assert causes(compare(gather(new), held(old))) == ["prediction.strength.vasti 1 -> 0.9"]


@pytest.mark.parametrize(("keys", "said"), [(("k1", "k2"), OTHER_CODE), (("k1", "k1"), SAME_KEY)])
def test_the_same_record_leaves_the_code_where_the_key_differs(keys, said):
    old, new = walk(key=keys[0]), weaken(walk(key=keys[1]))
    assert causes(compare(gather(new), held(old))) == [said]


def test_another_body_mass_is_a_cause():
    new = weaken(walk(body_mass=71.0))
    assert causes(compare(gather(new), held(walk()))) == ["body_mass 70 -> 71"]


def test_nothing_that_moved_has_no_cause():
    assert causes(compare(gather(walk(key="new")), held(walk()))) == []


def test_conditions_that_went_and_came_are_named_with_their_reason():
    results = Gathered(gather([walk("kept"), walk("added")]).loads, {"broken": "no gait was found"})
    told = headline(compare(results, held(walk("kept"), walk("gone"), walk("broken"))))
    assert told == (
        "2 of 3 conditions gave no result: gone (not among the results), broken (no gait was found); "
        "1 condition not in the baseline: added"
    )


def test_an_answer_that_went_is_told_as_such():
    gap = walk()
    gap["curve_mean"].loc[{"side": "left", "curve": "knee_flexion"}] = np.nan
    (check,) = compare(gather(gap), held(walk())).moved
    assert "knee flexion at 0 % of the cycle (loading) has no answer any more, it was" in sentence(check)
    gap["curve_mean"].loc[{"side": "left", "curve": "tibiofemoral_force"}] += 1.0
    assert (
        others(compare(gather(gap), held(walk()))) == "Also moved: knee flexion in 1 (answers came or went)."
    )
    gap = gap.copy(deep=True)
    gap["curve_mean"].loc[{"side": "left", "curve": "tibiofemoral_force"}] -= 1.0
    (check,) = compare(gather(walk()), held(gap)).moved
    assert "has an answer now" in sentence(check)


def test_a_change_of_the_last_bits_is_told_as_such_where_every_bit_counts():
    touched = walk()
    touched["curve_mean"].loc[{"side": "left", "curve": "knee_flexion"}] += 1e-9
    (check,) = compare(gather(touched), held(walk()), exact=True).moved
    assert sentence(check) == (
        "forward_1.2_0, left: knee flexion is not the same bit for bit, it differs by 1e-09 deg at most"
    )


def test_a_window_is_told_in_seconds():
    slow = walk()
    slow["cycles"][:] = 0
    late = slow.copy(deep=True)
    late["activation"][30, 1] += 0.25
    check = next(c for c in compare(gather(late), held(slow)).moved if c.muscle)
    assert sentence(check).startswith("forward_1.2_0: activation of vasint_r at t = 0.300 s rose by 0.2500")


def test_the_record_of_a_result_without_provenance_is_empty():
    bare = walk(provenance={})
    bare.attrs["provenance"] = json.dumps({})
    assert gather(bare).loads["forward_1.2_0"].record["inputs"] == {}
