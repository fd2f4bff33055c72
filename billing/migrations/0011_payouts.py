import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_adjustment_answers"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        # A payout tells whom, when and why not.
        migrations.RemoveField("refund", "payee"),
        migrations.RemoveField("refund", "payee_account"),
        migrations.RemoveField("refund", "instructed_at"),
        migrations.RemoveField("refund", "failed_reason"),
        migrations.AddConstraint(
            "refund", models.UniqueConstraint(fields=["receipt", "round"], name="refund_once_a_receipt_and_round")
        ),
        migrations.AddField(
            "payout",
            "change",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payouts", to="billing.payeechange"
            ),
        ),
        migrations.AddField(
            "payout",
            "bank_line",
            models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payout", to="billing.bankline"
            ),
        ),
        migrations.AddConstraint(
            "payout",
            models.CheckConstraint(condition=Q(state="paid") ^ Q(paid_on=None), name="payout_paid_on_a_day"),
        ),
        migrations.AddConstraint(
            "payout",
            models.CheckConstraint(
                condition=Q(state="failed") ^ Q(failed_reason=""), name="payout_failed_for_a_reason"
            ),
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
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="billing.refundbatch"
                    ),
                ),
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
            ],
            options={
                "verbose_name": "银行回单",
                "verbose_name_plural": "银行回单",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("batch", "sha256"), name="bank_answer_once_a_batch")],
            },
        ),
    ]
