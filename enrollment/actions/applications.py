"""报名: what a guardian does with an application until the school has answered."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.plans.models import Offering
from afterschool.plans.selectors import offerings_for
from afterschool.policy.enrolment import basic_first
from afterschool.schools.calendar import days_of
from afterschool.schools.models import CalendarDay, School, Student, Term
from afterschool.schools.rules import policy_of

from ..models import Application, Choice, Decline
from ..numbers import numbered
from ..selectors import live_application, walks_alone
from .guardians import require_guardian
from .pickup import name_pickup

State = Application.State
# The policies set no term. Sign-up windows last three to five days, so an answer within three workdays still comes
# before the next window closes; what lies longer shows as overdue to school and bureau.
ANSWER_WORKDAYS = 3
END_OF_DAY = time(18, 0)

Wish = tuple[Offering, Sequence[int]]


@transaction.atomic
def apply(
    *,
    student: Student,
    term: Term,
    choices: Sequence[Wish],
    leave_mode: str,
    health_note: str = "",
    pickup: Sequence[dict] = (),
    now: datetime,
    by: Actor,
) -> Application:
    """Hand the application in; its number is given at once. `pickup` holds name, relation and phone of each adult."""
    # Both parents may send at once: the second waits here and then meets the first one's application.
    student = (
        Student.objects.select_for_update(of=("self",)).select_related("school", "school_class").get(pk=student.pk)
    )
    guardian_id, today = require_guardian(student, by), timezone.localdate(now)
    _may_apply(student, term, today)
    _check(student, term, choices, leave_mode, today)
    application = Application.objects.create(
        **numbered(Application, "SL", term.school_year), school_id=student.school_id, term=term, student=student,
        guardian_id=guardian_id, leave_mode=leave_mode, health_note=health_note.strip(), submitted_at=now,
        answer_by=answer_due(student.school, now),
    )  # fmt: skip
    _write_choices(application, choices)
    for adult in pickup:
        name_pickup(student=student, **adult, began_on=today, ended_on=term.ended_on, by=by)
    Decline.objects.filter(student=student, term=term).delete()
    record(by, "applied", application, student=student.pk, number=application.number)
    return application


def answer_due(school: School, now: datetime) -> datetime:
    """The evening of the third workday after today, by the school's calendar, or by the week where it ends before."""
    today = timezone.localdate(now)
    days = days_of(school, today + timedelta(days=1), today + timedelta(days=21))
    workdays = [day.day for day in days if day.kind == CalendarDay.Kind.WORKDAY]
    weekdays = [day.day for day in days if day.day.isoweekday() <= 5]
    last = (workdays if len(workdays) >= ANSWER_WORKDAYS else weekdays)[ANSWER_WORKDAYS - 1]
    return timezone.make_aware(datetime.combine(last, END_OF_DAY))


def _may_apply(student: Student, term: Term, today: date) -> None:
    if live := live_application(student, term):
        raise RuleBroken(f"{student.name}本学期已经报过名，受理编号 {live.number}")
    if student.left_on is not None or today > term.ended_on:
        raise RuleBroken("孩子已离校或学期已结束，不能报名")


def _check(student: Student, term: Term, choices: Sequence[Wish], leave_mode: str, today: date) -> None:
    """Whether the school's plan offers what is asked for."""
    if not choices:
        raise RuleBroken("请至少选一项服务；不想参加可以点“暂不参加”", field="choices")
    offered = {offering.pk for offering in offerings_for(student, term)}
    for offering, weekdays in choices:
        if offering.pk not in offered:
            raise RuleBroken(f"“{offering.name}”不在孩子可以报的项目里，请重新选择", field="choices")
        if not weekdays or not set(weekdays) <= set(offering.weekdays):
            raise RuleBroken(f"请在“{offering.name}”开设的日子里至少选一天", field="choices")
    if all(offering.kind == Offering.Kind.CLUB for offering, _ in choices):
        # 1+X (三(四) where the policy says so): everywhere a club only comes on top.
        first = basic_first(policy_of(student.school, today), today)
        raise RuleBroken("要先选普通延时托管，才能加报特色活动", cite=first.cite, field="choices")
    walks = walks_alone(student)
    if leave_mode == Application.LeaveMode.SELF and not walks.answer:
        raise RuleBroken(walks.because, field="leave_mode")


def _write_choices(application: Application, choices: Sequence[Wish]) -> None:
    Choice.objects.bulk_create(
        Choice(school_id=application.school_id, application=application, offering=offering, weekdays=sorted(weekdays))
        for offering, weekdays in choices
    )


@transaction.atomic
def resubmit(
    *,
    application: Application,
    choices: Sequence[Wish],
    leave_mode: str,
    health_note: str = "",
    now: datetime,
    by: Actor,
) -> Application:
    """The guardian has mended what was asked for; the class teacher looks again, with a new deadline."""
    application = locked(application, State.RETURNED)
    student = application.student
    require_guardian(student, by)
    _check(student, application.term, choices, leave_mode, timezone.localdate(now))
    application.choices.all().delete()
    _write_choices(application, choices)
    application.state, application.reason = State.SUBMITTED, ""
    application.leave_mode, application.health_note = leave_mode, health_note.strip()
    application.answer_by = answer_due(student.school, now)
    application.save()
    record(by, "resubmitted", application, student=student.pk)
    return application


@transaction.atomic
def take_back(*, application: Application, by: Actor) -> Application:
    """The guardian thinks better of it before the agreement is signed by both."""
    application = locked(application, State.SUBMITTED, State.CONFIRMED, State.RETURNED, State.APPROVED)
    require_guardian(application.student, by)
    application.state = State.WITHDRAWN
    application.save(update_fields=["state"])
    record(by, "took_back", application, student=application.student_id)
    return application


@transaction.atomic
def decline(*, student: Student, term: Term, now: datetime, by: Actor) -> Decline:
    """暂不参加: nobody is asked again this term, and may still apply whenever they like."""
    guardian_id = require_guardian(student, by)
    said, new = Decline.objects.get_or_create(
        student=student,
        term=term,
        defaults={"school_id": student.school_id, "guardian_id": guardian_id, "at": now},
    )
    if new:
        record(by, "declined", said, student=student.pk)
    return said


def locked(application: Application, *states: str) -> Application:
    """The application as it stands now. Two people may press at once: the second finds it has moved on."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("school__bureau", "term", "student__school", "student__school_class", "guardian")
        .get(pk=application.pk)
    )
    if application.state not in states:
        raise RuleBroken(f"{application.student.name}的报名现在是“{application.get_state_display()}”，不能这样办理")
    return application
