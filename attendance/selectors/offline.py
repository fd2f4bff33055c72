"""What a gate needs in order to work without a network: the children of one person's gate, and who may take them."""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from attendance.models import CallBack, GateEvent, Handover, PickupChange, PickupCode, Session
from attendance.release import LIST_IS_OLD
from attendance.told import leads
from enrollment.release import Adult, Grant, Restriction, may_release
from enrollment.selectors import Known, grants_of, held_in_dispute, restrictions_of

from .batches import batches_by_grade, leaving_time
from .book import DayBook, State
from .gate import gate_book, leave_modes

WORKS_FOR = timedelta(hours=4)


def waiting_events():
    """Held, and nobody who leads has said yes or no."""
    answers = GateEvent.objects.filter(about=OuterRef("uid"), kind__in=[GateEvent.Kind.CONFIRM, GateEvent.Kind.UNDO])
    counting = answers.exclude(outcome=GateEvent.Outcome.DENIED)
    return GateEvent.objects.filter(~Exists(counting), outcome=GateEvent.Outcome.HELD)


def held_events(school: School, day: date):
    """What waits for the leader's word."""
    return waiting_events().filter(school=school, day=day).select_related("student__school_class", "by")


def list_content(school: School, day: date, actor: Actor, now: datetime, *, section_id: int | None = None) -> dict:
    """The list as JSON, but for its number and signature. Queries do not grow with the children."""
    book = gate_book(actor, day, school, section_id=section_id)
    return {
        "issued_at": now.isoformat(),
        "stale_after": (now + LIST_IS_OLD).isoformat(),
        "works_until": (now + WORKS_FOR).isoformat(),
        "day": day.isoformat(),
        "school": {"id": school.pk, "name": school.name, "phone": school.phone},
        "by": {"id": actor.person_id, "name": actor.name, "leader": leads(actor, school.pk)},
        "children": List(school, book).children(),
    }


class List:
    def __init__(self, school: School, book: DayBook):
        self.book, self.states, self.students = book, book.states(), book.children
        children, day = self.students, book.day
        self.known = grants_of(children.values(), day)
        self.restrictions = restrictions_of(children.values(), day)
        self.disputed = held_in_dispute(children.values(), day)
        self.modes = leave_modes(children.values(), day)
        said = PickupChange.objects.filter(student__in=children, day=day, cancelled_at=None)
        self.changes = {one.student_id: one for one in said.select_related("guardian", "pickup_person")}
        codes = PickupCode.objects.filter(student__in=children, day=day, cancelled_at=None)
        self.codes = {code.student_id: code for code in codes.select_related("made_by")}
        said_yes = CallBack.objects.standing().filter(student__in=children, day=day)
        self.calls = {call.student_id: call for call in said_yes.select_related("guardian")}
        self.batches = batches_by_grade(school, day)
        self.sessions: dict[int, list[Session]] = defaultdict(list)
        for session in book.sessions:
            for student in book.listed[session.pk]:
                self.sessions[student.pk].append(session)

    def children(self) -> list[dict]:
        """But for those who went back to their lessons: nobody comes for them here."""
        families = _families(self.known)
        leaving = (one for pk, one in self.students.items() if self.states[pk] != State.LESSONS)
        return [self._child(student, families) for student in sorted(leaving, key=_by_class)]

    def _child(self, student: Student, families: Mapping[int, set[int]]) -> dict:
        sessions, batch = self.sessions[student.pk], self.batches.get(student.school_class.grade)
        change, gone = self.changes.get(student.pk), self.book.handovers.get(student.pk)
        return {
            "id": student.pk,
            "name": student.name,
            "initials": student.name[-2:],
            "class": str(student.school_class),
            "section": sessions[-1].section.name,
            "leaves_at": f"{leaving_time(batch, sessions):%H:%M}",
            "batch": batch.name if batch else "",
            "state": self.states[student.pk].value,
            "mode": change.mode if change else self.modes.get(student.pk, Handover.Mode.COLLECTED),
            "call_office": student.pk in self.disputed or bool(self.restrictions[student.pk]),
            "note": change.words if change else "",
            "siblings": sorted(families.get(student.pk, set()) - {student.pk}),
            "adults": self._adults(student.pk, change),
            "gone": {"at": gone.at.isoformat(), "words": gone.words} if gone else None,
        }

    def _adults(self, pk: int, change: PickupChange | None) -> list[dict]:
        adults = [_adult(one, self.restrictions[pk], self.book.day, change) for one in self.known[pk]]
        if code := self.codes.get(pk):
            holder = Grant(Adult(code.name), Adult(code.made_by.name, person_id=code.made_by_id))
            adults.append(self._for_today(pk, holder, f"code:{code.pk}", code.relation, code.sha256))
        if call := self.calls.get(pk):
            named = Grant(Adult(call.adult_name), Adult(call.guardian.name, person_id=call.guardian_id))
            adults.append(self._for_today(pk, named, f"call_back:{call.pk}", call.adult_relation))
        return adults

    def _for_today(self, pk: int, grant: Grant, key: str, relation: str, check: str | None = None) -> dict:
        """One who has a one-time code, or for whom a guardian spoke when called back."""
        barred = not may_release([grant], self.restrictions[pk], self.book.day)
        return {
            "key": key, "name": grant.adult.name, "relation": relation, "tail": "", "photo": None, "barred": barred,
            "today": True, "check": check,
        }  # fmt: skip


def _adult(known: Known, restrictions: list[Restriction], day: date, change: PickupChange | None) -> dict:
    adult = known.grant.adult
    kind, pk = ("guardian", adult.person_id) if known.person else ("pickup", adult.pickup_id)
    photo = known.pickup.photo if known.pickup else None
    named = change and (change.guardian_id if known.person else change.pickup_person_id) == pk
    return {
        "key": f"{kind}:{pk}",
        "name": adult.name,
        "relation": known.relation,
        "tail": known.phone[-4:],
        "photo": f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else None,
        "barred": not may_release([known.grant], restrictions, day),
        "today": bool(named),
        "check": None,
    }


def _families(known: Mapping[int, list[Known]]) -> dict[int, set[int]]:
    """Children of one guardian, by child."""
    of_guardian: dict[int, set[int]] = {}
    for student_id, adults in known.items():
        for one in adults:
            if one.person:
                of_guardian.setdefault(one.person.pk, set()).add(student_id)
    families: dict[int, set[int]] = {}
    for children in of_guardian.values():
        for student_id in children:
            families.setdefault(student_id, set()).update(children)
    return families


def _by_class(student: Student):
    return student.school_class.grade, student.school_class.number, student.sort_key, student.pk
