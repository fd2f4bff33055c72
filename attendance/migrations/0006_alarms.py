import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0005_fewer_indexes_at_the_gate"),
        ("schools", "0004_walks_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "step",
                    models.CharField(
                        choices=[("leader", "带班领导"), ("principal", "校长"), ("bureau", "教育局")],
                        max_length=10,
                        verbose_name="告知",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="有着落")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="schools.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "滞留告警",
                "verbose_name_plural": "滞留告警",
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["school", "day"], name="alarm_of_a_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("student", "day", "step"),
                        name="alarm_once_a_child_and_step",
                    )
                ],
            },
        ),
    ]
