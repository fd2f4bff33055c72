import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bureau",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="名称")),
                ("short_name", models.CharField(max_length=20, verbose_name="简称")),
                ("phone", models.CharField(max_length=30, verbose_name="监督电话")),
                (
                    "hourly_wage_fen",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="教师每小时平均工资（分）"),
                ),
                ("hourly_wage_source", models.CharField(blank=True, max_length=100, verbose_name="平均工资出处")),
            ],
            options={
                "verbose_name": "教育局",
                "verbose_name_plural": "教育局",
            },
        ),
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="编号")),
                ("title", models.CharField(max_length=200, verbose_name="文件")),
                ("body", models.TextField(verbose_name="政策文件")),
                ("notice", models.TextField(blank=True, verbose_name="通知原文")),
                ("uploaded_at", models.DateTimeField(auto_now=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policy_texts", to="schools.bureau"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "政策文件",
                "verbose_name_plural": "政策文件",
                "ordering": ["-uploaded_at"],
            },
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="学校")),
                ("code", models.CharField(max_length=10, unique=True, verbose_name="学校标识码")),
                (
                    "stage",
                    models.CharField(
                        choices=[("primary", "小学"), ("junior", "初中"), ("senior", "普通高中")],
                        max_length=10,
                        verbose_name="学段",
                    ),
                ),
                (
                    "ownership",
                    models.CharField(
                        choices=[("public", "公办"), ("private", "民办")],
                        default="public",
                        max_length=10,
                        verbose_name="性质",
                    ),
                ),
                ("boards", models.BooleanField(default=False, verbose_name="寄宿制")),
                (
                    "area",
                    models.CharField(
                        choices=[("urban", "城区"), ("township", "镇区"), ("rural", "乡村")],
                        default="urban",
                        max_length=10,
                        verbose_name="城乡",
                    ),
                ),
                ("phone", models.CharField(max_length=30, verbose_name="办公室电话")),
                ("bank_name", models.CharField(blank=True, max_length=60, verbose_name="基本户开户行")),
                ("bank_account", models.CharField(blank=True, max_length=40, verbose_name="基本户账号")),
                (
                    "stipend_base_fen",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="补助基数（分/小时）"),
                ),
                (
                    "walks_from_grade",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="可约定自行离校的最低年级"),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="schools", to="schools.bureau"
                    ),
                ),
            ],
            options={
                "verbose_name": "学校",
                "verbose_name_plural": "学校",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                ("file", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "正在读取"),
                            ("preview", "待确认"),
                            ("applying", "正在导入"),
                            ("applied", "已导入"),
                            ("failed", "读不了"),
                            ("replaced", "已换新文件"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("preview", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roster_imports", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "名册导入",
                "verbose_name_plural": "名册导入",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SchoolClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("school_year", models.PositiveSmallIntegerField(verbose_name="学年")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="年级")),
                ("number", models.PositiveSmallIntegerField(verbose_name="班号")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="classes", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "班级",
                "verbose_name_plural": "班级",
                "ordering": ["school_id", "grade", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "school_year", "grade", "number"), name="class_one_of_a_number"
                    ),
                    models.CheckConstraint(condition=models.Q(("grade__range", (1, 12))), name="class_grade_1_to_12"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CLASS_TEACHER", "班主任"),
                            ("TEACHER", "值班教师"),
                            ("LEADER", "带班领导"),
                            ("GUARD", "门卫"),
                            ("SCHOOL_ADMIN", "学校管理员"),
                            ("PRINCIPAL", "校长"),
                            ("FINANCE_CLERK", "财务制单"),
                            ("FINANCE_REVIEWER", "财务复核"),
                            ("BUREAU_REVIEWER", "教育局审核员"),
                            ("BUREAU_FINANCE", "教育局财务"),
                            ("BUREAU_KEEPER", "教育局管理员"),
                        ],
                        max_length=20,
                        verbose_name="岗位",
                    ),
                ),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "bureau",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="schools.bureau",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="schools.school",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="schools.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位",
                "verbose_name_plural": "岗位",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bureau__isnull", False), ("role__startswith", "BUREAU_"), ("school", None)),
                            models.Q(
                                models.Q(("role__startswith", "BUREAU_"), _negated=True),
                                ("bureau", None),
                                ("school__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="post_at_a_bureau_or_a_school",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "CLASS_TEACHER"), ("school_class__isnull", False)),
                            models.Q(models.Q(("role", "CLASS_TEACHER"), _negated=True), ("school_class", None)),
                            _connector="OR",
                        ),
                        name="post_of_class_teacher_names_a_class",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("began_on")), _connector="OR"
                        ),
                        name="post_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Student",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, verbose_name="学籍号")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("sort_key", models.CharField(max_length=120, verbose_name="拼音")),
                ("sex", models.CharField(choices=[("M", "男"), ("F", "女")], max_length=1, verbose_name="性别")),
                ("born_on", models.DateField(verbose_name="出生日期")),
                ("boards", models.BooleanField(default=False, verbose_name="寄宿")),
                ("is_migrant", models.BooleanField(default=False, verbose_name="随迁子女")),
                ("is_left_behind", models.BooleanField(default=False, verbose_name="留守儿童")),
                ("is_orphan", models.BooleanField(default=False, verbose_name="孤儿")),
                ("is_disabled", models.BooleanField(default=False, verbose_name="残疾")),
                ("is_registered_poor", models.BooleanField(default=False, verbose_name="建档立卡")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离校日期")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="students", to="schools.school"
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="students",
                        to="schools.schoolclass",
                        verbose_name="班级",
                    ),
                ),
            ],
            options={
                "verbose_name": "学生",
                "verbose_name_plural": "学生",
                "ordering": ["sort_key", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "number"), name="student_number_once_a_school")
                ],
            },
        ),
        migrations.CreateModel(
            name="Guardianship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.CharField(max_length=20, verbose_name="关系")),
                ("is_primary", models.BooleanField(default=False, verbose_name="第一联系人")),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guardianships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guardianships", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "监护关系",
                "verbose_name_plural": "监护关系",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("student", "person"),
                        name="guardianship_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="学期")),
                ("school_year", models.PositiveSmallIntegerField(verbose_name="学年")),
                ("began_on", models.DateField(verbose_name="开始")),
                ("ended_on", models.DateField(verbose_name="结束")),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="schools.bureau"
                    ),
                ),
            ],
            options={
                "verbose_name": "学期",
                "verbose_name_plural": "学期",
                "ordering": ["-began_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ended_on__gt", models.F("began_on"))), name="term_ends_after_it_begins"
                    ),
                    models.UniqueConstraint(fields=("bureau", "name"), name="term_one_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("policy", models.SlugField(max_length=60, verbose_name="政策")),
                ("began_on", models.DateField(verbose_name="自")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("proposed_at", models.DateTimeField(null=True, verbose_name="提请时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("declined_at", models.DateTimeField(null=True, verbose_name="不同意的时间")),
                ("declined_because", models.CharField(blank=True, max_length=200, verbose_name="不同意的理由")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adoptions", to="schools.bureau"
                    ),
                ),
            ],
            options={
                "verbose_name": "采用的政策",
                "verbose_name_plural": "采用的政策",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("declined_at", None)),
                        fields=("bureau", "began_on"),
                        name="adoption_one_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("confirmed_at", None), ("declined_at", None), ("proposed_by__isnull", False)
                        ),
                        fields=("bureau",),
                        name="adoption_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("proposed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="adoption_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined_at", None),
                            models.Q(("confirmed_at", None), models.Q(("declined_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="adoption_declined_with_a_reason_or_confirmed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[("workday", "工作日"), ("rest", "休息日"), ("holiday", "法定节假日")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="名称")),
                ("serves", models.BooleanField(verbose_name="开展课后服务")),
                (
                    "follows_weekday",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="按星期几上课"),
                ),
                ("source", models.CharField(max_length=60, verbose_name="出处")),
                ("official", models.BooleanField(default=False, verbose_name="正式")),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calendar_days", to="schools.bureau"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [models.UniqueConstraint(fields=("bureau", "day"), name="calendar_day_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("official", models.BooleanField(default=False, verbose_name="有国务院通知")),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calendar_years", to="schools.bureau"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("bureau", "year"), name="calendar_year_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[("workday", "工作日"), ("rest", "休息日"), ("holiday", "法定节假日")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("serves", models.BooleanField(verbose_name="开展课后服务")),
                (
                    "follows_weekday",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="按星期几上课"),
                ),
                ("forced", models.BooleanField(default=False, verbose_name="因不可抗力")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_changes",
                        to="schools.bureau",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_changes",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["bureau", "day"], name="schools_cal_bureau__009d64_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("forced", False), ("serves", False), _connector="OR"),
                        name="calendar_change_forced_is_closed",
                    )
                ],
            },
        ),
    ]
