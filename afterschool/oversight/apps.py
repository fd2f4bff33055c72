from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "afterschool.oversight"
    verbose_name = "监管"
