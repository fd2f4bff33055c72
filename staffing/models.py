from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School
from afterschool.schools.why import Why
from enrollment.models import Section


class DutyQuerySet(ReachQuerySet):
    def confirmed(self):
        return self.exclude(confirmed_by=None)


class Duty(models.Model):
    """A person serves on a day, in a section or for the whole school: planned, then true by what was tapped."""

    class Role(models.TextChoices):
        TEACHER = "teacher", "值班教师"
        LEADER = "leader", "带班领导"
        ASSISTANT = "assistant", "教辅人员"

    school = models.ForeignKey(School, models.PROTECT, related_name="duties")
    day = models.DateField("日期")
    section = models.ForeignKey(Section, models.PROTECT, null=True, blank=True, related_name="duties")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties")
    role = models.CharField("岗位", max_length=30, choices=Role, default=Role.TEACHER)
    # The name of a role that only the policy in force knows.
    role_name = models.CharField("岗位名称", max_length=30, blank=True)
    # Whose duty it was before somebody stood in; some policies pay that otherwise.
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁的班"
    )
    starts_at = models.DateTimeField("应到")
    ends_at = models.DateTimeField("应离")
    arrived_at = models.DateTimeField("到岗", null=True, blank=True)
    left_at = models.DateTimeField("离岗", null=True, blank=True)
    lessons = models.PositiveSmallIntegerField(
        "课时", default=0
    )  # lessons of the offering, where a policy pays by lesson
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["day", "starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "section", "person"], name="duty_once_a_section", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")), name="duty_leaves_after_arriving"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("person")), name="duty_author_is_not_confirmer"
            ),
            # One person, one place, one time (L16). Ranges of bigint need no extension.
            ExclusionConstraint(
                name="duty_one_place_at_a_time",
                expressions=[
                    (
                        Func(F("person_id"), F("person_id"), models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func(F("starts_at"), F("ends_at"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        verbose_name = verbose_name_plural = "值班"

    def get_role_display(self) -> str:  # type: ignore[no-redef]
        """By the policy's own name, where it has one."""
        return self.role_name or Duty.Role(self.role).label

    @property
    def minutes(self) -> int:
        """Whole minutes on post that count: from arrival to departure, within what was planned."""
        if not (self.arrived_at and self.left_at):
            return 0
        spell = min(self.left_at, self.ends_at) - max(self.arrived_at, self.starts_at)
        return max(0, int(spell.total_seconds() // 60))


class StipendSheet(models.Model):
    """补助发放表: drafted, reviewed, approved; then frozen."""

    class State(models.TextChoices):
        DRAFT = "draft", "制表"
        REVIEWED = "reviewed", "已复核"
        APPROVED = "approved", "已审批"

    school = models.ForeignKey(School, models.PROTECT, related_name="stipend_sheets")
    month = models.DateField("月份")  # its first day
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    total_fen = models.PositiveBigIntegerField("合计（分）", default=0)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="stipend_sheet_once_a_month"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("drafted_by")), name="stipend_review_by_another"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="stipend_month_is_a_first"),
        ]
        verbose_name = verbose_name_plural = "补助发放表"


class StipendLine(models.Model):
    """What one person gets for one month, and how it was worked out."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    sheet = models.ForeignKey(StipendSheet, models.PROTECT, related_name="lines")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stipend_lines")
    workday_minutes = models.PositiveIntegerField("平日（分钟）", default=0)
    rest_minutes = models.PositiveIntegerField("休息日（分钟）", default=0)
    holiday_minutes = models.PositiveIntegerField("法定节假日（分钟）", default=0)
    lessons = models.PositiveIntegerField("课时", default=0)
    # How much of each unit was paid, as exact numbers: {"lesson": "7"}, {"minute": "120"}, {"session": "3"}
    counted = models.JSONField(default=dict)
    amount_fen = models.PositiveBigIntegerField("应发（分）")
    # Share of the amount by grade, for settlement per grade: {"1": fen, ..., "0": fen not of one grade}
    by_grade = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    cites = models.JSONField(default=list)
    # Told by staffing.why, where a page shows the line.
    why: Why
    served: list

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "person"], name="stipend_line_once_a_person")]

    @property
    def by_lesson(self) -> bool:
        return set(self.counted) == {"lesson"}


class PaidDuty(models.Model):
    """Each duty is paid at most once (L16)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    line = models.ForeignKey(StipendLine, models.CASCADE, related_name="duties")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="paid")
