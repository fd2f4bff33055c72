import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
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
            name="Book",
            fields=[
                (
                    "school",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="book",
                        serialize=False,
                        to="schools.school",
                    ),
                ),
                ("entries", models.PositiveIntegerField(default=0)),
                (
                    "head",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
                ("numbers", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "账本",
                "verbose_name_plural": "账本",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bank", "银行存款（基本户）"),
                            ("receivable", "应收课后服务费"),
                            ("prepaid", "预收课后服务费"),
                            ("fee_income", "课后服务费收入"),
                            ("waiver", "减免"),
                            ("subsidy", "财政补助收入"),
                            ("stipend_expense", "教师补助支出"),
                            ("other_expense", "其他支出"),
                            ("stipend_payable", "应付教师补助"),
                            ("surplus", "应退结余"),
                            ("refund_payable", "应退家长款"),
                            ("deficit", "学校承担"),
                            ("subsidy_due", "应收财政补助"),
                            ("meal", "代收餐费"),
                            ("in_transit", "微信支付在途"),
                        ],
                        max_length=20,
                        verbose_name="科目",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=60, verbose_name="明细")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "账户",
                "verbose_name_plural": "账户",
                "constraints": [
                    models.UniqueConstraint(fields=("school", "kind", "subject"), name="account_once"),
                    models.UniqueConstraint(fields=("id", "school"), name="account_of_school"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("entries", models.PositiveIntegerField(verbose_name="凭证张数")),
                ("head", models.CharField(max_length=64, verbose_name="账簿指纹")),
                ("kept_at", models.DateTimeField(auto_now_add=True)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="book_heads", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "账簿指纹",
                "verbose_name_plural": "账簿指纹",
                "ordering": ["-day"],
                "constraints": [models.UniqueConstraint(fields=("school", "day"), name="book_head_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="日期")),
                ("number", models.PositiveIntegerField(verbose_name="凭证号")),
                ("key", models.CharField(max_length=120)),
                ("memo", models.CharField(max_length=200, verbose_name="摘要")),
                ("body_sha256", models.CharField(max_length=64)),
                ("posted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="记账时间")),
                ("place", models.PositiveIntegerField()),
                ("chain", models.CharField(max_length=64, verbose_name="校验码")),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="ledger.entry",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "记账凭证",
                "verbose_name_plural": "记账凭证",
                "ordering": ["on", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "key"), name="entry_key_once"),
                    models.UniqueConstraint(
                        django.db.models.functions.datetime.ExtractYear("on"),
                        models.F("school"),
                        models.F("number"),
                        name="entry_number_once_a_year",
                    ),
                    models.UniqueConstraint(fields=("school", "place"), name="entry_place_once"),
                    models.UniqueConstraint(fields=("id", "school"), name="entry_of_school"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fen", models.BigIntegerField(verbose_name="金额（分）")),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="ledger.account"
                    ),
                ),
                (
                    "debit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="debits", to="ledger.account"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="ledger.entry"
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
                "verbose_name": "分录",
                "verbose_name_plural": "分录",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fen__gt", 0), ("fen__lt", 10000000000000)), name="transfer_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True),
                        name="transfer_between_two_accounts",
                    ),
                ],
            },
        ),
    ]
