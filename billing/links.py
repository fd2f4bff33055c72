"""The way to a child's month, as it stands in messages to thousands of families."""

from datetime import date
from functools import lru_cache

from django.urls import reverse


def month_link(student_id: int, month: date) -> str:
    before, behind = _around(month)
    return f"{before}/{student_id}/{behind}"


@lru_cache(maxsize=100)
def _around(month: date) -> list[str]:
    """The address is looked up once a month, and not for every child."""
    return reverse("disclosures:my-month", args=[0, month]).split("/0/")
