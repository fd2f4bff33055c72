"""What the roll leaves to do: children to be found, corrections to be decided; for `desk.py`."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from afterschool.templatetags.words import clock

from . import selectors
from .models import Session
from .selectors.later import later_requests


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_missing(actor, today), *_corrections(actor)]


def _missing(actor: Actor, today: date) -> Iterator[Task]:
    """The children one's own roll did not find, until somebody has reached a guardian; a leader's list is the board."""
    if Role.LEADER in actor.roles or not actor.may(C.TAKE_ROLL):
        return
    taken = Session.objects.held().within(actor.reach(C.TAKE_ROLL)).filter(day=today).exclude(taken_at=None)
    mine = selectors.sessions_open_to(actor, taken)
    students = Student.objects.filter(marks__session__in=mine, marks__status__in=selectors.TOLD)
    for school in School.objects.filter(students__in=students).distinct():
        for one in selectors.missing_children(school, today, students):
            if not one.resolved:
                said = one.last.get_result_display() if one.last else "还没有联系"
                url = reverse("attendance:contact-create", args=[one.session.pk, one.student.pk])
                detail = f"{clock(one.mark.at)} 点名{one.mark.get_status_display()}，{said}"
                yield Task(f"联系{one.student.name}的家长", detail, url, urgent=True, icon="phone")


def _corrections(actor: Actor) -> Iterator[Task]:
    """Asked for by somebody else, of a month that is locked."""
    reach, url = actor.reach(C.DECIDE_CORRECTIONS), reverse("attendance:corrections")
    if count := selectors.corrections_asked(reach).exclude(asked_by=actor.person_id).count():
        yield Task("考勤更正", f"{count} 项锁定月份的更正等您决定", url, count, icon="edit")
    if count := sum(some[0].by_id != actor.person_id for some in later_requests(reach)):
        yield Task("补记离校", f"{count} 项锁定月份的补记等您决定", url, count, icon="edit")
