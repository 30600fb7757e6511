"""What popular articles say about walking backwards, each claim beside what predicted walks do.

A file of claims says what is compared, between which walks, and what the literature found. `store_walks`
stores the result of every bundled walk, `open_walks` reads the numbers back from there, `judge` and `dose`
compare. No number stands in a table without the file that it was read from.
"""

from retrogait.claims.doses import Dose, DosePart, dose
from retrogait.claims.judge import Judged, judge
from retrogait.claims.outcomes import Agreement, Outcome, Verdict
from retrogait.claims.read import read_claims, unknown_measures
from retrogait.claims.table import Book, Claim, Protocol
from retrogait.claims.walks import Walks, open_walks, store_walks
from retrogait.claims.weaknesses import Weakness, weaknesses

__all__ = [
    "Agreement",
    "Book",
    "Claim",
    "Dose",
    "DosePart",
    "Judged",
    "Outcome",
    "Protocol",
    "Verdict",
    "Walks",
    "Weakness",
    "dose",
    "judge",
    "open_walks",
    "read_claims",
    "store_walks",
    "unknown_measures",
    "weaknesses",
]
