"""A file of claims is checked whole, and what is wrong is told in one line."""

import pytest

from retrogait.claims import read_claims, unknown_measures
from retrogait.errors import ConfigError, FileError
from retrogait.share import share_folder
from tests.claims.made_up import CLAIM, HEAD, PROTOCOL, TEST, written

BUNDLED = share_folder("experiments") / "claims.toml"


def test_the_bundled_file_holds_every_claim_and_protocol_of_the_articles():
    book = read_claims(BUNDLED)
    assert [claim.id for claim in book.claim] == [f"K{number:02d}" for number in range(1, 44)]
    assert [protocol.id for protocol in book.protocol] == [f"P{number}" for number in range(1, 9)]
    assert set(book.article) == {f"S{number}" for number in range(5)}


def test_the_bundled_file_names_only_measures_that_there_are():
    assert unknown_measures(read_claims(BUNDLED)) == []


def test_every_weakness_of_the_bundled_file_touches_something():
    book = read_claims(BUNDLED)
    assert {name for one in book.entries for name in one.touches} == set(book.weakness)


def test_every_retro_test_of_a_knee_force_has_a_span():
    book = read_claims(BUNDLED)
    for claim in book.claim:
        for test in claim.test:
            force = any(name in test.quantity for name in ("tibiofemoral_", "patellofemoral_"))
            own = test.quantity in {"tibiofemoral_peak", "patellofemoral_peak"}
            assert not force or own or test.span or "loading_rate" in test.quantity, claim.id


def with_line(line):
    return [HEAD, CLAIM, TEST, line]


def of_quantity(quantity):
    return [HEAD, CLAIM, TEST.replace("tibiofemoral_peak", quantity)]


def claim_with(old, new):
    return [HEAD, CLAIM.replace(old, new), TEST]


INSIDE = TEST.replace('"lower"', '"inside"')

WRONG = {
    "unknown key": (with_line("expct = 1"), "claim `K01` test 1: unknown key `expct`; did you mean `expect`"),
    "unknown kind": (
        with_line('kind = "retr"'),
        "claim `K01` test 1: kind: .*found `retr`; did you mean `retro`",
    ),
    "speed below zero": (with_line("speeds = [0.8, -1]"), "claim `K01` test 1: speeds: .*m/s.*found -1"),
    "two of one id": ([HEAD, CLAIM, TEST, CLAIM, TEST], "two entries have the id K01"),
    "unknown article": (claim_with('"S0"', '"S7"'), r"K01: there is no \[article.S7\]; known: S0"),
    "unknown weakness": (claim_with('"knee"', '"kne"'), r"no \[weakness.kne\]; did you mean `knee`"),
    "neither": ([HEAD, CLAIM], r"either `out_of_reach` or \[\[test\]\] tables, found neither"),
    "both": ([HEAD, CLAIM, 'out_of_reach = "no"', TEST], "found both"),
    "no unit": (of_quantity("hip_range / knee_range"), "test 1: .* needs a `unit`"),
    "no quantity": (of_quantity("hip_range ** 2"), "test 1: quantity: .* is no quantity"),
    "limit without bound": (with_line("low = 1.0"), '`low` or `high` go with kind = "bound"'),
    "bound without inside": (with_line('kind = "bound"\nlow = 1.0'), 'expect = "inside" goes with'),
    "limits that cross": (
        [HEAD, CLAIM, INSIDE, 'kind = "bound"\nlow = 2.0\nhigh = 1.0'],
        "`low` is 2, expected less than `high`",
    ),
    "trend over nothing": (with_line('kind = "trend"'), "a trend runs over several"),
    "id of another form": (claim_with("K01", "k1"), "claim `k1`: id: expected"),
    "a dose of nothing": (
        [HEAD, PROTOCOL.replace("minutes = 10", "incline = 1.0")],
        "P1: bout 1: expected either `minutes` or `steps`",
    ),
    "no speeds": ([CLAIM, TEST], "missing table `speeds`"),
    "no TOML": ([HEAD, "claim = 3 ="], "not TOML"),
}


@pytest.mark.parametrize(("parts", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_table_and_key(tmp_path, parts, told):
    path = written(tmp_path, *parts)
    with pytest.raises(ConfigError, match=told) as caught:
        read_claims(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_claims(tmp_path / "claims.toml")


def test_an_unknown_measure_is_reported_and_no_mistake(tmp_path):
    book = read_claims(written(tmp_path, HEAD, CLAIM, TEST.replace("_peak", "_pek")))
    assert (
        unknown_measures(book)
        == [
            "K01: test 1: no measure is called tibiofemoral_pek; did you mean `tibiofemoral_peak` or "
            "`patellofemoral_peak`?"
        ]
        or "did you mean `tibiofemoral_peak`" in unknown_measures(book)[0]
    )


def test_claims_are_found_by_id_in_any_case(tmp_path):
    book = read_claims(written(tmp_path, HEAD, CLAIM, TEST, PROTOCOL))
    assert [one.id for one in book.claims(["k01"])] == ["K01"]
    assert book.protocols(["k01"]) == ()
    assert [one.id for one in book.protocols()] == ["P1"]
    with pytest.raises(ConfigError, match="K99: no claim and no protocol is called so"):
        book.claims(["K99"])
