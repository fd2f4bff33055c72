"""补助发放表: drafted from confirmed hours, reviewed by another, approved, then frozen."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.policy.payslip import MINUTES_OF
from afterschool.schools.calendar import require_settled
from afterschool.schools.models import School
from afterschool.schools.why import clauses, sentences
from staffing.models import Duty, PaidDuty, StipendLine, StipendSheet
from staffing.served import WHERE, Facts

State = StipendSheet.State
NO_GRADE = 0  # leaders, clubs of several grades


@transaction.atomic
def draft_sheet(*, school: School, month: date, by: Actor) -> StipendSheet:
    """Work out the month from the confirmed hours on post, never from the plan. A draft may be made anew."""
    first, last = month.replace(day=1), _last_day(month)
    require_settled(school.bureau, month.year)
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # two clerks at once: the second waits
    sheet = StipendSheet.objects.filter(school=school, month=first).first()
    if sheet and sheet.state != State.DRAFT:
        raise RuleBroken(f"{first:%Y年%-m月}的补助发放表{sheet.get_state_display()}，不能重做")
    sheet = sheet or StipendSheet(school=school, month=first)
    sheet.drafted_by_id, sheet.drafted_at = by.signer, timezone.now()
    sheet.save()
    sheet.lines.all().delete()
    by_person = _by_person(school, first, last)
    if not by_person:
        raise RuleBroken(f"{first:%Y年%-m月}还没有已确认的值班时间，请带班领导先确认", field="month")
    facts = Facts(school, first, last)
    lines = [_line(sheet, school, own, facts) for own in by_person.values()]
    StipendLine.objects.bulk_create(lines)
    paid = [PaidDuty(school=school, line=line, duty=duty) for line in lines for duty in by_person[line.person_id]]
    PaidDuty.objects.bulk_create(paid)
    sheet.total_fen = sum(line.amount_fen for line in lines)
    sheet.save()
    record(by, "drafted", sheet, people=len(lines), total_fen=sheet.total_fen)
    return sheet


@transaction.atomic
def review_sheet(sheet: StipendSheet, *, now: datetime, by: Actor) -> StipendSheet:
    """复核, by somebody who did not draft it."""
    sheet = _held(sheet, State.DRAFT)
    if sheet.drafted_by_id == by.person_id:
        raise RuleBroken("制表人不能复核自己制的表")
    sheet.state, sheet.reviewed_by_id, sheet.reviewed_at = State.REVIEWED, by.person_id, now
    sheet.save()
    record(by, "reviewed", sheet, total_fen=sheet.total_fen)
    return sheet


@transaction.atomic
def return_sheet(sheet: StipendSheet, *, reason: str, by: Actor) -> StipendSheet:
    """Send a reviewed sheet back to its drafter."""
    sheet = _held(sheet, State.REVIEWED)
    if not reason.strip():
        raise RuleBroken("请写明退回的理由", field="reason")
    sheet.state, sheet.reviewed_by, sheet.reviewed_at = State.DRAFT, None, None
    sheet.save()
    record(by, "returned", sheet, reason=reason.strip())
    return sheet


@transaction.atomic
def approve_sheet(sheet: StipendSheet, *, now: datetime, by: Actor) -> StipendSheet:
    """审批: from now on nothing in it changes."""
    sheet = _held(sheet, State.REVIEWED)
    if by.person_id in {sheet.drafted_by_id, sheet.reviewed_by_id}:
        raise RuleBroken("制表人、复核人不能审批这张表")
    sheet.state, sheet.approved_by_id, sheet.approved_at = State.APPROVED, by.person_id, now
    sheet.save()
    record(by, "approved", sheet, total_fen=sheet.total_fen)
    return sheet


def _held(sheet: StipendSheet, state: str) -> StipendSheet:
    sheet = StipendSheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state != state:
        raise RuleBroken(f"这张表现在是“{sheet.get_state_display()}”，不能这样办")
    return sheet


def _by_person(school: School, first: date, last: date) -> dict[int, list[Duty]]:
    """The confirmed duties that nobody has paid yet, each person's in the order of the days."""
    duties = Duty.objects.confirmed().filter(school=school, day__range=(first, last), paid=None)
    by_person = defaultdict(list)
    for duty in duties.select_related("person", *WHERE).order_by("person__name", "person", "starts_at", "pk"):
        by_person[duty.person_id].append(duty)
    return by_person


def _line(sheet: StipendSheet, school: School, duties: list[Duty], facts: Facts) -> StipendLine:
    """One person's month: the policy works it out, the line keeps how."""
    pay = facts.pay(duties)
    minutes = defaultdict(int)
    for one in pay.counted:
        minutes[one.duty.day_kind] += int(one.paid) if one.scale.unit in MINUTES_OF else 0
    return StipendLine(
        school=school,
        sheet=sheet,
        person=duties[0].person,
        workday_minutes=minutes["workday"],
        rest_minutes=minutes["rest"],
        holiday_minutes=minutes["holiday"],
        lessons=int(pay.by_unit.get("lesson", 0)),
        counted={unit: str(much) for unit, much in pay.by_unit.items()},
        amount_fen=pay.amount.fen,
        by_grade={str(grade or NO_GRADE): share.fen for grade, share in pay.by_grade().items()},
        steps=sentences(pay.steps),
        cites=clauses(pay.cites),
    )


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
