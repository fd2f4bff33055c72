import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("billing", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="更正说明")),
                ("composed_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(null=True, verbose_name="公示时间")),
                (
                    "fee_month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="billing.feemonth"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="schools.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "收支公示",
                "verbose_name_plural": "收支公示",
                "ordering": ["-fee_month__month", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("fee_month", "version"), name="disclosure_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="disclosure_correction_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeeReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, verbose_name="谁、什么时候、收了什么")),
                ("told_at", models.DateTimeField(verbose_name="反映时间")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="答复")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.student"
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "另外收费反映",
                "verbose_name_plural": "另外收费反映",
                "ordering": ["answered_at", "told_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("student",),
                        name="fee_report_waits_once_a_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None), models.Q(("answer", ""), _negated=True), _connector="OR"
                        ),
                        name="fee_report_closed_with_an_answer",
                    ),
                ],
            },
        ),
    ]
