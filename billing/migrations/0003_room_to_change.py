from django.db import migrations

# Rows that change after they are written: what a page has left for them keeps the change out of every index.
TABLES = ("billing_charge", "billing_refund", "billing_payout", "billing_bankline")


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_locked_months")]
    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 50)", f"ALTER TABLE {table} RESET (fillfactor)")
        for table in TABLES
    ]
