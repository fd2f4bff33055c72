from django.conf import settings
from django.db import models


class Deed(models.Model):
    """Who did what to which thing. Written once, never changed: triggers refuse UPDATE, DELETE and TRUNCATE."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor = models.CharField("谁", max_length=100)
    verb = models.CharField("做了什么", max_length=60)
    thing = models.CharField(max_length=60)  # app.Model
    thing_id = models.BigIntegerField()
    # Plain numbers: schools live upstairs, and the guest book outlives what it tells of.
    school_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["thing", "thing_id"]), models.Index(fields=["school_id", "at"])]
        ordering = ["-id"]
        verbose_name = verbose_name_plural = "操作记录"
