from django.apps import AppConfig
from django.urls import register_converter

from .addresses import MonthConverter


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = "收支"

    def ready(self) -> None:
        register_converter(MonthConverter, "month")
