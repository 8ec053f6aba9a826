"""The key that a webhook was made with."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0002_incidents_until"),
        ("people", "0004_quota_of_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="key",
            field=models.ForeignKey(
                help_text="the key that it was made with: once that is revoked, nothing is sent; null where a person made it on their page",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="webhooks",
                to="people.key",
            ),
        ),
    ]
