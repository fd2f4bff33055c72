"""服务班: one for each class and basic offering, one for each club."""

from datetime import date

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.plans.models import Offering, Plan
from afterschool.schools.models import SchoolClass

from ..models import Agreement, Placement, Section


@transaction.atomic
def open_sections(*, plan: Plan, by: Actor) -> list[Section]:
    """Every section the plan calls for. Safe to run again: after a new version, sections keep their name and children."""
    classes = list(SchoolClass.objects.filter(school=plan.school_id, school_year=plan.term.school_year))
    wanted = [
        (offering, school_class)
        for offering in plan.offerings.all()
        for school_class in ([None] if offering.kind == Offering.Kind.CLUB else classes)
        if school_class is None or school_class.grade in offering.grades
    ]
    sections = [_section(offering, school_class, plan.term_id) for offering, school_class in wanted]
    record(by, "opened_sections", plan, sections=len(sections))
    return sections


def _section(offering: Offering, school_class: SchoolClass | None, term_id: int) -> Section:
    section, _ = Section.objects.update_or_create(
        school_id=offering.school_id,
        term_id=term_id,
        name=_name(offering, school_class),
        defaults={"offering": offering, "school_class": school_class},
    )
    return section


def _name(offering: Offering, school_class: SchoolClass | None) -> str:
    return f"{school_class} {offering.name}" if school_class else offering.name


def place(agreement: Agreement, *, signed_on: date) -> list[Placement]:
    """A seat for each item: the basic service with the child's own class, a club in its own section.

    Not before both have signed: a day without an agreement is no day of service, and is not charged for.
    """
    school_class = agreement.student.school_class
    return Placement.objects.bulk_create(
        Placement(
            school_id=agreement.school_id,
            section=_section_of(item.offering, school_class, agreement.term_id),
            student_id=agreement.student_id,
            item=item,
            began_on=max(agreement.began_on, signed_on),
        )
        for item in agreement.items.select_related("offering")
    )


def _section_of(offering: Offering, school_class: SchoolClass, term_id: int) -> Section:
    """By name: an agreement made under an earlier version of the plan finds the same room."""
    own_class = None if offering.kind == Offering.Kind.CLUB else school_class
    same = Section.objects.filter(school_id=offering.school_id, term_id=term_id, name=_name(offering, own_class))
    return same.first() or _section(offering, own_class, term_id)
