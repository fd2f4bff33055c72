"""A day of the service: how things stand before anybody knocks."""

from uuid import uuid4

from afterschool.access.capabilities import Role
from attendance.actions import (
    begin_batch,
    begin_late,
    change_pickup,
    correct_mark,
    enter_gate,
    make_code,
    patrol,
    stop_sessions,
    take_events,
    take_roll,
)
from attendance.actions.later import record_later
from attendance.actions.lists import issue_list
from attendance.actions.months import lock_attendance
from attendance.actions.photos import add_photo
from attendance.actions.plans import write_plan
from attendance.actions.venues import add_venue, check_venue
from attendance.models import Archive, DayClose, Handover
from attendance.models import Session as Meeting
from attendance.paper import device_of
from attendance.told import Told
from staffing.models import Duty
from tests import cast
from tests.attendance.gate import hand_over, report_wrong_adult

from ..town import PAPER, THURSDAY, Corner, Given, act, at
from .enrollment import disputed


def not_opened(corner: Corner) -> None:
    Meeting.objects.filter(school=corner.school).delete()


def archived(corner: Corner) -> None:
    corner.archive = Archive.objects.create(
        school=corner.school, first_on=THURSDAY, last_on=THURSDAY, pdf=PAPER, pdf_sha256="0" * 64, xlsx=PAPER,
        xlsx_sha256="0" * 64, made_at=at(17), made_by=corner.office,
    )  # fmt: skip


def rolled(corner: Corner) -> None:
    take_roll(corner.session, exceptions={}, now=at(15, 46), by=act(corner.duty.person))


def missed(corner: Corner) -> None:
    """The roll did not find the child."""
    teacher = act(corner.duty.person)
    take_roll(corner.session, exceptions={corner.child.pk: "absent"}, now=at(15, 46), by=teacher)


def correction_asked(corner: Corner) -> None:
    """Of a month that is locked, by the teacher on duty."""
    missed(corner)
    lock_attendance(corner.school, THURSDAY.replace(day=1), now=at(17))
    correct_mark(
        corner.session, student=corner.child, status="late", reason="点错了", now=at(17, 30), by=act(corner.duty.person)
    )


def found(corner: Corner) -> None:
    """The child was written down as present only after the day was signed."""
    teacher = act(corner.duty.person)
    take_roll(corner.session, exceptions={corner.child.pk: "leave"}, now=at(15, 46), by=teacher)
    DayClose.objects.create(school=corner.school, day=THURSDAY, closed_at=at(17, 30), closed_by=corner.duty.person)
    correct_mark(corner.session, student=corner.child, status="present", reason="点错了", now=at(17, 35), by=teacher)


def write_later(corner: Corner) -> None:
    said = {corner.child.pk: (f"guardian:{corner.mother.pk}", at(17, 36))}
    leader = act(cast.make_person("值班领导", Role.LEADER, corner.school))
    words = {"source": "家长电话里说的", "reason": "漏点了"}
    record_later(corner.school, said, day=THURSDAY, **words, now=at(17, 37), by=leader)


def written_later(corner: Corner) -> None:
    """How a child left of which nobody knew; the day is open again."""
    found(corner)
    write_later(corner)
    DayClose.objects.filter(school=corner.school, day=THURSDAY).delete()


def later_asked(corner: Corner) -> None:
    """Of a month that is locked."""
    found(corner)
    lock_attendance(corner.school, THURSDAY.replace(day=1), now=at(17, 36))
    write_later(corner)


def patrolled(corner: Corner) -> None:
    patrol(corner.session, now=at(16), by=act(corner.duty.person))


def stopped(corner: Corner) -> None:
    stop_sessions(
        corner.school, until=at(15).time(), cause="forced", reason="台风", now=at(14), by=act(corner.duty.person)
    )


def change_said(corner: Corner) -> None:
    corner.change = change_pickup(corner.child, comes_at=at(18).time(), now=at(12), by=act(corner.mother))


def code_made(corner: Corner) -> None:
    said = {"day": THURSDAY, "name": "王秀兰", "relation": "奶奶"}
    corner.slip, _ = make_code(corner.child, **said, now=at(12), by=act(corner.mother))


def visited(corner: Corner) -> None:
    corner.entry = enter_gate(
        corner.school, kind="visitor", name="赵建国", purpose="找老师", now=at(16), by=act(corner.duty.person)
    )


def held(corner: Corner) -> None:
    """A release in a rush, which waits for the leader."""
    rolled(corner)
    told = Told(
        uuid4(), "release", corner.child.pk, at(17, 42), mode="collected", adult=f"guardian:{corner.mother.pk}", pace=9
    )
    take_events(corner.school, [told], device=str(uuid4()), now=at(17, 42), by=act(corner.duty.person))


