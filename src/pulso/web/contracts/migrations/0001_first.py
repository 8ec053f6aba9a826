"""Incidents of data contracts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("city", models.CharField(help_text="the city, by its slug", max_length=100)),
                ("source", models.CharField(help_text="the source, by its name in the city file", max_length=100)),
                ("kind", models.CharField(help_text="late, nothing, incomplete, drift, unreadable or unanswered", max_length=20)),
                ("subject", models.CharField(blank=True, help_text="the metric, or the reason for turning values away", max_length=100)),
                ("since", models.DateField(help_text="the last day that the source told of; null where none is known", null=True)),
                ("seen", models.FloatField(help_text="the share that was seen, or how many there were", null=True)),
                ("declared", models.FloatField(help_text="the share that the contract declares", null=True)),
                ("detail", models.TextField(blank=True, help_text="what stood there, or the letter of the collection")),
                ("began", models.DateTimeField(help_text="when it was noticed")),
                ("ended", models.DateTimeField(help_text="when it was noticed to be over; null while it lasts", null=True)),
                ("mailed", models.CharField(blank=True, help_text="what was mailed of it: nothing, began or ended", max_length=5)),
            ],
            options={
                "ordering": ("-began", "source", "kind", "subject"),
                "indexes": [models.Index(fields=["city", "-began"], name="incidents_of_a_city")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended__isnull", True)), fields=("city", "source", "kind", "subject"), name="one_open_incident"
                    )
                ],
            },
        ),
    ]
