from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "afterschool.plans"
    verbose_name = "一校一案"
