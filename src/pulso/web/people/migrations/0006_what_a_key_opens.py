"""A key opens what is not public only where it was made to: those that there are were promised to open nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_guard_more")]

    operations = [
        migrations.AddField(
            model_name="key",
            name="opens",
            field=models.BooleanField(
                default=False, editable=False, help_text="whether it opens what its person may see; else what is public"
            ),
        ),
    ]
