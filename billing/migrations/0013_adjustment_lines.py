import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_set_offs")]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="bank_line",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adjustment",
                to="billing.bankline",
            ),
        ),
    ]
