from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "afterschool.schools"
    verbose_name = "学校"
