from django.db import migrations

from afterschool.audit.ink import FUNCTION

# What is published is written in ink (D17): a correction is another row. A sheet nobody has published may be written anew.
INK = """
CREATE TRIGGER disclosures_disclosure_published BEFORE UPDATE OR DELETE ON disclosures_disclosure
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION ink();
ALTER TABLE disclosures_disclosure ENABLE ALWAYS TRIGGER disclosures_disclosure_published;
CREATE TRIGGER disclosures_disclosure_ink BEFORE TRUNCATE ON disclosures_disclosure
  FOR EACH STATEMENT EXECUTE FUNCTION ink();
ALTER TABLE disclosures_disclosure ENABLE ALWAYS TRIGGER disclosures_disclosure_ink;
"""
NO_INK = """
DROP TRIGGER disclosures_disclosure_published ON disclosures_disclosure;
DROP TRIGGER disclosures_disclosure_ink ON disclosures_disclosure;
"""


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial"), ("audit", "0002_ink")]
    operations = [migrations.RunSQL(FUNCTION + INK, NO_INK)]
