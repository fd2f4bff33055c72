"""What the law needs to know of a service that a school offers."""

from dataclasses import replace
from datetime import date

from afterschool.errors import NoRule
from afterschool.policy import fees
from afterschool.policy.book import Law
from afterschool.policy.offerings import item_of
from afterschool.policy.rule import Case
from afterschool.schools.rules import case_of

from .models import Offering

WHOLE_DAY = {Offering.Slot.SATURDAY, Offering.Slot.VACATION}


def slot_of(offering: Offering) -> str:
    """Saturdays and vacations are services of their own; on a day they stand where the afternoon does."""
    return "afternoon" if offering.slot in WHOLE_DAY else offering.slot


def case_of_offering(law: Law, on: date, offering: Offering, *, grade: int | None, boards: bool) -> Case:
    """One child's case in this service, on a day and under the law of that day."""
    service = offering.slot if offering.slot in WHOLE_DAY else "weekday"
    case = replace(
        case_of(offering.school), grade=grade, boarding=boards, service=service, slot=slot_of(offering), month=on.month
    )
    return replace(case, item=item_of(law, on, case, offering.kind == Offering.Kind.CLUB))


def unit_of(law: Law, on: date, offering: Offering) -> str:
    """What the policy prices it by, for its first grade; the month where there is no price or nothing to pay."""
    return _priced_by(law, on, offering, next(iter(offering.grades), None)) or Offering.Unit.MONTH


def other_unit(law: Law, on: date, offering: Offering) -> str | None:
    """By what else than its own unit the policy prices it, for any of its grades; None where by nothing else."""
    units = (_priced_by(law, on, offering, grade) for grade in offering.grades)
    return next((unit for unit in units if unit not in (None, offering.unit)), None)


def _priced_by(law: Law, on: date, offering: Offering, grade: int | None) -> str | None:
    boards = offering.boarding == Offering.Boarding.BOARD
    try:
        unit = fees.price(law, on, case_of_offering(law, on, offering, grade=grade, boards=boards)).unit
    except NoRule:
        return None
    return None if unit == "free" else unit
