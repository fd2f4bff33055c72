"""What families say of a day, and what is said to them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from afterschool.schools.models import School, Student
from enrollment.models import OfChild, PickupPerson

from .session import Session


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
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="leave_ends_after_it_begins")
        ]
        verbose_name = verbose_name_plural = "请假"


class PickupChange(models.Model):
    """今日接送变更: who collects today, or when. Grants nobody anything: whoever is named must have the right already."""

    class Mode(models.TextChoices):
        COLLECTED = "collected", "有人来接"
        SELF = "self", "自行离校"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="pickup_changes")
    day = models.DateField("日期")
    # SELF is the guardian's consent for this one day.
    mode = models.CharField("方式", max_length=10, choices=Mode, default=Mode.COLLECTED)
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    pickup_person = models.ForeignKey(PickupPerson, models.PROTECT, null=True, related_name="+")
    comes_at = models.TimeField("时间", null=True)  # 今天我晚到, 今天早接
    note = models.CharField("留言", max_length=60, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField("老师看到", null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(cancelled_at=None), name="pickup_change_one_stands_a_day"
            ),
            models.CheckConstraint(
                condition=Q(guardian=None) | Q(pickup_person=None), name="pickup_change_names_one_adult"
            ),
            models.CheckConstraint(
                condition=~Q(mode="self") | Q(guardian=None, pickup_person=None), name="pickup_change_alone_is_alone"
            ),
        ]
        verbose_name = verbose_name_plural = "今日接送变更"

    @property
    def who(self) -> str:
        """As the page's buttons say it: an adult by its key, or that the child goes alone."""
        if self.mode == self.Mode.SELF:
            return "self"
        if self.guardian_id:
            return f"guardian:{self.guardian_id}"
        return f"pickup:{self.pickup_person_id}" if self.pickup_person_id else ""

    @property
    def words(self) -> str:
        """As the guardian said it: 今天由王秀兰来接，17:50 到，会晚一点."""
        adult, alone = self.guardian or self.pickup_person, self.mode == self.Mode.SELF
        who = f"今天由{adult.name}来接" if adult else "今天自行离校" if alone else ""
        when = f"{self.comes_at:%H:%M} {'走' if alone else '到'}" if self.comes_at else ""
        return "，".join(filter(None, [who, when, self.note]))


class ContactAttempt(models.Model):
    """联系记录: a call because a child is missing, and what came of it."""

    class Result(models.TextChoices):
        REACHED = "reached", "已联系上，家长知情"
        COMING = "coming", "已联系上，正在来校"
        NO_ANSWER = "no_answer", "没有接通"
        UNKNOWN = "unknown", "已联系上，家长也不知道在哪"

    RESOLVED = (Result.REACHED, Result.COMING)

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="contact_attempts")
    student = models.ForeignKey(Student, models.PROTECT, related_name="contact_attempts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # who was called
    result = models.CharField("结果", max_length=10, choices=Result)
    note = models.CharField("说明", max_length=100, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uid = models.UUIDField(unique=True, null=True)  # of the form: sent twice, it is one call

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["at"]
        verbose_name = verbose_name_plural = "联系记录"
