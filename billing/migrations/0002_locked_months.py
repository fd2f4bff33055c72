from django.db import migrations

# L15: nothing is dated in a locked month, and a locked month stays locked; whoever asks, and by whatever way.
LOCK = """
CREATE FUNCTION refuse_locked_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM fresh JOIN billing_feemonth m
      ON m.school_id = fresh.school_id AND m.month = date_trunc('month', fresh."on")::date AND m.state = 'locked'
  ) THEN
    RAISE EXCEPTION 'entry refused: its month is locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_in_open_month AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_locked_month();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER entry_in_open_month;

CREATE FUNCTION keep_month_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: the month is locked', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fee_month_stays_locked BEFORE UPDATE OR DELETE ON billing_feemonth
  FOR EACH ROW WHEN (OLD.state = 'locked') EXECUTE FUNCTION keep_month_locked();
ALTER TABLE billing_feemonth ENABLE ALWAYS TRIGGER fee_month_stays_locked;
"""
UNLOCK = """
DROP TRIGGER entry_in_open_month ON ledger_entry;
DROP TRIGGER fee_month_stays_locked ON billing_feemonth;
DROP FUNCTION refuse_locked_month();
DROP FUNCTION keep_month_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("ledger", "0002_ink")]
    operations = [migrations.RunSQL(LOCK, UNLOCK)]
