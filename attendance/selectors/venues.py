"""场所 and 应急预案: what is to be looked at, what is not mended, what to do and whom to call."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch

from afterschool.access.reach import Reach
from afterschool.schools.models import School
from attendance.models import EmergencyPlan, Venue, VenueCheck

NUMBER = re.compile(r"\d[\d-]+\d")  # 120, 0411-85550100, 13900000000


@dataclass(frozen=True)
class VenueRow:
    venue: Venue
    checks: list[VenueCheck]  # the newest first
    today: date

    @property
    def last(self) -> VenueCheck | None:
        return self.checks[0] if self.checks else None

    @property
    def due_on(self) -> date:
        return due_on(self.venue, self.last)

    @property
    def days_late(self) -> int:
        return max((self.today - self.due_on).days, 0)

    @property
    def open_dangers(self) -> list[VenueCheck]:
        return [check for check in self.checks if not check.is_safe and check.mended_on is None]

    @property
    def is_checked_today(self) -> bool:
        return self.last is not None and self.last.checked_on == self.today


def due_on(venue: Venue, last: VenueCheck | None) -> date:
    """The first check on the day it began to be used, the next so many days after the last."""
    return last.checked_on + timedelta(days=venue.every_days) if last else venue.began_on


def venue_rows(reach: Reach, today: date) -> list[VenueRow]:
    """The venues in use: dangers first, then what is due soonest. Two queries."""
    checks = Prefetch("checks", VenueCheck.objects.select_related("by"))
    venues = Venue.objects.within(reach).filter(ended_on=None).prefetch_related(checks)
    rows = [VenueRow(venue, list(venue.checks.all()), today) for venue in venues]
    return sorted(rows, key=lambda row: (not row.open_dangers, row.due_on, row.venue.name))


def dangers(school: School) -> dict[str, VenueCheck]:
    """By the name of the room: the newest thing found there that nobody has mended."""
    found = VenueCheck.objects.filter(school=school, is_safe=False, mended_on=None, venue__ended_on=None)
    return {check.venue.name: check for check in found.select_related("venue").order_by("checked_on", "id")}


@dataclass(frozen=True)
class PlanAtHand:
    """An emergency plan as it is read in a hurry: steps to go through, people to call."""

    plan: EmergencyPlan

    @property
    def steps(self) -> list[str]:
        return _lines(self.plan.steps)

    @property
    def contacts(self) -> list[tuple[str, str]]:
        """Who, and the number to dial: empty where the line has none."""
        found = [(line, NUMBER.search(line)) for line in _lines(self.plan.contacts)]
        return [
            (line.replace(number[0], "").strip(" ：:，,") or number[0], number[0]) if number else (line, "")
            for line, number in found
        ]


def plans_at_hand(school: School) -> list[PlanAtHand]:
    return [PlanAtHand(plan) for plan in school.emergency_plans.filter(ended_on=None).select_related("written_by")]


def earlier_texts(plan: EmergencyPlan):
    """What the plan of this title said before, the newest first."""
    ended = EmergencyPlan.objects.filter(school=plan.school_id, title=plan.title).exclude(ended_on=None)
    return ended.select_related("written_by").order_by("-ended_on", "-id")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
