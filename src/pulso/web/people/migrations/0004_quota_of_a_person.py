"""How often one may ask belongs to a person, not to each of their keys."""

import django.core.validators
from django.db import migrations, models

import pulso.web.people.models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_guard")]

    operations = [
        migrations.RemoveField(model_name="key", name="a_minute"),
        migrations.AddField(
            model_name="person",
            name="a_minute",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="how often all keys of theirs together may ask, a minute; empty: as often as everybody's",
                null=True,
                validators=[django.core.validators.MaxValueValidator(pulso.web.people.models.most_a_minute)],
            ),
        ),
    ]
