"""When a cut was last ended, in place of how many are open: a cut with a stated end is never ended, so that all were counted for a page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fibre", "0005_cuts_at_a_glance")]

    operations = [
        migrations.RemoveIndex("cut", "fibre_cuts_open"),
        migrations.AddIndex(
            "cut", models.Index(fields=["city", "-ended_at"], condition=models.Q(ended_at__isnull=False), name="fibre_cuts_newest_end")
        ),
    ]
