"""收费: how much may be charged, and what one child's month comes to."""

from afterschool.policy.fees.footing import footing
from afterschool.policy.fees.prices import (
    PER,
    account,
    collected_apart,
    extra_for_outsiders,
    highest,
    needs_committee,
    per_unit,
    price,
    within_price,
)
from afterschool.policy.fees.stretch import OF_A_PERIOD
from afterschool.policy.fees.tariff import Charge, Period, Tariff, tariff

__all__ = [
    "OF_A_PERIOD", "PER", "Charge", "Period", "Tariff", "account", "collected_apart", "extra_for_outsiders", "footing", "highest",
    "needs_committee", "per_unit", "price", "tariff", "within_price",
]  # fmt: skip
