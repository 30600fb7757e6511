"""Runs of points where a curve's statistic is large, and how large such runs get by chance.

Maris and Oostenveld (2007), J Neurosci Methods 164:177-190, doi 10.1016/j.jneumeth.2007.03.024: the mass of
a cluster is the sum of its t values, and its p-value the share of rearranged data whose *largest* cluster
weighs as much. So the error rate is controlled over the whole curve, for the question whether it differs
anywhere.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from retrogait.arrays import Floats
from retrogait.statistics.resample import p_value


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighbouring points whose statistic lies beyond the threshold on one side.

    Attributes
    ----------
    first, last
        Points, both of the cluster.
    sign
        1 where the second sample is larger, else -1.
    mass
        Sum of the sizes of t over its points.
    p
        Share of all rearrangements with a cluster of this mass or more; NaN without inference.
    """

    first: int
    last: int
    sign: int
    mass: float
    p: float = math.nan


def find_clusters(t: Floats, threshold: float) -> list[Cluster]:
    """Clusters of one curve, from its start on.

    Parameters
    ----------
    t
        (point,)
    threshold
        That the size of t must exceed.
    """
    side = np.where(np.abs(t) > threshold, np.sign(t), 0.0)
    starts = np.flatnonzero(np.diff(side, prepend=0.0) != 0.0)
    ends = np.append(starts, t.size)[1:]
    return [
        Cluster(int(start), int(end) - 1, int(side[start]), float(np.abs(t[start:end]).sum()))
        for start, end in zip(starts, ends, strict=True)
        if side[start]
    ]


def largest_masses(t: Floats, threshold: float) -> Floats:
    """Mass of the largest cluster of every curve, 0 where there is none.

    Parameters
    ----------
    t
        (resample, point)

    Returns
    -------
    ndarray
        (resample,)
    """
    largest = np.zeros(t.shape[0])
    running = {sign: np.zeros(t.shape[0]) for sign in (1.0, -1.0)}
    for point in np.ascontiguousarray(t.T):
        for sign, mass in running.items():
            size = sign * point
            # A cluster ends, its mass 0 again, wherever a point is not beyond the threshold on its side.
            running[sign] = np.where(size > threshold, mass + size, 0.0)
            np.maximum(largest, running[sign], out=largest)
    return largest


def cluster_test(t: Floats, threshold: float) -> tuple[list[Cluster], float]:
    """Clusters of the data with their p-values, and the p-value of the curve, that of its largest cluster.

    Parameters
    ----------
    t
        (resample, point), the data first.
    """
    null = largest_masses(t, threshold)
    found = [
        replace(one, p=p_value(np.concatenate([[one.mass], null[1:]])))
        for one in find_clusters(t[0], threshold)
    ]
    return found, min((one.p for one in found), default=1.0)
