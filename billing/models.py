"""Papers of the money room. They stand outside the ledger and point at its entries by number."""

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.plans.models import Offering
from afterschool.schools.models import School, Student
from afterschool.schools.why import Why
from enrollment.models import Agreement, AgreementItem, OfChild
from staffing.models import StipendSheet


class FeeMonth(models.Model):
    """One school's month: opened with its charges, settled, locked."""

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        LOCKED = "locked", "已锁定"

    school = models.ForeignKey(School, models.PROTECT, related_name="fee_months")
    month = models.DateField("月份")  # its first day
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    policy = models.SlugField(max_length=60)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    charged_at = models.DateTimeField("收费生成时间", null=True)
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="fee_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="fee_month_is_a_first"),
        ]
        verbose_name = verbose_name_plural = "收费月份"

    def __str__(self):
        return f"{self.month.year}年{self.month.month}月"

    @property
    def last_on(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Charge(models.Model):
    """What one child's offering costs in one month. Never edited: a reversing entry and a new charge."""

    school = models.ForeignKey(School, models.PROTECT, related_name="charges")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="charges")
    student = models.ForeignKey(Student, models.PROTECT, related_name="charges")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="charges")
    item = models.ForeignKey(AgreementItem, models.PROTECT, related_name="charges")
    grade = models.PositiveSmallIntegerField("年级")
    unit = models.CharField("收费单位", max_length=10, choices=Offering.Unit, default=Offering.Unit.MONTH)
    days = ArrayField(models.DateField(), verbose_name="服务日")
    gross_fen = models.PositiveBigIntegerField("标准（分）")
    waived_fen = models.PositiveBigIntegerField("减免（分）", default=0)
    net_fen = models.PositiveBigIntegerField("应收（分）")
    paid_fen = models.PositiveBigIntegerField("已收（分）", default=0)
    refunded_fen = models.PositiveBigIntegerField("应退（分）", default=0)
    # What need not be paid any more: the part of a withdrawal or surplus that first meets an unpaid rest.
    remitted_fen = models.PositiveBigIntegerField("免交（分）", default=0)
    remissions = models.JSONField(default=list)  # how it came about: [{"cause", "fen", "steps", "cites"}]
    steps = models.JSONField(default=list)
    cites = models.JSONField(default=list)
    entry_number = models.CharField("凭证", max_length=20, blank=True)
    # Told by billing.selectors.why, where a page shows the figures.
    why: Why
    why_remitted: list[Why]

    objects = OfChild.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fee_month", "item"], name="charge_once_a_month"),
            models.UniqueConstraint(fields=["item"], condition=Q(unit="term"), name="charge_once_a_term"),
            models.CheckConstraint(
                condition=Q(net_fen=F("gross_fen") - F("waived_fen")), name="charge_net_is_gross_less_waived"
            ),
            models.CheckConstraint(
                condition=Q(net_fen__gte=F("paid_fen") + F("remitted_fen")), name="charge_not_overpaid"
            ),
            models.CheckConstraint(condition=Q(refunded_fen__lte=F("paid_fen")), name="charge_refunds_within_paid"),
        ]
        verbose_name = verbose_name_plural = "应收"

    @property
    def owed_fen(self) -> int:
        return self.net_fen - self.remitted_fen - self.paid_fen


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


class Receipt(models.Model):
    """Money that came in for one child, with a gapless number; what exceeds the dues is a prepayment."""

    class Method(models.TextChoices):
        BANK = "bank", "银行转账"
        CASH = "cash", "现金缴存"
        WECHAT = "wechat", "微信支付"

    school = models.ForeignKey(School, models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField("收据号")
    student = models.ForeignKey(Student, models.PROTECT, related_name="receipts")
    on = models.DateField("到账日期")
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    payer = models.CharField("付款人", max_length=100)
    payer_account = models.CharField("付款账号", max_length=40, blank=True)
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.BANK)
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="receipt")
    key = models.CharField(max_length=60)  # minted with the form: the same deed twice is one receipt
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["school", "key"], name="receipt_key_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receipt_above_zero"),
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


class Fund(models.TextChoices):
    FEES = "fees", "课后服务费"
    SUBSIDY = "subsidy", "财政补助"

    @property
    def in_policy(self) -> str:
        """How a policy file names it."""
        return "fee" if self is Fund.FEES else self.value


class ExpenseQuerySet(ReachQuerySet):
    def on_voucher(self, number, payee, fen):
        """What stands on this voucher: by its number, and whom or how much was paid. Also asked of an outer query."""
        standing = self.exclude(state=Expense.State.REJECTED)
        return standing.filter(Q(payee=payee) | Q(amount_fen=fen), voucher_number=number)


