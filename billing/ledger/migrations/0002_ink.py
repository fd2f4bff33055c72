from django.db import migrations

from afterschool.audit.ink import ink

# A transfer's entry and both its accounts are of the transfer's own school: no voucher touches two schools (L2).
SAME_SCHOOL = """
ALTER TABLE ledger_transfer
  ADD CONSTRAINT transfer_entry_of_school FOREIGN KEY (entry_id, school_id) REFERENCES ledger_entry (id, school_id),
  ADD CONSTRAINT transfer_debit_of_school FOREIGN KEY (debit_id, school_id) REFERENCES ledger_account (id, school_id),
  ADD CONSTRAINT transfer_credit_of_school FOREIGN KEY (credit_id, school_id) REFERENCES ledger_account (id, school_id);
"""
NO_SAME_SCHOOL = """
ALTER TABLE ledger_transfer
  DROP CONSTRAINT transfer_entry_of_school,
  DROP CONSTRAINT transfer_debit_of_school,
  DROP CONSTRAINT transfer_credit_of_school;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_ink")]
    operations = [
        migrations.RunSQL(SAME_SCHOOL, NO_SAME_SCHOOL),
        *map(ink, ("ledger_account", "ledger_entry", "ledger_transfer", "ledger_bookhead")),
    ]
