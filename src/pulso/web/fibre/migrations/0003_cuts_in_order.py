"""A city's cuts in the order in which they are listed, so that ten thousand needn't be sorted for a page of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fibre", "0002_guard")]

    operations = [
        migrations.AddIndex("cut", models.Index(fields=["city", "-since", "-id"], name="fibre_cuts_in_order")),
    ]
