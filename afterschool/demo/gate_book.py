"""门卫登记: who and what comes in on an ordinary afternoon."""

from datetime import date
from typing import Any

from afterschool.access.reach import Actor
from afterschool.schools.models import School
from attendance.actions import enter_gate, leave_gate
from attendance.models import GateEntry

from .clock import at, clock_shows

Kind = GateEntry.Kind
Said = dict[str, Any]
COACH: Said = {
    "kind": Kind.OUTSIDE_STAFF, "name": "周海涛", "organisation": "青少年活动中心", "purpose": "上课",
    "document": "身份证 …0417",
}  # fmt: skip
VAN: Said = {
    "kind": Kind.VEHICLE,
    "name": "送水车",
    "plate": "辽B5D832",
    "purpose": "送货",
    "checked": "车内和物品已查",
}
VISITOR: Said = {"kind": Kind.VISITOR, "name": "孙国强", "purpose": "维修", "host": "总务处"}


def keep(school: School, day: date, guard: Actor) -> None:
    """The coach every day; a van or a visitor by turns."""
    other = VAN if day.day % 2 else VISITOR
    for said, came, went in ((COACH, "16:20", "17:35"), (other, "15:10", "15:30")):
        with clock_shows(at(day, came)) as now:
            entry = enter_gate(school, **said, now=now, by=guard)
        with clock_shows(at(day, went)) as now:
            leave_gate(entry, now=now, by=guard)
