from django.conf import settings
from django.db import models
from django.db.models import Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild, PickupPerson, Section


class SessionQuerySet(ReachQuerySet):
    class_path = "section__school_class"

    def held(self):
        return self.filter(cancelled_at=None)


class Session(models.Model):
    """One section meets on one day. No mark for a child means 未点名, never present."""

    school = models.ForeignKey(School, models.PROTECT, related_name="sessions")
    section = models.ForeignKey(Section, models.PROTECT, related_name="sessions")
    day = models.DateField("日期")
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    cancelled_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField("点名时间", null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    content = models.CharField("服务内容", max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["day", "starts_at", "section_id"]
        constraints = [models.UniqueConstraint(fields=["section", "day"], name="session_once_a_day")]
        indexes = [models.Index(fields=["school", "day"])]
        verbose_name = verbose_name_plural = "服务场次"


class Mark(models.Model):
    class Status(models.TextChoices):
        PRESENT = "present", "出勤"
        LATE = "late", "迟到"
        EARLY = "early", "早退"
        ABSENT = "absent", "缺勤"
        LEAVE = "leave", "请假"
        ILL = "ill", "病"

    HERE = (Status.PRESENT, Status.LATE, Status.EARLY)

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="marks")
    student = models.ForeignKey(Student, models.PROTECT, related_name="marks")
    status = models.CharField("状态", max_length=10, choices=Status)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "student"], name="mark_once_a_session")]
        verbose_name = verbose_name_plural = "考勤"


class LeaveQuerySet(OfChild):
    def covering(self, day):
        return self.filter(cancelled_at=None, first_on__lte=day, last_on__gte=day)


class Leave(models.Model):
    """请假: asked for by the guardian, for a span of days."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="leaves")
    first_on = models.DateField("自")
    last_on = models.DateField("至")
    reason = models.CharField("事由", max_length=100, blank=True)
    is_ill = models.BooleanField("病假", default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["first_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=models.F("first_on")), name="leave_ends_after_it_begins")
        ]
        verbose_name = verbose_name_plural = "请假"


class Handover(models.Model):
    """交接: who left, with whom, when, how. At most one that stands, per child and day; undone ones stay on record."""

    class Mode(models.TextChoices):
        COLLECTED = "collected", "接走"
        SELF = "self", "自行离校"
        BUS = "bus", "乘校车"

    school = models.ForeignKey(School, models.PROTECT, related_name="handovers")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="handovers")
    mode = models.CharField("方式", max_length=10, choices=Mode)
    # Who collected: a guardian or a named pick-up person; name and relation are kept as they were.
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    pickup_person = models.ForeignKey(PickupPerson, models.PROTECT, null=True, related_name="+")
    collector_name = models.CharField("接领人", max_length=60, blank=True)
    collector_relation = models.CharField("关系", max_length=20, blank=True)
    at = models.DateTimeField("离校时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(undone_at=None), name="handover_one_stands_per_child_and_day"
            ),
            models.CheckConstraint(
                condition=~Q(mode="collected") | Q(guardian__isnull=False) | Q(pickup_person__isnull=False),
                name="handover_names_the_adult",
            ),
        ]
        verbose_name = verbose_name_plural = "交接"

    @property
    def words(self) -> str:
        """How the child left, as the guardian reads it: 由奶奶接走."""
        return f"由{self.collector_relation}接走" if self.mode == self.Mode.COLLECTED else self.get_mode_display()


class Incident(models.Model):
    class Kind(models.TextChoices):
        WRONG_ADULT = "wrong_adult", "非授权人员接领"
        ILLNESS = "illness", "生病"
        INJURY = "injury", "受伤"
        OTHER = "other", "其他"

    school = models.ForeignKey(School, models.PROTECT, related_name="incidents")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField("类别", max_length=20, choices=Kind)
    note = models.TextField("经过与处置")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = verbose_name_plural = "异常"


class DayClose(models.Model):
    """带班领导 signs the day: impossible while a child is in no final state."""

    school = models.ForeignKey(School, models.PROTECT, related_name="day_closes")
    day = models.DateField("日期")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField("巡查与服务记录", blank=True)
    counts = models.JSONField(default=dict)  # {"listed": n, "present": n, "absent": n, "leave": n, "handed_over": n}

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "day"], name="day_closed_once")]
        verbose_name = verbose_name_plural = "当日结束"
