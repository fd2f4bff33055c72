from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "afterschool.jobs"
    verbose_name = "后台任务"

    def ready(self):
        autodiscover_modules("tasks")  # every room's tasks.py registers its kinds of work
