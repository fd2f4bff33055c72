"""Money asked for beside the price: a family tells, the bureau answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student

from ..forms import ReportAnswerForm, ReportForm
from ..models import FeeReport
from ..reports import answer_report, tell_bureau


@requires(Capability.APPLY)
def fee_report_create(request, reach, student_id):
    child = get_object_or_404(Student.objects.select_related("school__bureau"), pk=student_id, pk__in=reach.students)
    form = ReportForm(request.POST or None)
    if form.is_valid():
        try:
            tell_bureau(child, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "教育局已经收到，答复会出现在这里，也会通知您")
            return redirect("disclosures:fee-report-create", child.pk)
    told = FeeReport.objects.filter(student=child)
    context = {
        "child": child,
        "form": form,
        "reports": told.filter(told_by=request.user),
        "waiting": told.filter(answered_at=None).first(),
    }
    return render(request, "disclosures/fee_report.html", context, status=422 if form.errors else 200)


@requires(Capability.WATCH_SCHOOLS)
def fee_report_list(request, reach):
    return _list(request, reach)


@require_POST
@requires(Capability.WATCH_SCHOOLS)
def fee_report_answer(request, reach, pk):
    report = get_object_or_404(FeeReport.objects.within(reach), pk=pk)
    form = ReportAnswerForm(request.POST, prefix=str(pk))
    if form.is_valid():
        try:
            answer_report(report, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已经答复家长")
            return redirect("disclosures:fee-report-list")
    return _list(request, reach, {report.pk: form})


def _list(request, reach, bound=None):
    rows = FeeReport.objects.within(reach).select_related("school", "student__school_class", "told_by", "answered_by")
    bound = bound or {}
    forms = [(row, bound.get(row.pk) or ReportAnswerForm(prefix=str(row.pk))) for row in rows]
    return render(request, "disclosures/fee_report_list.html", {"rows": forms}, status=422 if bound else 200)
