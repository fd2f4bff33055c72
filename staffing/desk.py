"""What waits in the staffing room for one person."""

from datetime import date, timedelta

from django.urls import reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.errors import NoRule
from afterschool.schools.models import School
from afterschool.templatetags.words import clock, month

from . import selectors
from .models import Duty, StipendSheet


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_on_post(actor, today), *_hours(actor, today), *_gaps(actor, today), *_sheets(actor, today)]


def _on_post(actor: Actor, today: date):
    mine = Duty.objects.within(actor.reach(C.STAND_DUTY)).filter(person=actor.person_id, day=today, left_at=None)
    for duty in mine.select_related("section"):
        place = duty.section.name if duty.section else duty.get_role_display()
        when = f"{clock(duty.starts_at)}–{clock(duty.ends_at)}"
        said = "在岗，走时点“离岗”" if duty.arrived_at else "到了点“到岗”"
        url = reverse("staffing:my-duty")
        yield Task(f"今天值班：{place}", f"{when} · {said}", url, urgent=not duty.arrived_at, icon="clock")


def _hours(actor: Actor, today: date):
    count = selectors.unconfirmed(actor, today).count() if actor.may(C.CONFIRM_DUTY) else 0
    if count:
        url = reverse("staffing:duty-confirm-list")
        yield Task("确认值班时间", f"{count} 条等您确认，补助按确认的时间发", url, count, icon="check")


def _gaps(actor: Actor, today: date):
    if not actor.may(C.KEEP_ROTA):
        return
    monday = today - timedelta(days=today.weekday())
    for school in School.objects.within(actor.reach(C.KEEP_ROTA)).select_related("bureau"):
        try:
            week = selectors.rota(school, monday)
        except NoRule:
            continue
        ahead = [cell for row in week.rows for cell in row.cells if cell.finding and cell.day.day >= today]
        now = any(cell.day.day == today for cell in ahead)
        if ahead:
            said = "今天就有班缺人，请马上安排代班" if now else "本周还有位置没有排人"
            url = f"{reverse('staffing:rota')}?school={school.pk}"
            yield Task("值班缺人", said, url, len(ahead), urgent=now, icon="people")


def _sheets(actor: Actor, today: date):
    sheets = StipendSheet.objects.exclude(state=StipendSheet.State.APPROVED)
    for state, capability, word in (("draft", C.REVIEW_STIPENDS, "复核"), ("reviewed", C.APPROVE_STIPENDS, "审批")):
        for sheet in sheets.within(actor.reach(capability)).filter(state=state).exclude(drafted_by=actor.person_id):
            url = reverse("staffing:stipend-sheet-detail", args=[sheet.pk])
            yield Task(f"{word}补助发放表", month(sheet.month), url, icon="money")
    if actor.may(C.DRAFT_STIPENDS):
        for school in School.objects.within(actor.reach(C.DRAFT_STIPENDS)):
            over = [first for first in selectors.months_to_draft(school, today) if first < today.replace(day=1)]
            if over:
                url = reverse("staffing:stipend-sheet-list")
                yield Task("制补助发放表", f"{month(over[0])}的值班时间已确认", url, len(over), icon="money")
