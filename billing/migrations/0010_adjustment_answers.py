from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_batch_line")]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="answer",
            field=models.CharField(blank=True, max_length=200, verbose_name="未通过的原因"),
        ),
    ]
