"""From when, until when and for how long a service may run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, time

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.rule import Case, Rule
from afterschool.policy.terms import SLOTS, STAGES, duration, service_on, weekday_name
from afterschool.policy.verdict import Verdict, asked, breaches
from afterschool.policy.windows.days import outside, served, weekday_open

BELLS = {
    "morning_dismissal": "上午放学",
    "afternoon_start": "下午上学",
    "afternoon_dismissal": "下午放学",
    "work_ends": "当地下班",
}


@dataclass(frozen=True, slots=True)
class Bells:
    """The school's own times, which some policies measure against. None where not filled in."""

    morning_dismissal: time | None = None
    afternoon_start: time | None = None
    afternoon_dismissal: time | None = None
    work_ends: time | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of a service as it is planned."""

    starts: time
    ends: time
    bells: Bells

    @property
    def minutes(self) -> int:
        return _minutes(self.ends) - _minutes(self.starts)


def allowed(
    law: Law, on: date, case: Case, *, weekday: int, starts: time, ends: time, bells: Bells | None = None
) -> list[Verdict[bool]]:
    """Every check of one weekday's hours, passed ones too: breaches say what to change.

    The service is told from the weekday (Saturday or not) unless the case names it; the slot is the afternoon's.
    """
    if starts >= ends:
        return [Verdict(False, "结束时间要晚于开始时间", None, "breach", "ends")]
    case = replace(case, service=case.service or service_on(weekday), slot=case.slot or "afternoon", month=on.month)
    days = [*asked("stage", lambda: [served(law, on, case)]), *outside(law, on, case)]
    days += asked("weekday", lambda: [weekday_open(law, on, case, weekday)])
    if breaches(days):
        return days
    one_day = rules.OnWeekday(**asdict(case), weekday=weekday)
    plan = Plan(starts, ends, bells or Bells())
    return days + asked("slot", lambda: _hours(law.on(on), one_day, plan))


def _hours(now: RulesInForce, case: Case, plan: Plan) -> list[Verdict[bool]]:
    window = now.maybe(rules.Window, case)
    if window is None:
        silent = f"{STAGES.get(case.stage or '', '')}{SLOTS.get(case.slot or '', '')}能不能开、开到几点"
        raise NoRule("window", silent, now.policy)
    found = list(_within(window, plan))
    found += [_lasts(rule, plan) for rule in now.every(rules.EndsNotBefore, case)]
    for rule in now.every(rules.HoursADay, case):
        found += _long_enough(rule, plan.minutes)
    return found or [Verdict(True, f"{_whose(window)}时间由学校安排", window.cite, field="ends")]


def _within(window: rules.Window, plan: Plan) -> Iterator[Verdict[bool]]:
    who = _whose(window)
    if window.starts_from:
        yield _not_early(window, f"{who}从", window.starts_from, plan.starts, "starts")
    if bell := window.starts_from_bell:
        yield _after_bell(window, f"{who}从", bell, plan, "starts")
    if window.ends_by:
        yield _not_late(window, f"{who}不晚于", window.ends_by, plan.ends)
    if last_bell := window.ends_by_bell:
        rings, said = getattr(plan.bells, last_bell), f"{who}不晚于{BELLS[last_bell]}"
        yield _not_late(window, said, rings, plan.ends) if rings else _bell_missing(window, last_bell)


def _whose(window: rules.Window) -> str:
    """For whom, and in which months or on which weekdays where not always: 11、12 月周五小学."""
    months = f"{'、'.join(map(str, window.months))} 月" if window.months else ""
    days = "、".join(weekday_name(day) for day in window.weekdays)
    return f"{months}{days}{window.who or '课后服务'}"


def _lasts(rule: rules.EndsNotBefore, plan: Plan) -> Verdict[bool]:
    if rule.at:
        return _not_early(rule, "结束时间不早于", rule.at, plan.ends, "ends")
    return _after_bell(rule, "结束时间不早于", rule.bell or "work_ends", plan, "ends")


def _not_late(rule: Rule, limit: str, latest: time, ends: time) -> Verdict[bool]:
    limit = f"{limit} {latest:%H:%M}"
    late = _minutes(ends) - _minutes(latest)
    if late <= 0:
        return Verdict(True, limit, rule.cite, field="ends")
    why = f"{limit}，现填 {ends:%H:%M}，请提前 {duration(late)}"
    return Verdict(False, why, rule.cite, rule.level_when_broken, "ends")


def _after_bell(rule: Rule, limit: str, bell: str, plan: Plan, field: str) -> Verdict[bool]:
    rings = getattr(plan.bells, bell)
    if rings is None:
        return _bell_missing(rule, bell)
    return _not_early(rule, f"{limit}{BELLS[bell]}", rings, getattr(plan, field), field)


def _not_early(rule: Rule, limit: str, earliest: time, moment: time, field: str) -> Verdict[bool]:
    limit = f"{limit} {earliest:%H:%M}" + (" 开始" if field == "starts" else "")
    early = _minutes(earliest) - _minutes(moment)
    if early <= 0:
        return Verdict(True, limit, rule.cite, field=field)
    why = f"{limit}，现填 {moment:%H:%M}，请推后 {duration(early)}"
    return Verdict(False, why, rule.cite, rule.level_when_broken, field)


def _long_enough(rule: rules.HoursADay, minutes: int) -> Iterator[Verdict[bool]]:
    """Neither too long nor too short."""
    who = f"{rule.who}{rule.when}一天"
    if rule.at_most:
        limit, over = f"{who}不多于 {rule.at_most} 小时", minutes - rule.at_most * 60
        yield _length(rule, limit, minutes, f"请减少 {duration(over)}" if over > 0 else "")
    if rule.minutes_at_least:
        limit, under = f"{who}不少于 {duration(rule.minutes_at_least)}", rule.minutes_at_least - minutes
        yield _length(rule, limit, minutes, f"请增加 {duration(under)}" if under > 0 else "")


def _length(rule: Rule, limit: str, minutes: int, mend: str) -> Verdict[bool]:
    if not mend:
        return Verdict(True, limit, rule.cite, field="ends")
    return Verdict(False, f"{limit}，现填 {duration(minutes)}，{mend}", rule.cite, rule.level_when_broken, "ends")


def _bell_missing(rule: Rule, name: str) -> Verdict[bool]:
    return Verdict(False, f"请先填写{BELLS[name]}时间，才能核对服务时间", rule.cite, "warn", name)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
