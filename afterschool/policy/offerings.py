"""边填边查: everything the policy has to say about one offering of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from afterschool.money import Money
from afterschool.policy import fees, windows
from afterschool.policy.book import Policy
from afterschool.policy.terms import service_on
from afterschool.policy.verdict import Verdict, asked, breaches


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
    found: list[Verdict[bool]] = []
    for grade in offering.grades:
        services = []
        for weekday in offering.weekdays:
            hours = _hours(policy, on, offering, grade, weekday, bells)
            found += hours
            if not any(breach.field in ("stage", "weekday") for breach in breaches(hours)):
                services.append("vacation" if offering.vacation else service_on(weekday))
        # A fee is held against the cap of each service that may run at all; failing that, of an ordinary week.
        for service in dict.fromkeys(services or ["weekday"]):
            found += _fee(policy, on, offering, grade, service)
    if offering.outsiders and offering.fee:
        found += asked("fee", lambda: [fees.extra_for_outsiders(policy, on)])
    return list(dict.fromkeys(found))


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
    stage, boarding, fee = offering.stage, offering.boarding, offering.fee

    def question() -> Verdict[bool]:
        return fees.within_cap(policy, on, stage=stage, grade=grade, boarding=boarding, service=service, fee=fee)

    return asked("fee", lambda: [question()])
