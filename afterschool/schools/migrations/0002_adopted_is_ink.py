from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION + INK, NO_INK)]
