from django.conf import settings
from django.db import models
from django.db.models import Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from billing.models import FeeMonth


class DisclosureQuerySet(ReachQuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)


class Disclosure(models.Model):
    """收支公示: composed from a locked month, looked at, published. A correction is a new version beside the old."""

    school = models.ForeignKey(School, models.PROTECT, related_name="disclosures")
    fee_month = models.ForeignKey(FeeMonth, models.PROTECT, related_name="disclosures")
    version = models.PositiveSmallIntegerField("版次", default=1)
    content = models.JSONField()  # canonical JSON; no personal data
    sha256 = models.CharField("内容摘要", max_length=64)
    reason = models.CharField("更正说明", max_length=200, blank=True)
    composed_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField("公示时间", null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-fee_month__month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["fee_month", "version"], name="disclosure_version_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="disclosure_correction_says_why"),
        ]
        verbose_name = verbose_name_plural = "收支公示"


class FeeReport(models.Model):
    """另外收费反映: a guardian tells the bureau that money is asked for beside the published price (D8). The school, and
    whoever keeps its books, does not see it."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    text = models.CharField("谁、什么时候、收了什么", max_length=300)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    told_at = models.DateTimeField("反映时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["answered_at", "told_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(answered_at=None), name="fee_report_waits_once_a_child"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(answer=""), name="fee_report_closed_with_an_answer"
            ),
        ]
        verbose_name = verbose_name_plural = "另外收费反映"
