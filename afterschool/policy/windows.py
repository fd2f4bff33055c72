"""服务时间: on which days, until when, and for how long a service may run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.book import Policy, RulesInForce
from afterschool.policy.rule import Case, Rule
from afterschool.policy.terms import SERVICES, SLOTS, STAGES, duration, service_on, weekday_name
from afterschool.policy.verdict import Verdict, asked, breaches

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


def allowed(
    policy: Policy,
    on: date,
    *,
    stage: str,
    grade: int | None = None,
    boarding: bool = False,
    weekday: int,
    slot: str = "afternoon",
    starts: time,
    ends: time,
    service: str = "",
    bells: Bells | None = None,
) -> list[Verdict[bool]]:
    """Every check of one weekday's hours, passed ones too: breaches say what to change.

    `service` is told from the weekday (Saturday or not) unless it is "vacation".
    """
    if starts >= ends:
        return [Verdict(False, "结束时间要晚于开始时间", None, "breach", "ends")]
    now = policy.on(on)
    case = Case(stage, grade, boarding, service or service_on(weekday), slot, on.month)
    days = [served(policy, on, stage), *asked("weekday", lambda: [_weekday(now, case, weekday)])]
    if breaches(days):
        return days
    return days + asked("slot", lambda: _hours(now, case, starts, ends, bells or Bells()))


def served(policy: Policy, on: date, stage: str) -> Verdict[bool]:
    """Does the policy serve this stage at all?"""
    rule = policy.on(on).the(rules.AppliesTo)
    reach = "、".join(STAGES[one] for one in rule.stages)
    if stage in rule.stages:
        return Verdict(True, f"服务对象包括{STAGES[stage]}", rule.cite)
    return Verdict(False, f"服务对象是{reach}，不包括{STAGES[stage]}", rule.cite, rule.level_when_broken, "stage")


def vacation_length(policy: Policy, on: date, *, stage: str, first: date, last: date) -> Verdict[bool]:
    """May the vacation service run from `first` to `last`?"""
    rule = policy.on(on).the(rules.VacationLength, Case(stage=stage, service="vacation"))
    days = (last - first).days + 1
    limit = f"{rule.who}寒暑假课后服务不超过 {rule.days_at_most} 天"
    if days <= rule.days_at_most:
        return Verdict(True, limit, rule.cite)
    return Verdict(
        False,
        f"{limit}，现填 {days} 天，请减少 {days - rule.days_at_most} 天",
        rule.cite,
        rule.level_when_broken,
        "ends_on",
    )


def runs_on(
    policy: Policy,
    on: date,
    *,
    stage: str,
    grade: int | None = None,
    boarding: bool = False,
    day_kind: str,
    teaching: bool,
    timetable_weekday: int,
) -> Verdict[bool]:
    """Is this calendar day a service day? A make-up day follows the weekday whose lessons it takes."""
    now = policy.on(on)
    follows = now.the(rules.TeachingDay)
    if day_kind == "holiday" or (timetable_weekday <= 5 and not teaching):
        return Verdict(False, "当天不上课，不开课后服务", follows.cite)
    day = _weekday(now, Case(stage, grade, boarding, service_on(timetable_weekday)), timetable_weekday)
    if on.isoweekday() != timetable_weekday and day.answer:
        return Verdict(True, f"按{weekday_name(timetable_weekday)}上课，照常开课后服务", follows.cite)
    return day


def closed_weekdays(policy: Policy, on: date, *, stage: str, grade: int | None, service: str) -> dict[int, str]:
    """Weekdays the document keeps free of service, and why."""
    closed = policy.on(on).every(rules.ClosedDays, Case(stage=stage, grade=grade, service=service))
    return {weekday: rule.reason for rule in closed for weekday in rule.weekdays}


def _weekday(now: RulesInForce, case: Case, weekday: int) -> Verdict[bool]:
    name = weekday_name(weekday)
    for closed in now.every(rules.ClosedDays, case):
        if weekday in closed.weekdays:
            why = closed.reason + (f"，请去掉{name}" if closed.weight == "block" else "")
            return Verdict(False, why, closed.cite, closed.level_when_broken, "weekday")
    stage = STAGES[case.stage or "primary"]
    rule = now.maybe(rules.OpenDays, case)
    if rule is None and case.service != "vacation":
        rule = now.the(rules.OpenDays, replace(case, service="weekday"))
    if rule is None:
        raise NoRule("open_days", f"{stage}{SERVICES['vacation']}能否开课后服务", now.policy)
    if weekday in rule.weekdays:
        return Verdict(True, f"{stage}{name}可以开课后服务", rule.cite, field="weekday")
    return Verdict(False, f"{stage}{name}不能开课后服务，请去掉{name}", rule.cite, rule.level_when_broken, "weekday")


def _hours(now: RulesInForce, case: Case, starts: time, ends: time, bells: Bells) -> list[Verdict[bool]]:
    window = now.maybe(rules.Window, case)
    if window is None:
        silent = f"{STAGES.get(case.stage or '', '')}{SLOTS.get(case.slot or '', '')}能不能开、开到几点"
        raise NoRule("window", silent, now.policy)
    who = window.who or "课后服务"
    found = []
    if window.starts_from_bell:
        found.append(_not_early(window, window.starts_from_bell, bells, starts, "starts", f"{who}从"))
    if window.ends_by:
        found.append(_not_late(window, f"{who}不晚于", window.ends_by, ends))
    if window.ends_by_bell:
        bell = getattr(bells, window.ends_by_bell)
        said = f"{who}不晚于{BELLS[window.ends_by_bell]}"
        found.append(_not_late(window, said, bell, ends) if bell else _bell_missing(window, window.ends_by_bell))
    for rule in now.every(rules.EndsNotBefore, case):
        if rule.bell:
            found.append(_not_early(rule, rule.bell, bells, ends, "ends", "结束时间不早于"))
    minutes = _minutes(ends) - _minutes(starts)
    found += [_short_enough(rule, rule.at_most, minutes) for rule in now.every(rules.HoursADay, case) if rule.at_most]
    return found or [Verdict(True, f"{who}时间由学校安排", window.cite, field="ends")]


def _not_late(rule: Rule, limit: str, latest: time, ends: time) -> Verdict[bool]:
    limit = f"{limit} {latest:%H:%M}"
    late = _minutes(ends) - _minutes(latest)
    if late <= 0:
        return Verdict(True, limit, rule.cite, field="ends")
    why = f"{limit}，现填 {ends:%H:%M}，请提前 {duration(late)}"
    return Verdict(False, why, rule.cite, rule.level_when_broken, "ends")


def _not_early(rule: Rule, name: str, bells: Bells, moment: time, field: str, said: str) -> Verdict[bool]:
    bell = getattr(bells, name)
    if bell is None:
        return _bell_missing(rule, name)
    limit = f"{said}{BELLS[name]} {bell:%H:%M}" + (" 开始" if field == "starts" else "")
    early = _minutes(bell) - _minutes(moment)
    if early <= 0:
        return Verdict(True, limit, rule.cite, field=field)
    why = f"{limit}，现填 {moment:%H:%M}，请推后 {duration(early)}"
    return Verdict(False, why, rule.cite, rule.level_when_broken, field)


def _short_enough(rule: rules.HoursADay, hours: int, minutes: int) -> Verdict[bool]:
    limit = f"{rule.who}{rule.when}一天不多于 {hours} 小时"
    over = minutes - hours * 60
    if over <= 0:
        return Verdict(True, limit, rule.cite, field="ends")
    return Verdict(
        False, f"{limit}，现填 {duration(minutes)}，请减少 {duration(over)}", rule.cite, rule.level_when_broken, "ends"
    )


def _bell_missing(rule: Rule, name: str) -> Verdict[bool]:
    return Verdict(False, f"请先填写{BELLS[name]}时间，才能核对服务时间", rule.cite, "warn", name)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
