"""初审 and 核准: the school's word on an application. Nobody can say no in silence (D四.1, C二(一))."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.plans.models import Offering, Plan
from afterschool.policy.enrolment import may_refuse
from afterschool.schools.rules import policy_of

from ..models import Agreement, Application
from ..selectors import who_hears
from .agreements import draft_agreement
from .applications import locked

State = Application.State


@transaction.atomic
def confirm(*, application: Application, now: datetime, by: Actor) -> Application:
    """班级初审: the child is in this class and the facts are right."""
    application = locked(application, State.SUBMITTED)
    application.state, application.confirmed_at, application.confirmed_by_id = State.CONFIRMED, now, by.person_id
    application.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record(by, "confirmed", application, student=application.student_id)
    return application


@transaction.atomic
def confirm_all(*, applications: Iterable[Application], now: datetime, by: Actor) -> list[Application]:
    return [confirm(application=application, now=now, by=by) for application in applications]


@transaction.atomic
def return_for_correction(*, application: Application, reason: str, now: datetime, by: Actor) -> Application:
    """退回补正: says what to mend; what was typed is kept."""
    application = locked(application, State.SUBMITTED, State.CONFIRMED)
    if not reason.strip():
        raise RuleBroken("请写明要家长改什么", field="reason")
    application.state, application.reason = State.RETURNED, reason.strip()
    application.save(update_fields=["state", "reason"])
    record(by, "returned", application, student=application.student_id, reason=reason)
    _tell(application, "application_returned", "报名需要您改一下", f"{application.student.name}：{application.reason}")
    return application


@transaction.atomic
def approve(*, application: Application, began_on: date, now: datetime, by: Actor) -> Agreement:
    """学校核准: reserves the seats and draws up the agreement for both to sign."""
    application = locked(application, State.CONFIRMED)
    if not application.term.began_on <= began_on <= application.term.ended_on:
        raise RuleBroken("服务开始日期要在学期之内", field="began_on")
    _reserve_seats(application, began_on)
    application.state, application.approved_at, application.approved_by_id = State.APPROVED, now, by.person_id
    application.save(update_fields=["state", "approved_at", "approved_by"])
    agreement = draft_agreement(application, began_on)
    record(by, "approved", application, student=application.student_id, agreement=agreement.number)
    body = f"{application.student.name}的报名已核准，请阅读协议并签字。"
    _tell(application, "agreement_to_sign", "报名已核准，请签协议", body)
    return agreement


@transaction.atomic
def approve_all(*, applications: Iterable[Application], began_on: date, now: datetime, by: Actor) -> list[Agreement]:
    """All or none; in the order they came in, so that the last seats go to the earlier ones."""
    in_order = sorted(applications, key=lambda application: (application.submitted_at, application.pk))
    return [approve(application=application, began_on=began_on, now=now, by=by) for application in in_order]


def _reserve_seats(application: Application, began_on: date) -> None:
    """Refuse when one of the wished offerings is full. Agreements hold seats from approval on.

    A changed plan has new rows for its offerings: the one of the same name in the same term is the same service.
    """
    limited = application.choices.exclude(offering__seats=None).values("offering__name")
    published = Offering.objects.filter(plan__state__in=[Plan.State.IN_FORCE, Plan.State.REPLACED])
    same = published.filter(plan__term=application.term_id, school=application.school_id, name__in=limited)
    # Two approvals may want the last seat: the second waits here, then counts the first.
    versions = {offering.name: offering for offering in same.select_for_update(of=("self",)).order_by("pk")}
    for offering in versions.values():  # the newest of each name says how many seats there are
        holding = Agreement.objects.filter(
            term=application.term_id,
            school=application.school_id,
            items__offering__name=offering.name,
            application__state__in=[State.APPROVED, State.SIGNED],
        ).exclude(ended_on__lt=began_on)
        if offering.seats is not None and holding.count() >= offering.seats:
            raise RuleBroken(
                f"“{offering.name}”{offering.seats} 个名额已满，{application.student.name}排不进去，请退回家长改选"
            )


@transaction.atomic
def refuse(*, application: Application, ground: str, reason: str, now: datetime, by: Actor) -> Application:
    """不予核准: only on a ground that the policy in force names; told to the guardian, seen by the bureau."""
    application = locked(application, State.SUBMITTED, State.CONFIRMED, State.RETURNED)
    today = timezone.localdate(now)
    verdict = may_refuse(policy_of(application.school, today), today, ground)
    if verdict.cite is None or not verdict.answer:
        raise RuleBroken(f"{verdict.because}；材料有问题请退回家长补正", cite=verdict.cite, field="ground")
    if not reason.strip():
        raise RuleBroken("请把不予核准的具体理由写给家长", field="reason")
    application.state, application.ground, application.reason = State.REFUSED, ground, reason.strip()
    application.clause = verdict.cite.label
    application.save(update_fields=["state", "ground", "reason", "clause"])
    record(by, "refused", application, student=application.student_id, ground=ground, reason=reason)
    because = f"{application.student.name}：{ground}。{application.reason}（{application.clause}）"
    body = f"{because}不同意可以拨打监督电话 {application.school.bureau.phone}。"
    _tell(application, "application_refused", "报名未获核准，请看理由", body)
    return application


def _tell(application: Application, kind: str, title: str, body: str) -> None:
    link = reverse("enrollment:application-detail", args=[application.pk])
    if guardian := who_hears(application.student, application.guardian, timezone.localdate()):
        notify(guardian, kind, title=title, body=body, link=link, school_id=application.school_id, loud=True)
