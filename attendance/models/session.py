"""What meets on a day, who was there, and with whom the children went on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.plans.models import Offering
from afterschool.schools.models import School, Student
from enrollment.models import OfChild, Section


class SessionQuerySet(ReachQuerySet):
    class_path = "section__school_class"

    def held(self):
        return self.filter(cancelled_at=None)

    def unserved(self):
        """Cancelled, or cut so short that it does not count: what was paid for it goes back."""
        return self.exclude(unserved="")


class Session(models.Model):
    """One section meets on one day. No mark for a child means 未点名, never present.

    A child of two sections has two sessions: homework, then the club.
    """

    class Unserved(models.TextChoices):
        SCHOOL = "school", "学校安排"
        FORCED = "forced", "不可抗力"

    class Activity(models.TextChoices):
        """What may be done in the service. 讲新课 is not among it and never will be."""

        HOMEWORK = "homework", "作业辅导"
        READING = "reading", "自主阅读"
        SPORTS = "sports", "体育锻炼"
        ARTS = "arts", "艺术活动"
        SCIENCE = "science", "科普活动"
        LABOUR = "labour", "劳动实践"
        CLUB = "club", "兴趣小组"
        FILM = "film", "观看影片"
        GAMES = "games", "娱乐游戏"

    # Asked for by school and day, by section and day: no other index of the two is kept up.
    school = models.ForeignKey(School, models.PROTECT, related_name="sessions", db_index=False)
    section = models.ForeignKey(Section, models.PROTECT, related_name="sessions", db_index=False)
    day = models.DateField("日期")
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    room = models.CharField("临时教室", max_length=40, blank=True)  # blank: the section's own
    # 合班: these children sit with another section and its teacher; their roll stays their own.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="guests")
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cut_short_at = models.DateTimeField("提前结束", null=True)  # `ends_at` is then the earlier time
    # Why it is not counted as served, in the words of the policy's refunds; blank: it counts.
    unserved = models.CharField("未服务原因", max_length=10, choices=Unserved, blank=True)
    stop_reason = models.CharField("说明", max_length=100, blank=True)
    taken_at = models.DateTimeField("点名时间", null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField("点名撤销", null=True)  # from then on it is waited for anew
    activity = models.CharField("活动", max_length=10, choices=Activity, blank=True)
    content = models.CharField("服务内容", max_length=200, blank=True)
    content_flag = models.CharField("内容提示", max_length=60, blank=True)  # words that sound like 讲新课
    logged_at = models.DateTimeField("记录时间", null=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["day", "starts_at", "section_id"]
        constraints = [
            models.UniqueConstraint(fields=["section", "day"], name="session_once_a_day"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(unserved=""), name="session_cancelled_for_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(unserved="") | Q(cancelled_at__isnull=False) | Q(cut_short_at__isnull=False),
                name="session_unserved_only_when_stopped",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(taken_at=None), name="session_taken_is_not_cancelled"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="session_merged_into_another"
            ),
        ]
        indexes = [models.Index(fields=["school", "day"])]
        verbose_name = verbose_name_plural = "服务场次"

    @property
    def place(self) -> str:
        return self.room or self.section.room

    @property
    def ends_in_lessons(self) -> bool:
        """Nobody is collected after it."""
        return self.section.offering.slot in Offering.INTO_LESSONS


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
    session = models.ForeignKey(Session, models.PROTECT, related_name="marks", db_index=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="marks")
    status = models.CharField("状态", max_length=10, choices=Status)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfChild.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "student"], name="mark_once_a_session")]
        verbose_name = verbose_name_plural = "考勤"


class Transfer(models.Model):
    """教师间交接: children pass from one teacher to the next, with their number and what must be known of them."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="transfers")
    from_session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="+")  # null: from lessons
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expected = models.PositiveSmallIntegerField("应到")
    received = models.PositiveSmallIntegerField("实到")
    note = models.CharField("注意事项", max_length=200, blank=True)
    at = models.DateTimeField("时间")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "from_session"], name="transfer_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=F("received_by")), name="transfer_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "教师间交接"
