import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("plans", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="受理编号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "待班级初审"),
                            ("confirmed", "待学校核准"),
                            ("returned", "退回补正"),
                            ("approved", "待签协议"),
                            ("signed", "在册"),
                            ("refused", "未予核准"),
                            ("withdrawn", "家长撤回"),
                        ],
                        default="submitted",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "leave_mode",
                    models.CharField(
                        choices=[("collected", "家长或授权人接"), ("self", "自行离校"), ("bus", "乘校车")],
                        default="collected",
                        max_length=10,
                        verbose_name="离校方式",
                    ),
                ),
                ("health_note", models.CharField(blank=True, max_length=200, verbose_name="老师需要知道的健康情况")),
                ("submitted_at", models.DateTimeField(verbose_name="提交时间")),
                ("answer_by", models.DateTimeField(verbose_name="最迟答复")),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="退回或不予核准的理由")),
                ("ground", models.CharField(blank=True, max_length=40, verbose_name="政策允许的不予核准情形")),
                ("clause", models.CharField(blank=True, max_length=60, verbose_name="依据条款")),
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
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="schools.student"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="schools.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "报名",
                "verbose_name_plural": "报名",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["refused", "withdrawn"]), _negated=True),
                        fields=("student", "term"),
                        name="application_one_live_a_term",
                        violation_error_message="这个孩子本学期已经报过名了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["returned", "refused"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="application_no_comes_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(models.Q(("ground", ""), _negated=True), models.Q(("clause", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="application_refused_on_a_ground_with_its_clause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, unique=True, verbose_name="协议编号")),
                ("text_version", models.CharField(max_length=20, verbose_name="文本版本")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("began_on", models.DateField(verbose_name="服务开始")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="服务结束")),
                ("guardian_signed_at", models.DateTimeField(null=True, verbose_name="监护人签署时间")),
                ("guardian_signed_how", models.CharField(blank=True, max_length=40, verbose_name="身份核验方式")),
                ("school_signed_at", models.DateTimeField(null=True, verbose_name="学校签署时间")),
                (
                    "guardian_signed_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="schools.school"
                    ),
                ),
                (
                    "school_signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="schools.student"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="schools.term"
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement",
                        to="enrollment.application",
                    ),
                ),
            ],
            options={
                "verbose_name": "协议",
                "verbose_name_plural": "协议",
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("school_signed_at", None), ("guardian_signed_at__isnull", False), _connector="OR"
                        ),
                        name="agreement_guardian_signs_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None),
                            (
                                "ended_on__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("began_on"), "-", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                ("fee_fen", models.PositiveBigIntegerField()),
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
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="enrollment.agreement"
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreement_items", to="plans.offering"
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
                "constraints": [models.UniqueConstraint(fields=("agreement", "offering"), name="agreement_item_once")],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="星期"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="enrollment.application"
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="plans.offering"
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
                "constraints": [models.UniqueConstraint(fields=("application", "offering"), name="choice_once")],
            },
        ),
        migrations.CreateModel(
            name="Decline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="declines", to="schools.student"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.term"),
                ),
            ],
            options={
                "verbose_name": "暂不参加",
                "verbose_name_plural": "暂不参加",
                "constraints": [models.UniqueConstraint(fields=("student", "term"), name="decline_once_a_term")],
            },
        ),
        migrations.CreateModel(
            name="DisputeHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="情况")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="dispute_holds", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "争议暂扣",
                "verbose_name_plural": "争议暂扣",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("student",),
                        name="dispute_hold_one_open_per_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="dispute_hold_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on", None), ("ended_by__isnull", False), _connector="OR"),
                        name="dispute_hold_ended_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待放行"), ("released", "已放行"), ("refused", "未同意")],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="export_requests",
                        to="schools.student",
                    ),
                ),
            ],
            options={
                "verbose_name": "查阅复制申请",
                "verbose_name_plural": "查阅复制申请",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("student", "asked_by"),
                        name="export_request_one_waits_per_guardian",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="export_request_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "asked"), ("decided_by__isnull", False), _connector="OR"),
                        name="export_request_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickupPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("relation", models.CharField(max_length=20, verbose_name="与孩子的关系")),
                ("phone", models.CharField(max_length=11, verbose_name="电话")),
                ("photo", models.BinaryField(blank=True, null=True, verbose_name="照片")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="pickup_people", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "授权接送人",
                "verbose_name_plural": "授权接送人",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PickupRestriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(max_length=60, verbose_name="不得接走孩子的人")),
                ("document", models.CharField(max_length=100, verbose_name="依据的文书及编号")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="文书有效期至")),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pickup_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.pickupperson",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="restrictions", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "接送限制",
                "verbose_name_plural": "接送限制",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True), name="restriction_has_a_document"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="restriction_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RestrictionReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kept", models.BooleanField(verbose_name="继续限制")),
                ("reason", models.CharField(max_length=200, verbose_name="理由和依据")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="新的有效期至")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "restriction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="enrollment.pickuprestriction",
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
                "verbose_name": "限制复审",
                "verbose_name_plural": "限制复审",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="restriction_review_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept", True), ("expires_on", None), _connector="OR"),
                        name="restriction_lifted_has_no_expiry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="班名")),
                ("room", models.CharField(blank=True, max_length=40, verbose_name="教室")),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="plans.offering"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="schools.school"
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sections",
                        to="schools.schoolclass",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="schools.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "服务班",
                "verbose_name_plural": "服务班",
                "ordering": ["school_class__grade", "school_class__number", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offering", "school_class"), name="section_one_a_class", nulls_distinct=True
                    ),
                    models.UniqueConstraint(fields=("school", "term", "name"), name="section_one_name_a_term"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="enrollment.agreementitem",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="schools.student"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="enrollment.section"
                    ),
                ),
            ],
            options={
                "verbose_name": "在册",
                "verbose_name_plural": "在册",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("section", "student"),
                        name="placement_one_open_seat_per_child",
                        violation_error_message="这个孩子已经在这个班里了。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None),
                            (
                                "ended_on__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("began_on"), "-", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="placement_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=30, verbose_name="类别")),
                ("percent", models.PositiveSmallIntegerField(default=100, verbose_name="减免比例")),
                ("evidence", models.CharField(max_length=200, verbose_name="证明材料")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待决定"), ("granted", "已同意"), ("denied", "未同意")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="决定理由")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "减免",
                "verbose_name_plural": "减免",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (1, 100))), name="waiver_percent_1_to_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="waiver_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_on", models.DateField(verbose_name="最后服务日")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "agreement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="enrollment.agreement",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "退出申请",
                "verbose_name_plural": "退出申请",
            },
        ),
    ]
