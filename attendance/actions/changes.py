"""今日接送变更: who comes today, and when. It grants nobody anything; the gate asks the same rules as ever."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Student
from attendance.models import Handover, PickupChange
from attendance.selectors import State, day_book, leave_modes
from attendance.selectors.book import DayBook
from attendance.selectors.trail import TO_LEAVE
from enrollment.actions.guardians import require_guardian, require_unbarred
from enrollment.selectors import Collector, barred_guardians, collectors_of, restrictions_of, walks_alone

from .day import lock_open_day

ASK_OFFICE = "这件事请与学校办公室联系办理"
Mode = PickupChange.Mode


@transaction.atomic
def change_pickup(
    student: Student,
    *,
    collector: Collector | None = None,
    alone: bool = False,
    comes_at: time | None = None,
    now: datetime,
    by: Actor,
) -> PickupChange:
    """Somebody else comes today, or at another time, or the child goes alone. It ends what was said before; the same
    once more says nothing new.
    """
    if not (collector or alone or comes_at):
        raise RuleBroken("请点谁来接，或者几点来接")
    today = timezone.localdate(now)
    book = _open_book(student, today, by)
    said = {**_allowed(student, collector, alone, today), "comes_at": comes_at}
    standing = PickupChange.objects.filter(student=student, day=today, cancelled_at=None)
    if same := standing.filter(**said).first():
        return same
    standing.update(cancelled_at=now)
    change = PickupChange.objects.create(
        **said, school_id=student.school_id, student=student, day=today, asked_by_id=by.signer, asked_at=now
    )
    record(by, "changed_pickup", change, student=student.pk, mode=change.mode)
    _tell(student, book, change.words, by)
    return change


@transaction.atomic
def cancel_change(change: PickupChange, *, now: datetime, by: Actor) -> PickupChange:
    """撤销: as agreed in writing, after all."""
    lock_open_day(change.school_id, change.day)
    change = PickupChange.objects.select_for_update(of=("self",)).select_related("student__school").get(pk=change.pk)
    if change.cancelled_at:
        return change
    require_guardian(change.student, by)
    require_unbarred(change.student, change.day, by)
    change.cancelled_at = now
    change.save(update_fields=["cancelled_at"])
    record(by, "cancelled_pickup_change", change, student=change.student_id)
    book = day_book(change.student.school, change.day, students=[change.student])
    _tell(change.student, book, "今天照原来的安排接", by)
    return change


def _open_book(student: Student, today: date, by: Actor) -> DayBook:
    """The child's day, in which something can still be changed, by a guardian who may."""
    lock_open_day(student.school_id, today)
    require_guardian(student, by)
    require_unbarred(student, today, by)
    book = day_book(student.school, today, students=[student])
    _must_be_leaving(student, book)
    return book


def _must_be_leaving(student: Student, book: DayBook) -> None:
    state = book.states().get(student.pk)
    if state is None:
        raise RuleBroken(f"{student.name} 今天没有课后服务，不用改")
    if gone := book.handovers.get(student.pk):
        raise RuleBroken(f"{student.name} {timezone.localtime(gone.at):%H:%M} 已经{gone.words}，不能再改")
    if state not in TO_LEAVE:
        raise RuleBroken(f"{student.name} 今天{state.label}，不用改")


def _allowed(student: Student, collector: Collector | None, alone: bool, today: date) -> dict[str, Any]:
    """How the child leaves and with whom, if the rules let it."""
    if alone or (collector is None and _walks_as_signed(student, today)):
        _may_go_alone(student, today)
        return {"mode": Mode.SELF, "guardian_id": None, "pickup_person_id": None}
    if collector:
        _has_the_right(student, collector, today)
    adult = {collector.kind: collector.pk} if collector else {}
    return {"mode": Mode.COLLECTED, "guardian_id": adult.get("guardian"), "pickup_person_id": adult.get("pickup")}


def _walks_as_signed(student: Student, today: date) -> bool:
    """Only a time was said: the child leaves as it was agreed in writing, and a bus when it leaves."""
    agreed = leave_modes([student], today).get(student.pk)
    if agreed == Handover.Mode.BUS:
        raise RuleBroken("协议约定乘校车，时间照校车的；有人来接，请点是谁")
    return agreed == Handover.Mode.SELF


def _may_go_alone(student: Student, today: date) -> None:
    walks = walks_alone(student)
    if not walks.answer:
        raise RuleBroken(walks.because, cite=walks.cite)
    if restrictions_of([student], today)[student.pk]:
        raise RuleBroken(ASK_OFFICE)


def _has_the_right(student: Student, collector: Collector, today: date) -> None:
    known = {(one.kind, one.pk): one for one in collectors_of([student], today)[student.pk]}
    asked = known.get((collector.kind, collector.pk))
    if asked is None:
        raise RuleBroken("这位大人不在接送名单里，请先在“接送人”里授权")
    if asked.barred:
        raise RuleBroken(ASK_OFFICE)


def _tell(student: Student, book: DayBook, words: str, by: Actor) -> None:
    """The teachers of the child's sessions, at once and loudly when their list was given out before; the other guardians."""
    title, late = f"{student.name}：{words}", book.states()[student.pk] != State.UNMARKED
    sections = {(session.merged_into or session).section_id for session in book.sessions_of(student.pk)}
    teachers = Person.objects.filter(duties__day=book.day, duties__section__in=sections).distinct()
    notes = [
        Note(one, "pickup_changed", title, link="/attendance/handover/", school_id=student.school_id, loud=late)
        for one in teachers
    ]
    barred = barred_guardians([student], book.day)
    notes += [
        Note(
            tie.person,
            "pickup_changed",
            title,
            link=f"/attendance/students/{student.pk}/day/",
            school_id=student.school_id,
        )
        for tie in student.guardianships.open_on(book.day).exclude(person=by.signer).select_related("person")
        if (student.pk, tie.person_id) not in barred
    ]
    notify_each(notes)
