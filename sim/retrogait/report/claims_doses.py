"""Protocols as rows of a table: how much walking, and what one knee takes."""

from collections.abc import Iterator

from retrogait.claims import Dose
from retrogait.claims.doses import JOINTS
from retrogait.report.answers import NO_ANSWER
from retrogait.report.claims_words import number

HEAD = (
    "id", "workout", "min", "steps", "km",
    "knee [BW s]", "per step", "per km", "kneecap [BW s]", "per step", "per km",
)  # fmt: skip
"""Of `dose_rows`, less the files."""


def dose_rows(dose: Dose) -> Iterator[tuple[str, ...]]:
    """Cells below `HEAD` and the files behind them, one row per workout; a sum has nothing per km.

    A protocol that is out of reach has one row that says so.
    """
    name = dose.protocol.id
    if not dose.bouts:
        yield (name, f"out of reach: {dose.protocol.out_of_reach}", *([NO_ANSWER] * (len(HEAD) - 2)), "")
    for label, total in dose.workouts.items():
        bouts = [bout for bout in dose.bouts if bout.label == label]
        reasons = [bout.reason for bout in bouts if bout.reason]
        cells = [
            number(total[key]) if key != "steps" else _whole(total[key]) for key in ("minutes", "steps", "km")
        ]
        for joint in JOINTS:
            cells.append(_whole(total[joint]))
            cells.append(number(total[joint] / total["steps"]))
            cells.append(_whole(total[joint] / total["km"]))
        files = ", ".join(dict.fromkeys(str(part) for bout in bouts for part in bout.parts))
        said = label + (f" (not computed: {'; '.join(reasons)})" if reasons else "")
        yield (name, said, *cells, files)


def _whole(value: float) -> str:
    text = f"{value:.0f}"
    return NO_ANSWER if text in {"nan", "inf"} else text
