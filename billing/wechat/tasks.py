"""The night porter of this room: what WeChat Pay did not tell is asked."""

import logging

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.jobs.work import work
from afterschool.schools.people import actor_for
from billing.models import FeeMonth
from billing.selectors.readiness import to_pay_by_wechat

from .actions import look_after_payment, refund_through_wechat
from .actions.refunds import ask
from .callbacks import Refused
from .gateway import Declined, Unanswered
from .selectors import unanswered, unheard

log = logging.getLogger(__name__)
COMES_AGAIN = (Unanswered, Declined, Refused, RuleBroken)


@work("wechat.refund_month")
def refund_month(job, progress) -> dict:
    """Each refund by itself. Of which nothing is heard, is asked for again each hour under the same number."""
    fee_month = FeeMonth.objects.get(pk=job.args["fee_month"])
    refunds, now, by = list(to_pay_by_wechat(fee_month)), timezone.now(), actor_for(job.asked_by)
    for number, refund in enumerate(refunds, 1):
        try:
            refund_through_wechat(refund, now=now, by=by)
        except (Unanswered, Refused):
            log.warning("refund %s is asked for again", refund.pk, exc_info=True)
        progress(number, len(refunds), f"已向微信支付提交 {number} 笔")
    return {"url": reverse("billing:refund-list", args=[fee_month.pk])}


@shared_task(name="wechat.ask")
def ask_about_the_unheard() -> None:
    """Each payment and refund by itself: one that goes wrong keeps no other waiting, and is asked again next hour."""
    now, by = timezone.now(), Actor.system("wechat.ask")
    for payment in unheard(now):
        try:
            look_after_payment(payment, now=now, by=by)
        except COMES_AGAIN:
            log.warning("payment %s is asked about again", payment.pk, exc_info=True)
    for back in unanswered():
        try:
            ask(back, by=by)
        except COMES_AGAIN:
            log.warning("refund %s is asked about again", back.pk, exc_info=True)
