"""接送: who may collect a child, and who must not."""

from datetime import date, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from afterschool.access.models import mobile
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import Guardianship, Student

from ..models import PickupPerson, PickupRestriction, RestrictionReview
from ..release import plain_name
from .guardians import require_guardian, require_unbarred

MOST_PICKUP_PEOPLE = 5  # as many tiles as a teacher at the gate can tell apart at a glance


@transaction.atomic
def name_pickup(
    *, student: Student, name: str, relation: str, phone: str, began_on: date, ended_on: date | None = None, by: Actor
) -> PickupPerson:
    """A guardian names an adult who may collect the child."""
    # Both parents may be naming people at once: the limit is counted under the child's lock.
    student = Student.objects.select_for_update().get(pk=student.pk)
    guardian_id = require_guardian(student, by)
    require_unbarred(student, began_on, by)
    named = PickupPerson.objects.open_on(began_on).filter(student=student)
    if len(named) >= MOST_PICKUP_PEOPLE:
        raise RuleBroken(f"最多可以授权 {MOST_PICKUP_PEOPLE} 位，请先停用一位再添加", field="name")
    if any(plain_name(other.name) == plain_name(name) for other in named):
        raise RuleBroken(f"{name}已经在接送人名单里了", field="name")
    if ended_on is not None and ended_on < began_on:
        raise RuleBroken("截止日期不能早于开始日期", field="ended_on")
    try:
        mobile(phone)
    except ValidationError as wrong:
        raise RuleBroken(str(wrong.message), field="phone") from wrong
    person = PickupPerson.objects.create(
        school_id=student.school_id, student=student, name=name.strip(), relation=relation.strip(), phone=phone,
        named_by_id=guardian_id, began_on=began_on, ended_on=ended_on,
    )  # fmt: skip
    record(by, "named_pickup", person, student=student.pk, relation=person.relation)
    return person


@transaction.atomic
def photograph(*, person: PickupPerson, photo: bytes, by: Actor) -> PickupPerson:
    """The face that the gate compares with the adult who stands there; a new one takes the place of the old."""
    person = PickupPerson.objects.select_for_update().get(pk=person.pk)
    require_unbarred(person.student, timezone.localdate(), by)
    if person.named_by_id != require_guardian(person.student, by):
        raise RuleBroken(f"{person.name}是另一位家长授权的，照片要由授权的人加")
    if person.ended_on and person.ended_on < timezone.localdate():
        raise RuleBroken(f"{person.name}已经停用了")
    person.photo = photo
    person.save(update_fields=["photo"])
    record(by, "photographed", person, student=person.student_id, sha256=sha256(photo).hexdigest())
    return person


@transaction.atomic
def end_pickup(*, person: PickupPerson, today: date, by: Actor) -> PickupPerson:
    """Any guardian of the child may take the right away again, at once."""
    person = PickupPerson.objects.select_for_update().get(pk=person.pk)
    require_guardian(person.student, by)
    require_unbarred(person.student, today, by)
    if person.ended_on is not None and person.ended_on < today:
        raise RuleBroken(f"{person.name}已经停用了")
    # At once: yesterday was the last day, so today's gate no longer shows this adult.
    person.ended_on = today - timedelta(days=1)
    person.photo = None  # nobody has to know this face any more
    person.save(update_fields=["ended_on", "photo"])
    record(by, "ended_pickup", person, student=person.student_id)
    return person


@transaction.atomic
def restrict(
    *,
    student: Student,
    person_name: str,
    document: str,
    began_on: date,
    expires_on: date | None = None,
    by: Actor,
) -> PickupRestriction:
    """Write down who must not collect the child, on the strength of a document. It holds until a person lifts it.

    An order that lapses opens no gate by itself (C4): somebody else looks, and says why it may end.
    A quarrel is not a document: without one, both parents' rights are equal (民法典 1058, 1084).
    """
    if not document.strip():
        raise RuleBroken(
            "请写明所依据的文书名称和编号，如法院裁定书文号；没有文书不能限制监护人接孩子", field="document"
        )
    if not plain_name(person_name):
        raise RuleBroken("请写明不得接走孩子的人", field="person_name")
    if expires_on is not None and expires_on < began_on:
        raise RuleBroken("文书的有效期不能早于开始日期", field="expires_on")
    restriction = PickupRestriction.objects.create(
        school_id=student.school_id, student=student, person_name=person_name.strip(), document=document.strip(),
        began_on=began_on, expires_on=expires_on, recorded_by_id=by.signer, **_known_adult(student, person_name),
    )  # fmt: skip
    record(by, "restricted_pickup", restriction, student=student.pk)
    return restriction


