from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.money import Money
from afterschool.schools.models import School, Term


class PlanQuerySet(ReachQuerySet):
    def in_force(self):
        return self.filter(state=Plan.State.IN_FORCE)


class Plan(models.Model):
    """一校一案: what a school means to do in a term. D files it (备案), C approves it first (审核同意)."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        FILED = "filed", "已报送"
        RETURNED = "returned", "退回修改"
        IN_FORCE = "in_force", "已生效"
        REPLACED = "replaced", "已被新版替代"

    school = models.ForeignKey(School, models.PROTECT, related_name="plans")
    term = models.ForeignKey(Term, models.PROTECT, related_name="plans", verbose_name="学期")
    version = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    leader = models.CharField("领导小组组长（校长）", max_length=60, blank=True)
    members = models.CharField("领导小组成员", max_length=200, blank=True)
    hotline = models.CharField("学校监督电话", max_length=30, blank=True)
    content = models.TextField("服务形式与内容", blank=True)
    teacher_count = models.PositiveSmallIntegerField("参加服务教师人数", null=True, blank=True)
    leader_count = models.PositiveSmallIntegerField("带班领导人数", null=True, blank=True)
    assistant_count = models.PositiveSmallIntegerField("教辅人员人数", null=True, blank=True)
    budget = models.TextField("经费预算", blank=True)
    refund_method = models.TextField("结算与退费办法", blank=True)
    safety = models.TextField("场地与安全", blank=True)
    emergency = models.TextField("应急预案", blank=True)
    meals = models.TextField("供餐安排", blank=True)
    # The bells that some policies measure against (C三(二)): how each school's day runs.
    morning_dismissal = models.TimeField("上午放学", null=True, blank=True)
    afternoon_start = models.TimeField("下午上学", null=True, blank=True)
    afternoon_dismissal = models.TimeField("下午放学", null=True, blank=True)
    work_ends = models.TimeField("当地下班时间", null=True, blank=True)
    # D四.4: the school's rates are agreed with the 家长委员会.
    committee_met_on = models.DateField("家委会会议日期", null=True, blank=True)
    committee_present = models.PositiveSmallIntegerField("到会人数", null=True, blank=True)
    committee_agreed = models.PositiveSmallIntegerField("同意人数", null=True, blank=True)
    committee_opinion = models.TextField("家委会意见", blank=True)
    filed_at = models.DateTimeField("报送时间", null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filing_number = models.CharField("备案号", max_length=30, blank=True)
    in_force_at = models.DateTimeField("生效时间", null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-term__began_on", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["school", "term", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["school", "term"], condition=Q(state="in_force"), name="plan_one_in_force_a_term"
            ),
        ]
        verbose_name = verbose_name_plural = "一校一案"

    def __str__(self):
        return f"{self.school} {self.term} 一校一案"

    @property
    def is_open(self) -> bool:
        """Whether the school may still write in it."""
        return self.state in OPEN_STATES


OPEN_STATES = (Plan.State.DRAFT, Plan.State.RETURNED)


class Minutes(models.Model):
    """The signed minutes of the 家委会 meeting that agreed to the rates, as uploaded: the evidence D四.4 rests on."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    plan = models.OneToOneField(Plan, models.CASCADE, related_name="minutes")
    file_name = models.CharField("文件", max_length=200)
    file = models.BinaryField()
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家委会会议记录"


class Review(models.Model):
    """What the bureau said of a filed plan: noted, approved or returned, with a reason."""

    class Answer(models.TextChoices):
        NOTED = "noted", "已备案"
        APPROVED = "approved", "审核同意"
        RETURNED = "returned", "退回修改"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reviews")
    answer = models.CharField("审核意见", max_length=10, choices=Answer)
    reason = models.TextField("理由", blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(answer="returned") | ~Q(reason=""), name="review_return_has_a_reason")
        ]


class OfferingQuerySet(ReachQuerySet):
    school_path = "school"


class Offering(models.Model):
    """One service of a plan: when, for which grades, at what fee a unit. 基本 first, 特色 (clubs) on top (1+X)."""

    class Kind(models.TextChoices):
        BASIC = "basic", "普通延时托管"
        CLUB = "club", "特色集体活动"

    class Slot(models.TextChoices):
        MORNING = "morning", "早间"
        NOON = "noon", "中午"
        AFTERNOON = "afternoon", "下午"
        LATE_CARE = "late_care", "延时托管"
        EVENING = "evening", "晚自习"
        SATURDAY = "saturday", "周六"
        VACATION = "vacation", "寒暑假"

    INTO_LESSONS = (Slot.MORNING, Slot.NOON)  # the children go on to their lessons, nobody collects them

    class Boarding(models.TextChoices):
        ANY = "any", "不限"
        DAY = "day", "走读"
        BOARD = "board", "寄宿"

    class Unit(models.TextChoices):
        """What the fee is for; the policy's price says which."""

        MONTH = "month", "月"
        TERM = "term", "学期"
        LESSON = "lesson", "课时"
        HOUR = "hour", "小时"
        DAY = "day", "天"
        SESSION = "session", "次"

    school = models.ForeignKey(School, models.PROTECT, related_name="offerings")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="offerings")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.BASIC)
    slot = models.CharField("时段", max_length=10, choices=Slot, default=Slot.AFTERNOON)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name="年级")
    boarding = models.CharField("就读方式", max_length=10, choices=Boarding, default=Boarding.ANY)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="星期")  # 1–7
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    lessons = models.PositiveSmallIntegerField("每次课时", default=2)
    fee_fen = models.PositiveBigIntegerField("收费（分）", default=0)
    unit = models.CharField("收费单位", max_length=10, choices=Unit, default=Unit.MONTH)
    expected = models.PositiveIntegerField("预计人数", default=0)
    seats = models.PositiveIntegerField("名额", null=True, blank=True)  # null: everyone (应收尽收)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "slot", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="offering_one_name_a_plan"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="offering_ends_after_it_starts"),
        ]
        verbose_name = verbose_name_plural = "服务项目"

    def __str__(self):
        return self.name

    def clean(self):
        odd = {}
        if set(self.grades or []) - set(self.school.grades):
            odd["grades"] = f"{self.school}没有这个年级"
        if self.slot == self.Slot.SATURDAY and set(self.weekdays or []) != {6}:
            odd["weekdays"] = "周六的服务只能选周六"
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            odd["ends_at"] = "结束时间要晚于开始时间"
        if odd:
            raise ValidationError(odd)

    @property
    def fee(self) -> Money:
        return Money(self.fee_fen)
