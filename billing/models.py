"""Papers of the money room. They stand outside the ledger and point at its entries by number."""

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from afterschool.access.reach import ReachQuerySet
from afterschool.plans.models import Offering
from afterschool.schools.models import School, Student
from afterschool.schools.why import Why
from enrollment.models import Agreement, AgreementItem, OfChild
from staffing.models import StipendSheet


class Fund(models.TextChoices):
    """Money kept apart from other money, from the first charge to the last account."""

    FEES = "fees", "课后服务费"
    SUBSIDY = "subsidy", "财政补助"
    MEAL = "meal", "代收餐费"

    @property
    def in_policy(self) -> str:
        """How a policy file names it."""
        return "fee" if self is Fund.FEES else self.value


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
    fund = models.CharField("款项", max_length=10, choices=Fund, default=Fund.FEES)
    days = ArrayField(models.DateField(), verbose_name="服务日")
    gross_fen = models.PositiveBigIntegerField("标准（分）")
    waived_fen = models.PositiveBigIntegerField("减免（分）", default=0)
    # What the government pays of the price instead of the family (a subsidy whose effect is `deducted`).
    subsidised_fen = models.PositiveBigIntegerField("财政抵扣（分）", default=0)
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
                condition=Q(net_fen=F("gross_fen") - F("waived_fen") - F("subsidised_fen")),
                name="charge_net_is_gross_less_waived",
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


class ReceiptQuerySet(OfChild):
    def standing(self):
        """Without what was made void."""
        return self.filter(voided_at=None)

    def with_rest(self):
        """`rest_fen`: what they hold in advance, neither used nor given back."""
        used = Allocation.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt").annotate(sum=Sum("fen"))
        back = (
            Refund.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt").annotate(sum=Sum("amount_fen"))
        )
        again = SetOff.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt").annotate(sum=Sum("fen"))
        used_fen, back_fen, again_fen = (Coalesce(Subquery(rows.values("sum")), 0) for rows in (used, back, again))
        return self.annotate(rest_fen=F("amount_fen") + again_fen - used_fen - back_fen)

    def in_advance(self):
        """Those that still hold something, the oldest first."""
        return self.standing().with_rest().filter(rest_fen__gt=0).order_by("on", "number")


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
    payer = models.CharField("出资方", max_length=60, blank=True)
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
        SHOWN = "shown", "家长核对中"
        LOCKED = "locked", "已锁定"

    school = models.ForeignKey(School, models.PROTECT, related_name="settlements")
    fee_month = models.OneToOneField(FeeMonth, models.PROTECT, related_name="settlement")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # [{"grade", "heads", "free_heads", "paying_heads", "charged_fen", "withdrawn_fen", "direct_fen", "shared_fen",
    #   "cost_fen", "surplus_fen" (below zero: a shortfall), "published_fen" (by earlier rounds), "refund_fen",
    #   "borne_fen", "steps", "cites"}], with "accrues" in a month of a term settled as one, "of_term" in its last
    groups = models.JSONField(default=list)
    # What is other than in the draft before: [{"part": "why" | "sum" | "family", "what", "before_fen", "after_fen"}]
    changes = models.JSONField(default=list)
    # What need not be paid any more, by charge: {"17": fen}; from the lock on the charges say it themselves.
    remits = models.JSONField(default=dict)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Guardians see their own figures and may object until the end of this day.
    shown_at = models.DateTimeField("交家长核对时间", null=True)
    shown_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    objections_until = models.DateField("异议截止", null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(shown_at__isnull=False, objections_until__isnull=False),
                name="settlement_shown_until_a_day",
            )
        ]
        verbose_name = verbose_name_plural = "结算"

    def hears_on(self, day: date) -> bool:
        """Whether guardians may still object on that day."""
        return self.state == self.State.SHOWN and self.objections_until is not None and day <= self.objections_until


class Objection(models.Model):
    """异议: a guardian says what is wrong in the child's month; answered before the month is locked."""

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        UPHELD = "upheld", "属实，已更正"
        DISMISSED = "dismissed", "已说明"

    school = models.ForeignKey(School, models.PROTECT, related_name="objections")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="objections")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    text = models.CharField("异议内容", max_length=300)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField("提出时间")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["fee_month", "student"], condition=Q(state="open"), name="objection_open_once_a_child"
            ),
            models.CheckConstraint(condition=Q(state="open") | ~Q(answer=""), name="objection_closed_with_an_answer"),
        ]
        verbose_name = verbose_name_plural = "结算异议"


