"""离线名单: given out to a device, signed and dated."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import uuid4

from django.core.signing import Signer

from afterschool.access.reach import Actor
from afterschool.schools.models import School
from attendance.models import GateList, PickupChange
from attendance.selectors.offline import list_content


@dataclass(frozen=True)
class Issued:
    gate_list: GateList
    content: dict
    signature: str


def issue_list(
    school: School, *, day: date, device: str, section_id: int | None = None, now: datetime, by: Actor
) -> Issued:
    """The text is not kept: its hash is, in ink, with who was given it and when."""
    content = {"uid": str(uuid4()), "device": device, **list_content(school, day, by, now, section_id=section_id)}
    digest = sha256(canonical(content)).hexdigest()
    gate_list = GateList.objects.create(
        uid=content["uid"],
        school=school,
        day=day,
        device=device,
        issued_at=now,
        issued_to_id=by.signer,
        children=len(content["children"]),
        sha256=digest,
    )
    listed = [child["id"] for child in content["children"]]
    unseen = PickupChange.objects.filter(student__in=listed, day=day, cancelled_at=None, seen_at=None)
    unseen.update(seen_at=now, seen_by=by.signer)
    return Issued(gate_list, content, Signer(salt="attendance.gate-list").signature(digest))


def canonical(content: dict) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
