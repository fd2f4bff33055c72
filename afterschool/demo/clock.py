"""The demonstration tells of days gone by: while it is told, the clock of the rows shows those days."""

from contextlib import contextmanager
from datetime import date, datetime, time
from unittest.mock import patch

from django.utils import timezone


def at(day: date, clock: str | time) -> datetime:
    """That time of that day, in Shanghai."""
    clock = time.fromisoformat(clock) if isinstance(clock, str) else clock
    return timezone.make_aware(datetime.combine(day, clock))


@contextmanager
def clock_shows(moment: datetime):
    with patch("django.utils.timezone.now", return_value=moment):
        yield moment
