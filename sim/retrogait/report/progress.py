"""What is going on, for whoever waits: on a terminal one line that changes, else one line after another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class TrialProgress:
    """Progress of a study: how many trials are done, and what the present one is at."""

    def __init__(self, console: Console, total: int) -> None:
        columns = (
            TextColumn("trials"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[stage]}", markup=False),
        )
        self.bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self.bar.add_task("trials", total=total, stage="")
        self._total = total
        self._done = 0

    def stage(self, text: str) -> None:
        """Say what the present trial is at."""
        self.bar.update(self._task, stage=text)
        if not self.bar.console.is_terminal:
            self._print(f"{' ' * len(self._count())} {text}", "")

    def finish(self, trial: str, result: str, *, failed: bool) -> None:
        """Count a trial and say what came of it."""
        self._done += 1
        self.bar.update(self._task, advance=1, stage="")
        self._print(f"{self._count()} {trial}: {result}", "red" if failed else "")

    def _count(self) -> str:
        return f"[{self._done:{len(str(self._total))}}/{self._total}]"

    def _print(self, text: str, style: str) -> None:
        self.bar.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def trial_progress(console: Console, total: int) -> Iterator[TrialProgress]:
    """Show the progress of a study while the block runs."""
    progress = TrialProgress(console, total)
    with progress.bar:
        yield progress


@contextmanager
def stages(console: Console) -> Iterator[Callable[[str], None]]:
    """Give a function that says what a long calculation is at."""
    if not console.is_terminal:
        yield lambda text: console.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    with console.status("starting") as status:
        yield lambda text: status.update(escape(text))
