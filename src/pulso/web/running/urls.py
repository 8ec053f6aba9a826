"""Its addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from pulso.web.running.views import healthz, metrics, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
