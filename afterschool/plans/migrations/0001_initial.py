import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("filed", "已报送"),
                            ("returned", "退回修改"),
                            ("in_force", "已生效"),
                            ("replaced", "已被新版替代"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("leader", models.CharField(blank=True, max_length=60, verbose_name="领导小组组长（校长）")),
                ("members", models.CharField(blank=True, max_length=200, verbose_name="领导小组成员")),
                ("hotline", models.CharField(blank=True, max_length=30, verbose_name="学校监督电话")),
                ("content", models.TextField(blank=True, verbose_name="服务形式与内容")),
                (
                    "teacher_count",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="参加服务教师人数"),
                ),
                ("leader_count", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="带班领导人数")),
                (
                    "assistant_count",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="教辅人员人数"),
                ),
                ("budget", models.TextField(blank=True, verbose_name="经费预算")),
                ("refund_method", models.TextField(blank=True, verbose_name="结算与退费办法")),
                ("safety", models.TextField(blank=True, verbose_name="场地与安全")),
                ("emergency", models.TextField(blank=True, verbose_name="应急预案")),
                ("meals", models.TextField(blank=True, verbose_name="供餐安排")),
                ("morning_dismissal", models.TimeField(blank=True, null=True, verbose_name="上午放学")),
                ("afternoon_start", models.TimeField(blank=True, null=True, verbose_name="下午上学")),
                ("afternoon_dismissal", models.TimeField(blank=True, null=True, verbose_name="下午放学")),
                ("work_ends", models.TimeField(blank=True, null=True, verbose_name="当地下班时间")),
                ("committee_met_on", models.DateField(blank=True, null=True, verbose_name="家委会会议日期")),
                ("committee_present", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="到会人数")),
                ("committee_agreed", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="同意人数")),
                ("committee_opinion", models.TextField(blank=True, verbose_name="家委会意见")),
                ("filed_at", models.DateTimeField(null=True, verbose_name="报送时间")),
                ("filing_number", models.CharField(blank=True, max_length=30, verbose_name="备案号")),
                ("in_force_at", models.DateTimeField(null=True, verbose_name="生效时间")),
                (
                    "filed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="schools.school"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="schools.term",
                        verbose_name="学期",
                    ),
                ),
            ],
            options={
                "verbose_name": "一校一案",
                "verbose_name_plural": "一校一案",
                "ordering": ["-term__began_on", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "term", "version"), name="plan_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("school", "term"),
                        name="plan_one_in_force_a_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("basic", "普通延时托管"), ("club", "特色集体活动")],
                        default="basic",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "slot",
                    models.CharField(
                        choices=[
                            ("morning", "早间"),
                            ("noon", "中午"),
                            ("afternoon", "下午"),
                            ("late_care", "延时托管"),
                            ("evening", "晚自习"),
                            ("saturday", "周六"),
                            ("vacation", "寒暑假"),
                        ],
                        default="afternoon",
                        max_length=10,
                        verbose_name="时段",
                    ),
                ),
                (
                    "grades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="年级"
                    ),
                ),
                (
                    "boarding",
                    models.CharField(
                        choices=[("any", "不限"), ("day", "走读"), ("board", "寄宿")],
                        default="any",
                        max_length=10,
                        verbose_name="就读方式",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="星期"
                    ),
                ),
                ("starts_at", models.TimeField(verbose_name="开始")),
                ("ends_at", models.TimeField(verbose_name="结束")),
                ("lessons", models.PositiveSmallIntegerField(default=2, verbose_name="每次课时")),
                ("fee_fen", models.PositiveBigIntegerField(default=0, verbose_name="收费（分）")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("month", "月"),
                            ("term", "学期"),
                            ("lesson", "课时"),
                            ("hour", "小时"),
                            ("day", "天"),
                            ("session", "次"),
                        ],
                        default="month",
                        max_length=10,
                        verbose_name="收费单位",
                    ),
                ),
                ("expected", models.PositiveIntegerField(default=0, verbose_name="预计人数")),
                ("seats", models.PositiveIntegerField(blank=True, null=True, verbose_name="名额")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offerings", to="schools.school"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offerings", to="plans.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "服务项目",
                "verbose_name_plural": "服务项目",
                "ordering": ["kind", "slot", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "name"), name="offering_one_name_a_plan"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="offering_ends_after_it_starts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                ("file", models.BinaryField()),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="minutes", to="plans.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "家委会会议记录",
                "verbose_name_plural": "家委会会议记录",
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.CharField(
                        choices=[("noted", "已备案"), ("approved", "审核同意"), ("returned", "退回修改")],
                        max_length=10,
                        verbose_name="审核意见",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="plans.plan"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "returned"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="review_return_has_a_reason",
                    )
                ],
            },
        ),
    ]
