from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_units")]

    operations = [
        migrations.AlterField(
            model_name="offering",
            name="slot",
            field=models.CharField(
                choices=[
                    ("morning", "早间"),
                    ("noon", "中午"),
                    ("afternoon", "下午"),
                    ("late_care", "延时托管"),
                    ("evening", "晚自习"),
                    ("saturday", "周六"),
                    ("vacation", "寒暑假"),
                ],
                default="afternoon",
                max_length=10,
                verbose_name="时段",
            ),
        ),
    ]
