from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "billing.disclosures"
    verbose_name = "收支公示"
