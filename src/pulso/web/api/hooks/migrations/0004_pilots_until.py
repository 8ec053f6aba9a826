"""Pilots are told of separately, too."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0003_key_of_a_webhook"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="pilots_until",
            field=models.DateTimeField(
                default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.UTC),
                help_text="the last promise or result of a pilot that is noted for sending",
            ),
        ),
    ]
