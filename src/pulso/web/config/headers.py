"""What every answer says to the browser: nothing from elsewhere, nothing inline, no frame but where a page is made to be embedded."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
ALONE, ANYWHERE = POLICY.format(ancestors="'none'"), POLICY.format(ancestors="*")
SILENT = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"


class Headers:
    """Set the security headers; a view that may be embedded says so by `response.embeddable = True`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say what the answer may do."""
        response = self.get_response(request)
        embeddable = getattr(response, "embeddable", False)
        response.headers.setdefault("Content-Security-Policy", ANYWHERE if embeddable else ALONE)
        response.headers.setdefault("Permissions-Policy", SILENT)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if embeddable:
            del response.headers["X-Frame-Options"]  # which Django has set by now
        return response
