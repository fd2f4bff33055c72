import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("enrollment", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "role",
                    models.CharField(
                        choices=[("teacher", "值班教师"), ("leader", "带班领导"), ("assistant", "教辅人员")],
                        default="teacher",
                        max_length=30,
                        verbose_name="岗位",
                    ),
                ),
                ("role_name", models.CharField(blank=True, max_length=30, verbose_name="岗位名称")),
                ("starts_at", models.DateTimeField(verbose_name="应到")),
                ("ends_at", models.DateTimeField(verbose_name="应离")),
                ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="到岗")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="离岗")),
                ("lessons", models.PositiveSmallIntegerField(default=0, verbose_name="课时")),
                ("confirmed_at", models.DateTimeField(null=True)),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="schools.school"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="enrollment.section",
                    ),
                ),
                (
                    "stands_in_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代谁的班",
                    ),
                ),
            ],
            options={
                "verbose_name": "值班",
                "verbose_name_plural": "值班",
                "ordering": ["day", "starts_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "section", "person"), name="duty_once_a_section", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="duty_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at", None), ("left_at__gte", models.F("arrived_at")), _connector="OR"
                        ),
                        name="duty_leaves_after_arriving",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="duty_author_is_not_confirmer",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("person_id"),
                                    models.F("person_id"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (models.Func(models.F("starts_at"), models.F("ends_at"), function="tstzrange"), "&&"),
                        ],
                        name="duty_one_place_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StipendSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "制表"), ("reviewed", "已复核"), ("approved", "已审批")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("total_fen", models.PositiveBigIntegerField(default=0, verbose_name="合计（分）")),
                ("drafted_at", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reviewed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="stipend_sheets", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "补助发放表",
                "verbose_name_plural": "补助发放表",
                "ordering": ["-month"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "month"), name="stipend_sheet_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="stipend_review_by_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="stipend_month_is_a_first"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StipendLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workday_minutes", models.PositiveIntegerField(default=0, verbose_name="平日（分钟）")),
                ("rest_minutes", models.PositiveIntegerField(default=0, verbose_name="休息日（分钟）")),
                ("holiday_minutes", models.PositiveIntegerField(default=0, verbose_name="法定节假日（分钟）")),
                ("lessons", models.PositiveIntegerField(default=0, verbose_name="课时")),
                ("counted", models.JSONField(default=dict)),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="应发（分）")),
                ("by_grade", models.JSONField(default=dict)),
                ("steps", models.JSONField(default=list)),
                ("cites", models.JSONField(default=list)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stipend_lines",
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
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="staffing.stipendsheet"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("sheet", "person"), name="stipend_line_once_a_person")],
            },
        ),
        migrations.CreateModel(
            name="PaidDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paid", to="staffing.duty"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="staffing.stipendline"
                    ),
                ),
            ],
        ),
    ]
