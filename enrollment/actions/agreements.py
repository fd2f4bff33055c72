"""协议: drawn up at approval, read and signed by the guardian, then by the school, which seats the child."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify

from ..agreement_text import compose, sha256_of
from ..facts import agreement_facts
from ..models import Agreement, AgreementItem, Application
from ..numbers import numbered
from ..selectors import who_hears
from .guardians import require_guardian
from .sections import place

# A step-up by SMS code is another method with another name; the method is kept with each signature.
SIGNED_IN = "本人账号登录"


def draft_agreement(application: Application, began_on: date) -> Agreement:
    """Put on paper what was approved, at the prices published today. Called by `approve`, under its lock."""
    number = numbered(Agreement, "XY", application.term.school_year)
    choices = list(application.choices.select_related("offering").order_by("offering__kind", "offering_id"))
    content = compose(agreement_facts(application, choices, number["number"], began_on))
    agreement = Agreement.objects.create(
        **number, school_id=application.school_id, term=application.term, student=application.student,
        application=application, text_version=content["text_version"], content=content,
        sha256=sha256_of(content), began_on=began_on,
    )  # fmt: skip
    AgreementItem.objects.bulk_create(
        AgreementItem(
            school_id=application.school_id,
            agreement=agreement,
            offering=choice.offering,
            weekdays=choice.weekdays,
            fee_fen=choice.offering.fee_fen,
            unit=choice.offering.unit,
        )
        for choice in choices
    )
    return agreement


@transaction.atomic
def sign_as_guardian(*, agreement: Agreement, sha256: str, now: datetime, by: Actor) -> Agreement:
    """The guardian signs exactly the text that was shown: `sha256` comes back from the page."""
    agreement = _locked(agreement)
    require_guardian(agreement.student, by)
    if agreement.application.state != Application.State.APPROVED:
        raise RuleBroken("这份协议现在不能签：报名已经撤回或已经在册")
    if agreement.guardian_signed_at is not None:
        raise RuleBroken("这份协议已经由孩子的监护人签过了")
    _require_untouched(agreement)
    if sha256 != agreement.sha256:
        raise RuleBroken("您看到的文本和要签的文本不一致，请重新打开协议，看过再签")
    agreement.guardian_signed_by_id, agreement.guardian_signed_at = by.person_id, now
    agreement.guardian_signed_how = SIGNED_IN
    agreement.save(update_fields=["guardian_signed_by", "guardian_signed_at", "guardian_signed_how"])
    record(by, "signed_as_guardian", agreement, student=agreement.student_id, sha256=sha256, how=SIGNED_IN)
    return agreement


@transaction.atomic
def sign_as_school(*, agreements: Iterable[Agreement], now: datetime, by: Actor) -> list[Agreement]:
    """The school signs, many at once, all or none; each child then has a seat and stands in the roster."""
    return [_sign_as_school(agreement, now, by) for agreement in sorted(agreements, key=lambda one: one.pk)]


def _sign_as_school(agreement: Agreement, now: datetime, by: Actor) -> Agreement:
    agreement = _locked(agreement)
    name = agreement.student.name
    if agreement.guardian_signed_by is None:
        raise RuleBroken(f"{name}的协议家长还没有签，学校不能先签")
    if agreement.school_signed_at is not None:
        raise RuleBroken(f"{name}的协议学校已经签过了")
    if agreement.application.state != Application.State.APPROVED:
        raise RuleBroken(f"{name}的报名已经撤回，不能再签")
    _require_untouched(agreement)
    agreement.school_signed_by_id, agreement.school_signed_at = by.person_id, now
    agreement.save(update_fields=["school_signed_by", "school_signed_at"])
    place(agreement, signed_on=timezone.localdate(now))
    Application.objects.filter(pk=agreement.application_id).update(state=Application.State.SIGNED)
    record(by, "signed_as_school", agreement, student=agreement.student_id, sha256=agreement.sha256)
    _tell_signed(agreement, timezone.localdate(now))
    return agreement


def _tell_signed(agreement: Agreement, today: date) -> None:
    first = max(agreement.began_on, today)
    body = f"{agreement.student.name}自 {first:%-m月%-d日} 起参加课后服务，协议编号 {agreement.number}。"
    link = reverse("enrollment:agreement-detail", args=[agreement.pk])
    title = "协议已由双方签好，孩子已在册"
    if guardian := who_hears(agreement.student, agreement.guardian_signed_by, today):
        notify(guardian, "enrolled", title=title, body=body, link=link, school_id=agreement.school_id)


def _require_untouched(agreement: Agreement) -> None:
    if sha256_of(agreement.content) != agreement.sha256:
        raise RuleBroken(f"协议 {agreement.number} 的文本和存档摘要对不上，不能签署，请联系系统管理员")


def _locked(agreement: Agreement) -> Agreement:
    """Guardian and school, or both parents, may sign at once: the second waits and sees what the first did.

    The signers are not joined: PostgreSQL reads only the locked rows anew after the wait.
    """
    return (
        Agreement.objects.select_for_update(of=("self", "application"))
        .select_related("application", "student__school_class")
        .get(pk=agreement.pk)
    )
