"""What a page of the day was asked for: which session, which child of it."""

from django.shortcuts import get_object_or_404

from afterschool.access.reach import Reach
from afterschool.schools.models import Student

from . import selectors
from .models import Session


def session_asked(request, reach: Reach, pk: int) -> Session:
    """A session whose roll this actor may take; outside there is nothing."""
    sessions = Session.objects.held().within(reach)
    sessions = sessions.select_related("school__bureau", "section__offering", "taken_by", "merged_into__section")
    return get_object_or_404(selectors.sessions_open_to(request.actor, sessions), pk=pk)


def child_asked(session: Session, student_id: int) -> Student:
    """A child of this session's list."""
    rows = {row.student.pk for row in selectors.roll(session)}
    children = session.school.students.select_related("school_class")
    return get_object_or_404(children, pk=student_id if student_id in rows else 0)
