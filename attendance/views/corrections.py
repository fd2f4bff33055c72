"""考勤更正: changed with a reason; of a locked month asked for, and decided by another."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from .. import selectors
from ..actions import correct_mark, decide_correction
from ..asked import child_asked, session_asked
from ..models import Mark, MarkCorrection
from ..roll_forms import SAID_OFTEN, CorrectionForm
from ..selectors.later import later_requests
from ..selectors.unrecorded import lacking


@requires(Capability.TAKE_ROLL)
def correction_create(request, reach, pk, student_id):
    session = session_asked(request, reach, pk)
    student, form = child_asked(session, student_id), CorrectionForm(request.POST or None)
    if form.is_valid():
        try:
            made = correct_mark(session, student=student, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _told(made))
            return redirect("attendance:session-roll", pk)
    context = {
        "session": session,
        "student": student,
        "form": form,
        "row": next(row for row in selectors.roll(session) if row.student == student),
        "statuses": Mark.Status.choices,
        "reasons": SAID_OFTEN,
        "locked": selectors.month_is_locked(session),
    }
    return render(request, "attendance/correction_create.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Capability.DECIDE_CORRECTIONS)
def corrections(request, reach):
    asked, later = list(selectors.corrections_asked(reach)), later_requests(reach)
    context = {
        "asked": asked,
        "later": later,
        "count": len(asked) + len(later),
        "decided": selectors.corrections_done(reach),
        "me": request.actor.person_id,
    }
    return render(request, "attendance/corrections.html", context)


@require_POST
@requires(Capability.DECIDE_CORRECTIONS)
def correction_decide(request, reach, pk):
    correction = get_object_or_404(MarkCorrection.objects.within(reach).select_related("student"), pk=pk)
    agreed, refusal = request.POST.get("agreed") == "yes", request.POST.get("refusal", "")[:100]
    try:
        decide_correction(correction, agreed=agreed, refusal=refusal, now=timezone.now(), by=request.actor)
    except RuleBroken as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"{correction.student.name}的更正{'已同意，考勤已改' if agreed else '没有同意，考勤不变'}"
        )
    return redirect("attendance:corrections")


def _told(made: MarkCorrection) -> str:
    """Whoever was found there afterwards has yet to be seen off."""
    if made.state == MarkCorrection.State.ASKED:
        return "这个月已经锁定，已提交申请，等带班领导或校长决定"
    session, now = made.session, timezone.now()
    left_open = lacking(session.school, session.day, now, students=[made.student])
    return f"{made.student.name}已改{'；还没有离校记录，请带班领导在那天的看板上补记' if left_open else ''}"
