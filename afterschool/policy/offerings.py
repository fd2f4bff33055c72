"""边填边查: everything the policy has to say about one offering of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from afterschool.money import Money
from afterschool.policy import conduct, fees, rules, windows
from afterschool.policy.book import Law
from afterschool.policy.rule import Case
from afterschool.policy.terms import service_on
from afterschool.policy.verdict import Verdict, asked, breaches


@dataclass(frozen=True, slots=True)
class Offering:
    """A slot or club as a school plans it, with its fee a unit for each student. `case` is the school's, with the slot.

    `outsiders`: led by an outside institution on top of the basic service, so that any fee of its own is an extra one.
    """

    case: Case
    grades: Sequence[int]
    weekdays: Sequence[int]
    starts: time
    ends: time
    fee: Money
    unit: str = "month"
    club: bool = False
    vacation: bool = False
    outsiders: bool = False


def check_offering(
    law: Law, on: date, offering: Offering, *, bells: windows.Bells | None = None
) -> list[Verdict[bool]]:
    """All findings, each said once: "ok", "breach", "warn", or "unknown" where the policy or the school is silent."""
    found: list[Verdict[bool]] = []
    for grade in offering.grades:
        services = []
        for weekday in offering.weekdays:
            hours = _hours(law, on, offering, grade, weekday, bells)
            found += hours
            if not any(breach.field in ("stage", "weekday") for breach in breaches(hours)):
                services.append("vacation" if offering.vacation else service_on(weekday))
        # A fee is held against the cap of each service that may run at all; failing that, of an ordinary week.
        for service in dict.fromkeys(services or ["weekday"]):
            found += _fee(law, on, offering, grade, service)
    if offering.outsiders:
        found += conduct.outsiders_barred(law, on)
    if offering.outsiders and offering.fee:
        found += asked("fee", lambda: [fees.extra_for_outsiders(law, on)])
    return list(dict.fromkeys(found))


def item_of(law: Law, on: date, case: Case, club: bool) -> str | None:
    """Which of the policy's service items this is: the only one of its slot and sort, where there is just one."""
    items = [item.key for item in law.on(on).every(rules.ServiceItem, case, club=club)]
    return items[0] if len(items) == 1 else None


def _hours(
    law: Law, on: date, offering: Offering, grade: int, weekday: int, bells: windows.Bells | None
) -> list[Verdict[bool]]:
    service = "vacation" if offering.vacation else service_on(weekday)
    case = replace(offering.case, grade=grade, boarding=bool(offering.case.boarding), service=service)
    return windows.allowed(law, on, case, weekday=weekday, starts=offering.starts, ends=offering.ends, bells=bells)


def _fee(law: Law, on: date, offering: Offering, grade: int, service: str) -> list[Verdict[bool]]:
    case = replace(offering.case, grade=grade, service=service, month=on.month)
    case = replace(case, item=item_of(law, on, case, offering.club))
    return asked("fee", lambda: [fees.within_price(law, on, case, offering.fee, unit=offering.unit)])
