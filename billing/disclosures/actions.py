"""The deeds of the public sheet: composed from a locked month, looked at, published, corrected beside the old."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.schools.models import School
from afterschool.schools.people import people_with
from billing.models import FeeMonth

from .linter import personal_data
from .models import Disclosure
from .seal import seal
from .sheet import content_of


@transaction.atomic
def compose(fee_month: FeeMonth, *, reason: str = "", by: Actor) -> Disclosure:
    """Write the sheet of a locked month. What is not yet published is written anew; what is, needs a reason and a new version."""
    fee_month = FeeMonth.objects.select_for_update(of=("self",)).select_related("school__bureau").get(pk=fee_month.pk)
    if fee_month.is_open:
        raise RuleBroken(f"{fee_month}还没有锁定，不能编制公示")
    last = fee_month.disclosures.order_by("-version").first()
    disclosure = last if last and not last.published_at else Disclosure(fee_month=fee_month, school=fee_month.school)
    if disclosure is not last:
        disclosure.version = last.version + 1 if last else 1
    disclosure.reason = _reason(disclosure, reason.strip() or disclosure.reason)
    disclosure.content = content_of(fee_month, version=disclosure.version, reason=disclosure.reason)
    disclosure.sha256 = seal(disclosure.content)
    disclosure.save()
    record(by, "composed", disclosure, version=disclosure.version, sha256=disclosure.sha256)
    return disclosure


def _reason(disclosure: Disclosure, reason: str) -> str:
    """A correction says why, in words that everybody may read."""
    if disclosure.version == 1:
        return ""
    if not reason:
        raise RuleBroken("已经公示的内容不能改；更正要写明原因，另出一版", field="reason")
    if found := personal_data(reason, disclosure.school):
        raise RuleBroken(f"更正说明会公开，请去掉其中的{found}", field="reason")
    return reason


@transaction.atomic
def publish(disclosure: Disclosure, *, now: datetime, by: Actor) -> Disclosure:
    """Open the sheet to everybody, for good. Refuses one that the books no longer bear out."""
    disclosure = (
        Disclosure.objects.select_for_update(of=("self",))
        .select_related("fee_month__school__bureau")
        .get(pk=disclosure.pk)
    )
    if disclosure.published_at:
        return disclosure
    fresh = content_of(disclosure.fee_month, version=disclosure.version, reason=disclosure.reason)
    if not seal(fresh) == seal(disclosure.content) == disclosure.sha256:
        raise RuleBroken("编制之后账有变化，请重新编制，看过再发布")
    disclosure.published_at, disclosure.published_by_id = now, by.person_id
    disclosure.save(update_fields=["published_at", "published_by"])
    record(by, "published", disclosure, version=disclosure.version, sha256=disclosure.sha256)
    return disclosure


@transaction.atomic
def correct(disclosure: Disclosure, *, reason: str, by: Actor) -> Disclosure:
    """Begin a new version beside a published one, which stays as it is."""
    if not disclosure.published_at:
        raise RuleBroken("还没有发布，不用更正；账有变化时重新编制就可以")
    return compose(disclosure.fee_month, reason=reason, by=by)


@transaction.atomic
def compose_on_its_day(fee_month: FeeMonth, *, on: date, by: Actor) -> Disclosure:
    """What the night porter does: compose once, and ask those who may publish to look at it."""
    if disclosure := fee_month.disclosures.order_by("-version").first():
        return disclosure
    return _asked_to_publish(compose(fee_month, by=by), on)


@transaction.atomic
def write_again(fee_month: FeeMonth, *, reason: str, by: Actor) -> Disclosure | None:
    """Something came to light of a month that was written down: what is public gets a new version beside it."""
    if not fee_month.disclosures.exists():
        return None
    return _asked_to_publish(compose(fee_month, reason=reason[:200], by=by), timezone.localdate())


def _asked_to_publish(disclosure: Disclosure, on: date) -> Disclosure:
    fee_month = disclosure.fee_month
    for person in people_with(Capability.PUBLISH_DISCLOSURE, fee_month.school, on):
        notify(
            person,
            "disclosure_composed",
            title=f"{fee_month}收支公示已排好，请看一眼再发布",
            body=f"{fee_month.school}：收入、支出、退费已自动核对，数目相符。",
            link=reverse("disclosures:manage-detail", args=[disclosure.pk]),
            school_id=fee_month.school_id,
        )
    return disclosure


@transaction.atomic
def alarm(school: School, *, title: str, body: str, on: date, by: Actor) -> int:
    """Tell those who lock the month that the sheet cannot come out. Returns how many were told."""
    people = people_with(Capability.REVIEW_BOOKS, school, on)
    link = reverse("billing:month-list")
    for person in people:
        notify(person, "disclosure_overdue", title=title, body=body, link=link, school_id=school.pk, loud=True)
    record(by, "alarmed", school, title=title, told=len(people))
    return len(people)
