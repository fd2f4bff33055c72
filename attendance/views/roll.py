"""点名: all listed, leave filled in, tap the exceptions, one submit."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken

from .. import selectors
from ..actions import open_day, take_roll, undo_roll
from ..asked import session_asked
from ..models import Mark, Session
from ..roll_forms import roll_exceptions
from ..selectors.venues import dangers
from .day import board_of

A_PAGE = 20


@requires(Capability.TAKE_ROLL)
def section_roll(request, reach, section_id):
    """To today's roll of a section the actor is on duty for; POST opens the day where the clock has not yet done so."""
    today = timezone.localdate()
    duty = get_object_or_404(selectors.sections_open_to(request.actor, reach, today), pk=section_id)
    if request.method == "POST":
        open_day(duty.school, day=today, by=request.actor)
    session = Session.objects.filter(section=duty, day=today).first()
    if session and not session.cancelled_at:
        return redirect("attendance:session-roll", session.pk)
    return render(request, "attendance/not_open.html", {"section": duty, "today": today, "session": session})


@require_safe
@requires(Capability.TAKE_ROLL)
def roll_list(request, reach):
    """以前的点名: of the days on which one was on duty."""
    mine = Paginator(selectors.sessions_before(request.actor, reach, timezone.localdate()), A_PAGE)
    return render(request, "attendance/roll_list.html", {"page": mine.get_page(request.GET.get("page"))})


@require_safe
@requires(Capability.TAKE_ROLL)
def session_roll(request, reach, pk):
    session = session_asked(request, reach, pk)
    rows = selectors.roll(session)
    listed = [row.student for row in rows]
    moves = selectors.moves(session.school, session.day, listed)
    context = {
        "session": session,
        "rows": rows,
        "missing": sum(row.status == Mark.Status.ABSENT for row in rows),
        "away": sum(row.status in (Mark.Status.LEAVE, Mark.Status.ILL) for row in rows),
        "here": sum(row.status in Mark.HERE for row in rows),
        "to_call": selectors.missing_children(session.school, session.day, listed) if session.taken_at else [],
        "stands": selectors.stands(session) if session.taken_at else "",
        "corrected": [row for row in rows if row.corrections],
        "moves": selectors.room_changes(moves, [session]),
        "danger": dangers(session.school).get(session.place),
        "today": timezone.localdate(),
        "back": _whence(request.actor, session),
        "sits_together": session.merged_into_id or session.guests.exists(),  # 合班: the gate opens for all of them
    }
    return render(request, "attendance/session_roll.html", context)


def _whence(actor, session) -> str:
    """A leader comes from the board, a teacher from 今天 or from the list of earlier rolls."""
    if session.school_id in actor.reach(Capability.LEAD_DAY).schools:
        return board_of(session.school, session.day)
    return reverse("home" if session.day == timezone.localdate() else "attendance:roll-list")


@require_POST
@requires(Capability.TAKE_ROLL)
def roll_submit(request, reach, pk):
    session = session_asked(request, reach, pk)
    exceptions = roll_exceptions(request.POST, [row.student for row in selectors.roll(session)])
    return _done(request, pk, lambda: take_roll(session, exceptions=exceptions, now=timezone.now(), by=request.actor))


@require_POST
@requires(Capability.TAKE_ROLL)
def roll_undo(request, reach, pk):
    session = session_asked(request, reach, pk)
    return _done(request, pk, lambda: undo_roll(session, now=timezone.now(), by=request.actor))


def _done(request, pk, deed):
    try:
        deed()
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect("attendance:session-roll", pk)
