from django.conf import settings
from django.core.checks import Warning as Caution
from django.core.checks import register

RECORDING = "afterschool.notices.carriers.Recording"
NOBODY_GETS_A_CODE = Caution(
    "短信只记录、不发送，谁也收不到登录验证码。",
    hint="把 SMS_CARRIER 设成真能发的短信通道，见 docs/operations.md 的“短信通道”。",
    id="notices.W001",
)


@register(deploy=True)
def sms_reaches_people(app_configs, **kwargs):
    return [NOBODY_GETS_A_CODE] if settings.NOTICE_CARRIERS["sms"] == RECORDING else []
