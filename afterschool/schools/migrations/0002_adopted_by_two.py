import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from afterschool.audit.ink import FUNCTION

# What a second person confirmed is written in ink, and so is the file it names.
INK = """
CREATE TRIGGER schools_adoption_confirmed BEFORE UPDATE OR DELETE ON schools_adoption
  FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION ink();
CREATE TRIGGER schools_adoption_ink BEFORE TRUNCATE ON schools_adoption
  FOR EACH STATEMENT EXECUTE FUNCTION ink();
CREATE FUNCTION adopted_text_is_ink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM schools_adoption WHERE policy = OLD.code AND confirmed_at IS NOT NULL) THEN
    RAISE EXCEPTION '% on % refused: adopted', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER schools_policytext_adopted BEFORE UPDATE OR DELETE ON schools_policytext
  FOR EACH ROW EXECUTE FUNCTION adopted_text_is_ink();
CREATE TRIGGER schools_policytext_ink BEFORE TRUNCATE ON schools_policytext
  FOR EACH STATEMENT EXECUTE FUNCTION ink();
ALTER TABLE schools_adoption ENABLE ALWAYS TRIGGER schools_adoption_confirmed;
ALTER TABLE schools_adoption ENABLE ALWAYS TRIGGER schools_adoption_ink;
ALTER TABLE schools_policytext ENABLE ALWAYS TRIGGER schools_policytext_adopted;
ALTER TABLE schools_policytext ENABLE ALWAYS TRIGGER schools_policytext_ink;
"""
NO_INK = """
DROP TRIGGER schools_adoption_confirmed ON schools_adoption;
DROP TRIGGER schools_adoption_ink ON schools_adoption;
DROP TRIGGER schools_policytext_adopted ON schools_policytext;
DROP TRIGGER schools_policytext_ink ON schools_policytext;
DROP FUNCTION adopted_text_is_ink();
"""
PERSON = {
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_initial"),
        ("audit", "0002_ink"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="编号")),
                ("title", models.CharField(max_length=200, verbose_name="文件")),
                ("body", models.TextField(verbose_name="政策文件")),
                ("notice", models.TextField(blank=True, verbose_name="通知原文")),
                ("uploaded_at", models.DateTimeField(auto_now=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policy_texts", to="schools.bureau"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "政策文件", "verbose_name_plural": "政策文件", "ordering": ["-uploaded_at"]},
        ),
        migrations.AddField("adoption", "reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
        migrations.AddField("adoption", "proposed_at", models.DateTimeField(null=True, verbose_name="提请时间")),
        migrations.AddField("adoption", "proposed_by", models.ForeignKey(**PERSON)),
        migrations.AddField("adoption", "confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
        migrations.AddField("adoption", "confirmed_by", models.ForeignKey(**PERSON)),
        migrations.AddField("adoption", "declined_at", models.DateTimeField(null=True, verbose_name="不同意的时间")),
        migrations.AddField("adoption", "declined_by", models.ForeignKey(**PERSON)),
        migrations.AddField(
            "adoption", "declined_because", models.CharField(blank=True, max_length=200, verbose_name="不同意的理由")
        ),
        migrations.RemoveConstraint("adoption", "adoption_one_a_day"),
        migrations.AddConstraint(
            "adoption",
            models.UniqueConstraint(
                condition=models.Q(("declined_at", None)), fields=("bureau", "began_on"), name="adoption_one_a_day"
            ),
        ),
        migrations.AddConstraint(
            "adoption",
            models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None), ("declined_at", None), ("proposed_by__isnull", False)),
                fields=("bureau",),
                name="adoption_one_waiting",
            ),
        ),
        migrations.AddConstraint(
            "adoption",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("proposed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="adoption_two_people",
            ),
        ),
        migrations.AddConstraint(
            "adoption",
            models.CheckConstraint(
                condition=models.Q(
                    ("declined_at", None),
                    models.Q(("confirmed_at", None), models.Q(("declined_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="adoption_declined_with_a_reason_or_confirmed",
            ),
        ),
        # The rows above are checked before the triggers stand: PostgreSQL alters no table with events waiting on it.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION + INK, NO_INK),
    ]
