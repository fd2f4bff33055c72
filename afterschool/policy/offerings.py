"""边填边查: everything the policy has to say about one offering of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from afterschool.money import Money
from afterschool.policy import fees, windows
from afterschool.policy.book import Policy
from afterschool.policy.terms import service_on
from afterschool.policy.verdict import Verdict, asked


@dataclass(frozen=True, slots=True)
class Offering:
    """A slot or club as a school plans it, with its fee a month for each student.

    `outsiders`: led by an outside institution on top of the basic service, so that any fee of its own is an extra one.
    """

    stage: str
    grades: Sequence[int]
    weekdays: Sequence[int]
    starts: time
    ends: time
    fee: Money
    slot: str = "afternoon"
    boarding: bool = False
    vacation: bool = False
    outsiders: bool = False


def check_offering(
    policy: Policy, on: date, offering: Offering, *, bells: windows.Bells | None = None
) -> list[Verdict[bool]]:
    """All findings, each said once: "ok", "breach", "warn", or "unknown" where the policy or the school is silent."""
    found: dict[Verdict[bool], None] = {}
    for grade in offering.grades:
        for weekday in offering.weekdays:
            found.update(dict.fromkeys(_hours(policy, on, offering, grade, weekday, bells)))
        for service in _services(offering):
            found.update(dict.fromkeys(_fee(policy, on, offering, grade, service)))
    if offering.outsiders and offering.fee:
        found.update(dict.fromkeys(_outsiders(policy, on)))
    return list(found)


def _services(offering: Offering) -> list[str]:
    if offering.vacation:
        return ["vacation"]
    return sorted({service_on(weekday) for weekday in offering.weekdays}, reverse=True)


def _hours(
    policy: Policy, on: date, offering: Offering, grade: int, weekday: int, bells: windows.Bells | None
) -> list[Verdict[bool]]:
    return windows.allowed(
        policy,
        on,
        stage=offering.stage,
        grade=grade,
        boarding=offering.boarding,
        weekday=weekday,
        slot=offering.slot,
        starts=offering.starts,
        ends=offering.ends,
        service="vacation" if offering.vacation else "",
        bells=bells,
    )


def _fee(policy: Policy, on: date, offering: Offering, grade: int, service: str) -> list[Verdict[bool]]:
    def question() -> list[Verdict[bool]]:
        whom = {"stage": offering.stage, "grade": grade, "boarding": offering.boarding, "service": service}
        return [fees.within_cap(policy, on, **whom, fee=offering.fee)]

    return asked("fee", question)


def _outsiders(policy: Policy, on: date) -> list[Verdict[bool]]:
    return asked("fee", lambda: [fees.extra_for_outsiders(policy, on)])
