from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "afterschool.access"

    def ready(self):
        from . import checks  # noqa: F401  (registers the check)
