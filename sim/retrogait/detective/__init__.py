"""Input detective: the likely mistake, the evidence in numbers, and the repair, which it never makes."""

from retrogait.detective.api import inspect
from retrogait.detective.finding import MISTAKES, Finding, Severity

__all__ = ["MISTAKES", "Finding", "Severity", "inspect"]
