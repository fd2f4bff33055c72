"""Django's own sessions in the table of the house: nothing is brought along."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls):
        from afterschool.access.models import Session

        return Session