def _known_adult(student: Student, name: str) -> dict:
    """Links to the guardian and the pick-up person of that name, so that a later spelling changes nothing."""
    known: dict[str, int] = {}
    for guardianship in Guardianship.objects.filter(student=student).select_related("person"):
        if plain_name(guardianship.person.name) == plain_name(name):
            known["person_id"] = guardianship.person_id
    for named in PickupPerson.objects.filter(student=student):
        if plain_name(named.name) == plain_name(name):
            known["pickup_person_id"] = named.pk
    return known


@transaction.atomic
def confirm_restriction(*, restriction: PickupRestriction, by: Actor) -> PickupRestriction:
    """A second person has seen the document."""
    restriction = PickupRestriction.objects.select_for_update().get(pk=restriction.pk)
    if restriction.confirmed_by_id is not None:
        raise RuleBroken("这条限制已经复核过了")
    if restriction.recorded_by_id == by.person_id:
        raise RuleBroken("登记和复核要由两个人分别办理")
    restriction.confirmed_by_id = by.person_id
    restriction.save(update_fields=["confirmed_by"])
    record(by, "confirmed_restriction", restriction, student=restriction.student_id)
    return restriction


@transaction.atomic
def keep_restriction(
    *, restriction: PickupRestriction, expires_on: date | None, reason: str, today: date, by: Actor
) -> PickupRestriction:
    """复审: the document lapses, or has lapsed; the restriction stays, until a new day or without one."""
    restriction = PickupRestriction.objects.select_for_update().get(pk=restriction.pk)
    if restriction.ended_on is not None and restriction.ended_on < today:
        raise RuleBroken("这条限制已经解除了")
    if not reason.strip():
        raise RuleBroken("请写明继续限制的理由和依据", field="reason")
    if expires_on is not None and expires_on <= today:
        raise RuleBroken("新的有效期要晚于今天；没有期限的请留空", field="expires_on")
    restriction.expires_on = expires_on
    restriction.save(update_fields=["expires_on"])
    _review(restriction, kept=True, reason=reason, expires_on=expires_on, by=by)
    record(by, "kept_restriction", restriction, student=restriction.student_id, reason=reason)
    return restriction


def _review(restriction: PickupRestriction, *, kept: bool, reason: str, expires_on: date | None, by: Actor) -> None:
    RestrictionReview.objects.create(
        school_id=restriction.school_id, restriction=restriction, kept=kept, reason=reason.strip(), expires_on=expires_on,
        at=timezone.now(), by_id=by.signer,
    )  # fmt: skip


@transaction.atomic
def end_restriction(*, restriction: PickupRestriction, ended_on: date, reason: str, by: Actor) -> PickupRestriction:
    """Lift it, by someone other than who recorded it."""
    restriction = PickupRestriction.objects.select_for_update().get(pk=restriction.pk)
    if restriction.recorded_by_id == by.person_id:
        raise RuleBroken("解除要由登记人以外的人办理")
    if not reason.strip():
        raise RuleBroken("请写明解除的理由和依据", field="reason")
    if ended_on < restriction.began_on:
        raise RuleBroken("截止日期不能早于开始日期", field="ended_on")
    restriction.ended_on = ended_on
    restriction.save(update_fields=["ended_on"])
    _review(restriction, kept=False, reason=reason, expires_on=None, by=by)
    record(by, "ended_restriction", restriction, student=restriction.student_id, reason=reason)
    return restriction
