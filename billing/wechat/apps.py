from django.apps import AppConfig


class WechatConfig(AppConfig):
    name = "billing.wechat"
    verbose_name = "微信支付"
