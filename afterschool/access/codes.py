"""Signing in with a code by SMS: what is sent, how often, and when it is good."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from afterschool.errors import RuleBroken

from .models import Person, SignInCode

LIFE = timedelta(minutes=5)
TRIES_PER_CODE = 5
CODES_PER_PHONE_A_DAY = 5
CODES_PER_ADDRESS_A_DAY = 50
# Without a budget for everybody together, many phones times five tries would open an account now and then.
WRONG_CODES_A_DAY = 10_000
DAY = 24 * 3600
WRONG = "验证码不对或已过期，请重新获取。"


def digits(code: SignInCode) -> str:
    """The six digits, from the server's secret and the row's nonce."""
    mac = salted_hmac("afterschool.access.codes", code.nonce, algorithm="sha256").digest()
    return f"{int.from_bytes(mac) % 1_000_000:06}"


def browser_of(session) -> str:
    """What ties a code to the browser that asked: a secret of its session."""
    mark = session.setdefault("browser", secrets.token_hex(16))
    return sha256(mark.encode()).hexdigest()


def ask(phone: str, *, session, address: str) -> None:
    """Write a code down and have a worker send it. The answer is the same whether anybody has this phone.

    Raises RuleBroken when this phone or this network address asked too often today.
    """
    since = timezone.now() - timedelta(days=1)
    if SignInCode.objects.filter(phone=phone, created_at__gt=since).count() >= CODES_PER_PHONE_A_DAY:
        raise RuleBroken("今天获取验证码的次数已用完，请明天再试，或打学校电话。", field="phone")
    if _count(f"code-address:{address}") > CODES_PER_ADDRESS_A_DAY:
        raise RuleBroken("这个网络今天获取验证码太多，请换个网络或明天再试。", field="phone")
    code = SignInCode.objects.create(
        phone=phone, browser=browser_of(session), nonce=secrets.token_hex(16), expires_at=timezone.now() + LIFE
    )
    transaction.on_commit(lambda: _ring(code.pk))


def _ring(code_id: int) -> None:
    from .tasks import send_code

    send_code.delay(code_id)


@transaction.atomic
def redeem(phone: str, typed: str, *, session) -> Person | None:
    """The person the code lets in, or None. A code is good once, for five minutes and five tries, in one browser."""
    if cache.get("code-wrong", 0) >= WRONG_CODES_A_DAY:
        return None
    code = (
        SignInCode.objects.select_for_update()
        .filter(phone=phone, browser=browser_of(session), used_at=None, expires_at__gt=timezone.now())
        .order_by("-pk")
        .first()
    )
    if code is None or code.tries >= TRIES_PER_CODE:
        return None
    code.tries += 1
    right = constant_time_compare(digits(code), typed)
    if right:
        code.used_at = timezone.now()
    else:
        _count("code-wrong")
    code.save()
    return Person.objects.filter(phone=phone, is_active=True).first() if right else None


def _count(key: str) -> int:
    """How often this happened today, this time included."""
    cache.add(key, 0, timeout=DAY)
    return cache.incr(key)
