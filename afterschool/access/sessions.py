"""Sessions that bring their person along: at every door one question tells who asks and what they hold today."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from .models import Person, Session


class SessionStore(db.SessionStore):
    """`person`: whose session it was when it was read, with the posts and children held today (`Person.held`)."""

    person: "Person | None" = None

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        from .models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        session = cast("Session", super().create_model_instance(data))  # of the model above
        session.person_id = data.get(SESSION_KEY)
        return session

    def load(self) -> dict[str, Any]:
        told, self.person = import_string(settings.WHO_ASKS)(self.session_key)
        if told is None:
            self._session_key = None
            return {}
        return self.decode(told)
