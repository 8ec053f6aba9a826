"""The versions of one thing in their order: SQLite looked through all of a city's for those of a page, in order, where it had only the thing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fibre", "0003_cuts_in_order")]

    operations = [
        migrations.AddIndex("kept", models.Index(fields=["city", "kind", "key", "since"], name="fibre_kept_in_order")),
        migrations.RemoveIndex("kept", "fibre_kept_thing"),
    ]
