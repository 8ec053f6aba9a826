"""Which cut is the newest, and how many are open: asked with each page of the Wi-Fi, which counted ten thousand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fibre", "0004_kept_in_order")]

    operations = [
        migrations.AddIndex("cut", models.Index(fields=["city", "-id"], name="fibre_cuts_newest")),
        migrations.AddIndex("cut", models.Index(fields=["city"], condition=models.Q(ended_at__isnull=True), name="fibre_cuts_open")),
    ]
