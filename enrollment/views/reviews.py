"""The school's side: first review by the class teacher, approval, refusal, signing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken

from .. import actions
from ..forms import BeginForm, ReasonForm, RefusalForm
from ..models import Agreement, Application, Withdrawal
from ..progress import progress_of
from ..selectors import refusal_grounds
from ..tabs import TABS, tab_counts
from .ways import ways_of

A_PAGE = 50


@requires(Capability.SEE_PLACEMENTS)
def application_list(request, reach):
    chosen = request.GET.get("tab", "")
    tab = TABS.get(chosen) or TABS[_waiting_for(request.actor)]
    rows = tab.rows(Application.objects.within(reach)).select_related("student__school_class", "agreement", "term")
    page = Paginator(rows.prefetch_related("choices__offering"), A_PAGE).get_page(request.GET.get("page"))
    now, today = timezone.now(), timezone.localdate()
    context = {
        "tabs": tab_counts(Application.objects.within(reach)),
        "tab": tab,
        "page": page,
        "now": now,
        "may_act": tab.capability is not None and request.actor.may(tab.capability),
        "begin": BeginForm(initial={"began_on": max([today, *(row.term.began_on for row in page)])}),
        "withdrawals": Withdrawal.objects.within(reach)
        .filter(acknowledged_at=None)
        .select_related("student", "asked_by"),
        "ways": ways_of(request.actor),
        "may_acknowledge": request.actor.may(Capability.APPROVE_APPLICATIONS),
    }
    return render(request, "enrollment/application_list.html", context)


def _waiting_for(actor) -> str:
    return "submitted" if actor.may(Capability.CONFIRM_APPLICATIONS) else "confirmed"


@requires(Capability.SEE_PLACEMENTS)
def application_review(request, reach, pk):
    application = get_object_or_404(_applications(reach).prefetch_related("choices__offering"), pk=pk)
    agreement = getattr(application, "agreement", None)
    state = application.state
    actor, now = request.actor, timezone.now()
    context = {
        "application": application,
        "agreement": agreement,
        "progress": progress_of(application, agreement, now),
        "adults": application.student.pickup_people.open_on(timezone.localdate(now)),
        "grounds": refusal_grounds(application.school, timezone.localdate(now)),
        "begin": BeginForm(initial={"began_on": max(timezone.localdate(now), application.term.began_on)}),
        "may_confirm": state == "submitted" and actor.may(Capability.CONFIRM_APPLICATIONS),
        "may_approve": state == "confirmed" and actor.may(Capability.APPROVE_APPLICATIONS),
        "may_refuse": state in ("submitted", "confirmed", "returned") and actor.may(Capability.APPROVE_APPLICATIONS),
    }
    return render(request, "enrollment/application_review.html", context)


@require_POST
@requires(Capability.CONFIRM_APPLICATIONS)
def application_confirm(request, reach):
    """One or many, ticked in the list."""
    chosen = _chosen(request, reach)
    return _do(
        request,
        lambda: actions.confirm_all(applications=chosen, now=timezone.now(), by=request.actor),
        "初审通过 {} 份",
    )


@require_POST
@requires(Capability.APPROVE_APPLICATIONS)
def application_approve(request, reach):
    form = BeginForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写服务开始日期。")
        return redirect(_back(request))
    chosen, began_on = _chosen(request, reach), form.cleaned_data["began_on"]
    approve = actions.approve_all
    return _do(
        request,
        lambda: approve(applications=chosen, began_on=began_on, now=timezone.now(), by=request.actor),
        "已核准 {} 份，已请家长签协议",
    )


@require_POST
@requires(Capability.APPROVE_APPLICATIONS)
def agreement_sign_school(request, reach):
    chosen = Agreement.objects.within(reach).filter(application__in=_chosen(request, reach))
    sign = actions.sign_as_school
    return _do(
        request, lambda: sign(agreements=chosen, now=timezone.now(), by=request.actor), "已签 {} 份，孩子已编入服务班"
    )


@require_POST
@requires(Capability.CONFIRM_APPLICATIONS)
def application_return(request, reach, pk):
    return _return(request, reach, pk)


@require_POST
@requires(Capability.APPROVE_APPLICATIONS)
def application_send_back(request, reach, pk):
    return _return(request, reach, pk)


def _return(request, reach, pk):
    application = get_object_or_404(_applications(reach), pk=pk)
    reason = ReasonForm(request.POST).data.get("reason", "")
    send = actions.return_for_correction
    return _do(
        request,
        lambda: [send(application=application, reason=reason, now=timezone.now(), by=request.actor)],
        "已退回家长补正",
    )


@require_POST
@requires(Capability.APPROVE_APPLICATIONS)
def application_refuse(request, reach, pk):
    application = get_object_or_404(_applications(reach), pk=pk)
    grounds = refusal_grounds(application.school, timezone.localdate())
    form = RefusalForm(request.POST, grounds=grounds.answer)
    if not form.is_valid():
        messages.error(request, "请选择政策允许的情形，并写明理由。")
        return redirect(_back(request))
    wanted = form.cleaned_data
    refuse = actions.refuse
    return _do(
        request,
        lambda: [refuse(application=application, **wanted, now=timezone.now(), by=request.actor)],
        "已告知家长，教育局可以看到",
    )


@require_POST
@requires(Capability.APPROVE_APPLICATIONS)
def withdrawal_acknowledge(request, reach, pk):
    withdrawal = get_object_or_404(Withdrawal.objects.within(reach), pk=pk)
    acknowledge = actions.acknowledge_withdrawal
    return _do(
        request, lambda: [acknowledge(withdrawal=withdrawal, now=timezone.now(), by=request.actor)], "已收悉退出申请"
    )


def _do(request, deed, said):
    """Do it, say what it came to, and go back to the list."""
    try:
        done = deed()
    except RuleBroken as refusal:
        messages.error(request, f"{refusal}（{refusal.cite.label}）" if refusal.cite else str(refusal))
    else:
        messages.success(request, said.format(len(done)) + "。")
    return redirect(_back(request))


def _back(request):
    tab = request.POST.get("tab", "")
    return reverse("enrollment:application-list") + (f"?tab={tab}" if tab in TABS else "")


def _chosen(request, reach):
    """The ticked ones. Where one lies outside the reach, none of it is there."""
    picked = {int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal()}
    chosen = list(_applications(reach).filter(pk__in=picked))
    if len(chosen) < len(picked):
        raise Http404
    return chosen


def _applications(reach):
    return Application.objects.within(reach).select_related(
        "student__school_class", "school__bureau", "term", "guardian", "agreement"
    )
