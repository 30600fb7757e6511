"""The loop over the samples, on as many threads as there are; no digit depends on how many."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from retrogait.arrays import Floats
from retrogait.errors import ConfigError
from retrogait.kernels.plan import new_answer
from retrogait.pipeline import solve
from retrogait.sampling.curves import Curves, Scale, keep
from retrogait.sampling.prepared import Change, Prepared, Subject, level

BATCH = 16
"""Samples that a thread takes at once."""

Progress = Callable[[int, int], None]
"""Takes how many samples are done, and of how many."""


def run_samples(
    subject: Subject,
    plain: Prepared,
    changes: Sequence[Change],
    values: Floats,
    scale: Scale,
    curves: Curves,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Solve every sample and keep its curves.

    Parameters
    ----------
    subject, plain
        The trial, and the same ready to be solved as it is.
    changes, values
        (factor,) and (sample, factor): each change is made at its value, in this order.
    curves
        From `new_curves`, filled.
    threads
        How many; None takes all processors.
    progress
        Told now and then, by the calling thread.

    Raises
    ------
    ConfigError
        ``threads`` is not a whole number from 1 on.
    """
    count: object = threads
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise ConfigError(f"threads is {threads!r}, expected a whole number from 1 on")
    samples = values.shape[0]

    def batch(first: int) -> int:
        last: int = min(first + BATCH, samples)
        for row in range(first, last):
            solve_sample(row, subject, plain, changes, values[row], scale, curves)
        return last - first

    starts = range(0, samples, BATCH)
    done = 0
    pool = ThreadPoolExecutor(min(threads or os.cpu_count() or 1, len(starts)))
    try:
        waiting: set[Future[int]] = {pool.submit(batch, first) for first in starts}
        while waiting:
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            done += sum(future.result() for future in ready)
            if progress is not None:
                progress(done, samples)
    finally:
        pool.shutdown(cancel_futures=True)


def solve_sample(
    row: int,
    subject: Subject,
    plain: Prepared,
    changes: Sequence[Change],
    values: Floats,
    scale: Scale,
    curves: Curves,
) -> None:
    """Make every change, solve, and keep one row of curves."""
    prepared = plain
    for change, value in zip(changes, values, strict=True):
        prepared = change(prepared, float(value))
    if prepared.motion is not plain.motion:
        prepared = level(prepared, subject)
    answer = new_answer(prepared.motion.time.size, prepared.body, prepared.plan)
    solve(prepared.body, prepared.plan, prepared.motion, answer, 1)
    keep(row, subject.model, prepared, answer, scale, curves)