class Reconciliation(models.Model):
    """银行存款余额调节表: the bank's balance at the end of the month beside the book's, and every difference named."""

    school = models.ForeignKey(School, models.PROTECT, related_name="reconciliations")
    fee_month = models.OneToOneField(FeeMonth, models.PROTECT, related_name="reconciliation")
    bank_fen = models.BigIntegerField("对账单余额（分）")
    book_fen = models.BigIntegerField("账面余额（分）")  # as it stood when this was made
    # [{"side": "bank_in" | "bank_out" | "book_in" | "book_out", "fen", "text"}]: who has booked alone what
    items = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = ReachQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "银行存款余额调节表"


class Round(models.Model):
    """追加结算: what came to light of a locked month after its lock, given back from the open one (L14). Never less."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        CONFIRMED = "confirmed", "已确认"

    school = models.ForeignKey(School, models.PROTECT, related_name="rounds")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField("轮次")  # the month's own settlement is the first
    booked_in = models.ForeignKey(FeeMonth, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    groups = models.JSONField(default=list)  # as in Settlement
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["fee_month", "number"]
        constraints = [
            models.UniqueConstraint(fields=["fee_month", "number"], name="round_once_a_month"),
            models.CheckConstraint(condition=Q(number__gte=2), name="round_follows_the_settlement"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("drafted_by")), name="round_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "追加结算"


class AdjustmentQuerySet(ReachQuerySet):
    def approved(self):
        return self.filter(state=Adjustment.State.APPROVED)

    def unshared(self):
        """Of the fees, and in no confirmed round yet."""
        return self.approved().filter(Q(round=None) | Q(round__state=Round.State.DRAFT), fund=Fund.FEES)


class Adjustment(models.Model):
    """更正: a cost of a locked month was really less or more. Booked in the open month, by two people, and disclosed."""

    class Side(models.TextChoices):
        LESS = "less", "支出冲减"
        MORE = "more", "补记支出"

    class State(models.TextChoices):
        ENTERED = "entered", "待审批"
        APPROVED = "approved", "已入账"
        REJECTED = "rejected", "未通过"

    school = models.ForeignKey(School, models.PROTECT, related_name="adjustments")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="adjustments")  # whose cost it was
    booked_in = models.ForeignKey(FeeMonth, models.PROTECT, null=True, related_name="adjustments_booked")
    expense = models.ForeignKey(Expense, models.PROTECT, null=True, related_name="adjustments")
    side = models.CharField("更正", max_length=10, choices=Side)
    category = models.CharField("类别", max_length=30)
    fund = models.CharField("资金来源", max_length=10, choices=Fund, default=Fund.FEES)
    grade = models.PositiveSmallIntegerField("年级", null=True, blank=True)
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    on = models.DateField("日期")
    reason = models.CharField("原因", max_length=200)
    clause = models.CharField("依据", max_length=60)  # of the month's policy
    voucher_number = models.CharField("票据号", max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    answer = models.CharField("未通过的原因", max_length=200, blank=True)
    bank_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="adjustment")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="adjustments")  # which gave it back
    key = models.CharField(max_length=60)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="adjustment_key_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="adjustment_above_zero"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("entered_by")), name="adjustment_two_people"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(clause=""), name="adjustment_says_why"),
        ]
        verbose_name = verbose_name_plural = "更正"

    @property
    def signed_fen(self) -> int:
        """What it adds to the cost of the month, below zero where the cost was less."""
        return -self.amount_fen if self.side == self.Side.LESS else self.amount_fen


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
    # What is given back: a part of a charge, or what a receipt holds in advance.
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
                condition=Q(cause="prepaid", charge=None, receipt__isnull=False)
                | (~Q(cause="prepaid") & Q(charge__isnull=False, receipt=None)),
                name="refund_of_a_charge_or_a_receipt",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_above_zero"),
        ]
        verbose_name = verbose_name_plural = "退费"


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

    @property
    def memo(self) -> str:
        """What the family reads in its own statement, and the bank's answer brings back."""
        return f"课后服务退费第{self.number}批"


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
