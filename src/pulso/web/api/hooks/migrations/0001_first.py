"""Webhooks and their messages."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("city", models.CharField(help_text="the city, by its slug", max_length=100)),
                ("url", models.URLField(help_text="where to send it: https://…", max_length=500)),
                ("events", models.JSONField(default=list, help_text="which happenings, by their names")),
                ("secret", models.CharField(help_text="what messages are signed with: shown once, needed for each of them", max_length=64)),
                ("told_until", models.DateTimeField(help_text="the last thing that happened of what is noted for sending")),
                ("given_up", models.PositiveIntegerField(default=0, help_text="messages in a row that nobody took")),
                ("active", models.BooleanField(default=True, help_text="false: too many messages were not taken, and no more are sent")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(help_text="what happened, by its name", max_length=40)),
                ("body", models.TextField(help_text="what is sent, byte for byte at every try")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("taken", "Taken"), ("given up", "Given Up")], default="waiting", max_length=10
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("due", models.DateTimeField(default=django.utils.timezone.now, help_text="when to try next")),
                ("answer", models.CharField(blank=True, help_text="what came back from the last try", max_length=200)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="hooks.webhook")),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["state", "due"], name="messages_due")],
            },
        ),
    ]
