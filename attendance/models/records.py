"""What is kept on record: incidents, the guard's book, rooms, plans, the archive."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import DatedQuerySet, School, Student

from .gate import GateEvent
from .session import Session


class Incident(models.Model):
    class Kind(models.TextChoices):
        WRONG_ADULT = "wrong_adult", "非授权人员接领"
        TWICE = "twice", "重复交接"
        RESTRICTED = "restricted", "受限人员接领"
        ILLNESS = "illness", "生病"
        INJURY = "injury", "受伤"
        OTHER = "other", "其他"

    school = models.ForeignKey(School, models.PROTECT, related_name="incidents")
    day = models.DateField("日期")
    student = models.ForeignKey(Student, models.PROTECT, null=True, related_name="incidents")
    event = models.ForeignKey(GateEvent, models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField("类别", max_length=20, choices=Kind)
    note = models.TextField("经过与处置")
    first_aid = models.CharField("急救处理", max_length=200, blank=True)
    guardian_told_at = models.DateTimeField("告知家长", null=True)
    guardian_told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reported_to = models.CharField("上报", max_length=60, blank=True)
    reported_at = models.DateTimeField("上报时间", null=True)
    follow_up = models.TextField("后续处理", blank=True)
    settled_at = models.DateTimeField("处理完毕", null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_at=None) | ~Q(reported_to=""), name="incident_reported_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_by__isnull=False), name="incident_settled_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="incident_of_a_day")]
        verbose_name = verbose_name_plural = "异常"


class GateEntryQuerySet(ReachQuerySet):
    def to_watch(self, day: date):
        """What came in on this day, and whoever came before and was never seen to leave; things are brought to stay."""
        still_in = Q(day__lt=day, out_at=None) & ~Q(kind=GateEntry.Kind.ITEM)
        return self.filter(Q(day=day) | still_in)


class GateEntry(models.Model):
    """门卫登记: who and what came in at the gate, and when it left."""

    class Kind(models.TextChoices):
        VISITOR = "visitor", "来访人"
        OUTSIDE_STAFF = "outside_staff", "外聘人员"
        VEHICLE = "vehicle", "车辆"
        ITEM = "item", "物品"

    school = models.ForeignKey(School, models.PROTECT, related_name="gate_entries")
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=14, choices=Kind)
    name = models.CharField("姓名", max_length=60)
    organisation = models.CharField("单位", max_length=60, blank=True)
    document = models.CharField("证件", max_length=40, blank=True)  # kind and last digits: the whole number is not kept
    purpose = models.CharField("事由", max_length=100)
    host = models.CharField("被访人", max_length=60, blank=True)
    plate = models.CharField("车牌", max_length=12, blank=True)
    checked = models.CharField("检查情况", max_length=100, blank=True)
    in_at = models.DateTimeField("进校")
    out_at = models.DateTimeField("离校", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uid = models.UUIDField(unique=True, null=True)  # of the form: sent twice, it is one entry

    objects = GateEntryQuerySet.as_manager()

    class Meta:
        ordering = ["in_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(out_at=None) | Q(out_at__gte=F("in_at")), name="gate_entry_leaves_after_entering"
            ),
            models.CheckConstraint(condition=~Q(kind="vehicle") | ~Q(plate=""), name="gate_entry_vehicle_has_a_plate"),
        ]
        indexes = [models.Index(fields=["school", "day"], name="gate_entry_of_a_day")]
        verbose_name = verbose_name_plural = "门卫登记"


class SessionPhoto(models.Model):
    """服务照片: a small JPEG without metadata; whoever adds it vouches that no face can be made out."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="photos")
    image = models.BinaryField("照片")
    sha256 = models.CharField(max_length=64)
    place = models.CharField("公共场所", max_length=40)
    without_faces = models.BooleanField("看不清人脸")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(without_faces=True), name="session_photo_without_faces"),
            models.UniqueConstraint(fields=["session", "sha256"], name="session_photo_once"),
        ]
        verbose_name = verbose_name_plural = "服务照片"


class Venue(models.Model):
    """场所: a room or ground of the service, and how often its safety is looked at."""

    school = models.ForeignKey(School, models.PROTECT, related_name="venues")
    name = models.CharField("场所", max_length=40)
    every_days = models.PositiveSmallIntegerField("检查间隔（天）", default=30)
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], condition=Q(ended_on=None), name="venue_one_open_of_a_name"
            ),
            models.CheckConstraint(condition=Q(every_days__gt=0), name="venue_is_looked_at"),
        ]
        verbose_name = verbose_name_plural = "场所"


class VenueCheck(models.Model):
    """场所检查: one look at a venue, what was found, and by when and when it was mended."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="checks")
    due_on = models.DateField("应查日期")
    checked_on = models.DateField("检查日期")
    is_safe = models.BooleanField("安全")
    found = models.CharField("隐患", max_length=200, blank=True)
    mend_by = models.DateField("整改期限", null=True, blank=True)
    mended_on = models.DateField("整改完成", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "due_on"], name="venue_check_once_when_due"),
            models.CheckConstraint(
                condition=Q(is_safe=True) | (~Q(found="") & Q(mend_by__isnull=False)),
                name="venue_check_unsafe_says_what_and_by_when",
            ),
        ]
        verbose_name = verbose_name_plural = "场所检查"


class EmergencyPlan(models.Model):
    """应急预案: what to do and whom to call, at hand on every telephone of the school. A new text ends the one before."""

    school = models.ForeignKey(School, models.PROTECT, related_name="emergency_plans")
    title = models.CharField("预案", max_length=60)
    steps = models.TextField("怎么办")
    contacts = models.TextField("找谁")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-began_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "title"], condition=Q(ended_on=None), name="emergency_plan_one_open_of_a_title"
            )
        ]
        verbose_name = verbose_name_plural = "应急预案"


class Archive(models.Model):
    """台账: the nine records of some days as one PDF and one workbook, as they stood when they were made."""

    school = models.ForeignKey(School, models.PROTECT, related_name="archives")
    first_on = models.DateField("自")
    last_on = models.DateField("至")
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField("PDF 摘要", max_length=64)
    xlsx = models.BinaryField()
    xlsx_sha256 = models.CharField("表格摘要", max_length=64)
    gaps = models.JSONField("缺项", default=list)  # ["10月15日 三(2)班没有点名", …]
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="archive_ends_after_it_begins")
        ]
        verbose_name = verbose_name_plural = "台账"
