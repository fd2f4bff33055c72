from django.db import migrations

from afterschool.audit.ink import ink


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [ink("audit_deed")]
