from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_remissions")]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="cause",
            field=models.CharField(
                choices=[
                    ("surplus", "结余返还"),
                    ("withdrawal", "中途退出"),
                    ("absence", "缺勤"),
                    ("cancelled", "学校停课"),
                    ("waiver", "补办减免"),
                ],
                max_length=12,
                verbose_name="应退原因",
            ),
        ),
    ]
