import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("enrollment", "0001_initial"),
        ("schools", "0001_initial"),
        ("staffing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                ("sha256", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("counts", models.JSONField(default=dict)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_imports",
                        to="schools.school",
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
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(verbose_name="行号")),
                ("serial", models.CharField(max_length=40, verbose_name="流水号")),
                ("on", models.DateField(verbose_name="交易日期")),
                ("in_fen", models.PositiveBigIntegerField(default=0, verbose_name="收入（分）")),
                ("out_fen", models.PositiveBigIntegerField(default=0, verbose_name="支出（分）")),
                ("payer", models.CharField(blank=True, max_length=100, verbose_name="对方户名")),
                ("payer_account", models.CharField(blank=True, max_length=40, verbose_name="对方账号")),
                ("memo", models.CharField(blank=True, max_length=200, verbose_name="摘要")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待核对"),
                            ("matched", "已入账"),
                            ("expense", "已列支出"),
                            ("set_aside", "与课后服务费无关"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("hint", models.CharField(blank=True, max_length=200, verbose_name="提示")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bank_lines", to="schools.school"
                    ),
                ),
                (
                    "suggested",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.student"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.statementimport"
                    ),
                ),
            ],
            options={
                "verbose_name": "银行流水",
                "verbose_name_plural": "银行流水",
                "ordering": ["on", "serial"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "serial"), name="bank_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("in_fen", 0), ("out_fen__gt", 0)),
                            models.Q(("in_fen__gt", 0), ("out_fen", 0)),
                            _connector="OR",
                        ),
                        name="bank_line_in_or_out",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "state",
                    models.CharField(choices=[("open", "进行中"), ("locked", "已锁定")], default="open", max_length=10),
                ),
                ("policy", models.SlugField(max_length=60)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("charged_at", models.DateTimeField(null=True, verbose_name="收费生成时间")),
                ("locked_at", models.DateTimeField(null=True)),
                (
                    "locked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="fee_months", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "收费月份",
                "verbose_name_plural": "收费月份",
                "ordering": ["-month"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "month"), name="fee_month_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="fee_month_is_a_first"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="年级")),
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
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None, verbose_name="服务日"
                    ),
                ),
                ("gross_fen", models.PositiveBigIntegerField(verbose_name="标准（分）")),
                ("waived_fen", models.PositiveBigIntegerField(default=0, verbose_name="减免（分）")),
                ("subsidised_fen", models.PositiveBigIntegerField(default=0, verbose_name="财政抵扣（分）")),
                ("net_fen", models.PositiveBigIntegerField(verbose_name="应收（分）")),
                ("paid_fen", models.PositiveBigIntegerField(default=0, verbose_name="已收（分）")),
                ("refunded_fen", models.PositiveBigIntegerField(default=0, verbose_name="应退（分）")),
                ("remitted_fen", models.PositiveBigIntegerField(default=0, verbose_name="免交（分）")),
                ("remissions", models.JSONField(default=list)),
                ("steps", models.JSONField(default=list)),
                ("cites", models.JSONField(default=list)),
                ("entry_number", models.CharField(blank=True, max_length=20, verbose_name="凭证")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="enrollment.agreement"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="enrollment.agreementitem",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="schools.student"
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.feemonth"
                    ),
                ),
            ],
            options={
                "verbose_name": "应收",
                "verbose_name_plural": "应收",
                "constraints": [
                    models.UniqueConstraint(fields=("fee_month", "item"), name="charge_once_a_month"),
                    models.UniqueConstraint(
                        condition=models.Q(("unit", "term")), fields=("item",), name="charge_once_a_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("gross_fen"), "-", models.F("waived_fen")
                                    ),
                                    "-",
                                    models.F("subsidised_fen"),
                                ),
                            )
                        ),
                        name="charge_net_is_gross_less_waived",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("paid_fen"), "+", models.F("remitted_fen")
                                ),
                            )
                        ),
                        name="charge_not_overpaid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_fen__lte", models.F("paid_fen"))),
                        name="charge_refunds_within_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=30, verbose_name="代收项目")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("supplier", models.CharField(max_length=100, verbose_name="供餐单位")),
                ("licence", models.CharField(max_length=40, verbose_name="食品经营许可证号")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="供餐日"
                    ),
                ),
                ("price_fen", models.PositiveBigIntegerField(verbose_name="每天（分）")),
                ("leave_days", models.PositiveSmallIntegerField(default=1, verbose_name="提前几天请假")),
                ("leave_until", models.TimeField(verbose_name="几点以前")),
                ("began_on", models.DateField(verbose_name="开始供餐")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="最后一天")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(null=True, verbose_name="公布时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="meals", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "代收项目",
                "verbose_name_plural": "代收项目",
                "ordering": ["-began_on", "name"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("price_fen__gt", 0)), name="meal_price_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("began_on")), _connector="OR"
                        ),
                        name="meal_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by", None),
                            models.Q(("published_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="meal_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Expense",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=30, verbose_name="类别")),
                (
                    "fund",
                    models.CharField(
                        choices=[("fees", "课后服务费"), ("subsidy", "财政补助"), ("meal", "代收餐费")],
                        default="fees",
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                ("on", models.DateField(verbose_name="日期")),
                ("payee", models.CharField(max_length=100, verbose_name="收款单位")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("voucher_number", models.CharField(max_length=60, verbose_name="票据号")),
                ("voucher", models.BinaryField(blank=True, null=True, verbose_name="票据扫描件")),
                ("voucher_type", models.CharField(blank=True, max_length=40)),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年级")),
                (
                    "state",
                    models.CharField(
                        choices=[("entered", "待审批"), ("approved", "已审批"), ("rejected", "未通过")],
                        default="entered",
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="未通过的原因")),
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
                    "bank_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expense",
                        to="billing.bankline",
                    ),
                ),
                (
                    "entered_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="expenses", to="schools.school"
                    ),
                ),
                (
                    "sheet",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expense",
                        to="staffing.stipendsheet",
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="expenses", to="billing.feemonth"
                    ),
                ),
                (
                    "meal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.meal",
                    ),
                ),
            ],
            options={
                "verbose_name": "支出",
                "verbose_name_plural": "支出",
                "ordering": ["on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "key"), name="expense_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="expense_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="expense_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fund", "meal"), ("meal", None), _connector="XOR"),
                        name="expense_of_a_meal_by_its_fund",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MealConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_on", models.DateField(verbose_name="自")),
                ("ended_on", models.DateField(null=True, verbose_name="至")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("agreed_at", models.DateTimeField(verbose_name="同意时间")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="停餐时间")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "meal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="billing.meal"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "stopped_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="meal_consents", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "代收同意书",
                "verbose_name_plural": "代收同意书",
                "ordering": ["-began_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("meal", "student"),
                        name="meal_consent_open_once_a_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on", None), ("stopped_at__isnull", False), _connector="XOR"),
                        name="meal_consent_ends_by_a_deed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MealCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None, verbose_name="供餐日"
                    ),
                ),
                ("price_fen", models.PositiveBigIntegerField(verbose_name="每天（分）")),
                ("net_fen", models.PositiveBigIntegerField(verbose_name="应交（分）")),
                ("back", models.JSONField(default=dict)),
                ("back_fen", models.PositiveBigIntegerField(default=0, verbose_name="没有用餐退回（分）")),
                ("share_fen", models.PositiveBigIntegerField(default=0, verbose_name="结余返还（分）")),
                ("entry_number", models.CharField(blank=True, max_length=20, verbose_name="凭证")),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meal_charges", to="billing.feemonth"
                    ),
                ),
                (
                    "meal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.meal"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="meal_charges", to="schools.student"
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.mealconsent"
                    ),
                ),
            ],
            options={
                "verbose_name": "应收代收餐费",
                "verbose_name_plural": "应收代收餐费",
                "constraints": [
                    models.UniqueConstraint(fields=("fee_month", "consent"), name="meal_charge_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("price_fen"),
                                    "*",
                                    models.Func("days", function="cardinality", output_field=models.IntegerField()),
                                ),
                            )
                        ),
                        name="meal_charge_is_days_times_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("back_fen"), "+", models.F("share_fen")
                                ),
                            )
                        ),
                        name="meal_charge_gives_back_within_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MealSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("heads", models.PositiveIntegerField(verbose_name="人数")),
                ("portions", models.PositiveIntegerField(verbose_name="份数")),
                ("charged_fen", models.PositiveBigIntegerField(verbose_name="应交（分）")),
                ("back_fen", models.PositiveBigIntegerField(verbose_name="没有用餐退回（分）")),
                ("cost_fen", models.PositiveBigIntegerField(verbose_name="付供餐单位（分）")),
                ("shared_fen", models.PositiveBigIntegerField(verbose_name="结余返还（分）")),
                ("borne_fen", models.PositiveBigIntegerField(verbose_name="学校承担（分）")),
                ("settled_at", models.DateTimeField(verbose_name="结清时间")),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meal_settlements",
                        to="billing.feemonth",
                    ),
                ),
                (
                    "meal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="billing.meal"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
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
            ],
            options={
                "verbose_name": "代收结清",
                "verbose_name_plural": "代收结清",
                "ordering": ["meal__name", "meal"],
                "constraints": [
                    models.UniqueConstraint(fields=("fee_month", "meal"), name="meal_settlement_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "charged_fen",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("back_fen"), "+", models.F("cost_fen")
                                        ),
                                        "+",
                                        models.F("shared_fen"),
                                    ),
                                    "-",
                                    models.F("borne_fen"),
                                ),
                            )
                        ),
                        name="meal_settlement_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="异议内容")),
                ("raised_at", models.DateTimeField(verbose_name="提出时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待答复"), ("upheld", "属实，已更正"), ("dismissed", "已说明")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="答复")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="billing.feemonth"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="schools.school"
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
                "verbose_name": "结算异议",
                "verbose_name_plural": "结算异议",
                "ordering": ["raised_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("fee_month", "student"),
                        name="objection_open_once_a_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "open"), models.Q(("answer", ""), _negated=True), _connector="OR"),
                        name="objection_closed_with_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payee", models.CharField(max_length=100, verbose_name="收款人")),
                ("payee_account", models.CharField(max_length=40, verbose_name="收款账号")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待审批"), ("approved", "已同意"), ("declined", "未同意")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="payee_changes", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "更换收款人",
                "verbose_name_plural": "更换收款人",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("student",),
                        name="payee_change_asked_once_a_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payee_change_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="收据号")),
                (
                    "fund",
                    models.CharField(
                        choices=[("fees", "课后服务费"), ("subsidy", "财政补助"), ("meal", "代收餐费")],
                        default="fees",
                        max_length=10,
                        verbose_name="款项",
                    ),
                ),
                ("on", models.DateField(verbose_name="到账日期")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                ("payer", models.CharField(max_length=100, verbose_name="付款人")),
                ("payer_account", models.CharField(blank=True, max_length=40, verbose_name="付款账号")),
                (
                    "method",
                    models.CharField(
                        choices=[("bank", "银行转账"), ("cash", "现金缴存"), ("wechat", "微信支付")],
                        default="bank",
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("voided_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废原因")),
                (
                    "bank_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="billing.bankline",
                    ),
                ),
                (
                    "entered_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="schools.student"
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "收款",
                "verbose_name_plural": "收款",
                "ordering": ["-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at", None),
                            models.Q(
                                models.Q(("void_reason", ""), _negated=True),
                                models.Q(("voided_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="receipt_void_says_why_and_two_people",
                    ),
                    models.UniqueConstraint(fields=("school", "number"), name="receipt_number_once"),
                    models.UniqueConstraint(fields=("school", "key"), name="receipt_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="receipt_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("fund__in", ["fees", "meal"])), name="receipt_of_a_family"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fen", models.PositiveBigIntegerField()),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="billing.charge"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="billing.receipt"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "charge"), name="allocation_once"),
                    models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="allocation_above_zero"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank_fen", models.BigIntegerField(verbose_name="对账单余额（分）")),
                ("book_fen", models.BigIntegerField(verbose_name="账面余额（分）")),
                ("items", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                (
                    "fee_month",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliation",
                        to="billing.feemonth",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reconciliations", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "银行存款余额调节表",
                "verbose_name_plural": "银行存款余额调节表",
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="轮次")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("surplus", "结余返还"),
                            ("withdrawal", "中途退出"),
                            ("absence", "缺勤"),
                            ("cancelled", "学校停课"),
                            ("force_majeure", "不可抗力停课"),
                            ("waiver", "补办减免"),
                            ("prepaid", "预收款退回"),
                            ("meal", "代收餐费退回"),
                        ],
                        max_length=20,
                        verbose_name="应退原因",
                    ),
                ),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草案"),
                            ("payable", "待退"),
                            ("instructed", "已送银行"),
                            ("paid", "已退"),
                            ("failed", "退回重办"),
                            ("set_off", "抵下期"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("steps", models.JSONField(default=list)),
                ("cites", models.JSONField(default=list)),
                ("paid_on", models.DateField(null=True, verbose_name="到账日期")),
                (
                    "charge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="billing.charge",
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="billing.feemonth"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="billing.receipt",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "退费",
                "verbose_name_plural": "退费",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("charge", "cause", "round"), name="refund_once_a_charge_cause_and_round"
                    ),
                    models.UniqueConstraint(fields=("receipt", "round"), name="refund_once_a_receipt_and_round"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause__in", ["prepaid", "meal"]), ("charge", None), ("receipt__isnull", False)),
                            models.Q(
                                models.Q(("cause__in", ["prepaid", "meal"]), _negated=True),
                                ("charge__isnull", False),
                                ("receipt", None),
                            ),
                            _connector="OR",
                        ),
                        name="refund_of_a_charge_or_a_receipt",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="refund_above_zero"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="批次号")),
                ("made_at", models.DateTimeField(verbose_name="制作时间")),
                (
                    "bank_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_batch",
                        to="billing.bankline",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="refund_batches", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "退费批次",
                "verbose_name_plural": "退费批次",
                "ordering": ["-number"],
                "constraints": [models.UniqueConstraint(fields=("school", "number"), name="refund_batch_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(verbose_name="序号")),
                ("payee", models.CharField(max_length=100, verbose_name="收款人")),
                ("payee_account", models.CharField(blank=True, max_length=40, verbose_name="收款账号")),
                ("fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                (
                    "state",
                    models.CharField(
                        choices=[("sent", "已送银行"), ("paid", "已到账"), ("failed", "被退回")],
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("paid_on", models.DateField(null=True, verbose_name="到账日期")),
                ("failed_reason", models.CharField(blank=True, max_length=200, verbose_name="退回原因")),
                (
                    "back_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_back",
                        to="billing.bankline",
                    ),
                ),
                (
                    "bank_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout",
                        to="billing.bankline",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="billing.payeechange",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="billing.receipt"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="billing.refund"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="billing.refundbatch"
                    ),
                ),
            ],
            options={
                "verbose_name": "退费出款",
                "verbose_name_plural": "退费出款",
                "ordering": ["batch", "row"],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "row"), name="payout_row_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("refund", "receipt"),
                        name="payout_once_a_refund_and_payer",
                    ),
                    models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="payout_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "paid"), ("paid_on", None), _connector="XOR"),
                        name="payout_paid_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "failed"), ("failed_reason", ""), _connector="XOR"),
                        name="payout_failed_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.JSONField(default=list)),
                ("odd", models.JSONField(default=list)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                ("taken_at", models.DateTimeField(null=True, verbose_name="登记时间")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
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
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="billing.refundbatch"
                    ),
                ),
            ],
            options={
                "verbose_name": "银行回单",
                "verbose_name_plural": "银行回单",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("batch", "sha256"), name="bank_answer_once_a_batch")],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草案"), ("confirmed", "已确认")], default="draft", max_length=10
                    ),
                ),
                ("groups", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "booked_in",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.feemonth"
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
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="billing.feemonth"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "追加结算",
                "verbose_name_plural": "追加结算",
                "ordering": ["fee_month", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("fee_month", "number"), name="round_once_a_month"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 2)), name="round_follows_the_settlement"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="round_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("less", "支出冲减"), ("more", "补记支出")], max_length=10, verbose_name="更正"
                    ),
                ),
                ("category", models.CharField(max_length=30, verbose_name="类别")),
                (
                    "fund",
                    models.CharField(
                        choices=[("fees", "课后服务费"), ("subsidy", "财政补助"), ("meal", "代收餐费")],
                        default="fees",
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年级")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                ("on", models.DateField(verbose_name="日期")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("clause", models.CharField(max_length=60, verbose_name="依据")),
                ("voucher_number", models.CharField(max_length=60, verbose_name="票据号")),
                (
                    "state",
                    models.CharField(
                        choices=[("entered", "待审批"), ("approved", "已入账"), ("rejected", "未通过")],
                        default="entered",
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="未通过的原因")),
                ("key", models.CharField(max_length=60)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "entered_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="schools.school"
                    ),
                ),
                (
                    "bank_line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustment",
                        to="billing.bankline",
                    ),
                ),
                (
                    "expense",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="billing.expense",
                    ),
                ),
                (
                    "booked_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments_booked",
                        to="billing.feemonth",
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="billing.feemonth"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="billing.round",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正",
                "verbose_name_plural": "更正",
                "ordering": ["on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "key"), name="adjustment_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="adjustment_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="adjustment_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("clause", ""), _negated=True)
                        ),
                        name="adjustment_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="set_offs", to="billing.receipt"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="set_offs", to="billing.refund"
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
                "verbose_name": "抵下期",
                "verbose_name_plural": "抵下期",
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "receipt"), name="set_off_once_a_refund_and_payer"),
                    models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="set_off_above_zero"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草案"), ("shown", "家长核对中"), ("locked", "已锁定")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("groups", models.JSONField(default=list)),
                ("changes", models.JSONField(default=list)),
                ("remits", models.JSONField(default=dict)),
                ("papers", models.CharField(blank=True, max_length=32)),
                ("drafted_at", models.DateTimeField()),
                ("shown_at", models.DateTimeField(null=True, verbose_name="交家长核对时间")),
                ("objections_until", models.DateField(null=True, verbose_name="异议截止")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fee_month",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlement", to="billing.feemonth"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="schools.school"
                    ),
                ),
                (
                    "shown_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "结算",
                "verbose_name_plural": "结算",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "shown"), _negated=True),
                            models.Q(("objections_until__isnull", False), ("shown_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="settlement_shown_until_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Subsidy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="到账日期")),
                ("heads", models.PositiveIntegerField(verbose_name="学生数")),
                ("amount_fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                ("document", models.CharField(max_length=100, verbose_name="下达文号")),
                ("payer", models.CharField(blank=True, max_length=60, verbose_name="出资方")),
                ("key", models.CharField(max_length=60)),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subsidies", to="billing.feemonth"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subsidies", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "财政补助",
                "verbose_name_plural": "财政补助",
                "constraints": [models.UniqueConstraint(fields=("school", "key"), name="subsidy_key_once")],
            },
        ),
    ]
