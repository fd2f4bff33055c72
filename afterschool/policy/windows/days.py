"""On which days a service may run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.rule import Case
from afterschool.policy.terms import AREAS, OWNERSHIPS, SERVICES, SLOTS, STAGES, service_on, weekday_name
from afterschool.policy.verdict import Verdict

# The parts of a policy's own reach, the fact of a case each is held against, and the field to mend.
REACH: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("stages", "stage", STAGES),
    ("ownership", "ownership", {key: f"{name}学校" for key, name in OWNERSHIPS.items()}),
    ("areas", "area", {key: f"{name}学校" for key, name in AREAS.items()}),
    ("schools", "school", {}),
)


def served(law: Law, on: date, case: Case) -> Verdict[bool]:
    """Does the policy serve this stage and this school at all?"""
    now = law.on(on)
    reaches = now.every(rules.AppliesTo) or [now.the(rules.AppliesTo)]
    if fits := next((rule for rule in reaches if rule.may_hold(case)), None):
        whom = STAGES[case.stage] if case.stage else fits.who
        return Verdict(True, f"服务对象包括{whom}", fits.cite)
    rule = reaches[0]
    field, left_out = next(
        (fact, names.get(getattr(case, fact), getattr(case, fact)))
        for part, fact, names in REACH
        if getattr(rule, part) and getattr(case, fact) not in (None, *getattr(rule, part))
    )
    reach = rule.who or "、".join(rule.schools)
    return Verdict(False, f"服务对象是{reach}，不包括{left_out}", rule.cite, rule.level_when_broken, field)


def outside(law: Law, on: date, case: Case) -> list[Verdict[bool]]:
    """The sentences by which this slot or service may not be counted in."""
    return [
        Verdict(
            False,
            f"{SLOTS[case.slot] if case.slot in rule.slots else SERVICES[case.service or 'weekday']}不能算作课后服务",
            rule.cite,
            rule.level_when_broken,
            "slot" if rule.slots else "weekday",
        )
        for rule in law.on(on).every(rules.OutsideScope, case)
    ]


def weekday_open(law: Law, on: date, case: Case, weekday: int) -> Verdict[bool]:
    """May this service run on this day of the week?"""
    return _weekday(law.on(on), replace(case, service=case.service or service_on(weekday)), weekday)


def closed_weekdays(law: Law, on: date, *, stage: str, grade: int | None, service: str) -> dict[int, str]:
    """Weekdays the document keeps free of service, and why."""
    closed = law.on(on).every(rules.ClosedDays, Case(stage=stage, grade=grade, service=service))
    return {weekday: rule.reason for rule in closed for weekday in rule.weekdays}


def day_off(law: Law, on: date, case: Case) -> Verdict[bool] | None:
    """Why the policy keeps this day of every year free, where it does: 儿童节 for those who have a holiday."""
    for rule in law.on(on).every(rules.DayOff, case):
        if rule.on == f"{on:%m-%d}":
            why = f"{rule.reason}，不开课后服务"
            return Verdict(False, why, rule.cite, rule.level_when_broken, "weekday")
    return None


def runs_on(law: Law, on: date, case: Case, *, day_kind: str, teaching: bool, timetable_weekday: int) -> Verdict[bool]:
    """Is this calendar day a service day? A make-up day follows the weekday whose lessons it takes."""
    now, case = law.on(on), replace(case, service=case.service or service_on(timetable_weekday))
    if beyond := outside(law, on, case):
        return beyond[0]
    follows = now.the(rules.TeachingDay)
    if day_kind == "holiday" or (timetable_weekday <= 5 and not teaching):
        return Verdict(False, "当天不上课，不开课后服务", follows.cite)
    if off := day_off(law, on, case):
        return off
    day = _weekday(now, case, timetable_weekday)
    if on.isoweekday() != timetable_weekday and day.answer:
        return Verdict(True, f"按{weekday_name(timetable_weekday)}上课，照常开课后服务", follows.cite)
    return day


def vacation_length(law: Law, on: date, case: Case, *, first: date, last: date) -> Verdict[bool]:
    """May the vacation service run from `first` to `last`?"""
    rule = law.on(on).the(rules.VacationLength, replace(case, service="vacation"))
    days = (last - first).days + 1
    limit = f"{rule.who}寒暑假课后服务不超过 {rule.days_at_most} 天"
    if days <= rule.days_at_most:
        return Verdict(True, limit, rule.cite)
    why = f"{limit}，现填 {days} 天，请减少 {days - rule.days_at_most} 天"
    return Verdict(False, why, rule.cite, rule.level_when_broken, "ends_on")


def _weekday(now: RulesInForce, case: Case, weekday: int) -> Verdict[bool]:
    name = weekday_name(weekday)
    for closed in now.every(rules.ClosedDays, case):
        if weekday in closed.weekdays:
            why = closed.reason + (f"，请去掉{name}" if closed.weight == "block" else "")
            return Verdict(False, why, closed.cite, closed.level_when_broken, "weekday")
    stage = STAGES.get(case.stage or "", "")
    rule = now.maybe(rules.OpenDays, case)
    if rule is None and case.service != "vacation":
        rule = now.the(rules.OpenDays, replace(case, service="weekday"))
    if rule is None:
        raise NoRule("open_days", f"{stage}{SERVICES['vacation']}能否开课后服务", now.policy)
    if weekday in rule.weekdays:
        return Verdict(True, f"{stage}{name}可以开课后服务", rule.cite, field="weekday")
    return Verdict(False, f"{stage}{name}不能开课后服务，请去掉{name}", rule.cite, rule.level_when_broken, "weekday")
