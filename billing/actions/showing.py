"""The draft goes to the guardians first: each sees the own figures, and may object until a day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify, notify_each
from afterschool.schools.models import Guardianship, Student
from afterschool.schools.people import people_with
from billing.links import month_link
from billing.models import FeeMonth, Objection, Settlement
from billing.selectors.settling import has_moved
from enrollment.selectors import barred_guardians, restricted_among

from .till import hold_month

USUAL_DAYS = 3  # no policy says how long; the school may choose otherwise, but never less than a whole day
State = Objection.State


@transaction.atomic
def show_settlement(fee_month: FeeMonth, *, until: date, now: datetime, by: Actor) -> Settlement:
    """Let guardians see the draft and object until the end of that day. Said again, the later day holds."""
    fee_month = hold_month(fee_month)
    draft = Settlement.objects.filter(fee_month=fee_month).first()
    today = timezone.localdate(now)
    if draft is None or has_moved(draft):
        raise RuleBroken("请先生成最新的结算草案")
    if today <= fee_month.last_on:
        raise RuleBroken(f"{fee_month}还没有过完，过完再交家长核对")
    if until <= today:
        raise RuleBroken("至少留一整天，截止日最早是明天", field="until")
    if draft.objections_until and until < draft.objections_until:
        raise RuleBroken(f"已经告诉家长截至{draft.objections_until:%-m月%-d日}，不能提前", field="until")
    first_time = draft.state == Settlement.State.DRAFT
    draft.state, draft.shown_at, draft.shown_by_id = Settlement.State.SHOWN, now, by.person_id
    draft.objections_until = until
    draft.save(update_fields=["state", "shown_at", "shown_by", "objections_until"])
    told = _tell_guardians(fee_month, until) if first_time else 0
    record(by, "showed", draft, until=until.isoformat(), told=told)
    return draft


def _tell_guardians(fee_month: FeeMonth, until: date) -> int:
    """Every guardian of a child that was charged, at once; but for those who must not know the child's days."""
    charged, today = fee_month.charges.values("student"), timezone.localdate()
    ties = Guardianship.objects.open_on(today).filter(student__in=charged).order_by("student", "pk")
    barred = barred_guardians(restricted_among(charged, today), today)
    told = ties.values_list("person", "student", "student__name")
    asked = [row for row in told if (row[1], row[0]) not in barred]
    people = Person.objects.filter(pk__among={person for person, _, _ in asked}).in_bulk()
    title = f"{fee_month}课后服务费结算好了，请您核对"
    say = f"收了多少、花在哪、退多少都在里面；{until:%-m月%-d日}以前有疑问可以直接提。"
    notes = [
        Note(
            people[person],
            "settlement_shown",
            title=title,
            body=f"{name}：{say}",
            link=month_link(student, fee_month.month),
            school_id=fee_month.school_id,
        )
        for person, student, name in asked
    ]
    return notify_each(notes)


@transaction.atomic
def raise_objection(fee_month: FeeMonth, student: Student, *, text: str, now: datetime, by: Actor) -> Objection:
    """A guardian says what is wrong. Said again while the first waits, it is the same objection."""
    fee_month = hold_month(fee_month)
    settlement = Settlement.objects.filter(fee_month=fee_month).first()
    if settlement is None or not settlement.hears_on(timezone.localdate(now)):
        raise RuleBroken("这个月现在不能提异议，有疑问请直接联系学校", field="text")
    if not text.strip():
        raise RuleBroken("请写明哪里不对", field="text")
    waiting = Objection.objects.filter(fee_month=fee_month, student=student, state=State.OPEN).first()
    if waiting:
        if waiting.text == text.strip():
            return waiting
        raise RuleBroken("您家已经提过一条异议，学校答复以后可以再提", field="text")
    objection = Objection.objects.create(
        school=fee_month.school,
        fee_month=fee_month,
        student=student,
        text=text.strip(),
        raised_by_id=by.signer,
        raised_at=now,
    )
    record(by, "objected", objection, student=student.pk)
    link = reverse("billing:objection-list", args=[fee_month.pk])
    for person in people_with(Capability.KEEP_BOOKS, fee_month.school, timezone.localdate(now)):
        title = f"{fee_month}结算收到一条家长异议"
        notify(person, "objection_raised", title=title, body=objection.text, link=link, school_id=fee_month.school_id)
    return objection


@transaction.atomic
def answer_objection(objection: Objection, *, upheld: bool, answer: str, now: datetime, by: Actor) -> Objection:
    """Put right and say so, or explain. An answer given stays."""
    fee_month = hold_month(objection.fee_month)
    objection = Objection.objects.select_related("raised_by", "student").get(pk=objection.pk)
    if not answer.strip():
        raise RuleBroken("请写明答复，家长会看到", field="answer")
    if objection.state != State.OPEN:
        raise RuleBroken("这条异议已经答复过了")
    objection.state = State.UPHELD if upheld else State.DISMISSED
    objection.answer, objection.answered_at, objection.answered_by_id = answer.strip(), now, by.person_id
    objection.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    record(by, "answered", objection, state=objection.state)
    notify(
        objection.raised_by,
        "objection_answered",
        title=f"您对{fee_month}结算的异议，学校答复了",
        body=objection.answer,
        link=reverse("disclosures:my-month", args=[objection.student_id, fee_month.month]),
        school_id=fee_month.school_id,
    )
    return objection


def usual_day(now: datetime) -> date:
    return timezone.localdate(now) + timedelta(days=USUAL_DAYS)
