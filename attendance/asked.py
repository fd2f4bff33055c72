"""What a page of the day was asked for: which session, which child of it, and by whom."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from afterschool.access.reach import Reach
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from enrollment.actions.guardians import require_unbarred

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


def turned_away(request, student: Student, template: str) -> HttpResponse | None:
    """What a guardian gets who must not collect the child, instead of where it is and who comes for it."""
    try:
        require_unbarred(student, timezone.localdate(), request.actor)
    except RuleBroken as refusal:
        return render(request, template, {"student": student, "refusal": str(refusal)}, status=403)
    return None
