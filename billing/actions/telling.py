"""What a family is told once its money is back, or stands against what comes next."""

from collections.abc import Collection
from datetime import date
from itertools import starmap
from typing import NamedTuple

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.money import Money
from afterschool.notices.post import Note, notify, notify_each
from afterschool.schools.models import Guardianship
from billing.links import month_link
from billing.models import FeeMonth, Payout, Refund
from enrollment.selectors import barred_guardians, restricted_among


def tell_families(refund_ids: Collection[int]) -> None:
    """To the guardian who applied, with the way to the month and its arithmetic; of an advance, to the first guardian."""
    told = _told(refund_ids)
    months = FeeMonth.objects.in_bulk({one.fee_month for one, _ in told})
    notify_each(_note(one, months[one.fee_month], guardian) for one, guardian in told)


def tell_returned(row: Payout, *, reason: str) -> None:
    """What the family was told it had is back: the school sends it again, perhaps to another account."""
    title = f"退您的 {Money(row.fen)} 元被银行退回"
    for one, guardian in _told([row.refund_id]):
        body = f"{one.child}：{reason}。学校会重新办理；收款账号变了的，点开申请更换。"
        link = reverse("billing:payee-change", args=[row.refund.student_id])
        notify(guardian, "refund_returned", title=title, body=body, link=link, school_id=row.school_id)


class Told(NamedTuple):
    """What of a refund is told; `applied` is the guardian who did."""

    school: int
    fee_month: int
    student: int
    child: str
    charge: int | None
    cause: str
    amount_fen: int
    paid_on: date | None
    applied: int | None


def _told(refund_ids: Collection[int]) -> list[tuple[Told, Person]]:
    """Each refund with whom to tell."""
    asked = Refund.objects.filter(pk__among=refund_ids).order_by("pk").annotate(child=F("student__name"))
    rows = asked.annotate(applied=F("charge__agreement__application__guardian")).values_list(*Told._fields)
    told, today = list(starmap(Told, rows)), timezone.localdate()
    barred = barred_guardians(restricted_among({one.student for one in told}, today), today)
    told = [one._replace(applied=None) if (one.student, one.applied) in barred else one for one in told]
    first = _first_guardians({one.student for one in told if one.applied is None}, barred)
    people = Person.objects.filter(pk__among={one.applied for one in told if one.applied}).in_bulk()
    found = ((one, people[one.applied] if one.applied else first.get(one.student)) for one in told)
    return [(one, guardian) for one, guardian in found if guardian]


def _note(one: Told, fee_month: FeeMonth, guardian: Person) -> Note:
    amount, child = Money(one.amount_fen), one.child
    day = f"{one.paid_on.month}月{one.paid_on.day}日已办" if one.paid_on else "抵下一次的费用"
    if one.cause == Refund.Cause.MEAL:
        title, body = f"{fee_month}代收餐费退您 {amount} 元", f"{child}：{day}，点开看怎么算的。"
        link = reverse("meals:my-meals", args=[one.student])
    elif one.charge is None:
        title, body = f"预收的课后服务费退您 {amount} 元", f"{child}：{day}。"
        link = reverse("disclosures:my-months")
    else:
        title = f"{fee_month}课后服务费{'退' if one.paid_on else '抵'}您 {amount} 元"
        body = f"{child}：{Refund.Cause(one.cause).label}，{day}，点开看怎么算的。"
        link = month_link(one.student, fee_month.month)
    return Note(guardian, "refund_paid", title=title, body=body, link=link, school_id=one.school)


def _first_guardians(students: Collection[int], barred: Collection[tuple[int, int]]) -> dict[int, Person]:
    rows = Guardianship.objects.filter(student__in=students, ended_on=None).select_related("person")
    rows = rows.order_by("is_primary", "-pk")
    return {row.student_id: row.person for row in rows if (row.student_id, row.person_id) not in barred}
