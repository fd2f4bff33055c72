"""What was announced to WeChat Pay. The money itself stands in receipts and refunds."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from billing.models import FeeMonth, Receipt, Refund
from enrollment.models import OfChild

OPEN_FOR = timedelta(hours=2)  # as long as WeChat Pay keeps a prepayment


class Payment(models.Model):
    """What a guardian set out to pay by WeChat. One that was paid has exactly one receipt."""

    class State(models.TextChoices):
        MADE = "made", "待付款"
        PAID = "paid", "已付款"
        CLOSED = "closed", "已关闭"

    school = models.ForeignKey(School, models.PROTECT, related_name="payments")
    student = models.ForeignKey(Student, models.PROTECT, related_name="payments")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="payments")
    mchid = models.CharField("商户号", max_length=32)
    out_trade_no = models.CharField("商户订单号", max_length=32, unique=True)
    fen = models.PositiveBigIntegerField("金额（分）")
    state = models.CharField(max_length=10, choices=State, default=State.MADE)
    prepay_id = models.CharField(max_length=64, blank=True)
    transaction_id = models.CharField("微信支付订单号", max_length=32, unique=True, null=True)  # noqa: DJ001 none is not ""
    receipt = models.OneToOneField(Receipt, models.PROTECT, null=True, related_name="payment")
    key = models.CharField(max_length=60)  # minted with the form: the same deed twice is one payment
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = OfChild.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="payment_key_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payment_above_zero"),
            models.CheckConstraint(
                condition=Q(state="paid", receipt__isnull=False, transaction_id__isnull=False)
                | (~Q(state="paid") & Q(receipt=None, transaction_id=None)),
                name="payment_paid_has_a_receipt",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(state="made"), name="payment_made")]
        verbose_name = verbose_name_plural = "微信付款"

    @property
    def open_until(self) -> datetime:
        return self.made_at + OPEN_FOR


class PaymentRefund(models.Model):
    """A refund on its way back through WeChat Pay. Its number never changes, so asking again cannot pay twice."""

    class State(models.TextChoices):
        ASKED = "asked", "已提交"
        STUCK = "stuck", "退款异常"
        PAID = "paid", "已退款"
        CLOSED = "closed", "已关闭"

    school = models.ForeignKey(School, models.PROTECT, related_name="payment_refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="payment_refund")
    number = models.CharField("商户退款单号", max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    declined = models.CharField("微信支付的答复", max_length=200, blank=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "微信退款"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.ASKED, self.State.STUCK}
