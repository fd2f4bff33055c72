"""A guardian pays by WeChat; WeChat Pay tells what came of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from afterschool.access.addresses import address_of
from afterschool.access.capabilities import Capability
from afterschool.access.gate import public, requires
from afterschool.errors import RuleBroken
from afterschool.jobs.book import enqueue
from billing.forms import minted_key
from billing.models import FeeMonth
from enrollment.asked import unbarred

from .actions import ask_prepay, make_payment, take, turn_away
from .callbacks import Refused, heard
from .forms import PayForm
from .merchants import merchant_named
from .models import Payment
from .selectors import box_of, due_within

AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"


@requires(Capability.APPLY)
@unbarred
def pay(request, reach, student_id, fee_month_id):
    due = due_within(reach, student_id, fee_month_id)
    if due is None:
        raise Http404
    in_wechat = "MicroMessenger" in request.headers.get("User-Agent", "")
    if request.method == "GET" and in_wechat and "code" not in request.GET:
        return redirect(_who_holds_the_phone(due.merchant.appid, request.build_absolute_uri()))
    form = PayForm(request.POST or None, initial={"key": minted_key(), "code": request.GET.get("code")})
    if request.method == "POST" and form.is_valid():
        try:
            payment = make_payment(due, key=form.cleaned_data["key"], now=timezone.now(), by=request.actor)
            return _announced(request, payment, form.cleaned_data["code"])
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
    context = {"due": due, "form": form, "in_wechat": in_wechat}
    return render(request, "wechat/pay.html", context, status=422 if form.errors else 200)


def _who_holds_the_phone(appid: str, back: str) -> str:
    asked = {"appid": appid, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base", "state": "pay"}
    return f"{AUTHORIZE}?{urlencode(asked)}#wechat_redirect"


def _announced(request, payment: Payment, code: str):
    try:
        ask_prepay(payment, code=code)
    except RuleBroken as refusal:
        messages.warning(request, str(refusal))
    return redirect("wechat:payment-detail", payment.pk)


@requires(Capability.APPLY)
@unbarred
def payment_detail(request, reach, pk):
    payments = Payment.objects.within(reach).select_related("student", "fee_month__school", "receipt")
    payment = get_object_or_404(payments, pk=pk)
    if request.htmx:  # the page asks until WeChat Pay has told
        return HttpResponse(status=204) if payment.state == Payment.State.MADE else HttpResponseClientRefresh()
    box = box_of(payment, timezone.now())
    return render(request, "wechat/payment_detail.html", {"payment": payment, "box": box})


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refunds_send(request, reach, pk):
    """What came by WeChat goes back that way; one job, because each answer may take seconds."""
    fee_month = get_object_or_404(FeeMonth.objects.within(reach), pk=pk)
    period = f"{fee_month.month:%Y-%m} {timezone.localtime():%m-%d %H:%M}"
    args = {"fee_month": fee_month.pk}
    job = enqueue("wechat.refund_month", period=period, school_id=fee_month.school_id, args=args, by=request.actor)
    return redirect("jobs:job-detail", job.pk)


@require_POST
@csrf_exempt  # WeChat Pay has no session here: its signature over every byte stands in the place of our token
@public("WeChat Pay tells what was paid; nothing is believed without its signature")
def call_back(request, mchid):
    merchant = merchant_named(mchid)
    if merchant is None:
        raise Http404
    said: dict = {}
    try:
        kind, said = heard(merchant, request.headers, request.body, now=timezone.now())
        take(kind, said)
    except Refused as refused:
        turn_away(merchant, refused, address=address_of(request), said=said)
        return JsonResponse({"code": "FAIL", "message": str(refused)}, status=refused.status)
    return HttpResponse(status=204)
