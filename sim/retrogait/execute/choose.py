"""Which executor suits a study."""

from functools import partial

import msgspec

from retrogait._jit import kernels_cached
from retrogait.execute.base import Executor, processors
from retrogait.execute.cluster import Cluster
from retrogait.execute.keys import code_digest
from retrogait.execute.processes import Processes
from retrogait.execute.runner import Brief, Runner
from retrogait.execute.serial import Serial


def choose(brief: Brief, *, jobs: int | None = None, scheduler: str | None = None) -> Executor:
    """Executor for the tasks of a study.

    Processes have one thread each and are never more than there are processors, nor than the threads that the
    brief allows.

    Parameters
    ----------
    brief
        What the cases have in common.
    jobs
        Processes that were asked for; None leaves it to the work, which may be too little for any.
    scheduler
        Address of a Dask scheduler.

    Raises
    ------
    ConfigError
        There is no such scheduler.
    """
    each = partial(Runner, msgspec.structs.replace(brief, threads=1, code=code_digest()))
    if scheduler is not None:
        return Cluster(each, scheduler)
    alone = partial(Runner, brief)
    count = min(jobs or processors(), brief.threads or processors(), processors())
    if count == 1:
        return Serial(alone)
    # Kernels are compiled by this process alone: each of several would compile them all.
    by_need = jobs is None or not kernels_cached()
    return Processes(each, count, alone if by_need else None)
