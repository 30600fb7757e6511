"""What is going on, for whoever waits: on a terminal one line that changes, else a line every so often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

INTERVAL = 5.0
"""Least time between two lines of a log that say nothing but how far it is [s]."""

MOST_FAILURES = 20
"""Failures with a line of their own; one misspelt word may be a thousand of them."""


class StudyProgress:
    """Progress of a study: how many cases are done, how fast, how long it will take, and what failed.

    Parameters
    ----------
    console
        A terminal gets a bar, with a line above it for each failure; anything else gets a line for each
        failure and one every `INTERVAL` for the rest, the last case always. From `MOST_FAILURES` on they are
        only counted.
    total
        Number of cases.
    """

    def __init__(self, console: Console, total: int) -> None:
        columns = (
            TextColumn("cases"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            TextColumn("{task.fields[stage]}", markup=False),
        )
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self.bar.add_task("cases", total=total, stage="", rate="")
        self._total = total
        self._done = self._kept = self._failed = 0
        self._started = monotonic()
        self._printed = -INTERVAL

    def stage(self, text: str) -> None:
        """Say what the present case is at."""
        self.bar.update(self._task, stage=text)
        if not self.bar.console.is_terminal:
            self._print(f"{' ' * len(self._count())} {text}", "")

    def finish(self, case: str, reason: str = "", *, failed: bool, kept: bool = False) -> None:
        """Count a case.

        Parameters
        ----------
        case
            Its name.
        reason
            Why it failed.
        failed, kept
            What came of it; kept where its result was there before.
        """
        self._done += 1
        self._kept += kept
        self._failed += failed
        self.bar.update(self._task, advance=1, stage="", rate=self._rate())
        if failed and self._failed <= MOST_FAILURES:
            self._print(f"{self._count()} {case}: failed: {reason}", "red")
            if self._failed == MOST_FAILURES:
                self._print("further failures are counted here, and listed at the end in failures.csv", "red")
        elif not self.bar.console.is_terminal and self._is_time():
            self._printed = monotonic()
            self._print(f"{self._count()} {case}{self._tally()}", "")

    def _is_time(self) -> bool:
        return self._done == self._total or monotonic() - self._printed >= INTERVAL

    def _rate(self) -> str:
        seconds = monotonic() - self._started
        return f"{(self._done - self._kept) / seconds:.1f}/s" if seconds > 0.0 else ""

    def _tally(self) -> str:
        parts = [f"{self._kept} done before"] if self._kept else []
        parts += [f"{self._failed} failed"] if self._failed else []
        parts += [self._rate()] if self._done > self._kept else []
        return f": {', '.join(parts)}" if parts else ""

    def _count(self) -> str:
        return f"[{self._done:{len(str(self._total))}}/{self._total}]"

    def _print(self, text: str, style: str) -> None:
        self.bar.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def study_progress(console: Console, total: int) -> Iterator[StudyProgress]:
    """Show the progress of a study while the block runs."""
    progress = StudyProgress(console, total)
    with progress.bar:
        yield progress


@contextmanager
def stages(console: Console) -> Iterator[Callable[[str], None]]:
    """Give a function that says what a long calculation is at.

    Off a terminal, stages that begin with one word, such as "analyzing", get a line every `INTERVAL`
    only, the last of them always.
    """
    if not console.is_terminal:
        log = _Log(console)
        yield log
        log.finish()
        return
    with console.status("starting") as status:
        yield lambda text: status.update(escape(text))


class _Log:
    """Stages as lines of a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._kind = self._waiting = ""
        self._printed = -INTERVAL

    def __call__(self, text: str) -> None:
        kind = text.split(maxsplit=1)[0] if text else ""
        if kind == self._kind and monotonic() - self._printed < INTERVAL:
            self._waiting = text
            return
        if kind != self._kind:
            self.finish()
        self._kind, self._printed, self._waiting = kind, monotonic(), ""
        self._print(text)

    def finish(self) -> None:
        """Print the last stage of its kind, unless it was."""
        if self._waiting:
            self._print(self._waiting)
            self._waiting = ""

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
