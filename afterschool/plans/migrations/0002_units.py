from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [
        migrations.RenameField("offering", "monthly_fee_fen", "fee_fen"),
        migrations.AlterField("offering", "fee_fen", models.PositiveBigIntegerField("收费（分）", default=0)),
        migrations.AddField(
            "offering",
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
    ]
