from django.conf import settings
from django.db import models
from django.db.models import Count, F, Prefetch, Q

from afterschool.access.capabilities import Role
from afterschool.access.reach import ReachQuerySet
from afterschool.policy.terms import weekday_name

GRADES = {
    1: "一年级", 2: "二年级", 3: "三年级", 4: "四年级", 5: "五年级", 6: "六年级",
    7: "初一", 8: "初二", 9: "初三", 10: "高一", 11: "高二", 12: "高三",
}  # fmt: skip


class DatedQuerySet(ReachQuerySet):
    def open_on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), began_on__lte=day)


class Bureau(models.Model):
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    phone = models.CharField("监督电话", max_length=30)
    # D四.7: no stipend base above the city's average hourly wage of teachers; fen an hour.
    hourly_wage_fen = models.PositiveBigIntegerField("教师每小时平均工资（分）", null=True, blank=True)
    hourly_wage_source = models.CharField("平均工资出处", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "教育局"

    def __str__(self):
        return self.name


class PolicyTextQuerySet(models.QuerySet):
    def adopted(self):
        """Those a bureau works, worked or will work under; they never change again."""
        return self.filter(code__in=Adoption.objects.confirmed().values("policy"))


class PolicyText(models.Model):
    """A bureau's own file of a published notice. It may be uploaded anew until it is adopted; from then on it is ink."""

    code = models.SlugField("编号", max_length=60, unique=True)
    title = models.CharField("文件", max_length=200)
    body = models.TextField("政策文件")  # the TOML as uploaded
    notice = models.TextField("通知原文", blank=True)
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="policy_texts")
    uploaded_at = models.DateTimeField(auto_now=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PolicyTextQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = verbose_name_plural = "政策文件"

    def __str__(self):
        return self.title

    @property
    def file_name(self) -> str:
        return f"{self.code}.toml"

    @property
    def is_adopted(self) -> bool:
        return PolicyText.objects.adopted().filter(pk=self.pk).exists()


class AdoptionQuerySet(models.QuerySet):
    def confirmed(self):
        """Those that count: what a bureau began with, and what a second person confirmed."""
        return self.filter(Q(proposed_by=None) | Q(confirmed_at__isnull=False))

    def waiting(self):
        return self.filter(proposed_by__isnull=False, confirmed_at=None, declined_at=None)


class Adoption(models.Model):
    """A bureau works under one policy from a day; the latest confirmed one on or before the day counts.

    The one a bureau is founded with has no proposer and counts at once; all others need two people.
    """

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="adoptions")
    policy = models.SlugField("政策", max_length=60)  # a code of afterschool.policy
    began_on = models.DateField("自")
    reason = models.CharField("理由", max_length=200, blank=True)
    proposed_at = models.DateTimeField("提请时间", null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField("不同意的时间", null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    declined_because = models.CharField("不同意的理由", max_length=200, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "began_on"], condition=Q(declined_at=None), name="adoption_one_a_day"
            ),
            models.UniqueConstraint(
                fields=["bureau"],
                condition=Q(proposed_by__isnull=False, confirmed_at=None, declined_at=None),
                name="adoption_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, proposed_by__isnull=False)
                & ~Q(confirmed_by=F("proposed_by")),
                name="adoption_two_people",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | (Q(confirmed_at=None) & ~Q(declined_because="")),
                name="adoption_declined_with_a_reason_or_confirmed",
            ),
        ]
        verbose_name = verbose_name_plural = "采用的政策"


class SchoolQuerySet(ReachQuerySet):
    school_path = "pk"

    def within(self, reach):
        return self.filter(
            Q(pk__in=reach.schools)
            | Q(bureau__in=reach.bureaus)
            | Q(classes__in=reach.classes)
            | Q(students__in=reach.students)
        ).distinct()


