from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staffing", "0002_stands_in")]

    operations = [
        migrations.AddField(model_name="stipendline", name="counted", field=models.JSONField(default=dict)),
    ]
