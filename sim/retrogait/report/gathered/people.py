"""How many conditions a number is of, and of how many people: a condition is one walk, and nobody's n."""

from collections.abc import Iterable, Sequence

from retrogait.io.text import many
from retrogait.report.folder import Condition
from retrogait.statistics.pairs import PEOPLE


def people_of(conditions: Iterable[Condition]) -> int | None:
    """Number of people who walked.

    Parameters
    ----------
    conditions
        Of a study; who walked stands in the first of `retrogait.statistics.pairs.PEOPLE` that one has.

    Returns
    -------
    int or None
        None where a condition names nobody, or was not recorded: a prediction is of no person.
    """
    found = set()
    for one in conditions:
        name = next((name for name in PEOPLE if name in one.labels), None)
        if name is None or one.origin != "recorded":
            return None
        found.add(one.labels[name])
    return len(found) or None


def counted(conditions: Sequence[Condition]) -> str:
    """Conditions in words, with the number of people where all are known: "3 conditions (2 people)"."""
    people = people_of(conditions)
    told = many(len(conditions), "condition")
    return told if people is None else f"{told} ({many(people, 'person', 'people')})"
