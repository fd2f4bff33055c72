from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "afterschool.notices"
    verbose_name = "通知"

    def ready(self):
        from . import checks  # noqa: F401  (registers the check)
