from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from .models import Person
from .reach import NOBODY, Actor
from .sessions import SessionStore


class PersonMiddleware(AuthenticationMiddleware):
    """`request.user`: whom the session has brought along. Where anything is amiss, Django looks and decides itself."""

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _stand(request, "user", brought(request.session) or get_user(request)))


def _stand(request: HttpRequest, name: str, found: Any) -> Any:
    """Once it is asked for, it stands there itself."""
    setattr(request, name, found)
    return found


def brought(session: SessionStore) -> Person | None:
    """Whom the session was read with, if it names that person, who may still sign in, by a password not changed since."""
    named, backend, hashed = map(session.get, (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))
    person = session.person
    if person is None or named != str(person.pk):
        return None
    if not person.is_active or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    return person if constant_time_compare(hashed or "", person.get_session_auth_hash()) else None


class ActorMiddleware:
    """`request.actor`: who acts, with the posts held today. Read anew for each request, so a right ends at once."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.resolve = import_string(settings.ACTOR_RESOLVER)

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: _stand(request, "actor", self._actor(request.user)))
        return self.get_response(request)

    def _actor(self, user: Person | AnonymousUser) -> Actor:
        return self.resolve(user) if user.is_authenticated else NOBODY
