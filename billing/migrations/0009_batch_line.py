import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_month_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="refundbatch",
            name="bank_line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund_batch",
                to="billing.bankline",
            ),
        ),
    ]
