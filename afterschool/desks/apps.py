from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "afterschool.desks"
    verbose_name = "工作台"
