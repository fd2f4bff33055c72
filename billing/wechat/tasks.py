"""The night porter of this room: what WeChat Pay did not tell is asked."""

import logging

from celery import shared_task
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken

from .actions import look_after_payment
from .actions.refunds import ask
from .callbacks import Refused
from .gateway import Declined, Unanswered
from .selectors import unanswered, unheard

log = logging.getLogger(__name__)
COMES_AGAIN = (Unanswered, Declined, Refused, RuleBroken)


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
