"""A plan is priced for its term: no school can pass to another unit before the next one."""

from datetime import date

from afterschool.plans.cases import other_unit
from afterschool.plans.models import Offering, Plan
from afterschool.policy.book import Law
from afterschool.policy.terms import UNITS
from afterschool.schools.models import Bureau


def repriced(bureau: Bureau, law: Law, on: date) -> list[tuple[Offering, str]]:
    """Paid services, in force for a term this day falls into, with the other unit by which `law` prices them."""
    paid = Offering.objects.filter(
        school__bureau=bureau, plan__state=Plan.State.IN_FORCE, fee_fen__gt=0,
        plan__term__began_on__lt=on, plan__term__ended_on__gte=on,
    )  # fmt: skip
    asked = ((offering, other_unit(law, on, offering)) for offering in paid.select_related("school").order_by("pk"))
    return [(offering, unit) for offering, unit in asked if unit]


def say(found: list[tuple[Offering, str]]) -> str:
    """The first of them, and how many schools there are."""
    (first, unit), schools = found[0], len({offering.school_id for offering, _ in found})
    return (
        f"学期中途不能换收费单位：{first.school}“{first.name}”现按每{UNITS[first.unit]}收费，新文件按每{UNITS[unit]}，"
        f"共有 {schools} 所学校这样。请从下学期开始的月份采用"
    )
