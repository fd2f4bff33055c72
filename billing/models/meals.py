"""代收: what the school collects for a supplier and passes on at cost. Never a part of the service fee."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, IntegerField, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild

from .months import FeeMonth

BEFORE = {0: "当天", 1: "前一天"}


class MealQuerySet(ReachQuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)


class Meal(models.Model):
    """代收项目: a meal of one supplier at one price a day, published before any family is asked. Another price is another
    meal, so that nobody's consent is stretched."""

    school = models.ForeignKey(School, models.PROTECT, related_name="meals")
    item = models.CharField("代收项目", max_length=30)  # how the policy names what is collected apart
    name = models.CharField("名称", max_length=40)
    supplier = models.CharField("供餐单位", max_length=100)
    licence = models.CharField("食品经营许可证号", max_length=40)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="供餐日")
    price_fen = models.PositiveBigIntegerField("每天（分）")
    # Leave asked for until then gives the day back: so many days before, until that time.
    leave_days = models.PositiveSmallIntegerField("提前几天请假", default=1)
    leave_until = models.TimeField("几点以前")
    began_on = models.DateField("开始供餐")
    ended_on = models.DateField("最后一天", null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("公布时间", null=True)

    objects = MealQuerySet.as_manager()

    class Meta:
        ordering = ["-began_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="meal_price_above_zero"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="meal_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("entered_by")), name="meal_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "代收项目"

    def __str__(self):
        return self.name

    @property
    def leave_said(self) -> str:
        """前一天 16:00 以前。"""
        return f"{BEFORE.get(self.leave_days) or f'提前 {self.leave_days} 天'} {self.leave_until:%H:%M} 以前"


class MealConsent(models.Model):
    """代收同意书: a guardian orders a meal for one child. Signed apart from the agreement, ended on any day."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    meal = models.ForeignKey(Meal, models.PROTECT, related_name="consents")
    student = models.ForeignKey(Student, models.PROTECT, related_name="meal_consents")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True)  # before `began_on` where nothing was eaten yet
    content = models.JSONField()  # the sentences that were agreed to
    sha256 = models.CharField("内容摘要", max_length=64)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField("同意时间")
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField("停餐时间", null=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["-began_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meal", "student"], condition=Q(ended_on=None), name="meal_consent_open_once_a_child"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) ^ Q(stopped_at__isnull=False), name="meal_consent_ends_by_a_deed"
            ),
        ]
        verbose_name = verbose_name_plural = "代收同意书"


class MealCharge(models.Model):
    """What one consent costs in one month: days times price. What goes back of it is written once, at the month's end."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="meal_charges")
    meal = models.ForeignKey(Meal, models.PROTECT, related_name="charges")
    consent = models.ForeignKey(MealConsent, models.PROTECT, related_name="charges")
    student = models.ForeignKey(Student, models.PROTECT, related_name="meal_charges")
    days = ArrayField(models.DateField(), verbose_name="供餐日")
    price_fen = models.PositiveBigIntegerField("每天（分）")
    net_fen = models.PositiveBigIntegerField("应交（分）")
    back = models.JSONField(default=dict)  # days not eaten, and why: {"2026-10-12": "leave"}
    back_fen = models.PositiveBigIntegerField("没有用餐退回（分）", default=0)
    share_fen = models.PositiveBigIntegerField("结余返还（分）", default=0)
    entry_number = models.CharField("凭证", max_length=20, blank=True)

    objects = OfChild.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fee_month", "consent"], name="meal_charge_once_a_month"),
            models.CheckConstraint(
                condition=Q(net_fen=F("price_fen") * Func("days", function="cardinality", output_field=IntegerField())),
                name="meal_charge_is_days_times_price",
            ),
            models.CheckConstraint(
                condition=Q(net_fen__gte=F("back_fen") + F("share_fen")), name="meal_charge_gives_back_within_itself"
            ),
        ]
        verbose_name = verbose_name_plural = "应收代收餐费"

    @property
    def cost_fen(self) -> int:
        """What was really eaten and paid for."""
        return self.net_fen - self.back_fen - self.share_fen


class MealSettlement(models.Model):
    """代收结清: what a meal of the month took in, cost and gave back. Written once; no cost is booked to it afterwards."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="meal_settlements")
    meal = models.ForeignKey(Meal, models.PROTECT, related_name="settlements")
    heads = models.PositiveIntegerField("人数")
    portions = models.PositiveIntegerField("份数")  # what is left of the days once leave is given back
    charged_fen = models.PositiveBigIntegerField("应交（分）")
    back_fen = models.PositiveBigIntegerField("没有用餐退回（分）")
    cost_fen = models.PositiveBigIntegerField("付供餐单位（分）")
    shared_fen = models.PositiveBigIntegerField("结余返还（分）")
    borne_fen = models.PositiveBigIntegerField("学校承担（分）")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("结清时间")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["meal__name", "meal"]
        constraints = [
            models.UniqueConstraint(fields=["fee_month", "meal"], name="meal_settlement_once_a_month"),
            models.CheckConstraint(
                condition=Q(charged_fen=F("back_fen") + F("cost_fen") + F("shared_fen") - F("borne_fen")),
                name="meal_settlement_adds_up",
            ),
        ]
        verbose_name = verbose_name_plural = "代收结清"
