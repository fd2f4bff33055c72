"""What follows a roll: the families of the missing are called, children who change rooms are received."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from afterschool.access.reach import Actor
from afterschool.schools.models import School
from attendance import actions as attendance
from attendance.models import ContactAttempt, Mark, Session
from attendance.selectors import TOLD, missing_children, moves, room_changes
from enrollment.selectors import guardians_to_tell

from .clock import at, clock_shows

Result = ContactAttempt.Result
CAME_OF_IT = ([Result.REACHED], [Result.REACHED], [Result.COMING], [Result.NO_ANSWER, Result.REACHED])


def make(school: School, day: date, teacher_of: Mapping[int | None, Actor]) -> None:
    if Mark.objects.filter(school=school, session__day=day, status__in=TOLD).exists():
        _call(school, day, teacher_of)
    if Session.objects.filter(school=school, day=day).values("starts_at").distinct().count() > 1:
        _receive(school, day, teacher_of)


def _call(school: School, day: date, teacher_of: Mapping[int | None, Actor]) -> None:
    dice = Random(f"{school.code}{day}")
    for one in missing_children(school, day):
        tie = guardians_to_tell([one.student], day, day)[one.student.pk][0]
        for minutes, result in enumerate(dice.choice(CAME_OF_IT), start=3):
            with clock_shows(one.mark.at + timedelta(minutes=minutes)) as now:
                attendance.note_contact(
                    one.session, student=one.student, person=tie.person, result=result, now=now,
                    by=teacher_of[one.session.section_id],
                )  # fmt: skip


def _receive(school: School, day: date, teacher_of: Mapping[int | None, Actor]) -> None:
    for move in room_changes(moves(school, day)):
        with clock_shows(at(day, move.at) + timedelta(minutes=2)) as now:
            attendance.receive_children(
                move.session, origin=move.origin, now=now, by=teacher_of[move.session.section_id]
            )
