from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "afterschool.demo"
    verbose_name = "示范县"
