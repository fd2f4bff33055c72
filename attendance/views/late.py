"""晚接看护: who stays with the children nobody has collected yet."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student
from staffing.asked import number_in, school_asked

from .. import selectors
from ..actions import begin_late, change_keeper, end_late
from ..day_forms import KeeperForm, LateForm
from ..models import LateStay
from ..selectors.late import keepers
from .day import board_of


@requires(Capability.LEAD_DAY)
def late_begin(request, reach):
    school, on, now = school_asked(request, reach), timezone.localdate(), timezone.now()
    waiting = selectors.waiting_children(school, on)
    choices = {
        "children": Student.objects.filter(pk__in=[child.pk for child in waiting]),
        "keepers": keepers(school, on),
    }
    form = LateForm(request.POST or None, initial={"children": [number_in(request.GET.get("child"))]}, **choices)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            begin_late(
                filled["children"], day=on, keeper=filled["keeper"], place=filled["place"], now=now, by=request.actor
            )
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{filled['keeper'].name} 看护 {len(filled['children'])} 个孩子，家长已收到消息")
            return redirect(board_of(school, on))
    ticked = {str(pk) for pk in form["children"].value() or ()}
    context = {"form": form, "school": school, "waiting": waiting, "ticked": ticked}
    return render(request, "attendance/late_begin.html", context, status=422 if form.errors else 200)


@requires(Capability.LEAD_DAY)
def late_keeper(request, reach, pk):
    stay = _stay(reach, pk)
    initial = {"keeper": stay.keeper_id, "place": stay.place}
    form = KeeperForm(request.POST or None, initial=initial, keepers=keepers(stay.school, stay.day))
    if request.method == "POST" and form.is_valid():
        try:
            change_keeper(stay, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, f"{stay.student.name} 改由 {form.cleaned_data['keeper'].name} 看护，家长已收到消息"
            )
            return redirect(board_of(stay.school, stay.day))
    return render(
        request, "attendance/late_keeper.html", {"form": form, "stay": stay}, status=422 if form.errors else 200
    )


@require_POST
@requires(Capability.LEAD_DAY)
def late_end(request, reach, pk):
    stay = _stay(reach, pk)
    try:
        end_late(stay, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect(board_of(stay.school, stay.day))


def _stay(reach, pk) -> LateStay:
    standing = LateStay.objects.within(reach).filter(ended_at=None).select_related("school", "student", "keeper")
    return get_object_or_404(standing, pk=pk)
