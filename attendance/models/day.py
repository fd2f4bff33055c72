"""A school's day: when its grades leave, who stays on and is missed, who looked into the rooms, and the leader's signature."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import DatedQuerySet, School, Student
from enrollment.models import OfChild

from .session import Session


class Batch(models.Model):
    """放学批次: these grades leave at this time, by this gate. A child of no batch leaves when its last session ends."""

    school = models.ForeignKey(School, models.PROTECT, related_name="batches")
    name = models.CharField("批次", max_length=20)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name="年级")
    leaves_at = models.TimeField("放学时间")
    place = models.CharField("校门", max_length=40, blank=True)
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["leaves_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], condition=Q(ended_on=None), name="batch_one_open_of_a_name"
            ),
            models.CheckConstraint(condition=~Q(grades=[]), name="batch_has_grades"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="batch_ends_after_it_begins"
            ),
        ]
        verbose_name = verbose_name_plural = "放学批次"


class LateStay(models.Model):
    """晚接看护: a child nobody has collected yet, and the one person who stays with it."""

    school = models.ForeignKey(School, models.PROTECT, related_name="late_stays")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="late_stays")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="看护人")
    place = models.CharField("地点", max_length=40)
    began_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True)  # another keeper took over, or it was written by mistake
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(ended_at=None), name="late_stay_one_keeper_per_child_and_day"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="late_stay_ends_after_it_begins"
            ),
        ]
        verbose_name = verbose_name_plural = "晚接看护"


class Alarm(models.Model):
    """滞留告警: a child in no final state long after its end; the leader, the principal and the bureau hear of it in turn."""

    class Step(models.TextChoices):
        LEADER = "leader", "带班领导"
        PRINCIPAL = "principal", "校长"
        BUREAU = "bureau", "教育局"

    school = models.ForeignKey(School, models.PROTECT, related_name="alarms")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="alarms")
    step = models.CharField("告知", max_length=10, choices=Step)
    at = models.DateTimeField("时间")
    settled_at = models.DateTimeField("有着落", null=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day", "step"], condition=Q(settled_at=None), name="alarm_once_a_child_and_step"
            )
        ]
        indexes = [models.Index(fields=["school", "day"], name="alarm_of_a_day")]
        verbose_name = verbose_name_plural = "滞留告警"


class PatrolQuerySet(ReachQuerySet):
    def standing(self):
        return self.filter(undone_at=None)


class Patrol(models.Model):
    """巡查: the leader looked into one room: on time, teacher there, heads counted. An undone one stays on record."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="patrols")
    on_time = models.BooleanField("准时", default=True)
    teacher_there = models.BooleanField("教师在岗", default=True)
    headcount_right = models.BooleanField("人数相符", default=True)
    is_safe = models.BooleanField("场所安全", default=True)
    note = models.CharField("情况", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField("撤销", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PatrolQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        verbose_name = verbose_name_plural = "巡查"

    @property
    def is_fine(self) -> bool:
        return self.on_time and self.teacher_there and self.headcount_right and self.is_safe

    @property
    def words(self) -> str:
        """正常, or what is wrong: 没有准时开始、人数不符：少一人."""
        if self.is_fine:
            return "正常"
        looks = (
            (self.on_time, "没有准时开始"),
            (self.teacher_there, "教师不在岗"),
            (self.headcount_right, "人数不符"),
            (self.is_safe, "场所不安全"),
        )
        return f"{'、'.join(word for fine, word in looks if not fine)}：{self.note}"


class DayClose(models.Model):
    """带班领导 signs the day: impossible while a child is in no final state."""

    school = models.ForeignKey(School, models.PROTECT, related_name="day_closes")
    day = models.DateField("日期")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField("巡查与服务记录", blank=True)
    # {"listed": n, "present": n, "absent": n, "leave": n, "handed_over": n, "kept": n}, and what was open at that hour:
    # "unresolved": n, "incidents": n
    counts = models.JSONField(default=dict)

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "day"], name="day_closed_once")]
        verbose_name = verbose_name_plural = "当日结束"
