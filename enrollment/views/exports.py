"""查阅复制申请, for the office: families with a restriction or a dispute wait for a person."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken

from ..actions import decide_export
from ..forms import DecisionForm, refuse_on
from ..models import ExportRequest


@require_safe
@requires(Capability.RESTRICT_PICKUP)
def export_list(request, reach):
    return _page(request, reach)


@require_POST
@requires(Capability.RESTRICT_PICKUP)
def export_decide(request, reach, pk):
    asked, form = get_object_or_404(ExportRequest.objects.within(reach), pk=pk), DecisionForm(request.POST)
    if form.is_valid():
        released, reason = form.cleaned_data["granted"], form.cleaned_data["reason"]
        try:
            decide_export(asked, released=released, reason=reason, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已答复，家长会收到消息")
            return redirect("enrollment:export-list")
    return _page(request, reach, answered={asked.pk: form}, status=422)


def _page(request, reach, answered=None, status=200):
    requests = ExportRequest.objects.within(reach).select_related("student__school_class", "asked_by", "decided_by")
    waiting = requests.filter(state=ExportRequest.State.ASKED)
    context = {
        "waiting": [(asked, (answered or {}).get(asked.pk)) for asked in waiting],
        "decided": requests.exclude(state=ExportRequest.State.ASKED).order_by("-decided_at")[:20],
    }
    return render(request, "enrollment/export_list.html", context, status=status)
