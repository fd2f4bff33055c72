"""What a month comes to: asked of the families, held to the bank, locked, put right afterwards."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild

from .costs import Expense
from .months import FeeMonth, Fund
from .receipts import BankLine


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
    # What need not be paid any more, by charge: {"17": [as in its remissions]}; from the lock on the charges say it themselves.
    remits = models.JSONField(default=dict)
    papers = models.CharField(max_length=32, blank=True)  # fingerprint of all rows that the figures were told from
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

    @property
    def refunds(self):
        """What it gives back of charges. What receipts give back is numbered by the receipt."""
        return self.fee_month.refunds.filter(round=self.number, charge__isnull=False)


class AdjustmentQuerySet(ReachQuerySet):
    def approved(self):
        return self.filter(state=Adjustment.State.APPROVED)

    def unshared(self):
        """Of the fees, and counted neither in a confirmed round yet nor in the settlement of a term."""
        fresh = self.approved().filter(Q(round=None) | Q(round__state=Round.State.DRAFT), fund=Fund.FEES)
        carries = Settlement.objects.filter(fee_month=OuterRef("fee_month"), groups__0__accrues=True)
        of_term = Settlement.objects.filter(groups__0__of_term=True, fee_month__month__gt=OuterRef("fee_month__month"))
        before = of_term.filter(school=OuterRef("school"), fee_month__locked_at__lt=OuterRef("decided_at"))
        return fresh.filter(~Exists(carries) | Exists(before))


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
