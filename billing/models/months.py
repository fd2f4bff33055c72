"""A month and what it charges."""

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
    # Told by billing.selectors.missed.with_last_days.
    agreement_number: str
    ended_on: date | None
    left_on: date | None
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
