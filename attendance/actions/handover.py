"""交接: which child left, when, with whom or how. What may not happen is refused, and written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.book import record, record_each
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.policy.walking import may_walk_home
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import Handover, Incident
from attendance.selectors import State, day_book, leave_modes
from enrollment.selectors import Collector, barred_guardians, collectors_of, restrictions_of

from .day import lock_open_day, note_incident

Mode = Handover.Mode
MOST_AT_ONCE, IN_A_MOMENT = 5, timedelta(seconds=10)  # C8: nobody looks at six children and six adults in ten seconds
DO_NOT_RELEASE = "不要放行，联系办公室"


@dataclass(frozen=True)
class Departure:
    """One child leaves: with which adult, or on their own or by bus."""

    student: Student
    at: datetime
    collector: Collector | None = None
    mode: str = Mode.COLLECTED


class Flagged(RuleBroken):
    """A refusal that goes on record as an incident."""

    def __init__(self, message: str, student: Student, kind: str, note: str):
        super().__init__(message)
        self.student, self.kind, self.note = student, kind, note


def hand_over(
    student: Student,
    *,
    day: date,
    collector: Collector | None = None,
    mode: str = Mode.COLLECTED,
    siblings: Sequence[Student] = (),
    now: datetime,
    by: Actor,
) -> Handover:
    """Two taps at the gate: this child, this adult; brothers and sisters may go along with the same adult.

    Said a second time it returns the first handover. Whoever may not take the child is refused and recorded.
    """
    _not_in_a_rush(now, by)
    known = collectors_of([student, *siblings], day)
    departures = [Departure(student, now, collector, mode)]
    for sibling in siblings:
        same = next((adult for adult in known[sibling.pk] if _is_same(adult, collector)), collector)
        departures.append(Departure(sibling, now, same, mode))
    return hand_over_all(departures, day=day, by=by)[0]


def hand_over_all(departures: Sequence[Departure], *, day: date, by: Actor) -> list[Handover]:
    """Several children of one school at once, all or none; queries do not grow with them, notices do."""
    try:
        return _hand_over_all(departures, day, by)
    except Flagged as refusal:
        # The refusal undid everything; what was tried at the gate is written down all the same.
        at = departures[0].at
        child = refusal.student
        note_incident(child.school, day=day, kind=refusal.kind, note=refusal.note, student=child, now=at, by=by)
        raise


@transaction.atomic
def undo_handover(handover: Handover, *, now: datetime, by: Actor) -> Handover:
    """撤销: the child is still here. The undone handover stays on record."""
    lock_open_day(handover.school_id, handover.day)
    handover = Handover.objects.select_related("student", "school").get(pk=handover.pk)
    if handover.undone_at is None:
        handover.undone_at, handover.undone_by_id = now, by.person_id
        handover.save(update_fields=["undone_at", "undone_by"])
        record(by, "undid_handover", handover, student=handover.student_id, at=handover.at.isoformat())
        title = f"更正：{handover.student.name} {timezone.localtime(handover.at):%H:%M} 的离校记录点错了，孩子还在学校"
        _tell([handover], {handover.pk: title}, "handover_undone")
    return handover


def report_wrong_adult(student: Student, *, day: date, note: str = "", now: datetime, by: Actor) -> Incident:
    """都不是这几位: an adult whom nobody has named asks for the child. The child stays; the leaders are called."""
    said = note.strip() or "来接的人不在授权名单里，没有放行，已联系办公室"
    kind = Incident.Kind.WRONG_ADULT
    return note_incident(student.school, day=day, kind=kind, note=said, student=student, now=now, by=by)


@transaction.atomic
def _hand_over_all(departures: Sequence[Departure], day: date, by: Actor) -> list[Handover]:
    students = [departure.student for departure in departures]
    [school] = School.objects.filter(pk__in={student.school_id for student in students})
    lock_open_day(school.pk, day)
    book = day_book(school, day, students=students)
    states, adults = book.states(), collectors_of(students, day)
    modes, held_back = leave_modes(students, day), restrictions_of(students, day)
    handovers, new = [], []
    for departure in departures:
        student = departure.student
        standing = book.handovers.get(student.pk)
        if standing:
            handovers.append(_same_again(standing, departure))
            continue
        _must_be_here(student, states.get(student.pk))
        if departure.mode == Mode.COLLECTED:
            _must_be_authorised(departure, adults[student.pk])
        else:
            _must_be_agreed(departure, modes.get(student.pk), held_back.get(student.pk))
        new.append(_handover(departure, school, day, by))
    Handover.objects.bulk_create(new)
    record_each(by, "handed_over", ((h, {"student": h.student_id, "words": h.words}) for h in new))
    _tell(new, {h.pk: f"{h.student.name} {timezone.localtime(h.at):%H:%M} {h.words}" for h in new}, "handed_over")
    return handovers + new


def _handover(departure: Departure, school: School, day: date, by: Actor) -> Handover:
    adult = departure.collector if departure.mode == Mode.COLLECTED else None
    return Handover(
        school=school,
        day=day,
        student=departure.student,
        mode=departure.mode,
        guardian_id=adult.pk if adult and adult.kind == "guardian" else None,
        pickup_person_id=adult.pk if adult and adult.kind == "pickup" else None,
        collector_name=adult.name if adult else "",
        collector_relation=adult.relation if adult else "",
        at=departure.at,
        by_id=by.signer,
    )


def _same_again(standing: Handover, departure: Departure) -> Handover:
    """A double tap gets the first handover; somebody else who asks for a child already gone is an incident."""
    adult = departure.collector
    taker = (standing.guardian_id, standing.pickup_person_id)
    asked = (adult.pk, None) if adult and adult.kind == "guardian" else (None, adult.pk if adult else None)
    if standing.mode == departure.mode and taker == asked:
        return standing
    when = f"{timezone.localtime(standing.at):%H:%M}"
    said = f"{departure.student.name} {when} 已经{standing.words}"
    asker = f"{adult.relation} {adult.name}" if adult else Mode(departure.mode).label
    raise Flagged(said, departure.student, Incident.Kind.OTHER, f"{said}，又登记了一次交接：{asker}，没有记入，请核实")


def _must_be_here(student: Student, state: State | None) -> None:
    if state is None:
        raise RuleBroken(f"{student.name} 今天不在课后服务名单里")
    if state == State.UNMARKED:
        raise RuleBroken(f"{student.name} 还没有点名，请先点名再交接")
    if state != State.HERE:
        raise RuleBroken(f"{student.name} 今天{state.label}，不能交接；如果孩子在学校，请先改考勤")


def _must_be_authorised(departure: Departure, adults: Iterable[Collector]) -> None:
    student, asked = departure.student, departure.collector
    if asked is None:
        raise RuleBroken(f"请选谁来接 {student.name}")
    known = next((adult for adult in adults if (adult.kind, adult.pk) == (asked.kind, asked.pk)), None)
    who = f"{asked.relation} {asked.name}"
    if known is None:
        note = f"{who} 不在 {student.name} 的授权名单里，没有放行"
    elif known.barred:
        note = f"{who} 来接 {student.name}，按办公室的要求没有放行"
    else:
        return
    raise Flagged(f"{student.name}：{DO_NOT_RELEASE}", student, Incident.Kind.WRONG_ADULT, note)


def _must_be_agreed(departure: Departure, agreed: str | None, restrictions: list | None) -> None:
    """On their own or by bus only as the guardian signed; never a child of the low grades, never one held back."""
    student, mode = departure.student, Mode(departure.mode)
    if restrictions:
        raise Flagged(
            f"{student.name}：{DO_NOT_RELEASE}", student, Incident.Kind.OTHER, f"{mode.label}没有放行，须由家长接"
        )
    if agreed != mode:
        raise RuleBroken(f"协议里没有约定 {student.name} {mode.label}，要有大人来接")
    walks = may_walk_home(student.school_class.grade)
    if mode == Mode.SELF and not walks.answer:
        raise RuleBroken(f"{student.name}：{walks.because}")


def _not_in_a_rush(now: datetime, by: Actor) -> None:
    """C8. A leader, who stands beside the queue, is not held."""
    if Role.LEADER in by.roles:
        return
    just_now = Handover.objects.filter(by=by.person_id, at__gt=now - IN_A_MOMENT, at__lte=now, undone_at=None)
    if just_now.count() >= MOST_AT_ONCE:
        raise RuleBroken("10 秒里已经交接了 5 个孩子。请看清孩子和大人，稍等一下再点")


def _is_same(adult: Collector, asked: Collector | None) -> bool:
    """Is it the same person who may collect the brother or sister too?"""
    if asked is None:
        return False
    if adult.kind == asked.kind == "guardian":
        return adult.pk == asked.pk
    return (adult.name, adult.phone_tail) == (asked.name, asked.phone_tail)


def _tell(handovers: Sequence[Handover], titles: dict[int, str], kind: str) -> None:
    """One notice to each guardian, except those who must not know of the child's ways."""
    if not handovers:
        return
    day, by_child = handovers[0].day, {handover.student_id: handover for handover in handovers}
    students = [handover.student for handover in handovers]
    barred = barred_guardians(students, day)
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    notify_each(
        Note(tie.person, kind, title=titles[by_child[tie.student_id].pk], link="/", school_id=tie.school_id)
        for tie in ties
        if (tie.student_id, tie.person_id) not in barred
    )
