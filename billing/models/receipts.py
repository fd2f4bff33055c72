"""What comes in, and which charge it pays."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild

from .months import Charge, Fund


class StatementImport(models.Model):
    """An uploaded bank statement; its lines are known by serial number, so importing it again changes nothing."""

    school = models.ForeignKey(School, models.PROTECT, related_name="statement_imports")
    file_name = models.CharField("文件", max_length=200)
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]


class BankLine(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "待核对"
        MATCHED = "matched", "已入账"
        EXPENSE = "expense", "已列支出"
        SET_ASIDE = "set_aside", "与课后服务费无关"

    school = models.ForeignKey(School, models.PROTECT, related_name="bank_lines")
    statement = models.ForeignKey(StatementImport, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField("行号")
    serial = models.CharField("流水号", max_length=40)
    on = models.DateField("交易日期")
    in_fen = models.PositiveBigIntegerField("收入（分）", default=0)
    out_fen = models.PositiveBigIntegerField("支出（分）", default=0)
    payer = models.CharField("对方户名", max_length=100, blank=True)
    payer_account = models.CharField("对方账号", max_length=40, blank=True)
    memo = models.CharField("摘要", max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    hint = models.CharField("提示", max_length=200, blank=True)
    suggested = models.ForeignKey(Student, models.PROTECT, null=True, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["on", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["school", "serial"], name="bank_line_once"),
            models.CheckConstraint(
                condition=Q(in_fen=0, out_fen__gt=0) | Q(in_fen__gt=0, out_fen=0), name="bank_line_in_or_out"
            ),
        ]
        verbose_name = verbose_name_plural = "银行流水"


class ReceiptQuerySet(OfChild):
    def standing(self):
        """Without what was made void."""
        return self.filter(voided_at=None)

    def with_rest(self):
        """`rest_fen`: what they hold in advance, neither used nor given back."""
        used, back, again = self._sum("Allocation"), self._sum("Refund", "amount_fen"), self._sum("SetOff")
        return self.annotate(rest_fen=F("amount_fen") + again - used - back)

    def _sum(self, papers: str, column: str = "fen") -> Coalesce:
        """What the papers of this name come to, for each receipt. By name: some of them know receipts, not the other way."""
        rows = apps.get_model("billing", papers)._default_manager.filter(receipt=OuterRef("pk"))
        return Coalesce(Subquery(rows.order_by().values("receipt").annotate(sum=Sum(column)).values("sum")), 0)

    def of_fees(self):
        """Without what is collected for others."""
        return self.filter(fund=Fund.FEES)

    def in_advance(self):
        """Those of the fees that still hold something, the oldest first."""
        return self.standing().of_fees().with_rest().filter(rest_fen__gt=0).order_by("on", "number")


class Receipt(models.Model):
    """Money that came in for one child, with a gapless number; what exceeds the dues is a prepayment."""

    class Method(models.TextChoices):
        BANK = "bank", "银行转账"
        CASH = "cash", "现金缴存"
        WECHAT = "wechat", "微信支付"

    school = models.ForeignKey(School, models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField("收据号")
    student = models.ForeignKey(Student, models.PROTECT, related_name="receipts")
    # What the payer meant it for: it pays nothing else.
    fund = models.CharField("款项", max_length=10, choices=Fund, default=Fund.FEES)
    on = models.DateField("到账日期")
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    payer = models.CharField("付款人", max_length=100)
    payer_account = models.CharField("付款账号", max_length=40, blank=True)
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.BANK)
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="receipt")
    key = models.CharField(max_length=60)  # minted with the form: the same deed twice is one receipt
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    # 作废: the number stays, with its reason (L22).
    voided_at = models.DateTimeField("作废时间", null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    rest_fen: int  # counted by `with_rest`

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None) | (~Q(void_reason="") & ~Q(voided_by=F("entered_by"))),
                name="receipt_void_says_why_and_two_people",
            ),
            models.UniqueConstraint(fields=["school", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["school", "key"], name="receipt_key_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receipt_above_zero"),
            models.CheckConstraint(condition=Q(fund__in=["fees", "meal"]), name="receipt_of_a_family"),
        ]
        verbose_name = verbose_name_plural = "收款"


class Allocation(models.Model):
    """How much of a receipt pays which charge (L7); the rest is prepaid."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="allocations")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="allocations")
    fen = models.PositiveBigIntegerField()

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "charge"], name="allocation_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="allocation_above_zero"),
        ]
