"""Jobs of the worker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("city", models.CharField(help_text="the city, by its slug", max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("collect", "Collect"), ("publish", "Publish")], help_text="collect or publish", max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
                        default="waiting",
                        help_text="waiting, running or done",
                        max_length=10,
                    ),
                ),
                ("due", models.DateTimeField(help_text="not before this moment")),
                ("begun", models.DateTimeField(help_text="when it was last begun; null where it never was", null=True)),
                ("ended", models.DateTimeField(help_text="when it last ended, well or not; null where it never did", null=True)),
                ("tries", models.PositiveIntegerField(default=0, help_text="how often it was begun")),
                (
                    "message",
                    models.CharField(
                        default="", help_text="what came of it, in one line; empty where nothing is known yet", max_length=1000
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["city", "kind", "-begun"], name="job_latest"),
                    models.Index(fields=["state", "due"], name="job_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True), fields=("city", "kind"), name="one_open_job"
                    )
                ],
            },
        ),
    ]
