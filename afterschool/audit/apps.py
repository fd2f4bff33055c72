from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "afterschool.audit"
    verbose_name = "操作记录"
