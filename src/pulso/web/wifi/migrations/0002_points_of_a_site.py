"""Access points by the site of the fibre that they hang on: pages ask which are blind where a site is dark."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wifi", "0001_first")]

    operations = [
        migrations.AddIndex("accesspoint", models.Index(fields=["city", "site"], name="wifi_points_of_a_site")),
    ]
