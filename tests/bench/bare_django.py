"""A bare Django view: what a request costs when nothing is done. Served beside ours by bench_web."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="none", ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])  # noqa: S106  # nothing is signed


def here(_request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse(b"")


urlpatterns = [path("", here)]
application = get_wsgi_application()
