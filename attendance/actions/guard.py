"""门卫登记: who and what came in at the gate today, and when it left."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from attendance.models import GateEntry
from attendance.once import once

WHOLE_NUMBER = re.compile(r"\d[\d\sXx-]{6,}")  # more of an identity card than a gate needs


@transaction.atomic
def enter_gate(
    school: School, *, kind: str, uid: UUID | None = None, now: datetime, by: Actor, **words: str
) -> GateEntry:
    """`words` are the columns of the book: name and purpose always, the others where there is something to say. The same
    form (`uid`) sent twice with the same words is one entry."""
    said = {column: text.strip() for column, text in words.items()}
    plate = said.pop("plate", "").upper()
    if kind == GateEntry.Kind.VEHICLE and not plate:
        raise RuleBroken("车辆要写车牌", field="plate")
    if WHOLE_NUMBER.search(said.get("document", "")):
        raise RuleBroken("证件只写种类和后四位，例如“身份证 …1234”，不记整个号码", field="document")
    today = timezone.localdate(now)
    row = {"day": today, "kind": kind, "plate": plate, "in_at": now, "by_id": by.signer, **said}
    number = once(uid, kind, plate, *said.values())
    entry, new = GateEntry.objects.get_or_create(school=school, uid=number, defaults=row)
    if new:
        record(by, "entered_gate", entry, kind=kind)
    return entry


@transaction.atomic
def leave_gate(entry: GateEntry, *, now: datetime, by: Actor) -> GateEntry:
    """One tap. The first time stands."""
    entry = GateEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.out_at is None:
        entry.out_at = now
        entry.save(update_fields=["out_at"])
        record(by, "left_gate", entry, kind=entry.kind)
    return entry
