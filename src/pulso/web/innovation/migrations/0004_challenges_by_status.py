"""A city's challenges in the order in which they are listed, so that ten thousand needn't be sorted for a page of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("innovation", "0003_guard_more")]

    operations = [
        migrations.AddIndex("challenge", models.Index(fields=["city", "status", "-id"], name="challenges_by_status")),
    ]
