"""Organisations, roles, keys, and the trail."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import pulso.web.people.models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False)),
                (
                    "who",
                    models.UUIDField(
                        db_index=True, editable=False, help_text="the person's pseudonym; null for the machine itself", null=True
                    ),
                ),
                ("action", models.CharField(editable=False, max_length=40)),
                (
                    "subject",
                    models.CharField(
                        db_index=True, editable=False, help_text="what sort of thing, and which: person:<pseudonym>", max_length=120
                    ),
                ),
                ("city", models.SlugField(blank=True, editable=False)),
                ("fields", models.JSONField(default=list, editable=False, help_text="the names of what changed")),
                (
                    "before",
                    models.CharField(
                        blank=True, editable=False, help_text="digest of the fields before; empty where it is new", max_length=64
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        blank=True, editable=False, help_text="digest of the fields after; empty where it is gone", max_length=64
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "trail",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="salt",
            field=models.CharField(
                default=pulso.web.people.models._salt,
                editable=False,
                help_text="of the digests about them; forgotten when erased",
                max_length=43,
            ),
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="what it is for", max_length=80)),
                ("prefix", models.CharField(editable=False, max_length=12, unique=True)),
                (
                    "digest",
                    models.CharField(editable=False, help_text="sha256 of the key: it is random enough to need no salt", max_length=64),
                ),
                ("a_minute", models.PositiveIntegerField(default=120, help_text="how often it may ask, a minute")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="keys", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("municipality", "Municipality"),
                            ("company", "Company"),
                            ("university", "University"),
                            ("cluster", "Cluster"),
                            ("bank", "Bank"),
                            ("partner", "Partner"),
                        ],
                        max_length=12,
                    ),
                ),
                ("city", models.SlugField(blank=True, help_text="the slug of the city that a municipality governs; empty for all others")),
                ("link", models.URLField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("city", ""), ("kind", "municipality"), _connector="OR"), name="only_municipalities_govern"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("city", models.SlugField(blank=True, help_text="the slug of a city; empty where the role is in an organisation")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("editor", "editor of the agenda"),
                            ("engineer", "data engineer"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="people.organisation"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="roles", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("organisation__isnull", True), ("city", ""), _connector="XOR"),
                        name="a_role_is_in_a_city_or_an_organisation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("city", "")), fields=("person", "organisation", "kind"), name="once_an_organisation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organisation__isnull", True)), fields=("person", "city", "kind"), name="once_a_city"
                    ),
                ],
            },
        ),
    ]
