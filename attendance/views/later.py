"""补记离校: a leader writes down how children left on a day that is over, class after class; of a locked month another
decides."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student
from enrollment.models import Section
from staffing.asked import day_asked, school_asked

from ..actions.later import SETTLED, decide_later, record_later, undo_later
from ..later_forms import LaterForm
from ..models import GateEvent, Handover, LaterRecord
from ..selectors.later import last_said
from ..selectors.roll import is_locked
from ..selectors.unrecorded import unrecorded_of, unrecorded_sections
from .day import board_of


@require_safe
@requires(Capability.LEAD_DAY)
def later(request, reach):
    """The classes of which children lack a record."""
    school, on = school_asked(request, reach), day_asked(request)
    sections = unrecorded_sections(school, on, timezone.now())
    context = {"school": school, "day": on, "board": board_of(school, on), "sections": sections}
    return render(request, "attendance/later.html", context)


@requires(Capability.LEAD_DAY)
def later_create(request, reach, section_id):
    sections = Section.objects.within(reach).select_related("school__bureau")
    section, on = get_object_or_404(sections, pk=section_id), day_asked(request)
    waiting = unrecorded_of(section, on, timezone.now())
    open_ones = [one for one in waiting if not one.asked]
    said = last_said(section.school, on, request.actor)
    form = LaterForm(request.POST or None, day=on, waiting=open_ones, before=said)
    if form.is_valid() and _written(request, section, form):
        return redirect(_list_of(section.school, on))
    context = {
        "form": form,
        "section": section,
        "day": on,
        "classes": _list_of(section.school, on),
        "asked": [one for one in waiting if one.asked],
        "locked": is_locked(section.school_id, on),
    }
    return render(request, "attendance/later_create.html", context, status=422 if form.errors else 200)


def _written(request, section: Section, form: LaterForm) -> bool:
    """Whether all is, but for those whom somebody else has written down meanwhile: it is said who they are."""
    words = {name: form.cleaned_data[name] for name in ("source", "reason")}
    try:
        made = record_later(section.school, form.said, day=form.day, **words, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        tell(form, refusal)
        return False
    if made:
        messages.success(request, f"{section.name}：{_told(made)}")
    skipped = form.ticked - {one.student_id for one in made}
    names = list(Student.objects.filter(school=section.school, pk__in=skipped).values_list("name", flat=True))
    if names:
        whom = "、".join(names[:5]) + (f"等 {len(names)} 人" if names[5:] else "")
        messages.warning(request, f"{whom}：已经不在名单上（别人刚记过，或者考勤改了），没有再记")
    return True


def _list_of(school, on) -> str:
    return f"{reverse('attendance:later')}?school={school.pk}&day={on.isoformat()}"


@require_POST
@requires(Capability.LEAD_DAY)
def later_undo(request, reach, pk):
    written_down = Handover.objects.within(reach).filter(how=GateEvent.How.LATER, undone_at=None)
    handover = get_object_or_404(written_down.select_related("school", "student"), pk=pk)
    together = request.POST.get("all") == "yes"
    try:
        undone = undo_later(handover, together=together, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        whom = f"{len(undone)} 人" if together else handover.student.name
        messages.success(request, f"{whom}的补记已撤销，家长会收到更正")
    return redirect(board_of(handover.school, handover.day))


@require_POST
@requires(Capability.DECIDE_CORRECTIONS)
def later_decide(request, reach, pk):
    asked = get_object_or_404(LaterRecord.objects.within(reach).select_related("by"), pk=pk)
    agreed, refusal = request.POST.get("agreed") == "yes", request.POST.get("refusal", "")[:100]
    try:
        decided = decide_later(asked, agreed=agreed, refusal=refusal, now=timezone.now(), by=request.actor)
    except RuleBroken as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _decided(decided))
    return redirect("attendance:corrections")


def _decided(asked: list[LaterRecord]) -> str:
    if not asked:
        return "已经决定过了"
    made = [one for one in asked if one.state == LaterRecord.State.MADE]
    if not made:
        return f"{len(asked)} 人的补记没有同意，照旧没有离校记录"
    had = f"，另有 {len(asked) - len(made)} 人不用再补（{SETTLED}）" if len(made) < len(asked) else ""
    held = len(made) - _standing(made)
    return f"已同意补记 {len(made)} 人{had}" + (f"，其中 {held} 人要在那天的看板上确认" if held else "")


def _told(made: list[LaterRecord]) -> str:
    if made[0].state == LaterRecord.State.ASKED:
        return f"这个月已经锁定，{len(made)} 人的补记已提交，等另一位带班领导或校长决定"
    stand = _standing(made)
    held = f"，另有 {len(made) - stand} 人要在看板上确认" if stand < len(made) else ""
    return f"已补记 {stand} 人，家长会收到消息{held}"


def _standing(made: list[LaterRecord]) -> int:
    """How many of these children have left by it; the others wait for the leader's word."""
    return Handover.objects.filter(event__in=[one.event_id for one in made], undone_at=None).count()
