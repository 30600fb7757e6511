"""What has come of the cases of a study so far, whatever order their answers come in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrogait.cases import Case
from retrogait.collection import Collection, Entry
from retrogait.execute.base import Lost
from retrogait.execute.runner import Answer, Outcome, Task
from retrogait.report.summary import Row
from retrogait.sweep import Prediction


class Ledger:
    """Outcomes and rows by case; curves go to the collection at once, so that memory stays flat.

    Parameters
    ----------
    cases, tasks
        Of the study, in the same order.
    whole
        Open collection of the study.
    seconds
        Key to the time that a result took which is kept.
    """

    def __init__(
        self, cases: Sequence[Case], tasks: Sequence[Task], whole: Collection, seconds: Mapping[str, float]
    ) -> None:
        self._cases = cases
        self._tasks = tasks
        self._whole = whole
        self._seconds = seconds
        self._rows: dict[int, list[Row]] = {}
        self._texts: dict[str, str] = {}
        self.outcomes = [Outcome(task.case.name, "not run", key=task.key) for task in tasks]

    @property
    def rows(self) -> list[Row]:
        """Rows of the summary, in the order of the cases."""
        return [row for at in sorted(self._rows) for row in self._rows[at]]

    def enter(self, at: int, answer: Answer | Lost) -> Outcome:
        """Enter the answer of a case.

        Raises
        ------
        ResultError
            The collection cannot be written.
        """
        if isinstance(answer, Lost):
            task = self._tasks[at]
            answer = Answer(Outcome(task.case.name, "failed", key=task.key, reason=answer.reason), [])
        outcome = answer.outcome
        if outcome.kept:
            outcome = replace(outcome, seconds=self._seconds.get(outcome.key, math.nan))
        inputs = {self._once(name): self._once(digest) for name, digest in outcome.inputs.items()}
        outcome = self.outcomes[at] = replace(outcome, inputs=inputs)
        self._rows[at] = [self._slim(row, self._cases[at].labels) for row in answer.rows]
        self._whole.add(self._entry(at), answer.extract)
        return outcome

    def close(self) -> None:
        """Enter the cases that nobody came to."""
        for at, outcome in enumerate(self.outcomes):
            if outcome.status == "not run":
                self._whole.add(self._entry(at))

    def _slim(self, row: Row, labels: Mapping[str, float | str]) -> Row:
        return replace(
            row,
            labels=labels,
            notes=tuple(map(self._once, row.notes)),
            measures={self._once(name): value for name, value in row.measures.items()},
        )

    def _once(self, text: str) -> str:
        """The same text that an earlier case came with: thousands share remarks, names and digests."""
        return self._texts.setdefault(text, text)

    def _entry(self, at: int) -> Entry:
        case, outcome = self._cases[at], self.outcomes[at]
        walk = case.trial.condition if isinstance(case.trial, Prediction) else case.trial
        return Entry(
            name=case.name,
            status=outcome.status,
            direction=walk.direction,
            speed=math.nan if walk.speed is None else walk.speed,
            incline=walk.incline,
            key=outcome.key,
            seconds=outcome.seconds,
            labels=case.labels,
        )
