"""Publications and incidents are told of separately."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="incidents_until",
            field=models.DateTimeField(
                default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.UTC),
                help_text="the last begin or end of an incident that is noted for sending",
            ),
        ),
        migrations.AlterField(
            model_name="webhook",
            name="told_until",
            field=models.DateTimeField(help_text="the last publication that is noted for sending"),
        ),
    ]
