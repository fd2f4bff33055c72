import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("actor", models.CharField(max_length=100, verbose_name="谁")),
                ("verb", models.CharField(max_length=60, verbose_name="做了什么")),
                ("thing", models.CharField(max_length=60)),
                ("thing_id", models.BigIntegerField()),
                ("school_id", models.BigIntegerField(null=True)),
                ("facts", models.JSONField(default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "操作记录",
                "verbose_name_plural": "操作记录",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["thing", "thing_id"], name="audit_deed_thing_6d4d2a_idx"),
                    models.Index(fields=["school_id", "at"], name="audit_deed_school__4f03fd_idx"),
                ],
            },
        ),
    ]
