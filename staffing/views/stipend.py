"""The stipend sheet: drafted, reviewed, approved; on screen, as xlsx and on paper."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import NoRule, RuleBroken
from afterschool.pdf import render_pdf
from afterschool.xlsx import write_xlsx

from .. import papers, selectors
from ..actions import approve_sheet, draft_sheet, return_sheet, review_sheet
from ..asked import day_in, school_asked
from ..models import StipendSheet
from ..why import explain, own_lines


@require_safe
@requires(Capability.SEE_BOOKS)
def stipend_sheet_list(request, reach):
    sheets = StipendSheet.objects.within(reach).select_related("school", "drafted_by", "reviewed_by", "approved_by")
    context = {"sheets": sheets, "months": []}
    if drafting := request.actor.reach(Capability.DRAFT_STIPENDS):
        context["school"] = school_asked(request, drafting)
        context["months"] = selectors.months_to_draft(context["school"], timezone.localdate())
        context["lacking"] = selectors.lacking_rate(context["school"], timezone.localdate())
        context["may_set_base"] = request.actor.may(Capability.KEEP_REGISTRY)
    return render(request, "staffing/stipend_sheet_list.html", context)


@require_safe
@requires(Capability.SEE_BOOKS)
def stipend_sheet_detail(request, reach, pk):
    sheet, today = _sheet(reach, pk), timezone.localdate()
    lines = sheet.lines.select_related("person").prefetch_related("duties__duty").order_by("person__name", "pk")
    columns = papers.measures(sheet)
    papers.measured(lines, columns)
    explain(sheet, lines)
    actor = request.actor
    context = {
        "sheet": sheet,
        "lines": lines,
        "measures": columns,
        "may_redraft": sheet.state == "draft" and actor.may(Capability.DRAFT_STIPENDS),
        "may_review": sheet.state == "draft" and actor.may(Capability.REVIEW_STIPENDS),
        "may_approve": sheet.state == "reviewed" and actor.may(Capability.APPROVE_STIPENDS),
        "left_out": selectors.unconfirmed_in(sheet.school, sheet.month, today).count() if sheet.state == "draft" else 0,
        "month_runs": sheet.state == "draft" and (sheet.month.year, sheet.month.month) == (today.year, today.month),
    }
    return render(request, "staffing/stipend_sheet_detail.html", context)


@require_safe
@requires(Capability.STAND_DUTY)
def my_stipend_list(request, reach):
    return render(request, "staffing/my_stipend_list.html", {"lines": own_lines(reach, request.actor.person_id)})


@require_safe
@requires(Capability.STAND_DUTY)
def my_stipend_detail(request, reach, pk):
    line = get_object_or_404(own_lines(reach, request.actor.person_id).prefetch_related("duties__duty"), pk=pk)
    explain(line.sheet, [line])
    return render(request, "staffing/my_stipend_detail.html", {"line": line, "sheet": line.sheet})


@require_POST
@requires(Capability.DRAFT_STIPENDS)
def stipend_sheet_draft(request, reach):
    school, month = school_asked(request, reach), day_in(request.POST.get("month"))
    try:
        if month is None:
            raise RuleBroken("请选择月份")
        sheet = draft_sheet(school=school, month=month, by=request.actor)
    except (RuleBroken, NoRule) as refusal:
        cite = getattr(refusal, "cite", None)
        messages.error(request, f"{refusal}（{cite.label}）" if cite else str(refusal))
        return redirect("staffing:stipend-sheet-list")
    return redirect("staffing:stipend-sheet-detail", sheet.pk)


@require_POST
@requires(Capability.REVIEW_STIPENDS)
def stipend_sheet_review(request, reach, pk):
    return _sign(request, reach, pk, review_sheet, "已复核，请校长审批", now=timezone.now())


@require_POST
@requires(Capability.APPROVE_STIPENDS)
def stipend_sheet_approve(request, reach, pk):
    return _sign(request, reach, pk, approve_sheet, "已审批，这张表不再变动", now=timezone.now())


@require_POST
@requires(Capability.APPROVE_STIPENDS)
def stipend_sheet_return(request, reach, pk):
    return _sign(request, reach, pk, return_sheet, "已退回制表人", reason=request.POST.get("reason", ""))


@require_safe
@requires(Capability.SEE_BOOKS)
def stipend_sheet_xlsx(request, reach, pk):
    sheet = _sheet(reach, pk)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(write_xlsx([papers.stipend_table(sheet)]), kind, sheet, "xlsx")


@require_safe
@requires(Capability.SEE_BOOKS)
def stipend_sheet_pdf(request, reach, pk):
    sheet = _sheet(reach, pk)
    return _file(render_pdf("print/stipend_sheet.html", papers.stipend_paper(sheet)), "application/pdf", sheet, "pdf")


def _sheet(reach, pk) -> StipendSheet:
    sheets = StipendSheet.objects.within(reach).select_related(
        "school__bureau", "drafted_by", "reviewed_by", "approved_by"
    )
    return get_object_or_404(sheets, pk=pk)


def _sign(request, reach, pk, deed, done, **more):
    sheet = _sheet(reach, pk)
    try:
        deed(sheet, **more, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("staffing:stipend-sheet-detail", sheet.pk)


def _file(content: bytes, kind: str, sheet: StipendSheet, ending: str) -> HttpResponse:
    name = f"{sheet.school.name}{sheet.month:%Y年%-m月}课后服务补助发放表.{ending}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=kind, headers=headers)
