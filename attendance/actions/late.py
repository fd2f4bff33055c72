"""晚接看护: whoever nobody has collected stays with one person, who is named; the guardians are told who."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record, record_each
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import LateStay
from attendance.selectors import State, day_book
from enrollment.selectors import barred_guardians
from staffing.models import Duty
from staffing.selectors import people_for

from .day import lock, lock_open_day


@transaction.atomic
def begin_late(
    students: Sequence[Student], *, day: date, keeper: Person, place: str, now: datetime, by: Actor
) -> list[LateStay]:
    """These children of one school stay with this colleague, also one found after the signature. Queries do not grow
    with them."""
    school = _one_school(students)
    lock(school.pk)
    _check(school, day, keeper, place, now)
    states = day_book(school, day, students=students).states()
    for student in students:
        if states.get(student.pk) != State.HERE:
            raise RuleBroken(f"{student.name} 现在不是待交接，请刷新页面再看", field="children")
    stays = [_stay(student, school.pk, day, keeper, place, now, by) for student in students]
    LateStay.objects.bulk_create(stays)
    facts = {"keeper": keeper.pk, "place": place.strip()}
    record_each(by, "began_late", ((stay, {"student": stay.student_id, **facts}) for stay in stays))
    _tell(school, day, stays)
    return stays


@transaction.atomic
def change_keeper(stay: LateStay, *, keeper: Person, place: str, now: datetime, by: Actor) -> LateStay:
    """Another colleague takes over, also after the day was signed: somebody always answers for the child."""
    stay = _standing(stay)
    _check(stay.school, stay.day, keeper, place, now)
    if (keeper.pk, place.strip()) == (stay.keeper_id, stay.place):
        return stay
    LateStay.objects.filter(pk=stay.pk).update(ended_at=now)
    new = _stay(stay.student, stay.school_id, stay.day, keeper, place, now, by)
    new.save()
    record(by, "changed_keeper", new, student=stay.student_id, was=stay.keeper_id, keeper=keeper.pk)
    _tell(stay.school, stay.day, [new])
    return new


@transaction.atomic
def end_late(stay: LateStay, *, now: datetime, by: Actor) -> LateStay:
    """撤销: it was written by mistake, the child waits like the others."""
    lock_open_day(stay.school_id, stay.day)
    stay = _standing(stay)
    stay.ended_at = now
    stay.save(update_fields=["ended_at"])
    record(by, "ended_late", stay, student=stay.student_id)
    return stay


def _one_school(students: Sequence[Student]) -> School:
    if not students:
        raise RuleBroken("请勾选要看护的孩子", field="children")
    return students[0].school


def _check(school: School, day: date, keeper: Person, place: str, now: datetime) -> None:
    if day != timezone.localdate(now):
        raise RuleBroken("那一天已经过去，不能再安排看护；孩子是怎样离校的，请在那天的看板上“补记离校”")
    if not place.strip():
        raise RuleBroken("请写明看护地点", field="place")
    if not people_for(school, day, Duty.Role.TEACHER).filter(pk=keeper.pk).exists():
        raise RuleBroken("看护人要是本校的值班教师或带班领导", field="keeper")


def _stay(
    student: Student, school_id: int, day: date, keeper: Person, place: str, now: datetime, by: Actor
) -> LateStay:
    about = {"school_id": school_id, "day": day, "student": student}
    return LateStay(**about, keeper=keeper, place=place.strip(), began_at=now, by_id=by.signer)


def _standing(stay: LateStay) -> LateStay:
    lock(stay.school_id)
    stay = LateStay.objects.select_related("school", "student", "keeper").get(pk=stay.pk)
    if stay.ended_at:
        raise RuleBroken(f"{stay.student.name} 的看护已经改过，请刷新页面再看")
    return stay


def _tell(school: School, day: date, stays: Sequence[LateStay]) -> None:
    """The guardians read with whom and where; the keeper reads whom."""
    by_child = {stay.student_id: stay for stay in stays}
    barred = barred_guardians([stay.student for stay in stays], day)
    ties = Guardianship.objects.open_on(day).filter(student__in=by_child).select_related("person")
    notes = []
    for tie in ties:
        if (tie.student_id, tie.person_id) not in barred:
            stay = by_child[tie.student_id]
            title = f"{stay.student.name} 还没有人接，由{stay.keeper.name}陪着，在{stay.place}"
            body = f"请尽快来接。学校电话 {school.phone}"
            notes.append(Note(tie.person, "late_stay", title, body, "/", school.pk, loud=True))
    names = "、".join(stay.student.name for stay in stays)
    keeper, place = stays[0].keeper, stays[0].place
    notes.append(
        Note(keeper, "keeper", f"请在{place}看护 {len(stays)} 个孩子", names, "/attendance/handover/", school.pk, True)
    )
    notify_each(notes)
