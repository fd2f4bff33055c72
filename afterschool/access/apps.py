from django.apps import AppConfig
from django.forms import Field


class AccessConfig(AppConfig):
    name = "afterschool.access"

    def ready(self):
        from . import checks  # noqa: F401  (registers the check)

        Field.default_error_messages["required"] = "这一项还没填"  # Django says 字段, which no family would
