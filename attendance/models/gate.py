"""The gate: what a device was given, what it says happened, and what stands."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School, Student
from enrollment.models import OfChild, PickupPerson

from .codes import CallBack, PickupCode


class GateList(models.Model):
    """离线名单: what one device was given to work with, and when. Written in ink; its text is signed, not kept."""

    uid = models.UUIDField(unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    device = models.CharField("设备", max_length=40)
    issued_at = models.DateTimeField("发出时间")
    issued_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    children = models.PositiveSmallIntegerField("人数")
    sha256 = models.CharField(max_length=64)

    PAPER = "paper:"  # an A4 list is a device too: this and the number of its section

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = verbose_name_plural = "离线名单"

    @property
    def is_paper(self) -> bool:
        return self.device.startswith(self.PAPER)


class GateEvent(models.Model):
    """交接登记: one tap at a gate, as its device tells it, and what it led to. Written in ink, once by the device's number.

    `claimed_at` is the device's word, `received_at` the server's.
    """

    class Kind(models.TextChoices):
        RELEASE = "release", "交接"
        UNDO = "undo", "撤销"
        CONFIRM = "confirm", "带班领导确认"
        WRONG_ADULT = "wrong_adult", "来人不在名单"

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "已记入"
        REPEATED = "repeated", "重复，不再记"
        INCIDENT = "incident", "与前面的交接不一致"
        HELD = "held", "等带班领导确认"
        DENIED = "denied", "没有放行"

    class How(models.TextChoices):
        """核验方式"""

        KNOWN = "known", "当面认人"
        CODE = "code", "动态接送码"
        ONCE = "once", "一次性接送码"
        CALL_BACK = "call_back", "回拨核实"
        AGREED = "agreed", "按约定离校"
        LATER = "later", "事后补记"

    uid = models.UUIDField(unique=True)
    # Written all day and asked by child, day and device: no other index is kept up at the gate.
    school = models.ForeignKey(School, models.PROTECT, related_name="gate_events", db_index=False)
    day = models.DateField("日期")
    gate_list = models.ForeignKey(GateList, models.PROTECT, null=True, related_name="events", db_index=False)
    device = models.CharField("设备", max_length=40)
    sequence = models.PositiveIntegerField("设备序号", default=0)
    claimed_at = models.DateTimeField("设备时间")
    received_at = models.DateTimeField("收到时间")
    happened_at = models.DateTimeField("发生时间")  # the claim, as far as the server's own times bear it out
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    student = models.ForeignKey(Student, models.PROTECT, related_name="gate_events", db_index=False)
    about = models.UUIDField(null=True)  # the event that is undone or confirmed; it may arrive later
    mode = models.CharField("方式", max_length=10, blank=True)
    how = models.CharField("核验方式", max_length=10, choices=How, blank=True)
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    pickup_person = models.ForeignKey(PickupPerson, models.PROTECT, null=True, related_name="+", db_index=False)
    code = models.ForeignKey(PickupCode, models.PROTECT, null=True, related_name="+", db_index=False)
    call_back = models.ForeignKey(CallBack, models.PROTECT, null=True, related_name="+", db_index=False)
    collector_name = models.CharField("接领人", max_length=60, blank=True)
    collector_relation = models.CharField("关系", max_length=20, blank=True)
    place = models.CharField("校门", max_length=40, blank=True)
    pace = models.PositiveSmallIntegerField(
        "前十秒内", default=0
    )  # adults served by this device in the ten seconds before
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    because = models.CharField("说明", max_length=200, blank=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            # C6: a rotating code opens once for a child and day.
            models.UniqueConstraint(
                fields=["student", "day"],
                condition=Q(kind="release", how="code", outcome="accepted"),
                name="gate_event_code_once_a_child_and_day",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(kind="release", how="once", outcome="accepted"),
                name="gate_event_one_time_code_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["undo", "confirm"]) | Q(about__isnull=False), name="gate_event_about_another"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="gate_event_of_a_day"),
            models.Index(fields=["student", "day"], name="gate_event_of_a_child"),
            models.Index(fields=["device", "claimed_at"], name="gate_event_of_a_device"),
            models.Index(fields=["about"], condition=Q(about__isnull=False), name="gate_event_about"),
        ]
        verbose_name = verbose_name_plural = "交接登记"


class Handover(models.Model):
    """交接: who left, with whom, when, how, as it stands by the accepted events. At most one that stands, per child and
    day; undone ones stay on record. `gate_write` copies it from its event, which answers for the keys.
    """

    class Mode(models.TextChoices):
        COLLECTED = "collected", "接走"
        SELF = "self", "自行离校"
        BUS = "bus", "乘校车"

    school = models.ForeignKey(School, models.PROTECT, related_name="handovers", db_index=False, db_constraint=False)
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, related_name="handovers", db_constraint=False)
    event = models.ForeignKey(GateEvent, models.PROTECT, related_name="handovers", db_index=False)
    mode = models.CharField("方式", max_length=10, choices=Mode)
    how = models.CharField("核验方式", max_length=10, choices=GateEvent.How, default=GateEvent.How.KNOWN)
    # Who collected: a guardian, a named pick-up person, the holder of a one-time code, or one vouched for by telephone.
    # Name and relation are kept as they were.
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    pickup_person = models.ForeignKey(
        PickupPerson, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    code = models.ForeignKey(
        PickupCode, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    call_back = models.ForeignKey(
        CallBack, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    collector_name = models.CharField("接领人", max_length=60, blank=True)
    collector_relation = models.CharField("关系", max_length=20, blank=True)
    place = models.CharField("校门", max_length=40, blank=True)
    at = models.DateTimeField("离校时间")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "day"], condition=Q(undone_at=None), name="handover_one_stands_per_child_and_day"
            ),
            models.CheckConstraint(
                condition=~Q(mode="collected")
                | Q(guardian__isnull=False)
                | Q(pickup_person__isnull=False)
                | Q(code__isnull=False)
                | Q(call_back__isnull=False),
                name="handover_names_the_adult",
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="handover_of_a_day")]
        verbose_name = verbose_name_plural = "交接"

    @property
    def is_later(self) -> bool:
        return self.how == GateEvent.How.LATER

    @property
    def words(self) -> str:
        return way_in_words(self.mode, self.collector_relation, self.how, self.event.device)


def way_in_words(mode: str, relation: str, how: str, device: str) -> str:
    """How the child left, as the guardian reads it: 由奶奶接走; written down afterwards: 由奶奶接走（补记）."""
    words = f"由{relation}接走" if mode == Handover.Mode.COLLECTED else str(Handover.Mode(mode).label)
    return f"{words}{afterwards(how, device)}"


def afterwards(how: str, device: str) -> str:
    """（补记） on somebody's word, （补录） from a paper list; nothing where it was tapped at the gate."""
    if how == GateEvent.How.LATER:
        return "（补记）"
    return "（补录）" if device.startswith(GateList.PAPER) else ""
