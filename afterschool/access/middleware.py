from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from .models import Person
from .reach import NOBODY
from .sessions import SessionStore


class PersonMiddleware(AuthenticationMiddleware):
    """`request.user`: whom the session has brought along. Where anything is amiss, Django looks and decides itself."""

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _brought(request.session) or get_user(request))


def _brought(session: SessionStore) -> Person | None:
    backend, hashed = session.get(BACKEND_SESSION_KEY), session.get(HASH_SESSION_KEY)
    person = session.person
    if person is None or not person.is_active or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    return person if constant_time_compare(hashed or "", person.get_session_auth_hash()) else None


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
