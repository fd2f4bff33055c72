"""What is written of a day afterwards: a mark corrected, a departure recorded later, and the lock after which another decides."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild

from .gate import GateEvent, GateList, Handover
from .session import Mark, Session


class MarkCorrection(models.Model):
    """考勤更正: the old value, the new one, who and why. Once the month is locked it is asked for, and another decides."""

    class State(models.TextChoices):
        MADE = "made", "已更正"
        ASKED = "asked", "待决定"
        REFUSED = "refused", "未同意"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="corrections")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    was = models.CharField("原来", max_length=10, choices=Mark.Status, blank=True)  # blank: not marked
    now = models.CharField("改为", max_length=10, choices=Mark.Status)
    reason = models.CharField("原因", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State, default=State.MADE)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refusal = models.CharField("为什么不同意", max_length=100, blank=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(condition=~Q(was=F("now")), name="correction_changes_something"),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(decided_by__isnull=False), name="correction_refused_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="correction_decided_by_another"
            ),
        ]
        verbose_name = verbose_name_plural = "考勤更正"


class MonthLock(models.Model):
    """考勤锁定: the month is settled; from now on a correction is a request. Billing writes it with its own lock."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    month = models.DateField("月份")  # its first day
    locked_at = models.DateTimeField()

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="month_lock_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_lock_is_a_first"),
        ]
        verbose_name = verbose_name_plural = "考勤锁定"


class LaterRecord(models.Model):
    """补记离校: how a child left a day that nobody wrote it down on, on whose word, and why it comes only now.

    Once the month is locked it is asked for, and another decides. The event by which it stands says when it came.
    """

    class State(models.TextChoices):
        MADE = "made", "已补记"
        ASKED = "asked", "待决定"
        REFUSED = "refused", "未同意"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="later_records")
    mode = models.CharField("方式", max_length=10, choices=Handover.Mode)
    adult = models.CharField(max_length=30, blank=True)  # as the gate names it: "guardian:12"
    way = models.CharField("怎样离校", max_length=90)  # in words, as it was known then
    left_at = models.DateTimeField("离校时间")
    source = models.CharField("据谁的话", max_length=60)
    reason = models.CharField("为什么补记", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State)
    event = models.OneToOneField(GateEvent, models.PROTECT, null=True, related_name="later")
    at = models.DateTimeField("补记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refusal = models.CharField("为什么不同意", max_length=100, blank=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(source="") & ~Q(reason=""), name="later_record_on_whose_word_and_why"),
            models.CheckConstraint(condition=Q(left_at__lte=F("at")), name="later_record_of_what_was"),
            models.CheckConstraint(
                condition=Q(state="made", event__isnull=False) | Q(~Q(state="made"), event=None),
                name="later_record_made_by_an_event",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="later_record_decided_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (Q(decided_by__isnull=False) & ~Q(refusal="")),
                name="later_record_refused_by_somebody_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(state="asked"), name="later_record_one_asked_per_child_and_day"
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="later_record_of_a_day")]
        verbose_name = verbose_name_plural = "补记离校"


def later_in_words(by: str, at: datetime, source: str, reason: str = "", agreed_by: str | None = "") -> str:
    """`据值班教师说的，网络断了；赵立新 10月16日 09:12 记，陈静 同意`, the last where a locked month asked for another's word."""
    whose = f"据{source}，{reason}；" if reason else f"据{source}，"
    agreed = f"，{agreed_by} 同意" if agreed_by else ""
    return f"{whose}{_who_and_when(by, at)} 记{agreed}"


def typed_in_words(device: str, by: str, at: datetime) -> str:
    """`周国栋 10月16日 08:05 据纸质名单补录`; nothing where it was not typed in from paper."""
    return f"{_who_and_when(by, at)} 据纸质名单补录" if device.startswith(GateList.PAPER) else ""


def _who_and_when(by: str, at: datetime) -> str:
    return f"{by} {timezone.localtime(at):%-m月%-d日 %H:%M}"
