"""How far a trial can be believed: a report card, A to F, by published limits."""

from retrogait.card.grade import NOT_GRADED, Card, Mark, card_rows, grade
from retrogait.card.limits import GRADES, Check, Source, load_limits

__all__ = ["GRADES", "NOT_GRADED", "Card", "Check", "Mark", "Source", "card_rows", "grade", "load_limits"]