def held_in_quarrel(corner: Corner) -> None:
    """A release of a child whose guardians quarrel; the calls come first."""
    disputed(corner)
    held(corner)


def kept(corner: Corner) -> None:
    """Nobody has come, a colleague stays with the child."""
    rolled(corner)
    by = act(corner.duty.person)
    kept = begin_late([corner.child], day=THURSDAY, keeper=corner.duty.person, place="图书室", now=at(17, 41), by=by)
    corner.stay = kept[0]


def strange(corner: Corner) -> None:
    """An adult nobody knows asked for the child."""
    rolled(corner)
    by = act(corner.duty.person)
    corner.incident = report_wrong_adult(corner.child, now=at(17, 41), by=by)


def batched(corner: Corner) -> None:
    corner.batch = begin_batch(
        corner.school, name="第一批", grades=[4], leaves_at=at(17, 30).time(), began_on=THURSDAY, by=act(corner.office)
    )


def printed(corner: Corner) -> None:
    """The roll is taken and the A4 list of the section was printed."""
    rolled(corner)
    by = act(corner.duty.person)
    corner.paper = issue_list(
        corner.school,
        day=THURSDAY,
        device=device_of(corner.section),
        section_id=corner.section.pk,
        now=at(15, 50),
        by=by,
    ).gate_list


def handed_over(corner: Corner) -> None:
    """Every child of the school is with an adult."""
    for session in corner.school.sessions.filter(day=THURSDAY):
        teacher = act(Duty.objects.filter(section=session.section, day=THURSDAY).first().person)
        take_roll(session, exceptions={}, now=at(15, 46), by=teacher)
        child = session.section.placements.get().student
        hand_over(child, now=at(17, 30), by=teacher)
    corner.handover = Handover.objects.get(student=corner.child)


def photographed(corner: Corner) -> None:
    corner.photo = add_photo(
        corner.session, image=b"jpeg", place="操场", without_faces=True, now=at(16), by=act(corner.duty.person)
    )


def venue_added(corner: Corner) -> None:
    corner.venue = add_venue(corner.school, name="操场", every_days=30, today=THURSDAY, by=act(corner.office))


def in_danger(corner: Corner) -> None:
    venue_added(corner)
    found = {"is_safe": False, "found": "篮球架松动", "mend_by": THURSDAY}
    corner.danger = check_venue(corner.venue, **found, today=THURSDAY, by=act(corner.office))


def emergency_planned(corner: Corner) -> None:
    corner.emergency = write_plan(
        corner.school, title="孩子受伤", steps="叫校医", contacts="校医 120", today=THURSDAY, by=act(corner.office)
    )


GIVEN: dict[str, Given] = {
    "attendance:archive-pdf POST": archived,
    "attendance:archive-xlsx POST": archived,
    "attendance:day-open POST": not_opened,
    "attendance:section-roll POST": not_opened,
    "attendance:section-roll GET": not_opened,
    "attendance:day-close POST": handed_over,
    "attendance:roll-undo POST": rolled,
    "attendance:correction-create POST": rolled,
    "attendance:correction-decide POST": correction_asked,
    "attendance:contact-create GET": missed,
    "attendance:contact-create POST": missed,
    "attendance:stop-undo POST": stopped,
    "attendance:change-cancel POST": change_said,
    "attendance:code-cancel POST": code_made,
    "attendance:guard-entry-leave POST": visited,
    "attendance:gate-events POST": rolled,
    "attendance:photo GET": photographed,
    "attendance:photo-remove POST": photographed,
    "attendance:venue-check POST": venue_added,
    "attendance:venue-end POST": venue_added,
    "attendance:venue-mend POST": in_danger,
    "attendance:emergency-write GET": emergency_planned,
    "attendance:emergency-write POST": emergency_planned,
    "attendance:held-confirm POST": held,
    "attendance:held-undo POST": held,
    "attendance:held-calls POST": held_in_quarrel,
    "attendance:late-begin POST": rolled,
    "attendance:later-create POST": found,
    "attendance:later-undo POST": written_later,
    "attendance:later-decide POST": later_asked,
    "attendance:patrol-undo POST": patrolled,
    "attendance:late-keeper GET": kept,
    "attendance:late-keeper POST": kept,
    "attendance:late-end POST": kept,
    "attendance:incident GET": strange,
    "attendance:incident-follow POST": strange,
    "attendance:call-back GET": strange,
    "attendance:call-back POST": strange,
    "attendance:batch-end POST": batched,
    "attendance:gate-paper-type GET": printed,
    "attendance:gate-paper-type POST": printed,
}
