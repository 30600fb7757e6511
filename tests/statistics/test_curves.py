"""Whole curves: error rates on made-up noise, and agreement with enumeration and with spm1d."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from retrogait.errors import ConfigError
from retrogait.statistics.clusters import cluster_test, find_clusters, largest_masses
from retrogait.statistics.curves import paired_curves, unpaired_curves
from retrogait.statistics.resample import dealt_t, flipped_t, label_shuffles, sign_flips
from retrogait.statistics.spm import require_spm, spm_paired
from retrogait.statistics.values import FEWEST
from tests.statistics import naive
from tests.statistics.made_up import smooth_noise

EXACT = 1e-12  # relative: the same sums in another order
SAME_T = 1e-9  # absolute, on t of size 1 to 10: spm1d sums as we do
FOUR_ERRORS = 4.0  # binomial standard errors: one such test in 16 000 fails by chance, and the seed is fixed
SECONDS = 3.0  # of this process, for what takes 0.2 s alone; what others do on the same cores is not counted


def pair(seed, n, shift=0.0, where=slice(30, 60)):
    generator = np.random.default_rng(seed)
    a, b = smooth_noise(generator, n), smooth_noise(generator, n)
    b[:, where] += shift
    return a, b


curves = st.lists(st.floats(-5, 5), min_size=1, max_size=40).map(np.array)


@given(t=curves, threshold=st.floats(0.1, 4.0))
def test_clusters_are_those_found_point_by_point(t, threshold):
    found = [(one.first, one.last, one.sign) for one in find_clusters(t, threshold)]
    slow = naive.clusters(t, threshold)
    assert found == [one[:3] for one in slow]
    np.testing.assert_allclose([one.mass for one in find_clusters(t, threshold)], [one[3] for one in slow])
    np.testing.assert_allclose(largest_masses(t[None], threshold), [naive.largest_mass(t, threshold)])


def test_neighbours_of_opposite_sign_are_two_clusters():
    found = find_clusters(np.array([0.0, 3.0, 4.0, -3.0, 0.0]), 2.0)
    assert [(one.first, one.last, one.sign, one.mass) for one in found] == [(1, 2, 1, 7.0), (3, 3, -1, 3.0)]


def test_the_cluster_test_is_enumeration():
    a, b = pair(1, 6, 1.5)
    found = paired_curves(a, b)
    threshold = float(stats.t.isf(0.025, 5))
    assert found.exact
    assert found.threshold == threshold
    assert found.p == pytest.approx(naive.paired_p(a, b, naive.cluster_statistic(threshold)), rel=EXACT)


def test_every_row_of_t_is_students_of_flipped_differences():
    a, b = pair(2, 5)
    flips = sign_flips(5, 100, 0)
    assert flips.exact
    assert len(np.unique(flips.table, axis=0)) == 32
    t = flipped_t(b - a, flips.table)
    for row, signs in zip(t, flips.table, strict=True):
        np.testing.assert_allclose(row, stats.ttest_1samp((b - a) * signs[:, None], 0.0).statistic, rtol=1e-9)


def test_every_row_of_t_is_welchs_of_dealt_units():
    a, b = pair(3, 6)
    units, deals = np.concatenate([a, b[:5]]), label_shuffles(6, 5, 500, 0)
    assert deals.exact
    t = dealt_t(units, 6, deals.table)
    for row in range(0, len(t), 37):
        first = deals.table[row] == 1.0
        theirs = stats.ttest_ind(units[~first], units[first], equal_var=False).statistic
        np.testing.assert_allclose(t[row], theirs, rtol=1e-9)


@pytest.mark.parametrize(
    "table",
    [
        sign_flips(6, 100, 0),
        sign_flips(20, 300, 1),
        label_shuffles(3, 3, 100, 0),
        label_shuffles(9, 8, 300, 1),
    ],
)
def test_the_data_as_they_are_come_first(table):
    units = table.table.shape[1]
    as_it_is = np.ones(units) if table.table.min() < 0 else (np.arange(units) < round(table.table[0].sum()))
    np.testing.assert_array_equal(table.table[0], as_it_is)


@pytest.mark.parametrize("units", [14, 62, 70])
def test_random_flips_are_all_different(units):
    flips = sign_flips(units, 3000, 2)
    assert not flips.exact
    assert len(np.unique(flips.table, axis=0)) == 3000
    assert abs(flips.table[1:].mean()) < FOUR_ERRORS / math.sqrt(2999 * units)


@pytest.mark.parametrize(("compare", "n"), [(paired_curves, 8), (paired_curves, 15), (unpaired_curves, 8)])
def test_error_rates_over_whole_curves_are_as_said(compare, n):
    """Without a difference: either test errs in 5 %, and the band holds the whole truth in 95 %."""
    repeats = 300
    found = [compare(*pair(1000 + seed, n), permutations=500, seed=seed) for seed in range(repeats)]
    error = FOUR_ERRORS * math.sqrt(0.05 * 0.95 / repeats)
    for wrong in (
        sum(one.p <= 0.05 for one in found),
        sum(one.p_max <= 0.05 for one in found),
        sum(not ((one.low <= 0.0) & (one.high >= 0.0)).all() for one in found),
    ):
        assert abs(wrong / repeats - 0.05) <= error


def test_the_band_holds_a_difference_that_is_there():
    repeats, truth = 200, np.zeros(101)
    truth[30:60] = 0.7
    held = 0
    for seed in range(repeats):
        one = paired_curves(*pair(5000 + seed, 12, 0.7), permutations=500, seed=seed)
        held += bool(((one.low <= truth) & (truth <= one.high)).all())
    assert abs(held / repeats - 0.95) <= FOUR_ERRORS * math.sqrt(0.05 * 0.95 / repeats)


def test_a_planted_difference_is_found_where_it_is():
    found = 0
    for seed in range(50):
        one = paired_curves(*pair(seed, 15, 1.5), permutations=500)
        largest = max(one.clusters, key=lambda cluster: cluster.mass, default=None)
        found += one.p <= 0.05 and largest.sign == 1 and 20 <= largest.first <= largest.last <= 70
    assert found >= 45  # a shift of 1.5 is d_z = 1.06 over a third of the curve


@pytest.mark.parametrize(("compare", "n"), [(paired_curves, 9), (unpaired_curves, 6)])
def test_swap_mirror_and_units_change_what_they_must_and_nothing_else(compare, n):
    a, b = pair(4, n, 1.5)
    one = compare(a, b)  # of so few units every rearrangement, so nothing is left to chance
    assert one.exact
    assert one.clusters
    swapped = compare(b, a)
    np.testing.assert_allclose(swapped.difference, -one.difference, atol=1e-12)
    np.testing.assert_allclose(swapped.low, -one.high, atol=1e-9)
    assert [c.sign for c in swapped.clusters] == [-c.sign for c in one.clusters]
    mirrored = compare(a[:, ::-1], b[:, ::-1])
    assert [(100 - c.last, 100 - c.first) for c in reversed(mirrored.clusters)] == [
        (c.first, c.last) for c in one.clusters
    ]
    scaled = compare(1000.0 * a, 1000.0 * b)
    np.testing.assert_allclose(scaled.high, 1000.0 * one.high, rtol=1e-9)
    np.testing.assert_allclose(scaled.effect, one.effect, rtol=1e-9)
    for other in (swapped, mirrored, scaled):
        assert (other.p, other.p_max) == pytest.approx((one.p, one.p_max), rel=EXACT)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_the_same_seed_gives_the_same_p(seed):
    a, b = pair(7, 16, 0.3)
    one, again = (paired_curves(a, b, permutations=200, seed=seed) for _ in range(2))
    assert (one.p, one.p_max, one.clusters) == (again.p, again.p_max, again.clusters)
    np.testing.assert_array_equal(one.low, again.low)


def test_a_curve_with_a_gap_is_left_out_with_its_counterpart():
    a, b = pair(8, 9, 0.5)
    gap = a.copy()
    gap[2, 50] = np.nan
    keep = np.arange(9) != 2
    left, right = paired_curves(gap, b), paired_curves(a[keep], b[keep])
    assert left.n_a == left.n_b == 8
    assert left.p == right.p
    np.testing.assert_array_equal(left.difference, right.difference)


@pytest.mark.parametrize("compare", [paired_curves, unpaired_curves])
@pytest.mark.parametrize("n", [0, 1, FEWEST - 1])
def test_nothing_is_inferred_from_too_few(compare, n):
    found = compare(*pair(9, n, 2.0))
    assert found.clusters == ()
    assert math.isnan(found.p)
    assert np.isnan(found.low).all()
    assert np.isnan(found.difference).all() == (n == 0)


def test_points_where_nobody_differs_belong_to_no_cluster():
    a, b = pair(10, 8, 3.0)
    b[:, :20] = a[:, :20]
    found = paired_curves(a, b)
    assert min(cluster.first for cluster in found.clusters) >= 20
    np.testing.assert_array_equal(found.t[:20], 0.0)
    assert np.isfinite(found.low).all()


def test_ten_thousand_flips_of_thirty_people_are_quick():
    a, b = pair(11, 30)
    begun = time.process_time()
    paired_curves(a, b, permutations=10_000)
    assert time.process_time() - begun < SECONDS


def test_arrays_of_other_shapes_are_refused():
    with pytest.raises(ConfigError, match=r"expected \(unit, point\)"):
        paired_curves(np.ones(3), np.ones(3))
    with pytest.raises(ConfigError, match="pairs need one row per person"):
        paired_curves(np.ones((5, 10)), np.ones((6, 10)))
    with pytest.raises(ConfigError, match="a has 10 points and b 11"):
        unpaired_curves(np.ones((5, 10)), np.ones((6, 11)))
    with pytest.raises(ConfigError, match="expected an array of numbers"):
        paired_curves([["a"]], [["b"]])


def test_the_p_of_a_cluster_counts_those_at_least_as_heavy():
    t = np.array([[3.0, 0.0, 3.0, 3.0], [0.0, 0.0, 0.0, 3.0], [0.0, 0.0, 0.0, 0.0], [3.0, 3.0, 3.0, 3.0]])
    found, p = cluster_test(t, 2.0)
    assert [one.p for one in found] == [0.75, 0.5]
    assert p == 0.5


def test_spm1d_has_the_same_t_and_p_of_the_same_size():
    pytest.importorskip("spm1d", reason="spm1d, the extra `spm`, is not installed")
    require_spm()
    for seed, shift in ((1, 0.0), (2, 1.0), (3, 1.6)):
        a, b = pair(20 + seed, 14, shift)
        ours, theirs = paired_curves(a, b), spm_paired(a, b)
        np.testing.assert_allclose(theirs.t, ours.t, atol=SAME_T)
        smallest = min((one.p for one in theirs.clusters), default=1.0)
        # Other tests of the same hypothesis: both far below 0.05, both near it, or neither.
        assert (ours.p <= 0.05) == (smallest <= 0.05)
        for one in theirs.clusters:
            assert any(c.first - 1 <= one.first and one.last <= c.last + 1 for c in ours.clusters)
        assert theirs.threshold > stats.t.isf(0.025, 13)


def test_without_spm1d_one_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "spm1d", None)
    with pytest.raises(ConfigError, match=r"spm1d is not installed; .*retrogait\[spm\]"):
        require_spm()
