"""Adults the gate does not know: a one-time code from the guardian, or a second person's call."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.models import Delivery
from afterschool.notices.post import call_off, send_for
from afterschool.schools.models import Guardianship, Student
from attendance import codes
from attendance.models import CallBack, Incident, PickupCode
from attendance.once import once
from enrollment.actions.guardians import require_guardian, require_unbarred
from enrollment.selectors import not_told

from .day import lock

MOST_SMS_A_DAY = 5  # of one guardian: the telephone may be anybody's


@transaction.atomic
def make_code(
    student: Student,
    *,
    day: date,
    name: str,
    relation: str,
    phone: str = "",
    uid: UUID | None = None,
    now: datetime,
    by: Actor,
) -> tuple[PickupCode, str]:
    """For an adult without a smartphone: six digits for one day, shown once, and sent to a telephone if one is named.
    A new one ends the one before; the same form (`uid`) sent twice with the same words is one code.
    """
    lock(student.school_id)
    guardian_id = require_guardian(student, by)
    require_unbarred(student, day, by)
    if day < timezone.localdate(now):
        raise RuleBroken("过去的日子不能再发接送码", field="day")
    name, relation = name.strip(), relation.strip()
    if not name or not relation:
        raise RuleBroken("请写明来接的人和关系", field="name")
    said = {"student_id": student.pk, "made_by_id": guardian_id, "day": day, "name": name, "relation": relation}
    digits = codes.one_time_code(once(uid, *said.values(), phone))
    said["sha256"] = codes.fingerprint(student.pk, day, digits)
    if first := PickupCode.objects.filter(**said).first():
        return _standing(first), digits
    _end(PickupCode.objects.filter(student=student, day=day, cancelled_at=None), now)
    code = PickupCode.objects.create(**said, school_id=student.school_id, made_at=now)
    record(by, "made_code", code, student=student.pk, day=day.isoformat(), relation=code.relation)
    if phone:
        _send(code, phone, digits, now)
    return code, digits


def _standing(code: PickupCode) -> PickupCode:
    if code.cancelled_at:
        raise RuleBroken("这张接送码已经作废，请重新开一张")
    return code


def _send(code: PickupCode, phone: str, digits: str, now: datetime) -> None:
    """The SMS names the child, never the school; the guardian's inbox tells to whom it went, not the digits."""
    today = PickupCode.objects.filter(made_by=code.made_by_id, made_at__date=timezone.localdate(now))
    if today.exclude(sms=None).count() >= MOST_SMS_A_DAY:
        raise RuleBroken(f"每天最多发 {MOST_SMS_A_DAY} 条短信，请打印或抄下给他", field="phone")
    who, day = f"{code.relation} {code.name}", f"{code.day:%-m月%-d日}"
    code.sms = send_for(
        code.made_by, "code_sent", phone=phone,
        words=f"{day}接{code.student.name}的接送码 {digits}，当天用一次，请到校门口给老师看。",
        title=f"{day}的接送码发给了{who}", link=reverse("attendance:pickup-code", args=[code.student_id]),
        school_id=code.school_id,
    )  # fmt: skip
    code.save(update_fields=["sms"])


@transaction.atomic
def cancel_code(code: PickupCode, *, now: datetime, by: Actor) -> PickupCode:
    """作废: the slip opens nothing any more. Said a second time it changes nothing."""
    lock(code.school_id)
    code = PickupCode.objects.select_for_update(of=("self",)).select_related("student").get(pk=code.pk)
    if code.cancelled_at:
        return code
    require_guardian(code.student, by)
    require_unbarred(code.student, timezone.localdate(now), by)
    _end(PickupCode.objects.filter(pk=code.pk), now)
    code.refresh_from_db(fields=["cancelled_at"])
    record(by, "cancelled_code", code, student=code.student_id, day=code.day.isoformat())
    return code


def _end(standing: QuerySet[PickupCode], now: datetime) -> None:
    """Neither the slip nor an SMS that has not gone yet is of use."""
    call_off(Delivery.objects.filter(pk__in=standing.values("sms")))
    standing.update(cancelled_at=now)


@transaction.atomic
def call_back(
    incident: Incident,
    *,
    guardian: Person,
    agreed: bool,
    adult_name: str = "",
    adult_relation: str = "",
    now: datetime,
    by: Actor,
) -> CallBack:
    """A second person has called a guardian, on a number that was on file before today, and writes down the answer.

    Without an adult's name it is a call about a dispute: the guardian was told, of a handover that waits also afterwards.
    The last word about a child counts; the same said again is the call already written.
    """
    student, day, today = incident.student, incident.day, timezone.localdate(now)
    if student is None or (adult_name and day != today):
        raise RuleBroken("只能为今天的孩子回拨核实")
    if by.signer == incident.by_id:
        raise RuleBroken("回拨要由现场老师以外的另一个人来打")
    _must_be_on_file(student, guardian, day, since_before=bool(adult_name))
    if (agreed or not adult_name) and (student.pk, guardian.pk) in not_told([student], day, today):
        raise RuleBroken("这件事请与学校办公室联系办理")
    lock(student.school_id)
    said = {"guardian": guardian, "agreed": agreed, "adult_name": adult_name.strip()}
    if last := _last_word(student, day, said):
        return last
    call = CallBack.objects.create(
        **said, school_id=student.school_id, day=day, student=student, adult_relation=adult_relation.strip(),
        asked_by_id=incident.by_id, called_by_id=by.signer, called_at=now,
    )  # fmt: skip
    record(by, "called_back", call, student=student.pk, agreed=agreed)
    return call


def _last_word(student: Student, day: date, said: dict[str, Any]) -> CallBack | None:
    """The last call about the child, if it said the same."""
    last = CallBack.objects.filter(student=student, day=day).order_by("pk").last()
    return last if last and said == {name: getattr(last, name) for name in said} else None


def _must_be_on_file(student: Student, guardian: Person, day: date, *, since_before: bool) -> None:
    """A number belongs to one person for good: who was a guardian the day before had this number then."""
    since = day - timedelta(days=1) if since_before else day
    ties = Guardianship.objects.open_on(day).filter(student=student, person=guardian, began_on__lte=since)
    if not ties.exists():
        raise RuleBroken("只能打给今天以前就登记在册的监护人和号码" if since_before else "只能打给登记在册的监护人")
