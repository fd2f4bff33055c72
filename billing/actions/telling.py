"""What a family is told once its money is back."""

from collections.abc import Collection

from django.urls import reverse

from afterschool.access.models import Person
from afterschool.money import Money
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship
from billing.models import Refund


def tell_families(refund_ids: Collection[int]) -> None:
    """To the guardian who applied, with the way to the month and its arithmetic; of an advance, to the first guardian."""
    refunds = list(
        Refund.objects.filter(pk__in=refund_ids)
        .select_related("student", "fee_month", "charge__agreement__application__guardian")
        .order_by("pk")
    )
    first = _first_guardians({refund.student_id for refund in refunds if refund.charge is None})
    notify_each(
        _note(refund, guardian)
        for refund in refunds
        if (guardian := refund.charge.agreement.application.guardian if refund.charge else first.get(refund.student_id))
    )


def _note(refund: Refund, guardian: Person) -> Note:
    amount, day = Money(refund.amount_fen), f"{refund.paid_on:%-m月%-d日}已办"
    if refund.charge is None:
        title, body = f"预收的课后服务费退您 {amount} 元", f"{refund.student.name}：{day}。"
        link = reverse("disclosures:my-months")
    else:
        title = f"{refund.fee_month}课后服务费退您 {amount} 元"
        body = f"{refund.student.name}：{refund.get_cause_display()}，{day}，点开看怎么算的。"
        link = reverse("disclosures:my-month", args=[refund.student_id, refund.fee_month.month])
    return Note(guardian, "refund_paid", title=title, body=body, link=link, school_id=refund.school_id)


def _first_guardians(students: Collection[int]) -> dict[int, Person]:
    rows = Guardianship.objects.filter(student__in=students, ended_on=None).select_related("person")
    return {row.student_id: row.person for row in rows.order_by("is_primary", "-pk")}
