"""At the school: look at what will be public, publish it, correct it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from billing.models import FeeMonth

from .. import actions
from ..forms import CorrectionForm
from ..models import Disclosure
from ..reading import Reading
from ..selectors import months_to_disclose

A_PAGE = 24


@requires(Capability.PUBLISH_DISCLOSURE)
def disclosure_list(request, reach):
    months = Paginator(months_to_disclose(reach), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "disclosures/manage_list.html", {"page": months})


@requires(Capability.PUBLISH_DISCLOSURE)
def disclosure_detail(request, reach, pk):
    return _page(request, _find(reach, pk), CorrectionForm())


@require_POST
@requires(Capability.PUBLISH_DISCLOSURE)
def disclosure_compose(request, reach, pk):
    fee_month = get_object_or_404(FeeMonth.objects.within(reach), pk=pk)
    try:
        disclosure = actions.compose(fee_month, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("disclosures:manage-list")
    return redirect("disclosures:manage-detail", disclosure.pk)


@require_POST
@requires(Capability.PUBLISH_DISCLOSURE)
def disclosure_publish(request, reach, pk):
    disclosure = _find(reach, pk)
    try:
        actions.publish(disclosure, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已公示，所有人不用登录就能看到。")
    return redirect("disclosures:manage-detail", pk)


@require_POST
@requires(Capability.PUBLISH_DISCLOSURE)
def disclosure_correct(request, reach, pk):
    disclosure, form = _find(reach, pk), CorrectionForm(request.POST)
    if form.is_valid():
        try:
            newer = actions.correct(disclosure, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"第 {newer.version} 版已排好，看过再发布；旧版保留。")
            return redirect("disclosures:manage-detail", newer.pk)
    return _page(request, disclosure, form, status=422)


def _find(reach, pk):
    return get_object_or_404(Disclosure.objects.within(reach).select_related("school__bureau", "fee_month"), pk=pk)


def _page(request, disclosure, form, status=200):
    versions = list(disclosure.fee_month.disclosures.order_by("-version").select_related("published_by"))
    context = {
        "disclosure": disclosure,
        "sheet": Reading(disclosure),
        "versions": versions,
        "is_newest": disclosure.pk == versions[0].pk,
        "form": form,
    }
    return render(request, "disclosures/manage_detail.html", context, status=status)
