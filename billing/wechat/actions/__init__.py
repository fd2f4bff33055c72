"""The deeds of this room. What is booked goes through the actions of billing, as typed and imported money does."""

from .news import take, turn_away
from .payments import ask_prepay, look_after_payment, make_payment
from .refunds import refund_through_wechat

__all__ = ["ask_prepay", "look_after_payment", "make_payment", "refund_through_wechat", "take", "turn_away"]
