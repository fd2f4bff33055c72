from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.jobs.models import Job

from ..actions import begin_applying, upload_roster
from ..forms import ApplyForm, RosterForm
from ..models import RosterImport
from ..roster.shown import shown

State = RosterImport.State
SHOWN = 10


@requires(Capability.KEEP_REGISTRY)
def roster_upload(request, reach):
    form = RosterForm(request.POST or None, request.FILES or None, reach=reach)
    if form.is_valid():
        file = form.cleaned_data["file"]
        roster_import = upload_roster(form.cleaned_data["school"], file.name, file.read(), by=request.actor)
        return redirect("schools:roster-detail", roster_import.pk)
    earlier = RosterImport.objects.within(reach).defer("file", "preview").select_related("uploaded_by")[:SHOWN]
    context = {"form": form, "earlier": earlier}
    return render(request, "schools/roster_upload.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Capability.KEEP_REGISTRY)
def roster_detail(request, reach, pk):
    roster_import = _import(reach, pk)
    job = _job_of(roster_import)
    if job and job.asked_by_id == request.actor.person_id:
        return redirect("jobs:job-detail", job.pk)
    return _show(request, roster_import)


@require_POST
@requires(Capability.KEEP_REGISTRY)
def roster_apply(request, reach, pk):
    roster_import = _import(reach, pk)
    try:
        form = ApplyForm(request.POST, roster_import=roster_import)
        if not form.is_valid():
            raise RuleBroken("勾选的学生与预览不一致，请重新打开这一页")
        begin_applying(roster_import, on=timezone.localdate(), left=form.cleaned_data["left"], by=request.actor)
    except RuleBroken as refusal:
        return _show(request, roster_import, refusal=refusal, status=422)
    return redirect("schools:roster-detail", roster_import.pk)


def _import(reach, pk) -> RosterImport:
    return get_object_or_404(RosterImport.objects.within(reach).defer("file").select_related("school"), pk=pk)


def _job_of(roster_import: RosterImport) -> Job | None:
    """The job that has this import in hand."""
    if roster_import.state not in {State.READING, State.APPLYING}:
        return None
    jobs = Job.objects.filter(school_id=roster_import.school_id, args__import=roster_import.pk)
    return jobs.order_by("-pk").first()


def _show(request, roster_import, refusal=None, status=200):
    context = {"import": roster_import, **shown(roster_import.preview), "refusal": refusal}
    return render(request, "schools/roster_detail.html", context, status=status)
