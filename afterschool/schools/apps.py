from django.apps import AppConfig

from afterschool.policy.loader import shelve


class SchoolsConfig(AppConfig):
    name = "afterschool.schools"
    verbose_name = "学校"

    def ready(self):
        from .rules import Shelf  # models are there only now

        shelve(Shelf())
