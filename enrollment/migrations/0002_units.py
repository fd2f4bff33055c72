from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial")]

    operations = [
        migrations.RenameField("agreementitem", "monthly_fee_fen", "fee_fen"),
        migrations.AddField(
            "agreementitem",
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
            ),
        ),
    ]
