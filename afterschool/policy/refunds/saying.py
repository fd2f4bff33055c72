"""A refund in words: the days by name, the threshold, the sum."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, rounded
from afterschool.policy.fees.stretch import OF_A_PERIOD
from afterschool.policy.refunds.attendance import Claim
from afterschool.policy.refunds.bands import Band, Decision
from afterschool.policy.terms import UNITS, Cause
from afterschool.policy.verdict import Step

MISSED: dict[Cause, str] = {
    "absence": "没有来",
    "cancelled": "学校停课",
    "force_majeure": "因不可抗力停课",
    "under_served": "没有开成",
}


def steps(cause: Cause, claim: Claim, made: Decision) -> tuple[Step, ...]:
    tariff = made.band.tariff
    period = "这学期" if tariff.unit_on(tariff.runs_on[0]) == "term" else "这个月"
    told = [Step(f"{period}已经交了", amount=claim.paid), *_days(cause, claim, period)]
    if claim.before:
        told.append(Step("前面已经退过", amount=claim.before))
    if not made.exact:
        return (*told, Step(_why_nothing(made.band), amount=ZERO))
    told += [*_threshold(made), *_worked_out(claim, made)]
    if made.amount < made.exact:
        over = made.exact - made.amount
        told.append(Step("退的钱加起来不超过您交的钱，少退", amount=over))
        told.append(Step("退给您", f"{made.exact} − {over}", made.amount))
    return tuple(told)


def _worked_out(claim: Claim, made: Decision) -> list[Step]:
    """The sum to the fen, and what is left of it where the notice rounds."""
    to_the_fen = rounded(made.given.fen)
    told = [*_rounded_rate(made), Step(*_sum(claim, made), to_the_fen)]
    return told if made.exact == to_the_fen else [*told, Step("按规定取整，退", amount=made.exact)]


def _rounded_rate(made: Decision) -> list[Step]:
    """How a month's price comes down to a day's, where the notice rounds that."""
    tariff, rule, units = made.band.tariff, made.band.rule, made.given.units
    if rule.yuan is not None or not rule.gives.startswith("each_") or tariff.unit_on(units[0]) != "month":
        return []
    found: dict[Step, None] = {}
    for day in units:
        price, days, value = tariff.rate_on(day), tariff.billing_days(day), tariff.day_value(day)
        if value != (exact := Fraction(price.fen, days)):
            found[Step("一天的费用", f"{price} ÷ {days}", rounded(exact))] = None
            found[Step("按规定取整，一天", amount=rounded(value))] = None
    return list(found)


def _days(cause: Cause, claim: Claim, period: str) -> list[Step]:
    missed = claim.missed
    of, gone = len(missed.of_days), len(missed.absent)
    if cause == "withdrawal":
        return [Step(f"{period}开 {of} 天，参加了 {of - gone} 天，还剩 {gone} 天没有用")]
    word = MISSED[cause]
    told = [Step(f"{period}开 {of} 天，{word}的有 {gone} 天：{_list(missed.absent)}")] if gone else []
    if missed.lessons:
        lessons = "、".join(f"{_day(day)}第 {number} 课时" for day, number in missed.lessons)
        told.append(Step(f"{period}{word}的{'另' if gone else ''}有 {len(missed.lessons)} 课时：{lessons}"))
    return told


def _threshold(made: Decision) -> list[Step]:
    """What had to be reached, where it is not simply each day."""
    band, rule = made.band, made.band.rule
    if rule.none_attended:
        return [Step("一天也没有参加")]
    if rule.elapsed_at_most is not None:
        return [Step(f"所过天数没有超过学期的{share(rule.elapsed_at_most)}")]
    if band.least is None:
        return []
    counted = {"consecutive": "连续", "total": "累计", None: ""}[rule.counted]
    times = f"，达到 {made.given.times} 次" if made.given.times > 1 else "，达到了"
    return [Step(f"{counted}满{threshold(band)}才退{times}")]


def _sum(claim: Claim, made: Decision) -> tuple[str, str]:
    rule, band, times = made.band.rule, made.band, made.given.times
    again = f" × {times}" if times > 1 else ""
    match rule.gives:
        case "remaining_days":
            return "剩下的天数退给您", f"{claim.paid} ÷ {len(claim.missed.of_days)} × {len(claim.missed.absent)}"
        case "half_month":
            return "退半个月的费用", f"{_month(band, claim)} ÷ 2{again}"
        case "month":
            return "退一个月的费用", f"{_month(band, claim)}{again}" if again or band.months > 1 else ""
        case "percent":
            return f"退所交费用的 {rule.percent}%", f"{claim.paid} × {rule.percent}%{again}"
    return _each(claim, made)


def _month(band: Band, claim: Claim) -> str:
    """A month's fee, or how it comes about from a term's."""
    whole = band.tariff.charge(band.tariff.runs_on, claim.off).net
    return f"{whole} ÷ {band.months}" if band.months > 1 else str(whole)


def _each(claim: Claim, made: Decision) -> tuple[str, str]:
    """So much for every day or lesson; where they are worth different amounts, without the sum."""
    band, units = made.band, made.given.units
    which = f"（{_list(units)}）" if band.unit == "day" and units != claim.missed.absent else ""
    said = f"退 {len(units)} {UNITS[band.unit]}的费用{which}"
    rates = {band.rate(day, claim.off) for day in units}
    if band.is_cut(claim):
        return _share(said, claim, band, units)
    if len(rates) > 1:
        return f"{said}，各按当天的标准", ""
    rate, day = rates.pop(), units[0]
    part = f" × {100 - claim.off}%" if claim.off and band.rule.yuan is None else ""
    if rate.denominator == 1 and not (part and _rounded_rate(made)):
        return said, f"{Money(int(rate))} × {len(units)}"
    return said, f"{_price(band, day)}{part} × {len(units)}"


def _share(said: str, claim: Claim, band: Band, units: tuple[date, ...]) -> tuple[str, str]:
    """Its share of what a cap left: of so many alike, or else in words only."""
    rates = {band.rate(day) for day in units}
    alike = band.tariff.before_caps(claim.missed.charged) / max(rates)
    if len(rates) > 1 or alike.denominator > 1:
        return f"{said}，各按当天的标准和实际收的费用折算", ""
    return said, f"{claim.paid} ÷ {alike} × {len(units)}"


def _price(band: Band, day: date) -> str:
    """How the rate of a day or lesson comes about, where it is no whole fen."""
    lessons = f" ÷ {band.lessons(day)}" if band.unit == "lesson" and band.lessons(day) > 1 else ""
    value, price = band.of_day(day), band.rule.yuan or band.tariff.rate_on(day)
    if value.denominator == 1:
        return f"{Money(int(value))}{lessons}"
    if band.rule.yuan is None and band.tariff.unit_on(day) in OF_A_PERIOD:
        days = band.tariff.billing_days(day)
        months = price.fen / value / days
        return f"{price} ÷ {months} ÷ {days}{lessons}" if months > 1 else f"{price} ÷ {days}{lessons}"
    times = value / price.fen
    return f"{price} × {times.numerator} ÷ {times.denominator}{lessons}"


def _why_nothing(band: Band) -> str:
    if band.rule.gives == "nothing":
        return "文件规定这种情况不退"
    return "没有达到退费的天数，这次不退" if band.least is not None else "没有可以退的"


def _list(days: Iterable[date]) -> str:
    return "、".join(map(_day, days))


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def threshold(band: Band) -> str:
    """From how much on, as the notice has it: 5 天, or 22 天的一半."""
    unit, part = UNITS[band.unit], band.rule.at_least_share
    if part is None:
        return f" {band.rule.at_least} {unit}"
    return f" {band.tariff.billing_days(band.tariff.runs_on[0])} {unit}的{share(part)}"


def share(part: Fraction) -> str:
    return "一半" if part == Fraction(1, 2) else f"{part.denominator}分之{part.numerator}"
