"""The deeds around what is collected for others. Each holds the school's till, like all of the money room."""

from .consents import order_meal, stop_meal
from .leave import ask_meal_leave
from .months import charge_meals, settle_meals
from .register import end_meal, enter_meal, publish_meal

__all__ = [
    "ask_meal_leave",
    "charge_meals",
    "end_meal",
    "enter_meal",
    "order_meal",
    "publish_meal",
    "settle_meals",
    "stop_meal",
]
