"""Slow and obvious twins of the kernels: one arrangement at a time."""

import itertools
import math

import numpy as np
from scipy import stats


def clusters(t, threshold):
    """(first, last, sign, mass) of every run beyond the threshold, walked point by point."""
    found = []
    for point, value in enumerate(t):
        side = int(np.sign(value)) if abs(value) > threshold else 0
        if not side:
            continue
        if found and found[-1][1] == point - 1 and found[-1][2] == side:
            first, _, _, mass = found[-1]
            found[-1] = (first, point, side, mass + abs(value))
        else:
            found.append((point, point, side, abs(value)))
    return found


def largest_mass(t, threshold):
    return max((mass for *_, mass in clusters(t, threshold)), default=0.0)


def paired_p(a, b, statistic):
    """Share of all sign flips whose statistic is as large as that of the data, by enumeration."""
    differences = np.asarray(b) - np.asarray(a)
    observed = statistic(differences)
    every = [
        statistic(differences * np.reshape(signs, (-1, *[1] * (differences.ndim - 1))))
        for signs in itertools.product((1.0, -1.0), repeat=len(differences))
    ]
    return np.mean([value >= observed * (1 - 1e-9) for value in every])


def unpaired_p(a, b, statistic):
    """The same over all ways to deal the units to two samples."""
    units, first = np.concatenate([a, b]), len(a)
    observed = statistic(units[:first], units[first:])
    every = []
    for chosen in itertools.combinations(range(len(units)), first):
        members = np.isin(np.arange(len(units)), chosen)
        every.append(statistic(units[members], units[~members]))
    return np.mean([value >= observed * (1 - 1e-9) for value in every])


def absolute_t(differences):
    return abs(stats.ttest_1samp(differences, 0.0).statistic)


def absolute_welch(a, b):
    return abs(stats.ttest_ind(b, a, equal_var=False).statistic)


def cluster_statistic(threshold):
    def largest(differences):
        n = len(differences)
        t = differences.mean(axis=0) / (differences.std(axis=0, ddof=1) / math.sqrt(n))
        return largest_mass(t, threshold)

    return largest
