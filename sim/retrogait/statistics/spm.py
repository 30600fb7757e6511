"""The same question asked by random field theory, where the package spm1d is installed.

spm1d (Pataky 2012, doi 10.1080/10255842.2010.527837) is under the GPL, so retrogait neither depends on it nor
imports it unasked. It assumes normal, smooth differences and needs no permutations.
"""

from dataclasses import dataclass

from retrogait.arrays import Floats
from retrogait.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SpmCluster:
    """Part of the curve beyond the threshold, its ends read between points."""

    first: float
    last: float
    p: float


@dataclass(frozen=True, slots=True)
class SpmTest:
    """Paired t test of curves by random field theory.

    Attributes
    ----------
    t
        (point,) second sample less first.
    threshold
        Size that t exceeds anywhere in a share of alpha of smooth random curves.
    clusters
        From the start of the curve on.
    """

    t: Floats
    threshold: float
    clusters: tuple[SpmCluster, ...]


def require_spm() -> None:
    """Find out before any work whether spm1d can be imported.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    try:
        import spm1d  # noqa: F401, PLC0415
    except ImportError as error:
        raise ConfigError(
            "spm1d is not installed; install it with pip install 'retrogait[spm]' (it is under the GPL), or "
            "leave out --spm: the permutation test needs nothing more"
        ) from error


def spm_paired(a: Floats, b: Floats, alpha: float = 0.05) -> SpmTest:
    """Compare two curves of the same people by spm1d.

    Parameters
    ----------
    a, b
        (unit, point) finite curves, one per person, in the same order.
    alpha
        Level of the two-sided test.

    Raises
    ------
    ConfigError
        spm1d is not installed.
    """
    require_spm()
    import spm1d  # noqa: PLC0415

    field = spm1d.stats.ttest_paired(b, a)
    found = field.inference(alpha, two_tailed=True, interp=True)
    return SpmTest(
        field.z,
        float(found.zstar),
        tuple(
            SpmCluster(float(one.endpoints[0]), float(one.endpoints[1]), float(one.P))
            for one in found.clusters
        ),
    )
