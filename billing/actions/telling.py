"""What a family is told once its money is back, or stands against what comes next."""

from collections.abc import Collection

from django.db.models import F
from django.urls import reverse

from afterschool.access.models import Person
from afterschool.money import Money
from afterschool.notices.post import Note, notify, notify_each
from afterschool.schools.models import Guardianship
from billing.links import month_link
from billing.models import Payout, Refund


def tell_families(refund_ids: Collection[int]) -> None:
    """To the guardian who applied, with the way to the month and its arithmetic; of an advance, to the first guardian."""
    notify_each(_note(refund, child, guardian) for refund, child, guardian in _told(refund_ids))


def tell_returned(row: Payout, *, reason: str) -> None:
    """What the family was told it had is back: the school sends it again, perhaps to another account."""
    title = f"退您的 {Money(row.fen)} 元被银行退回"
    for _, child, guardian in _told([row.refund_id]):
        body = f"{child}：{reason}。学校会重新办理；收款账号变了的，点开申请更换。"
        link = reverse("billing:payee-change", args=[row.refund.student_id])
        notify(guardian, "refund_returned", title=title, body=body, link=link, school_id=row.school_id)


def _told(refund_ids: Collection[int]) -> list[tuple[Refund, str, Person]]:
    """Each refund with the child's name and whom to tell."""
    asked = (
        Refund.objects.filter(pk__in=refund_ids).defer("steps", "cites").order_by("pk").prefetch_related("fee_month")
    )
    told = asked.annotate(child=F("student__name"), applied=F("charge__agreement__application__guardian"))
    first = _first_guardians({refund.student_id for refund in told if refund.charge_id is None})
    people = Person.objects.in_bulk({refund.applied for refund in told if refund.applied})
    return [
        (refund, refund.child, guardian)
        for refund in told
        if (guardian := people[refund.applied] if refund.applied else first.get(refund.student_id))
    ]


def _note(refund: Refund, child: str, guardian: Person) -> Note:
    amount = Money(refund.amount_fen)
    day = f"{refund.paid_on:%-m月%-d日}已办" if refund.paid_on else "抵下一次的费用"
    if refund.cause == Refund.Cause.MEAL:
        title, body = f"{refund.fee_month}代收餐费退您 {amount} 元", f"{child}：{day}，点开看怎么算的。"
        link = reverse("meals:my-meals", args=[refund.student_id])
    elif refund.charge_id is None:
        title, body = f"预收的课后服务费退您 {amount} 元", f"{child}：{day}。"
        link = reverse("disclosures:my-months")
    else:
        title = f"{refund.fee_month}课后服务费{'退' if refund.paid_on else '抵'}您 {amount} 元"
        body = f"{child}：{refund.get_cause_display()}，{day}，点开看怎么算的。"
        link = month_link(refund.student_id, refund.fee_month.month)
    return Note(guardian, "refund_paid", title=title, body=body, link=link, school_id=refund.school_id)


def _first_guardians(students: Collection[int]) -> dict[int, Person]:
    rows = Guardianship.objects.filter(student__in=students, ended_on=None).select_related("person")
    return {row.student_id: row.person for row in rows.order_by("is_primary", "-pk")}
