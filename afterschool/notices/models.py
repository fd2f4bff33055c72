from django.conf import settings
from django.db import models


class Notice(models.Model):
    """A message to one person, written in the deed's own transaction; the inbox shows it, the postman carries it."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(max_length=40)
    title = models.CharField("标题", max_length=100)
    body = models.TextField("内容", blank=True)
    link = models.CharField(max_length=200, blank=True)
    # A plain number: schools live upstairs.
    school_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["to", "read_at"])]
        verbose_name = verbose_name_plural = "通知"


class Delivery(models.Model):
    """One way a notice travels outside: e-mail, SMS, WeChat."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10)  # a key of settings.NOTICE_CARRIERS
    address = models.CharField(max_length=200)
    # What goes there instead of the notice's title; wiped once it has gone, or has not.
    words = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_per_channel")]
        indexes = [models.Index(fields=["try_after"], condition=models.Q(state="waiting"), name="delivery_waiting")]

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    @property
    def has_failed(self) -> bool:
        return self.state == self.State.FAILED


class RecordedMessage(models.Model):
    """What the recording carrier would have sent; shown on the development page."""

    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
