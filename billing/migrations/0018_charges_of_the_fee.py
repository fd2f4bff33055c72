from django.db import migrations


class Migration(migrations.Migration):
    """A charge is the fee's; what is collected for meals has charges of its own."""

    dependencies = [("billing", "0017_payout_comes_back")]
    operations = [migrations.RemoveField(model_name="charge", name="fund")]
