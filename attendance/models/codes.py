"""Adults the gate does not know: a guardian's one-time code speaks for them, or a second person's call."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afterschool.notices.models import Delivery
from afterschool.schools.models import School, Student
from enrollment.models import OfChild


class PickupCode(models.Model):
    """一次性接送码: for an adult whom the guardian names for one day, printed or sent. Only its hash is kept."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="pickup_codes")
    day = models.DateField("日期")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("关系", max_length=20)
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    sms = models.OneToOneField(Delivery, models.PROTECT, null=True, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(cancelled_at=None), name="pickup_code_one_stands_a_day"
            )
        ]
        verbose_name = verbose_name_plural = "一次性接送码"


class CallBackQuerySet(OfChild):
    def standing(self):
        """Yes to an adult, and no later no about the same child; `gate_facts` asks the same."""
        later_no = CallBack.objects.filter(student=OuterRef("student"), day=OuterRef("day"), agreed=False)
        agreed = self.filter(agreed=True).exclude(adult_name="")
        return agreed.exclude(Exists(later_no.filter(pk__gt=OuterRef("pk"))))


class CallBack(models.Model):
    """回拨核实: a second person called a guardian on a number that was on file before today, and was told."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="call_backs")
    adult_name = models.CharField("来接的人", max_length=60, blank=True)  # blank: a call about a dispute
    adult_relation = models.CharField("关系", max_length=20, blank=True)
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="接电话的监护人"
    )
    agreed = models.BooleanField("监护人同意")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")  # who stands at the gate
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField("回拨时间")

    objects = CallBackQuerySet.as_manager()

    class Meta:
        ordering = ["called_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("called_by")), name="call_back_by_a_second_person")
        ]
        verbose_name = verbose_name_plural = "回拨核实"
