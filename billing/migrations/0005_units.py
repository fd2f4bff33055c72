from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_refund_causes"), ("enrollment", "0002_units")]

    operations = [
        migrations.AddField(
            "charge",
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
        migrations.AddConstraint(
            "charge",
            models.UniqueConstraint(condition=models.Q(unit="term"), fields=["item"], name="charge_once_a_term"),
        ),
    ]