class School(models.Model):
    class Stage(models.TextChoices):
        PRIMARY = "primary", "小学"
        JUNIOR = "junior", "初中"
        SENIOR = "senior", "普通高中"

    class Ownership(models.TextChoices):
        PUBLIC = "public", "公办"
        PRIVATE = "private", "民办"

    class Area(models.TextChoices):
        URBAN = "urban", "城区"
        TOWNSHIP = "township", "镇区"
        RURAL = "rural", "乡村"

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="schools")
    name = models.CharField("学校", max_length=60, unique=True)
    code = models.CharField("学校标识码", max_length=10, unique=True)
    stage = models.CharField("学段", max_length=10, choices=Stage)
    ownership = models.CharField("性质", max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    boards = models.BooleanField("寄宿制", default=False)
    area = models.CharField("城乡", max_length=10, choices=Area, default=Area.URBAN)
    phone = models.CharField("办公室电话", max_length=30)
    bank_name = models.CharField("基本户开户行", max_length=60, blank=True)
    bank_account = models.CharField("基本户账号", max_length=40, blank=True)
    # D四.7: fen an hour; the school's own figure, at or below the bureau's average.
    stipend_base_fen = models.PositiveBigIntegerField("补助基数（分/小时）", null=True, blank=True)
    # 自行离校: later than the law's own line, never earlier; null: where the law draws it.
    walks_from_grade = models.PositiveSmallIntegerField("可约定自行离校的最低年级", null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学校"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def grades(self) -> range:
        """Grades are counted 1–12 through all stages."""
        return {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}[self.stage]


class Term(models.Model):
    """A term of all schools of a bureau, as its school calendar (校历) has it."""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="terms")
    name = models.CharField("学期", max_length=40)
    school_year = models.PositiveSmallIntegerField("学年")  # the year it begins in
    began_on = models.DateField("开始")
    ended_on = models.DateField("结束")

    class Meta:
        ordering = ["-began_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_on__gt=F("began_on")), name="term_ends_after_it_begins"),
            models.UniqueConstraint(fields=["bureau", "name"], name="term_one_name"),
        ]
        verbose_name = verbose_name_plural = "学期"

    def __str__(self):
        return self.name


class SchoolClassQuerySet(ReachQuerySet):
    class_path = "pk"

    def with_headcount(self):
        return self.annotate(headcount=Count("students", filter=Q(students__left_on=None)))

    def with_teachers(self, day):
        """Each class with `teachers`: the posts of its class teachers."""
        posts = Post.objects.open_on(day).filter(role=Role.CLASS_TEACHER.name).select_related("person")
        return self.prefetch_related(Prefetch("posts", queryset=posts, to_attr="teachers"))


class SchoolClass(models.Model):
    school = models.ForeignKey(School, models.PROTECT, related_name="classes")
    school_year = models.PositiveSmallIntegerField("学年")
    grade = models.PositiveSmallIntegerField("年级")  # 1–12
    number = models.PositiveSmallIntegerField("班号")

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ["school_id", "grade", "number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "grade", "number"], name="class_one_of_a_number"),
            models.CheckConstraint(condition=Q(grade__range=(1, 12)), name="class_grade_1_to_12"),
        ]
        verbose_name = verbose_name_plural = "班级"

    def __str__(self):
        name = GRADES[self.grade]
        return f"{name.removesuffix('年级')}({self.number})班"


class StudentQuerySet(ReachQuerySet):
    class_path = "school_class"
    student_path = "pk"

    def enrolled(self):
        return self.filter(left_on=None)

    def named(self, text):
        """By a part of the name or of the student number."""
        return self.filter(Q(name__icontains=text) | Q(number__icontains=text))


class Student(models.Model):
    """A child in the register. 身份证号 and address of the export are not kept: nobody here needs them."""

    class Sex(models.TextChoices):
        MALE = "M", "男"
        FEMALE = "F", "女"

    school = models.ForeignKey(School, models.PROTECT, related_name="students")
    number = models.CharField("学籍号", max_length=24)
    name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField("拼音", max_length=120)  # pinyin; no database collation knows Chinese names
    sex = models.CharField("性别", max_length=1, choices=Sex)
    born_on = models.DateField("出生日期")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="students", verbose_name="班级")
    boards = models.BooleanField("寄宿", default=False)
    # Seen only by those who need it: priority (C三(一)) and waivers (D四.4).
    is_migrant = models.BooleanField("随迁子女", default=False)
    is_left_behind = models.BooleanField("留守儿童", default=False)
    is_orphan = models.BooleanField("孤儿", default=False)
    is_disabled = models.BooleanField("残疾", default=False)
    is_registered_poor = models.BooleanField("建档立卡", default=False)
    left_on = models.DateField("离校日期", null=True, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="student_number_once_a_school")]
        verbose_name = verbose_name_plural = "学生"

    def __str__(self):
        return self.name


