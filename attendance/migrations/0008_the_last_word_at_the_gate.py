"""A guardian's no takes an earlier yes back; whoever was there at noon only has gone back to its lessons."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("attendance.migrations.0007_keepers_at_the_gate")
FACTS = BEFORE.FACTS.replace(*BEFORE.OWN).replace(BEFORE.END, BEFORE.KEPT + BEFORE.END)
AGREED = "c.day = p_day AND c.agreed\n"
STANDING = """c.day = p_day AND c.agreed AND (c.adult_name = '' OR NOT EXISTS (
          SELECT FROM attendance_callback n
          WHERE n.student_id = c.student_id AND n.day = c.day AND NOT n.agreed AND n.id > c.id
        ))
"""
MARKS = """ON s.id = m.session_id
      WHERE m.student_id"""
HOMEWARD = """ON s.id = m.session_id
      JOIN enrollment_section n ON n.id = s.section_id JOIN plans_offering o ON o.id = n.offering_id
      WHERE o.slot NOT IN ('morning', 'noon') AND m.student_id"""


class Migration(migrations.Migration):
    dependencies = [("attendance", "0007_keepers_at_the_gate"), ("plans", "0003_early_care")]
    operations = [migrations.RunSQL(FACTS.replace(AGREED, STANDING).replace(MARKS, HOMEWARD), FACTS)]
