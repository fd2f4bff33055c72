from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0015_meals")]

    operations = [
        migrations.AddField("settlement", "papers", models.CharField(blank=True, default="", max_length=32), False),
        # They said fen alone; such a draft is drafted once more.
        migrations.RunSQL("UPDATE billing_settlement SET remits = '{}'", migrations.RunSQL.noop),
    ]