class GuardianshipQuerySet(DatedQuerySet):
    class_path = "student__school_class"
    student_path = "student"


class Guardianship(models.Model):
    """A person is guardian of a child, from a day until a day."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="guardianships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="guardianships")
    relation = models.CharField("关系", max_length=20)
    is_primary = models.BooleanField("第一联系人", default=False)
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "person"], condition=Q(ended_on=None), name="guardianship_one_open"
            )
        ]
        verbose_name = verbose_name_plural = "监护关系"


class Post(models.Model):
    """A person holds a role at a bureau, a school or a class, from a day until a day: a right ends by itself."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    role = models.CharField("岗位", max_length=20, choices=[(r.name, r.label) for r in Role if r is not Role.GUARDIAN])
    bureau = models.ForeignKey(Bureau, models.PROTECT, null=True, blank=True, related_name="posts")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="posts")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, related_name="posts")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__startswith="BUREAU_", bureau__isnull=False, school=None)
                | (~Q(role__startswith="BUREAU_") & Q(bureau=None, school__isnull=False)),
                name="post_at_a_bureau_or_a_school",
            ),
            models.CheckConstraint(
                condition=Q(role="CLASS_TEACHER", school_class__isnull=False)
                | (~Q(role="CLASS_TEACHER") & Q(school_class=None)),
                name="post_of_class_teacher_names_a_class",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="post_ends_after_it_begins"
            ),
        ]
        verbose_name = verbose_name_plural = "岗位"


class CalendarYear(models.Model):
    """A bureau's calendar of one year. Provisional until an official notice is out or the bureau confirms it."""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="calendar_years")
    year = models.PositiveSmallIntegerField("年份")
    official = models.BooleanField("有国务院通知", default=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bureau", "year"], name="calendar_year_once")]

    @property
    def is_settled(self) -> bool:
        return self.official or self.confirmed_at is not None


class CalendarDay(models.Model):
    """What the national calendar says of one day, as this bureau holds it."""

    class Kind(models.TextChoices):
        WORKDAY = "workday", "工作日"
        REST = "rest", "休息日"
        HOLIDAY = "holiday", "法定节假日"

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="calendar_days")
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=40, blank=True)
    serves = models.BooleanField("开展课后服务")
    # A make-up day follows the timetable of this weekday (1–7); null: not yet said.
    follows_weekday = models.PositiveSmallIntegerField("按星期几上课", null=True, blank=True)
    source = models.CharField("出处", max_length=60)
    official = models.BooleanField("正式", default=False)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["bureau", "day"], name="calendar_day_once")]


class CalendarChange(models.Model):
    """The bureau (school null) or a school says otherwise of a day: the later row counts, a school's over all."""

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="calendar_changes")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="calendar_changes")
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=10, choices=CalendarDay.Kind)
    serves = models.BooleanField("开展课后服务")
    follows_weekday = models.PositiveSmallIntegerField("按星期几上课", null=True, blank=True)
    # Refunds of some policies tell a closure by typhoon from one by the school.
    forced = models.BooleanField("因不可抗力", default=False)
    reason = models.CharField("原因", max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["bureau", "day"])]
        constraints = [
            models.CheckConstraint(condition=Q(forced=False) | Q(serves=False), name="calendar_change_forced_is_closed")
        ]

    @property
    def follows(self) -> str:
        return weekday_name(self.follows_weekday) if self.follows_weekday else ""


class RosterImport(models.Model):
    """An uploaded register export: read, previewed, applied once."""

    class State(models.TextChoices):
        READING = "reading", "正在读取"
        PREVIEW = "preview", "待确认"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"
        FAILED = "failed", "读不了"
        REPLACED = "replaced", "已换新文件"

    school = models.ForeignKey(School, models.PROTECT, related_name="roster_imports")
    file_name = models.CharField("文件", max_length=200)
    # Emptied once applied or replaced: the export holds addresses and more that nobody here needs.
    file = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    # What roster.compare.Diff.preview() tells; {"error": …} for a file that cannot be read.
    preview = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = verbose_name_plural = "名册导入"
