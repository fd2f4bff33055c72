from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from . import codes
from .models import Person, SignInCode
from .sessions import SessionStore


@shared_task(name="access.send_code")
def send_code(code_id: int) -> None:
    """Send the code, if the phone is anybody's. The carrier is named in the settings: notices live upstairs."""
    code = SignInCode.objects.get(pk=code_id)
    if Person.objects.filter(phone=code.phone, is_active=True).exists():
        carrier = import_string(settings.NOTICE_CARRIERS["sms"])("sms")
        carrier.carry(code.phone, f"【课后服务】验证码 {codes.digits(code)}，5 分钟内有效。学校不会打电话向您要它。")


@shared_task(name="access.clear_sessions")
def clear_sessions() -> None:
    """Whose time is over: nobody can come back by them, and they say who was here."""
    SessionStore.clear_expired()