class Expense(models.Model):
    """A cost of the month in a category the policy allows, with its voucher; entered by one person, approved by another."""

    STIPENDS = "staff_stipend"  # how policies call what own teachers are paid

    class State(models.TextChoices):
        ENTERED = "entered", "待审批"
        APPROVED = "approved", "已审批"
        REJECTED = "rejected", "未通过"

    school = models.ForeignKey(School, models.PROTECT, related_name="expenses")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="expenses")
    category = models.CharField("类别", max_length=30)
    fund = models.CharField("资金来源", max_length=10, choices=Fund, default=Fund.FEES)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    on = models.DateField("日期")
    payee = models.CharField("收款单位", max_length=100)
    note = models.CharField("说明", max_length=200, blank=True)
    voucher_number = models.CharField("票据号", max_length=60)
    voucher = models.BinaryField("票据扫描件", null=True, blank=True)
    voucher_type = models.CharField(max_length=40, blank=True)
    # Null: shared by all grades by paying heads.
    grade = models.PositiveSmallIntegerField("年级", null=True, blank=True)
    sheet = models.OneToOneField(StipendSheet, models.PROTECT, null=True, related_name="expense")
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="expense")
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    key = models.CharField(max_length=60)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    reason = models.CharField("未通过的原因", max_length=200, blank=True)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="expense_key_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="expense_above_zero"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("entered_by")), name="expense_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "支出"

    @property
    def is_scanned(self) -> bool:
        """Told by the type, so that nobody reads the scan itself for it."""
        return bool(self.voucher_type)


class Subsidy(models.Model):
    """财政补助 received, held and reported apart from fees (C四(二))."""

    school = models.ForeignKey(School, models.PROTECT, related_name="subsidies")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="subsidies")
    on = models.DateField("到账日期")
    heads = models.PositiveIntegerField("学生数")
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    document = models.CharField("下达文号", max_length=100)
    key = models.CharField(max_length=60)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "key"], name="subsidy_key_once")]
        verbose_name = verbose_name_plural = "财政补助"


class Settlement(models.Model):
    """据实结算、多退少不补: the month's draft, then locked. `groups` holds one row per grade, as the policy function gave it."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        LOCKED = "locked", "已锁定"

    school = models.ForeignKey(School, models.PROTECT, related_name="settlements")
    fee_month = models.OneToOneField(FeeMonth, models.PROTECT, related_name="settlement")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # [{"grade", "heads", "free_heads", "paying_heads", "charged_fen", "withdrawn_fen", "direct_fen", "shared_fen",
    #   "cost_fen", "surplus_fen" (below zero: a shortfall), "refund_fen", "borne_fen", "steps", "cites"}]
    groups = models.JSONField(default=list)
    drafted_at = models.DateTimeField(auto_now=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结算"


class Refund(models.Model):
    """退费: payable → instructed → paid | failed → payable. Never more than was paid (L12), never falls once locked (L14)."""

    class Cause(models.TextChoices):
        SURPLUS = "surplus", "结余返还"
        WITHDRAWAL = "withdrawal", "中途退出"
        ABSENCE = "absence", "缺勤"
        CANCELLED = "cancelled", "学校停课"
        FORCE_MAJEURE = "force_majeure", "不可抗力停课"
        WAIVER = "waiver", "补办减免"

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        PAYABLE = "payable", "待退"
        INSTRUCTED = "instructed", "已送银行"
        PAID = "paid", "已退"
        FAILED = "failed", "退回重办"

    school = models.ForeignKey(School, models.PROTECT, related_name="refunds")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="refunds")
    student = models.ForeignKey(Student, models.PROTECT, related_name="refunds")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    cause = models.CharField("应退原因", max_length=20, choices=Cause)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    steps = models.JSONField(default=list)
    cites = models.JSONField(default=list)
    payee = models.CharField("收款人", max_length=100, blank=True)
    payee_account = models.CharField("收款账号", max_length=40, blank=True)
    instructed_at = models.DateTimeField(null=True)
    paid_on = models.DateField("到账日期", null=True)
    bank_serial = models.CharField("流水号", max_length=40, blank=True)
    failed_reason = models.CharField("退回原因", max_length=200, blank=True)
    why: Why  # told by billing.selectors.why, where a page shows the figure

    objects = OfChild.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "cause"], name="refund_once_a_charge_and_cause"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_above_zero"),
        ]
        verbose_name = verbose_name_plural = "退费"
