import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("enrollment", "0001_initial"),
        ("notices", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("adult_name", models.CharField(blank=True, max_length=60, verbose_name="来接的人")),
                ("adult_relation", models.CharField(blank=True, max_length=20, verbose_name="关系")),
                ("agreed", models.BooleanField(verbose_name="监护人同意")),
                ("called_at", models.DateTimeField(verbose_name="回拨时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "called_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="接电话的监护人",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="call_backs", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "回拨核实",
                "verbose_name_plural": "回拨核实",
                "ordering": ["called_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("called_by")), _negated=True),
                        name="call_back_by_a_second_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("closed_at", models.DateTimeField()),
                ("note", models.TextField(blank=True, verbose_name="巡查与服务记录")),
                ("counts", models.JSONField(default=dict)),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="day_closes", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "当日结束",
                "verbose_name_plural": "当日结束",
                "constraints": [models.UniqueConstraint(fields=("school", "day"), name="day_closed_once")],
            },
        ),
        migrations.CreateModel(
            name="EmergencyPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="预案")),
                ("steps", models.TextField(verbose_name="怎么办")),
                ("contacts", models.TextField(verbose_name="找谁")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="emergency_plans", to="schools.school"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "应急预案",
                "verbose_name_plural": "应急预案",
                "ordering": ["title", "-began_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("school", "title"),
                        name="emergency_plan_one_open_of_a_title",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GateEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("visitor", "来访人"),
                            ("outside_staff", "外聘人员"),
                            ("vehicle", "车辆"),
                            ("item", "物品"),
                        ],
                        max_length=14,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("organisation", models.CharField(blank=True, max_length=60, verbose_name="单位")),
                ("document", models.CharField(blank=True, max_length=40, verbose_name="证件")),
                ("purpose", models.CharField(max_length=100, verbose_name="事由")),
                ("host", models.CharField(blank=True, max_length=60, verbose_name="被访人")),
                ("plate", models.CharField(blank=True, max_length=12, verbose_name="车牌")),
                ("checked", models.CharField(blank=True, max_length=100, verbose_name="检查情况")),
                ("in_at", models.DateTimeField(verbose_name="进校")),
                ("out_at", models.DateTimeField(null=True, verbose_name="离校")),
                ("uid", models.UUIDField(null=True, unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gate_entries", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "门卫登记",
                "verbose_name_plural": "门卫登记",
                "ordering": ["in_at"],
                "indexes": [models.Index(fields=["school", "day"], name="gate_entry_of_a_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("out_at", None), ("out_at__gte", models.F("in_at")), _connector="OR"),
                        name="gate_entry_leaves_after_entering",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "vehicle"), _negated=True),
                            models.Q(("plate", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="gate_entry_vehicle_has_a_plate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("day", models.DateField(verbose_name="日期")),
                ("device", models.CharField(max_length=40, verbose_name="设备")),
                ("issued_at", models.DateTimeField(verbose_name="发出时间")),
                ("children", models.PositiveSmallIntegerField(verbose_name="人数")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "issued_to",
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
            ],
            options={
                "verbose_name": "离线名单",
                "verbose_name_plural": "离线名单",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="PickupCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("relation", models.CharField(max_length=20, verbose_name="关系")),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "made_by",
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
                    "sms",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.delivery"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pickup_codes", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "一次性接送码",
                "verbose_name_plural": "一次性接送码",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("student", "day"),
                        name="pickup_code_one_stands_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GateEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("day", models.DateField(verbose_name="日期")),
                ("device", models.CharField(max_length=40, verbose_name="设备")),
                ("sequence", models.PositiveIntegerField(default=0, verbose_name="设备序号")),
                ("claimed_at", models.DateTimeField(verbose_name="设备时间")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("happened_at", models.DateTimeField(verbose_name="发生时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("release", "交接"),
                            ("undo", "撤销"),
                            ("confirm", "带班领导确认"),
                            ("wrong_adult", "来人不在名单"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("about", models.UUIDField(null=True)),
                ("mode", models.CharField(blank=True, max_length=10, verbose_name="方式")),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("known", "当面认人"),
                            ("code", "动态接送码"),
                            ("once", "一次性接送码"),
                            ("call_back", "回拨核实"),
                            ("agreed", "按约定离校"),
                            ("later", "事后补记"),
                        ],
                        max_length=10,
                        verbose_name="核验方式",
                    ),
                ),
                ("collector_name", models.CharField(blank=True, max_length=60, verbose_name="接领人")),
                ("collector_relation", models.CharField(blank=True, max_length=20, verbose_name="关系")),
                ("place", models.CharField(blank=True, max_length=40, verbose_name="校门")),
                ("pace", models.PositiveSmallIntegerField(default=0, verbose_name="前十秒内")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("accepted", "已记入"),
                            ("repeated", "重复，不再记"),
                            ("incident", "与前面的交接不一致"),
                            ("held", "等带班领导确认"),
                            ("denied", "没有放行"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("because", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call_back",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.callback",
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pickup_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.pickupperson",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_events",
                        to="schools.school",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_events",
                        to="schools.student",
                    ),
                ),
                (
                    "gate_list",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="attendance.gatelist",
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.pickupcode",
                    ),
                ),
            ],
            options={
                "verbose_name": "交接登记",
                "verbose_name_plural": "交接登记",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["school", "day"], name="gate_event_of_a_day"),
                    models.Index(fields=["student", "day"], name="gate_event_of_a_child"),
                    models.Index(fields=["device", "claimed_at"], name="gate_event_of_a_device"),
                    models.Index(
                        condition=models.Q(("about__isnull", False)), fields=["about"], name="gate_event_about"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("how", "code"), ("kind", "release"), ("outcome", "accepted")),
                        fields=("student", "day"),
                        name="gate_event_code_once_a_child_and_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("how", "once"), ("kind", "release"), ("outcome", "accepted")),
                        fields=("code",),
                        name="gate_event_one_time_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["undo", "confirm"]), _negated=True),
                            ("about__isnull", False),
                            _connector="OR",
                        ),
                        name="gate_event_about_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong_adult", "非授权人员接领"),
                            ("twice", "重复交接"),
                            ("restricted", "受限人员接领"),
                            ("illness", "生病"),
                            ("injury", "受伤"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("note", models.TextField(verbose_name="经过与处置")),
                ("first_aid", models.CharField(blank=True, max_length=200, verbose_name="急救处理")),
                ("guardian_told_at", models.DateTimeField(null=True, verbose_name="告知家长")),
                ("reported_to", models.CharField(blank=True, max_length=60, verbose_name="上报")),
                ("reported_at", models.DateTimeField(null=True, verbose_name="上报时间")),
                ("follow_up", models.TextField(blank=True, verbose_name="后续处理")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="处理完毕")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="attendance.gateevent",
                    ),
                ),
                (
                    "guardian_told_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="schools.school"
                    ),
                ),
                (
                    "settled_by",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="schools.student",
                    ),
                ),
            ],
            options={
                "verbose_name": "异常",
                "verbose_name_plural": "异常",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["school", "day"], name="incident_of_a_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reported_at", None), models.Q(("reported_to", ""), _negated=True), _connector="OR"
                        ),
                        name="incident_reported_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("settled_at", None), ("settled_by__isnull", False), _connector="OR"),
                        name="incident_settled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LaterRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "mode",
                    models.CharField(
                        choices=[("collected", "接走"), ("self", "自行离校"), ("bus", "乘校车")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("adult", models.CharField(blank=True, max_length=30)),
                ("way", models.CharField(max_length=90, verbose_name="怎样离校")),
                ("left_at", models.DateTimeField(verbose_name="离校时间")),
                ("source", models.CharField(max_length=60, verbose_name="据谁的话")),
                ("reason", models.CharField(max_length=100, verbose_name="为什么补记")),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "已补记"), ("asked", "待决定"), ("refused", "未同意")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="补记时间")),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=100, verbose_name="为什么不同意")),
                (
                    "by",
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
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="attendance.gateevent",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="later_records", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "补记离校",
                "verbose_name_plural": "补记离校",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["school", "day"], name="later_record_of_a_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="later_record_on_whose_word_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("left_at__lte", models.F("at"))), name="later_record_of_what_was"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event__isnull", False), ("state", "made")),
                            models.Q(models.Q(("state", "made"), _negated=True), ("event", None)),
                            _connector="OR",
                        ),
                        name="later_record_made_by_an_event",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("by")), _negated=True),
                            _connector="OR",
                        ),
                        name="later_record_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("decided_by__isnull", False), models.Q(("refusal", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="later_record_refused_by_somebody_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("student", "day"),
                        name="later_record_one_asked_per_child_and_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateStay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("place", models.CharField(max_length=40, verbose_name="地点")),
                ("began_at", models.DateTimeField(verbose_name="开始")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="看护人",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="late_stays", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="late_stays", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "晚接看护",
                "verbose_name_plural": "晚接看护",
                "ordering": ["began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("student", "day"),
                        name="late_stay_one_keeper_per_child_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("began_at")), _connector="OR"
                        ),
                        name="late_stay_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField(verbose_name="自")),
                ("last_on", models.DateField(verbose_name="至")),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="事由")),
                ("is_ill", models.BooleanField(default=False, verbose_name="病假")),
                ("asked_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "请假",
                "verbose_name_plural": "请假",
                "ordering": ["first_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="leave_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                ("locked_at", models.DateTimeField()),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "考勤锁定",
                "verbose_name_plural": "考勤锁定",
                "constraints": [
                    models.UniqueConstraint(fields=("school", "month"), name="month_lock_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="month_lock_is_a_first"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickupChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "mode",
                    models.CharField(
                        choices=[("collected", "有人来接"), ("self", "自行离校")],
                        default="collected",
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("comes_at", models.TimeField(null=True, verbose_name="时间")),
                ("note", models.CharField(blank=True, max_length=60, verbose_name="留言")),
                ("asked_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True, verbose_name="老师看到")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pickup_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.pickupperson",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "seen_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="pickup_changes", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "今日接送变更",
                "verbose_name_plural": "今日接送变更",
                "ordering": ["asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("student", "day"),
                        name="pickup_change_one_stands_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guardian", None), ("pickup_person", None), _connector="OR"),
                        name="pickup_change_names_one_adult",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", "self"), _negated=True),
                            models.Q(("guardian", None), ("pickup_person", None)),
                            _connector="OR",
                        ),
                        name="pickup_change_alone_is_alone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "mode",
                    models.CharField(
                        choices=[("collected", "接走"), ("self", "自行离校"), ("bus", "乘校车")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("known", "当面认人"),
                            ("code", "动态接送码"),
                            ("once", "一次性接送码"),
                            ("call_back", "回拨核实"),
                            ("agreed", "按约定离校"),
                            ("later", "事后补记"),
                        ],
                        default="known",
                        max_length=10,
                        verbose_name="核验方式",
                    ),
                ),
                ("collector_name", models.CharField(blank=True, max_length=60, verbose_name="接领人")),
                ("collector_relation", models.CharField(blank=True, max_length=20, verbose_name="关系")),
                ("place", models.CharField(blank=True, max_length=40, verbose_name="校门")),
                ("at", models.DateTimeField(verbose_name="离校时间")),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call_back",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.callback",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="attendance.gateevent",
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pickup_person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollment.pickupperson",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="schools.school",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="schools.student",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.pickupcode",
                    ),
                ),
            ],
            options={
                "verbose_name": "交接",
                "verbose_name_plural": "交接",
                "ordering": ["at"],
                "indexes": [models.Index(fields=["school", "day"], name="handover_of_a_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("student", "day"),
                        name="handover_one_stands_per_child_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", "collected"), _negated=True),
                            ("guardian__isnull", False),
                            ("pickup_person__isnull", False),
                            ("code__isnull", False),
                            ("call_back__isnull", False),
                            _connector="OR",
                        ),
                        name="handover_names_the_adult",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("starts_at", models.TimeField(verbose_name="开始")),
                ("ends_at", models.TimeField(verbose_name="结束")),
                ("room", models.CharField(blank=True, max_length=40, verbose_name="临时教室")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="取消时间")),
                ("cut_short_at", models.DateTimeField(null=True, verbose_name="提前结束")),
                (
                    "unserved",
                    models.CharField(
                        blank=True,
                        choices=[("school", "学校安排"), ("forced", "不可抗力")],
                        max_length=10,
                        verbose_name="未服务原因",
                    ),
                ),
                ("stop_reason", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="点名时间")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="点名撤销")),
                (
                    "activity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("homework", "作业辅导"),
                            ("reading", "自主阅读"),
                            ("sports", "体育锻炼"),
                            ("arts", "艺术活动"),
                            ("science", "科普活动"),
                            ("labour", "劳动实践"),
                            ("club", "兴趣小组"),
                            ("film", "观看影片"),
                            ("games", "娱乐游戏"),
                        ],
                        max_length=10,
                        verbose_name="活动",
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=200, verbose_name="服务内容")),
                ("content_flag", models.CharField(blank=True, max_length=60, verbose_name="内容提示")),
                ("logged_at", models.DateTimeField(null=True, verbose_name="记录时间")),
                (
                    "logged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guests",
                        to="attendance.session",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="schools.school",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="enrollment.section",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "服务场次",
                "verbose_name_plural": "服务场次",
                "ordering": ["day", "starts_at", "section_id"],
                "indexes": [models.Index(fields=["school", "day"], name="attendance__school__8f0436_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("section", "day"), name="session_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at", None), models.Q(("unserved", ""), _negated=True), _connector="OR"
                        ),
                        name="session_cancelled_for_a_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unserved", ""),
                            ("cancelled_at__isnull", False),
                            ("cut_short_at__isnull", False),
                            _connector="OR",
                        ),
                        name="session_unserved_only_when_stopped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cancelled_at", None), ("taken_at", None), _connector="OR"),
                        name="session_taken_is_not_cancelled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into", None),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="session_merged_into_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Patrol",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_time", models.BooleanField(default=True, verbose_name="准时")),
                ("teacher_there", models.BooleanField(default=True, verbose_name="教师在岗")),
                ("headcount_right", models.BooleanField(default=True, verbose_name="人数相符")),
                ("is_safe", models.BooleanField(default=True, verbose_name="场所安全")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="情况")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销")),
                (
                    "by",
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
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="patrols", to="attendance.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "巡查",
                "verbose_name_plural": "巡查",
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="MarkCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "was",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("present", "出勤"),
                            ("late", "迟到"),
                            ("early", "早退"),
                            ("absent", "缺勤"),
                            ("leave", "请假"),
                            ("ill", "病"),
                        ],
                        max_length=10,
                        verbose_name="原来",
                    ),
                ),
                (
                    "now",
                    models.CharField(
                        choices=[
                            ("present", "出勤"),
                            ("late", "迟到"),
                            ("early", "早退"),
                            ("absent", "缺勤"),
                            ("leave", "请假"),
                            ("ill", "病"),
                        ],
                        max_length=10,
                        verbose_name="改为",
                    ),
                ),
                ("reason", models.CharField(max_length=100, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "已更正"), ("asked", "待决定"), ("refused", "未同意")],
                        default="made",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=100, verbose_name="为什么不同意")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.student"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="attendance.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "考勤更正",
                "verbose_name_plural": "考勤更正",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="correction_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("was", models.F("now")), _negated=True), name="correction_changes_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            ("decided_by__isnull", False),
                            _connector="OR",
                        ),
                        name="correction_refused_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="correction_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("present", "出勤"),
                            ("late", "迟到"),
                            ("early", "早退"),
                            ("absent", "缺勤"),
                            ("leave", "请假"),
                            ("ill", "病"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="schools.student"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="attendance.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "考勤",
                "verbose_name_plural": "考勤",
                "constraints": [models.UniqueConstraint(fields=("session", "student"), name="mark_once_a_session")],
            },
        ),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("reached", "已联系上，家长知情"),
                            ("coming", "已联系上，正在来校"),
                            ("no_answer", "没有接通"),
                            ("unknown", "已联系上，家长也不知道在哪"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("uid", models.UUIDField(null=True, unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
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
                        related_name="contact_attempts",
                        to="schools.student",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="attendance.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "联系记录",
                "verbose_name_plural": "联系记录",
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="SessionPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("image", models.BinaryField(verbose_name="照片")),
                ("sha256", models.CharField(max_length=64)),
                ("place", models.CharField(max_length=40, verbose_name="公共场所")),
                ("without_faces", models.BooleanField(verbose_name="看不清人脸")),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="attendance.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "服务照片",
                "verbose_name_plural": "服务照片",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("without_faces", True)), name="session_photo_without_faces"
                    ),
                    models.UniqueConstraint(fields=("session", "sha256"), name="session_photo_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expected", models.PositiveSmallIntegerField(verbose_name="应到")),
                ("received", models.PositiveSmallIntegerField(verbose_name="实到")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="注意事项")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "from_session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attendance.session",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "received_by",
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="attendance.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "教师间交接",
                "verbose_name_plural": "教师间交接",
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "from_session"), name="transfer_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("given_by", None),
                            models.Q(("given_by", models.F("received_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="transfer_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="场所")),
                ("every_days", models.PositiveSmallIntegerField(default=30, verbose_name="检查间隔（天）")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="venues", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "场所",
                "verbose_name_plural": "场所",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("school", "name"),
                        name="venue_one_open_of_a_name",
                    ),
                    models.CheckConstraint(condition=models.Q(("every_days__gt", 0)), name="venue_is_looked_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VenueCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="应查日期")),
                ("checked_on", models.DateField(verbose_name="检查日期")),
                ("is_safe", models.BooleanField(verbose_name="安全")),
                ("found", models.CharField(blank=True, max_length=200, verbose_name="隐患")),
                ("mend_by", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("mended_on", models.DateField(blank=True, null=True, verbose_name="整改完成")),
                (
                    "by",
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
                    "venue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="attendance.venue"
                    ),
                ),
            ],
            options={
                "verbose_name": "场所检查",
                "verbose_name_plural": "场所检查",
                "ordering": ["-checked_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("venue", "due_on"), name="venue_check_once_when_due"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_safe", True),
                            models.Q(models.Q(("found", ""), _negated=True), ("mend_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="venue_check_unsafe_says_what_and_by_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "step",
                    models.CharField(
                        choices=[("leader", "带班领导"), ("principal", "校长"), ("bureau", "教育局")],
                        max_length=10,
                        verbose_name="告知",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="有着落")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "滞留告警",
                "verbose_name_plural": "滞留告警",
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["school", "day"], name="alarm_of_a_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("student", "day", "step"),
                        name="alarm_once_a_child_and_step",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField(verbose_name="自")),
                ("last_on", models.DateField(verbose_name="至")),
                ("pdf", models.BinaryField()),
                ("pdf_sha256", models.CharField(max_length=64, verbose_name="PDF 摘要")),
                ("xlsx", models.BinaryField()),
                ("xlsx_sha256", models.CharField(max_length=64, verbose_name="表格摘要")),
                ("gaps", models.JSONField(default=list, verbose_name="缺项")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="archives", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "台账",
                "verbose_name_plural": "台账",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))), name="archive_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="批次")),
                (
                    "grades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="年级"
                    ),
                ),
                ("leaves_at", models.TimeField(verbose_name="放学时间")),
                ("place", models.CharField(blank=True, max_length=40, verbose_name="校门")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="至")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "放学批次",
                "verbose_name_plural": "放学批次",
                "ordering": ["leaves_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("school", "name"),
                        name="batch_one_open_of_a_name",
                    ),
                    models.CheckConstraint(condition=models.Q(("grades", []), _negated=True), name="batch_has_grades"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("began_on")), _connector="OR"
                        ),
                        name="batch_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]
