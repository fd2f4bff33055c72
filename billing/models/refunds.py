"""What goes back, to whom, and what the bank says of it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from afterschool.schools.why import Why
from enrollment.models import OfChild

from .months import Charge, FeeMonth, Fund
from .receipts import BankLine, Receipt


class Refund(models.Model):
    """退费: payable → instructed → paid | failed → payable. Never more than was paid (L12), never falls once locked (L14)."""

    class Cause(models.TextChoices):
        SURPLUS = "surplus", "结余返还"
        WITHDRAWAL = "withdrawal", "中途退出"
        ABSENCE = "absence", "缺勤"
        CANCELLED = "cancelled", "学校停课"
        FORCE_MAJEURE = "force_majeure", "不可抗力停课"
        WAIVER = "waiver", "补办减免"
        PREPAID = "prepaid", "预收款退回"
        MEAL = "meal", "代收餐费退回"

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        PAYABLE = "payable", "待退"
        INSTRUCTED = "instructed", "已送银行"
        PAID = "paid", "已退"
        FAILED = "failed", "退回重办"
        SET_OFF = "set_off", "抵下期"

    school = models.ForeignKey(School, models.PROTECT, related_name="refunds")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="refunds")
    student = models.ForeignKey(Student, models.PROTECT, related_name="refunds")
    # What is given back: a part of a charge, or what a receipt holds in advance or of meals not eaten.
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="refunds")
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="refunds")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    cause = models.CharField("应退原因", max_length=20, choices=Cause)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    steps = models.JSONField(default=list)
    cites = models.JSONField(default=list)
    paid_on = models.DateField("到账日期", null=True)  # the last of its payouts
    why: Why  # told by billing.selectors.why, where a page shows the figure

    objects = OfChild.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "cause", "round"], name="refund_once_a_charge_cause_and_round"),
            models.UniqueConstraint(fields=["receipt", "round"], name="refund_once_a_receipt_and_round"),
            models.CheckConstraint(
                condition=Q(cause__in=["prepaid", "meal"], charge=None, receipt__isnull=False)
                | (~Q(cause__in=["prepaid", "meal"]) & Q(charge__isnull=False, receipt=None)),
                name="refund_of_a_charge_or_a_receipt",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_above_zero"),
        ]
        verbose_name = verbose_name_plural = "退费"

    @property
    def fund(self) -> Fund:
        return Fund.MEAL if self.cause == self.Cause.MEAL else Fund.FEES


class PayeeChange(models.Model):
    """更换收款人: asked by the guardian, approved by a second person; until then money goes back to who paid it (L20)."""

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        APPROVED = "approved", "已同意"
        DECLINED = "declined", "未同意"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="payee_changes")
    payee = models.CharField("收款人", max_length=100)
    payee_account = models.CharField("收款账号", max_length=40)
    reason = models.CharField("原因", max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField("说明", max_length=200, blank=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(state="asked"), name="payee_change_asked_once_a_child"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="payee_change_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "更换收款人"


class RefundBatch(models.Model):
    """退费批次: one file for the bank, with its numbered rows."""

    school = models.ForeignKey(School, models.PROTECT, related_name="refund_batches")
    number = models.PositiveIntegerField("批次号")
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="refund_batch")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("制作时间")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="refund_batch_number_once")]
        verbose_name = verbose_name_plural = "退费批次"

    def __str__(self):
        return f"退费第 {self.number} 批"


class PayoutQuerySet(ReachQuerySet):
    def standing(self):
        """The last row of each payer of a refund; those before came back and were sent again."""
        later = Payout.objects.filter(refund=OuterRef("refund"), receipt=OuterRef("receipt"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class Payout(models.Model):
    """One row of a batch: a refund, or the part of it that one payer gets back. A failed one goes out again as a new row."""

    class State(models.TextChoices):
        SENT = "sent", "已送银行"
        PAID = "paid", "已到账"
        FAILED = "failed", "被退回"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    batch = models.ForeignKey(RefundBatch, models.PROTECT, related_name="payouts")
    row = models.PositiveIntegerField("序号")
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="payouts")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="payouts")  # whose payer gets it back
    payee = models.CharField("收款人", max_length=100)
    payee_account = models.CharField("收款账号", max_length=40, blank=True)
    # Why it goes to another than the payer.
    change = models.ForeignKey(PayeeChange, models.PROTECT, null=True, related_name="payouts")
    fen = models.PositiveBigIntegerField("金额（分）")
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    paid_on = models.DateField("到账日期", null=True)
    failed_reason = models.CharField("退回原因", max_length=200, blank=True)
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="payout")
    back_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="payout_back")  # 退汇

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "row"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="payout_row_once"),
            models.UniqueConstraint(
                fields=["refund", "receipt"], condition=~Q(state="failed"), name="payout_once_a_refund_and_payer"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payout_above_zero"),
            models.CheckConstraint(condition=Q(state="paid") ^ Q(paid_on=None), name="payout_paid_on_a_day"),
            models.CheckConstraint(
                condition=Q(state="failed") ^ Q(failed_reason=""), name="payout_failed_for_a_reason"
            ),
        ]
        verbose_name = verbose_name_plural = "退费出款"


class SetOff(models.Model):
    """抵下期: the part of a refund that one payer has as an advance for the next charge, instead of by the bank."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="set_offs")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="set_offs")
    fen = models.PositiveBigIntegerField("金额（分）")

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "receipt"], name="set_off_once_a_refund_and_payer"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="set_off_above_zero"),
        ]
        verbose_name = verbose_name_plural = "抵下期"


class BankAnswer(models.Model):
    """银行回单: what the bank says of a batch, as it was read; its rows count once somebody has looked and taken them."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    batch = models.ForeignKey(RefundBatch, models.PROTECT, related_name="answers")
    file_name = models.CharField("文件", max_length=200)
    sha256 = models.CharField(max_length=64)
    # [{"line", "row", "account", "name", "fen", "result", "reason", "on"}], and what could not be read: [{"row", "say"}]
    rows = models.JSONField(default=list)
    odd = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField("登记时间", null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="bank_answer_once_a_batch")]
        verbose_name = verbose_name_plural = "银行回单"
