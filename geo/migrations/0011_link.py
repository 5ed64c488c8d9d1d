"""The audit trail is asked what happened lately, whoever did it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index for alarms and for the pause of the entry of codes."""

    dependencies = [("geo", "0010_rules_of_referrals")]

    operations = [
        migrations.AddIndex(
            model_name="referralaudit",
            index=models.Index(fields=["verb", "at"], name="referralaudit_lately"),
        ),
    ]
