"""What is spent, and what the budget gives."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School
from staffing.models import StipendSheet

from .meals import Meal
from .months import FeeMonth, Fund
from .receipts import BankLine


class ExpenseQuerySet(ReachQuerySet):
    def of_service(self):
        """Without what was collected for others and passed on."""
        return self.exclude(fund=Fund.MEAL)

    def of_meals(self):
        return self.filter(fund=Fund.MEAL).exclude(state=Expense.State.REJECTED)

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
    meal = models.ForeignKey(Meal, models.PROTECT, null=True, related_name="invoices")  # collected for its supplier
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
            models.CheckConstraint(condition=Q(fund="meal") ^ Q(meal=None), name="expense_of_a_meal_by_its_fund"),
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
