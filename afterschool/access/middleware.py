from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from .reach import NOBODY


class ActorMiddleware:
    """`request.actor`: who acts, with the posts held today. Read anew for each request, so a right ends at once."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.resolve = import_string(settings.ACTOR_RESOLVER)

    def __call__(self, request):
        request.actor = SimpleLazyObject(
            lambda: self.resolve(request.user) if request.user.is_authenticated else NOBODY
        )
        return self.get_response(request)
