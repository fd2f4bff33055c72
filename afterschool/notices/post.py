"""Leaving a note: a row in the deed's own transaction, carried after it is committed."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from afterschool.access.models import Person

from .carriers import NotCarried
from .models import Delivery, Notice

MOST_ATTEMPTS = 5


class Reached(Protocol):
    """A person, as far as the post is concerned."""

    @property
    def pk(self) -> Any: ...
    @property
    def phone(self) -> str: ...
    @property
    def email(self) -> str: ...


class Note(NamedTuple):
    """A message to one person; `title` also goes by SMS: never a child's name together with a school's."""

    to: Reached
    kind: str
    title: str
    body: str = ""
    link: str = ""
    school_id: int | None = None
    loud: bool = False
    wechat: bool = False

    @property
    def ways(self) -> list[tuple[str, str]]:
        """In the inbox always; by e-mail where there is an address; loud ones also by WeChat and SMS, some by WeChat alone."""
        mail = [("email", self.to.email)] if self.to.email else []
        wechat = [("wechat", self.to.phone)] if self.wechat or self.loud else []
        return mail + wechat + ([("sms", self.to.phone)] if self.loud else [])


def notify(to: Reached, kind: str, **words) -> None:
    """Leave a note for one person, in the deed's own transaction. `words` are the rest of a Note."""
    notify_each([Note(to, kind, **words)])


def notify_each(notes: Iterable[Note]) -> int:
    """Leave many notes at once. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leave_notes(%s)", [as_json(notes)])
        return cursor.fetchone()[0]


def as_json(notes: Iterable[Note]) -> str:
    """As `leave_notes` in the database reads them."""
    now = timezone.now().isoformat()
    return json.dumps(
        [(one.to.pk, one.kind, one.title, one.body, one.link, one.school_id, now, one.ways) for one in notes],
        ensure_ascii=False,
    )


def carry(limit: int = 200) -> int:
    """Take waiting deliveries to their carriers; a failed one is tried again, later each time. Returns how many went."""
    went = 0
    for delivery_id in Delivery.objects.filter(state="waiting", try_after__lte=timezone.now()).values_list("pk")[
        :limit
    ]:
        went += _carry_one(delivery_id[0])
    return went


@transaction.atomic
def _carry_one(delivery_id: int) -> bool:
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("notice")
        .filter(pk=delivery_id, state="waiting")
        .first()
    )
    if delivery is None:
        return False
    carrier = import_string(settings.NOTICE_CARRIERS[delivery.channel])(delivery.channel)
    delivery.attempts += 1
    try:
        carrier.carry(delivery.address, _text(delivery), subject=delivery.notice.title)
    except NotCarried as reason:
        delivery.error = str(reason)[:200]
        delivery.try_after = timezone.now() + timedelta(minutes=2**delivery.attempts)
        if delivery.attempts >= MOST_ATTEMPTS:
            delivery.state = Delivery.State.FAILED
    else:
        delivery.state, delivery.sent_at, delivery.error = Delivery.State.SENT, timezone.now(), ""
    if delivery.state != Delivery.State.WAITING:
        delivery.words = ""
    delivery.save()
    return delivery.is_sent


def _text(delivery: Delivery) -> str:
    """SMS carries the title only; the rest is read after signing in. Words of its own are for somebody without an account."""
    notice = delivery.notice
    if delivery.words:
        return f"【课后服务】{delivery.words}"
    if delivery.channel == "email":
        return f"{notice.body or notice.title}\n\n{settings.SITE_URL}{notice.link}"
    return f"【课后服务】{notice.title}"


def send_for(to: Person, kind: str, *, phone: str, words: str, **note) -> Delivery:
    """An SMS to the telephone of somebody without an account, on the word of a person whose inbox tells that it was
    sent, not what: `words` are kept until they have gone.
    """
    notice = Notice.objects.create(to=to, kind=kind, **note)
    return Delivery.objects.create(notice=notice, channel="sms", address=phone, words=words)


def call_off(deliveries: QuerySet[Delivery]) -> None:
    """What has not gone yet goes no more; for what is just being carried nobody waits."""
    waiting = deliveries.filter(state=Delivery.State.WAITING).select_for_update(skip_locked=True)
    called = [one.pk for one in waiting]
    Delivery.objects.filter(pk__in=called).update(state=Delivery.State.FAILED, words="", error="作废")
