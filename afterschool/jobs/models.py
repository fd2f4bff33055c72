from django.conf import settings
from django.db import models


class Job(models.Model):
    """Work that takes long or runs by the clock: (kind, school, period) happens once. PostgreSQL is the book."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待处理"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    kind = models.CharField(max_length=60)
    # A plain number: schools live upstairs. 0: no single school.
    school_id = models.BigIntegerField(default=0)
    period = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "school_id", "period"], name="job_once_per_kind_school_period")
        ]
        indexes = [models.Index(fields=["state"])]
        verbose_name = verbose_name_plural = "后台任务"
