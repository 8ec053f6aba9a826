"""What machines ask to know how the site is: /healthz, /readyz, /metrics."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from pulso.web.running import counts, health

PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether everything that an answer needs is there: 200 or 503. What was found is told to those who may see the metrics."""
    found = health.checks()
    ready = all(c.fine for c in found)
    said = [{"name": c.name, "fine": c.fine} | ({"finding": c.finding} if trusted(request) else {}) for c in found]
    return JsonResponse({"ready": ready, "checks": said}, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts and states for Prometheus; only to those who may see them."""
    if not trusted(request):
        problem = {"type": "about:blank", "title": "Forbidden", "status": 403}
        problem["detail"] = "Metrics are told to the addresses of PULSO_METRICS_FROM, or for the token of PULSO_METRICS_TOKEN as a bearer."
        return JsonResponse(problem, status=403, content_type="application/problem+json")
    return HttpResponse(counts.text(), content_type=CONTENT_TYPE_LATEST)


def trusted(request: HttpRequest) -> bool:
    """Whether a request carries the token, or comes itself (not by a proxy, whose address says nothing) from a network that was named."""
    token = settings.METRICS_TOKEN
    said = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.headers for name in PROXIED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_FROM)
