"""中途退出: the days of a month that are left."""

from datetime import date

from afterschool.money import Money
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.refunds.schedule import Refund
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Step


def on_withdrawal(law: Law, on: date, *, paid: Money, served_days: int, service_days: int) -> Refund:
    if not 0 <= served_days <= service_days or service_days < 1:
        raise ValueError(f"{served_days} of {service_days} service days")
    from fractions import Fraction

    held = law.on(on).the(rules.Refund, Case(), cause="withdrawal")
    left = service_days - served_days
    amount = paid.times(Fraction(left, service_days))
    steps = (
        Step("这个月已经交了", amount=paid),
        Step(f"这个月开 {service_days} 天，参加了 {served_days} 天，还剩 {left} 天没有用"),
        Step("剩下的天数退给您", f"{paid} ÷ {service_days} × {left}", amount),
    )
    return Refund(amount, steps, held.cite)
