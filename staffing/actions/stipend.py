"""补助发放表: drafted from confirmed hours, reviewed by another, approved, then frozen."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import stipends
from afterschool.policy.book import Policy
from afterschool.schools.calendar import days_of, require_settled
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from afterschool.schools.why import clauses, sentences
from staffing.models import Duty, PaidDuty, StipendLine, StipendSheet

State = StipendSheet.State
NO_GRADE = "0"  # leaders, clubs of several grades


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
    duties = Duty.objects.confirmed().filter(school=school, day__range=(first, last), paid=None)
    kinds = {day.day: day.kind for day in days_of(school, first, last)}
    by_person = defaultdict(list)
    for duty in duties.select_related("person", "section__school_class").order_by(
        "person__name", "person", "day", "pk"
    ):
        by_person[duty.person_id].append(duty)
    if not by_person:
        raise RuleBroken(f"{first:%Y年%-m月}还没有已确认的值班时间，请带班领导先确认", field="month")
    lines = [_line(sheet, school, policy_of(school, last), last, own, kinds) for own in by_person.values()]
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


def _line(sheet, school: School, policy: Policy, on: date, duties: list[Duty], kinds: dict[date, str]) -> StipendLine:
    """One person's month: the policy works it out, the line keeps how."""
    average = school.bureau.hourly_wage_fen
    pay = stipends.pay(
        policy,
        on,
        duties=[stipends.Duty(duty.minutes, kinds[duty.day], duty.lessons) for duty in duties],
        base=Money(school.stipend_base_fen) if school.stipend_base_fen else None,
        city_average=Money(average) if average else None,
    )
    minutes = defaultdict(int)
    for duty in duties:
        minutes[kinds[duty.day]] += duty.minutes
    return StipendLine(
        school=school,
        sheet=sheet,
        person=duties[0].person,
        workday_minutes=minutes["workday"],
        rest_minutes=minutes["rest"],
        holiday_minutes=minutes["holiday"],
        lessons=sum(duty.lessons for duty in duties) if _by_lesson(policy, on) else 0,
        amount_fen=pay.amount.fen,
        by_grade=_by_grade(policy, on, pay.amount, duties, kinds),
        steps=sentences(pay.steps),
        cites=clauses(pay.cites),
    )


def _by_grade(policy: Policy, on: date, amount: Money, duties: list[Duty], kinds: dict[date, str]) -> dict[str, int]:
    """What of the amount was earned for which grade; the shares add up to it."""
    by_lesson = _by_lesson(policy, on)
    weights = defaultdict(int)
    for duty in duties:
        klass = duty.section.school_class if duty.section else None
        percent = 1 if by_lesson else stipends.percent(policy, on, kinds[duty.day]).answer
        weights[str(klass.grade) if klass else NO_GRADE] += (duty.lessons if by_lesson else duty.minutes) * percent
    if not amount:
        return {}
    return dict(zip(weights, (share.fen for share in amount.split(list(weights.values()))), strict=True))


def _by_lesson(policy: Policy, on: date) -> bool:
    return stipends.basis(policy, on).answer == "lessons"


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
