import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("billing", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mchid", models.CharField(max_length=32, verbose_name="商户号")),
                ("out_trade_no", models.CharField(max_length=32, unique=True, verbose_name="商户订单号")),
                ("fen", models.PositiveBigIntegerField(verbose_name="金额（分）")),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "待付款"), ("paid", "已付款"), ("closed", "已关闭")],
                        default="made",
                        max_length=10,
                    ),
                ),
                ("prepay_id", models.CharField(blank=True, max_length=64)),
                (
                    "transaction_id",
                    models.CharField(max_length=32, null=True, unique=True, verbose_name="微信支付订单号"),
                ),
                ("key", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.feemonth"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "receipt",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="billing.receipt",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "微信付款",
                "verbose_name_plural": "微信付款",
                "indexes": [
                    models.Index(condition=models.Q(("state", "made")), fields=["made_at"], name="payment_made")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "key"), name="payment_key_once"),
                    models.CheckConstraint(condition=models.Q(("fen__gt", 0)), name="payment_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("receipt__isnull", False), ("state", "paid"), ("transaction_id__isnull", False)),
                            models.Q(
                                models.Q(("state", "paid"), _negated=True), ("receipt", None), ("transaction_id", None)
                            ),
                            _connector="OR",
                        ),
                        name="payment_paid_has_a_receipt",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentRefund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True, verbose_name="商户退款单号")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "已提交"), ("stuck", "退款异常"), ("paid", "已退款"), ("closed", "已关闭")],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("declined", models.CharField(blank=True, max_length=200, verbose_name="微信支付的答复")),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="wechat.payment"
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment_refund", to="billing.refund"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment_refunds", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "微信退款",
                "verbose_name_plural": "微信退款",
            },
        ),
    ]
