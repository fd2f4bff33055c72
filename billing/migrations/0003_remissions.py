from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_locked_months")]

    operations = [
        migrations.AddField(model_name="charge", name="remissions", field=models.JSONField(default=list)),
    ]
