from io import BytesIO

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.pdf import render_pdf
from afterschool.schools.models import School, Term

from . import actions
from .forms import MinutesForm, PlanStartForm, ReviewForm
from .models import Minutes, Offering, Plan
from .parts import PART
from .selectors import form_facts, plan_rows, reminders, review_terms, whole
from .sheet import Sheet


@require_GET
@requires(Capability.SEE_PLANS)
def plan_list(request, reach):
    """The school's plans by term; a reviewer has the bureau's list instead."""
    if reach.bureaus and not reach.schools:
        return redirect("plans:review-list")
    drafts = request.actor.reach(Capability.DRAFT_PLANS).schools
    context = {"rows": plan_rows(reach, timezone.localdate()), "drafts": drafts}
    return render(request, "plans/plan_list.html", context)


@require_POST
@requires(Capability.DRAFT_PLANS)
def plan_create(request, reach):
    start = PlanStartForm(request.POST)
    if not start.is_valid():
        return redirect("plans:plan-list")
    school = get_object_or_404(School.objects.within(reach), pk=start.cleaned_data["school"])
    term = get_object_or_404(Term.objects.filter(bureau=school.bureau_id), pk=start.cleaned_data["term"])
    try:
        plan = actions.draft_plan(school, term, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan-list")
    return redirect("plans:plan-edit", plan.pk)


@require_http_methods(["GET", "POST"])
@requires(Capability.DRAFT_PLANS)
def plan_edit(request, reach, pk, part=""):
    """One part of the form. What is saved may still breach the policy; filing refuses."""
    plan = _plan(reach, pk)
    if not plan.is_open:
        return redirect("plans:plan-detail", plan.pk)
    sheet = Sheet(plan, part, request.POST if request.method == "POST" else None)
    if sheet.form.is_bound and sheet.is_valid():
        try:
            actions.save_part(plan, sheet.form.cleaned_data, sheet.written, by=request.actor)
            return _after_saving(request, plan, sheet)
        except RuleBroken as refusal:
            # Someone else filed it meanwhile.
            messages.error(request, str(refusal))
            return redirect("plans:plan-detail", plan.pk)
    status = 422 if sheet.form.is_bound else 200
    return render(request, "plans/plan_edit.html", sheet.facts(timezone.localdate()), status=status)


def _after_saving(request, plan, sheet):
    then = request.POST.get("then")
    if then == "file":
        return _file(request, plan, back=sheet.url)
    if then == "add":
        offering = actions.add_offering(plan, by=request.actor)
        return redirect(f"{sheet.url}#o{offering.pk}")
    messages.success(request, f"“{sheet.part.title}”已保存")
    if then in PART:
        return redirect("plans:plan-part", plan.pk, then)
    return redirect(sheet.next_url if then == "next" else sheet.url)


@require_POST
@requires(Capability.DRAFT_PLANS)
def plan_check(request, reach, pk, part):
    """What the policy says of what is being typed; nothing is saved."""
    sheet = Sheet(_plan(reach, pk), part, request.POST)
    sheet.is_valid()
    return render(request, "plans/_checked.html", sheet.facts(timezone.localdate()))


@require_POST
@requires(Capability.DRAFT_PLANS)
def offering_delete(request, reach, pk):
    offering = get_object_or_404(Offering.objects.within(reach), pk=pk)
    try:
        actions.remove_offering(offering, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已去掉“{offering.name}”")
    return redirect("plans:plan-part", offering.plan_id, "time")


@require_POST
@requires(Capability.DRAFT_PLANS)
def minutes_upload(request, reach, pk):
    plan = _plan(reach, pk)
    form = MinutesForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            file = form.cleaned_data["minutes"]
            actions.keep_minutes(plan, file.name, file.read(), by=request.actor)
            messages.success(request, "会议记录已收下")
        else:
            messages.error(request, "请先选会议记录的文件")
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect("plans:plan-part", plan.pk, "committee")


@require_GET
@requires(Capability.SEE_PLANS)
def minutes_detail(request, reach, pk):
    """The signed minutes, always as a download: what was uploaded is not shown as a page of ours."""
    minutes = get_object_or_404(Minutes.objects.within(reach), plan=pk)
    return FileResponse(BytesIO(minutes.file), as_attachment=True, filename=minutes.file_name)


@require_GET
@requires(Capability.SEE_PLANS)
def plan_detail(request, reach, pk):
    """The filing form, to read and to print; the school files from here, the bureau answers."""
    plan = get_object_or_404(whole(Plan.objects.within(reach)), pk=pk)
    may_review = plan.school.bureau_id in request.actor.reach(Capability.REVIEW_PLANS).bureaus
    context = {
        **form_facts(plan, timezone.localdate()),
        "may_draft": plan.school_id in request.actor.reach(Capability.DRAFT_PLANS).schools,
        "may_review": may_review,
        "reminders": reminders(plan) if may_review and plan.state == Plan.State.FILED else [],
    }
    return render(request, "plans/plan_detail.html", context)


@require_GET
@requires(Capability.SEE_PLANS)
def plan_pdf(request, reach, pk):
    """The filing form on paper."""
    plan = get_object_or_404(whole(Plan.objects.within(reach)), pk=pk)
    try:
        paper = render_pdf("print/plan.html", form_facts(plan, timezone.localdate()))
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan-detail", plan.pk)
    return FileResponse(BytesIO(paper), content_type="application/pdf", filename=f"{plan}备案表.pdf")


@require_POST
@requires(Capability.DRAFT_PLANS)
def plan_file(request, reach, pk):
    plan = _plan(reach, pk)
    return _file(request, plan, back=reverse("plans:plan-edit", args=[plan.pk]))


@require_POST
@requires(Capability.DRAFT_PLANS)
def plan_revise(request, reach, pk):
    plan = _plan(reach, pk)
    try:
        new = actions.revise_plan(plan, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:plan-detail", plan.pk)
    return redirect("plans:plan-edit", new.pk)


@require_GET
@requires(Capability.REVIEW_PLANS)
def review_list(request, reach):
    """Which schools have filed, which have not, what waits for an answer: that first."""
    today = timezone.localdate()
    terms = review_terms(reach, today)
    waiting = sum(review.waiting for review in terms)
    return render(request, "plans/review_list.html", {"terms": terms, "waiting": waiting, "today": today})


@require_POST
@requires(Capability.REVIEW_PLANS)
def plan_review(request, reach, pk):
    plan = _plan(reach, pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择意见")
        return redirect("plans:plan-detail", plan.pk)
    try:
        review = actions.review_plan(plan, **form.cleaned_data, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, _say(refusal))
        return redirect("plans:plan-detail", plan.pk)
    messages.success(request, f"{plan.school}：{review.get_answer_display()}")
    return redirect("plans:review-list")


def _plan(reach, pk):
    return get_object_or_404(Plan.objects.within(reach).select_related("school", "term"), pk=pk)


def _file(request, plan, back):
    try:
        actions.file_plan(plan, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, _say(refusal))
        return redirect(back)
    messages.success(request, "已报送，请等教育局答复")
    return redirect("plans:plan-detail", plan.pk)


def _say(refusal):
    return f"{refusal}（依据 {refusal.cite.label}）" if refusal.cite else str(refusal)
