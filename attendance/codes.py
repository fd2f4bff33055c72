"""接送码: six digits. The one a guardian's telephone shows is signed and good for a minute; a one-time code is for one day."""

import hashlib
import hmac
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac

STEP = 30  # seconds; the code of the step before is still good: never older than a minute
DIGITS = 6


def rotating_code(student_id: int, guardian_id: int, now: datetime) -> str:
    return _code(student_id, guardian_id, timezone.localdate(now), _step(now))


def is_good(code: str, student_id: int, guardian_id: int, at: datetime) -> bool:
    day, step = timezone.localdate(at), _step(at)
    good = [_code(student_id, guardian_id, day, one) for one in (step, step - 1)]
    return any(hmac.compare_digest(code.encode(), one.encode()) for one in good)


def seconds_left(now: datetime) -> int:
    """Until the telephone shows the next one."""
    return STEP - int(now.timestamp()) % STEP


def one_time_code(number: UUID) -> str:
    """Of a form: only its print is kept, and yet the same form shows the same digits again."""
    return _digits("attendance.codes.once", str(number))


def fingerprint(student_id: int, day: date, code: str) -> str:
    """Of a one-time code, as it is kept and as a gate without a network compares it."""
    return hashlib.sha256(f"{student_id}:{day.isoformat()}:{code}".encode()).hexdigest()


def _code(student_id: int, guardian_id: int, day: date, step: int) -> str:
    return _digits("attendance.codes", f"{student_id}:{guardian_id}:{day}:{step}")


def _digits(salt: str, text: str) -> str:
    signed = salted_hmac(salt, text, algorithm="sha256").digest()
    return f"{int.from_bytes(signed[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP
