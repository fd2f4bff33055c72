"""转班名单 and 教师间交接: who goes where, and who has received them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from staffing.asked import school_asked

from .. import selectors
from ..actions import receive_children
from ..asked import session_asked
from ..models import Session
from ..roll_forms import TransferForm


@require_safe
@requires(Capability.TAKE_ROLL)
def transfers(request, reach):
    """Today's changes of rooms to and from the sessions of this person; a leader sees the whole school's. For paper too."""
    school, today = school_asked(request, reach), timezone.localdate()
    mine = selectors.sessions_open_to(request.actor, Session.objects.held().filter(school=school, day=today))
    moves = selectors.room_changes(selectors.moves(school, today), mine)
    return render(request, "attendance/transfers.html", {"school": school, "today": today, "moves": moves})


@requires(Capability.TAKE_ROLL)
def transfer_create(request, reach, pk):
    session = session_asked(request, reach, pk)
    listed = [row.student for row in selectors.roll(session)]
    moves = selectors.moves(session.school, session.day, listed)
    coming = [move for move in moves if move.session == session]
    form = TransferForm(request.POST if request.method == "POST" else None, moves=coming)
    if form.is_valid():
        try:
            made = receive_children(session, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"应到 {made.expected}，实到 {made.received}，已记下")
            return redirect("attendance:transfer-create", pk)
    going = [move for move in moves if move.origin == session]
    context = {"session": session, "coming": coming, "going": going, "form": form}
    return render(request, "attendance/transfer_create.html", context, status=422 if form.is_bound else 200)
