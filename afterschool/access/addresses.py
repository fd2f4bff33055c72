"""Where a request comes from, as far as our own proxies vouch for it."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Each of our PROXY_COUNT proxies adds the address it saw to X-Forwarded-For; what stands before is hearsay."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        told = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        seen = told[-settings.PROXY_COUNT] if len(told) >= settings.PROXY_COUNT else seen
    return seen
