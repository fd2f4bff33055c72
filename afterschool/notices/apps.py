from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "afterschool.notices"
    verbose_name = "通知"
