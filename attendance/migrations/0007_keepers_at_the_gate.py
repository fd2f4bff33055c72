"""Whoever stays with a child (晚接看护) hands it over too, though it is of another section."""

from importlib import import_module

from django.db import migrations

FACTS = import_module("attendance.migrations.0004_gate_facts").FACTS.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
KEPT = """
        UNION
        SELECT l.student_id FROM attendance_latestay l
        WHERE l.student_id = ANY (p_students) AND l.day = p_day AND l.keeper_id = p_person AND l.ended_at IS NULL
      ) own"""
OWN = "json_agg(DISTINCT n.student_id)", "json_agg(own.student_id) FROM (\n        SELECT n.student_id"
END = "\n    ),\n    'closed'"


class Migration(migrations.Migration):
    dependencies = [("attendance", "0006_alarms")]
    operations = [migrations.RunSQL(FACTS.replace(*OWN).replace(END, KEPT + END), FACTS)]
