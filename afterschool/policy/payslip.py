"""A person's stipend, and how it is told: the days, the sums, the clauses. Words are found only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.policy.terms import DAY_KINDS, SLOTS, UNITS, duration, weekday_name
from afterschool.policy.verdict import Cite, Step

ROLES = {"teacher": "值班教师", "leader": "带班领导", "assistant": "教辅人员", "substitute": "代班"}
NATURES = {"fixed": "", "floor": "不低于 ", "ceiling": "不高于 "}
PLACES = {"fen": "分", "jiao": "角", "yuan": "元"}
MINUTES_OF = {"hour": 60, "minute": 1}
Count = int | Fraction


@dataclass(frozen=True, slots=True)
class Duty:
    """One stretch on post, as recorded: minutes or lessons (课时) or both, and the `students` of its class."""

    day: date
    minutes: int | None
    day_kind: str
    lessons: int | None = None
    role: str = "teacher"
    slot: str | None = None
    students: int | None = None
    sessions: int = 1
    grade: int | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """What a kind of duty is paid by: a rate, or the percent of the school's base; the factor of the role; limits."""

    rule: rules.StipendRate | rules.StipendPercent
    base: rules.StipendBase | None
    role: rules.StipendRole | None
    limit: rules.StipendLimit | None
    lesson: rules.Lesson | None

    @property
    def unit(self) -> str:
        return self.rule.unit if isinstance(self.rule, rules.StipendRate) else "hour"


@dataclass(frozen=True, slots=True)
class Counted:
    """A duty, how much of it is paid (in lessons, minutes, sessions or days), and the lessons beyond the limit."""

    duty: Duty
    scale: Scale
    paid: Count
    beyond: Count = 0


@dataclass(frozen=True, slots=True)
class Part:
    """All duties of one scale: so much at this rate and percent comes to the amount."""

    scale: Scale
    paid: Count
    rate: Money
    percent: int
    amount: Money

    @property
    def fen_each(self) -> Fraction:
        """What one lesson, minute, session or day is worth, exactly."""
        whole = Fraction(self.rate.fen * self.percent, 100 * MINUTES_OF.get(self.scale.unit, 1))
        return whole * self.scale.role.percent / 100 if self.scale.role else whole

    def step(self) -> Step:
        sum_, said = [_quantity_sum(self)], f"{_lead(self.scale)}{_quantity(self.scale, self.paid)}"
        by_base = isinstance(self.scale.rule, rules.StipendPercent)
        said += f"，每{UNITS[self.scale.unit]} {self.rate if by_base else self.rate.short()} 元"
        sum_.append(str(self.rate))
        if by_base:
            said += f"的 {self.percent}%"
            sum_.append(f"{self.percent}%")
        if role := self.scale.role:
            said += f"，{role.label}按 {role.percent}%"
            sum_.append(f"{role.percent}%")
        return Step(said, " × ".join(sum_), self.amount)


