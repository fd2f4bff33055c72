"""Carriers take a text to an address outside. A new one is a class like these, named in settings.NOTICE_CARRIERS."""

from smtplib import SMTPException
from typing import Protocol

from django.core.mail import send_mail

from .models import RecordedMessage


class NotCarried(Exception):
    """The carrier could not deliver now; the postman tries again."""


class Carrier(Protocol):
    def __init__(self, channel: str) -> None: ...

    def carry(self, address: str, text: str, subject: str = "") -> None:
        """Deliver once. Raises NotCarried when it did not go."""


class DjangoMail:
    """E-mail through the server of EMAIL_URL."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def carry(self, address: str, text: str, subject: str = "") -> None:
        try:
            send_mail(subject, text, None, [address])
        except (SMTPException, OSError) as reason:
            raise NotCarried(str(reason)) from reason


class Recording:
    """Keeps what it would have sent, for development and demonstration; the page /inbox/sent/ shows it."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def carry(self, address: str, text: str, subject: str = "") -> None:
        RecordedMessage.objects.create(channel=self.channel, address=address, text=text)
