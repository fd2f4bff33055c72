from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "afterschool.jobs"
    verbose_name = "后台任务"