@dataclass(frozen=True, slots=True)
class Pay:
    amount: Money
    parts: tuple[Part, ...]
    counted: tuple[Counted, ...]
    rounding: rules.Rounding | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The sums, and what the limits left out."""
        sums = [part.step() for part in self.parts]
        beyond = [_beyond(one) for one in self.counted if one.beyond]
        whole = (
            [Step(f"补助算到{PLACES[self.rounding.to]}，应发", amount=self.amount)]
            if self.rounding and self._rounds_off
            else []
        )
        taxed = dict.fromkeys(part.scale.limit.tax for part in self.parts if part.scale.limit)
        said = {"before": "补助标准是税前数，个人所得税另扣", "after": "补助标准是税后数"}
        return (*sums, *beyond, *whole, *(Step(said[tax]) for tax in taxed if tax))

    @property
    def cites(self) -> tuple[Cite, ...]:
        scales = [part.scale for part in self.parts]
        limited = [one.scale.limit for one in self.counted if one.beyond]
        by_length = [
            one.scale.lesson for one in self.counted if one.scale.unit == "lesson" and one.duty.lessons is None
        ]
        used = [
            *(scale.rule for scale in scales),
            *(scale.role for scale in scales),
            *limited,
            *by_length,
            self.rounding,
        ]
        return tuple(dict.fromkeys(rule.cite for rule in used if rule))

    @property
    def days(self) -> tuple[str, ...]:
        """One line a duty: 10 月 9 日周五（平时）2 课时."""
        return tuple(_day(one) for one in self.counted)

    @property
    def _rounds_off(self) -> bool:
        return self.amount != total(part.amount for part in self.parts)

    @property
    def by_unit(self) -> dict[str, Count]:
        """How much is paid of each unit; an hour is counted in its minutes."""
        much: dict[str, Count] = {}
        for part in self.parts:
            much[part.scale.unit] = much.get(part.scale.unit, 0) + part.paid
        return much

    def by_grade(self) -> dict[int | None, Money]:
        """What of the amount was earned for which grade; the shares add up to it."""
        worth = {part.scale: part.fen_each for part in self.parts}
        earned: dict[int | None, Fraction] = {}
        for one in self.counted:
            earned[one.duty.grade] = earned.get(one.duty.grade, Fraction(0)) + one.paid * worth[one.scale]
        if self.amount == ZERO:
            return {}
        whole = lcm(*(share.denominator for share in earned.values()))
        return dict(zip(earned, self.amount.split([int(share * whole) for share in earned.values()]), strict=True))


def rate_in_words(rule: rules.StipendRate) -> str:
    return f"{_of(rule)}每{UNITS[rule.unit]}{' ' if rule.nature == 'fixed' else NATURES[rule.nature]}{rule.yuan.short()} 元"


def _lead(scale: Scale) -> str:
    said = DAY_KINDS[scale.rule.day_kind] if isinstance(scale.rule, rules.StipendPercent) else _of(scale.rule)
    return f"{said} " if said else ""


def _of(rule: rules.StipendRate) -> str:
    """What a rate is for, where it is not for everything: 午间、带班领导、40 人以上的班."""
    sizes = ""
    if rule.by_size:
        most = f"{rule.students_to} 人以下" if rule.students_to is not None else ""
        sizes = f"{rule.students_from} 人以上" if rule.students_from is not None else ""
        sizes = f"{sizes}{'、' if sizes and most else ''}{most}的班"
    words = [
        *(SLOTS[slot] for slot in rule.slots),
        *(DAY_KINDS[kind] for kind in rule.day_kinds),
        *(ROLES.get(role, role) for role in rule.roles),
        sizes,
    ]
    return "、".join(word for word in words if word)


def _quantity(scale: Scale, paid: Count) -> str:
    if scale.unit in MINUTES_OF:
        return duration(int(paid))
    return f"{number(paid)} {UNITS[scale.unit]}"


def _quantity_sum(part: Part) -> str:
    if part.scale.unit != "hour":
        return number(part.paid)
    return f"{part.paid} 分 ÷ 60" if part.paid % 60 else f"{part.paid // 60}"


def number(count: Count) -> str:
    """2, 1.5, or 4/3 where no decimal is exact."""
    exact = Fraction(count)
    if (exact * 100).denominator > 1:
        return str(exact)
    whole, hundredths = divmod(int(exact * 100), 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")


def _day(one: Counted) -> str:
    duty = one.duty
    where = f"{SLOTS[duty.slot]} " if duty.slot else ""
    served = _quantity(one.scale, one.paid)
    return f"{_on(duty.day)}{weekday_name(duty.day.isoweekday())}（{DAY_KINDS[duty.day_kind]}）{where}{served}"


def _beyond(one: Counted) -> Step:
    limit = one.scale.limit
    most = [
        f"{span}最多计 {lessons} 课时"
        for span, lessons in (("每天", limit and limit.lessons_a_day), ("每周", limit and limit.lessons_a_week))
        if lessons
    ]
    return Step(f"{'、'.join(most)}：{_on(one.duty.day)}多出的 {number(one.beyond)} 课时不计补助")


def _on(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
