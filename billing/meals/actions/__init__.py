"""The deeds around what is collected for others. Each holds the school's till, like all of the money room."""

from .consents import order_meal, stop_meal
from .months import charge_meals, settle_meals
from .register import end_meal, enter_meal, publish_meal

__all__ = ["charge_meals", "end_meal", "enter_meal", "order_meal", "publish_meal", "settle_meals", "stop_meal"]
