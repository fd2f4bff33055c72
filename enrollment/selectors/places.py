"""Who sits where, who pays less, what is open to a child and what was applied for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from afterschool.money import Money
from afterschool.plans.cases import case_of_offering
from afterschool.plans.models import Offering, Plan
from afterschool.policy import enrolment, fees, rules
from afterschool.policy import waivers as waiver_rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict
from afterschool.schools.models import School, Student, Term
from afterschool.schools.rules import case_of, policy_of

from ..models import Application, Decline, Placement, Section, Waiver

ENDED = (Application.State.REFUSED, Application.State.WITHDRAWN)
REGISTERED_POOR = "registered_poor"  # the policies' word for 建档立卡, which the register knows of each child


def placed_on(where: School | Iterable[Section], day: date):
    """The seats held on that day, with child, section and chosen weekdays (`item.weekdays`) at hand.

    A child who has left the school holds none: nobody need close the day over an empty chair.
    """
    still_here = Q(student__left_on=None) | Q(student__left_on__gte=day)
    held = Placement.objects.open_on(day).filter(still_here)
    held = held.select_related("student__school_class", "section", "item")
    held = held.filter(school=where) if isinstance(where, School) else held.filter(section__in=where)
    return held.order_by("section__name", "student__sort_key", "student_id")


def waivers_on(students: Iterable[Student | int], first: date, last: date) -> dict[int, list[Waiver]]:
    """Granted waivers that cover any of these days, by child."""
    found: dict[int, list[Waiver]] = defaultdict(list)
    granted = Waiver.objects.filter(state=Waiver.State.GRANTED, student__in=students, began_on__lte=last)
    for waiver in granted.filter(Q(ended_on=None) | Q(ended_on__gte=first)).order_by("began_on", "id"):
        found[waiver.student_id].append(waiver)
    return found


def fee_waived(student: Student, on: date):
    """The verdict on how many percent of the fee this child does not pay on that day."""
    granted = waivers_on([student], on, on)[student.pk]
    waived = [waiver_rules.Waived(waiver.category, waiver.percent) for waiver in granted]
    return waiver_rules.strongest(policy_of(student.school, on), on, waived)


def waivers_due(students):
    """Children in the register as 建档立卡 for whom nobody has asked yet: offered, then decided by another person."""
    asked = Waiver.objects.filter(student=OuterRef("pk"), category=REGISTERED_POOR).exclude(state=Waiver.State.DENIED)
    poor = students.enrolled().filter(is_registered_poor=True)
    return poor.exclude(Exists(asked)).select_related("school_class")


def with_groups(waivers: Iterable[Waiver]) -> list[tuple[Waiver, rules.Waiver | None]]:
    """Each waiver with the rule it rests on: the group's name, and its clause."""
    policies: dict[tuple[int, date], Policy] = {}
    rows = []
    for waiver in waivers:
        key = (waiver.school.bureau_id, waiver.began_on)
        if key not in policies:
            policies[key] = policy_of(waiver.school, waiver.began_on)
        groups = {group.group: group for group in waiver_rules.groups(policies[key], waiver.began_on)}
        rows.append((waiver, groups.get(waiver.category)))
    return rows


def terms_open_to(student: Student, today: date):
    """Terms that are not over and for which the school's plan is in force."""
    plan = Plan.objects.in_force().filter(school=student.school_id, term=OuterRef("pk"))
    return Term.objects.filter(Exists(plan), ended_on__gte=today).order_by("began_on")


def live_application(student: Student, term: Term) -> Application | None:
    """The one that stands in the way of another; what came to nothing does not."""
    return Application.objects.exclude(state__in=ENDED).filter(student=student, term=term).first()


@dataclass(frozen=True)
class Invitation:
    """A child and a term one can apply for, and what was said so far."""

    student: Student
    term: Term
    application: Application | None
    declined: bool


def invitations(students: QuerySet[Student], today: date) -> list[Invitation]:
    """Four queries for any number of children. Applications that came to nothing do not stand in the way."""
    children = list(students.select_related("school_class", "school"))
    plans = Plan.objects.in_force().filter(
        school__in={child.school_id for child in children}, term__ended_on__gte=today
    )
    plans = list(plans.select_related("term").order_by("term__began_on"))
    mine = Application.objects.filter(student__in=children).select_related("agreement").exclude(state__in=ENDED)
    live = {(application.student_id, application.term_id): application for application in mine}
    declined = set(Decline.objects.filter(student__in=children).values_list("student_id", "term_id"))
    return [
        Invitation(
            student,
            plan.term,
            live.get((student.pk, plan.term_id)),
            (student.pk, plan.term_id) in declined,
        )
        for student in children
        for plan in plans
        if plan.school_id == student.school_id
    ]


@dataclass(frozen=True)
class Fee:
    prices: list[Verdict[Money]]
    waived: Verdict
    settlement: rules.Settlement | None

    @property
    def charges(self) -> bool:
        return any(price.answer for price in self.prices)


def fee_of(student: Student, offerings: Iterable[Offering], day: date) -> Fee:
    """What the law says about this child's fees: each price once, and the waiver, with their clauses."""
    policy = policy_of(student.school, day)
    grade, boards = student.school_class.grade, student.boards
    prices = {}
    for offering in offerings:
        case = case_of_offering(policy, day, offering, grade=grade, boards=boards)
        # Of a service that costs nothing the policy need not say what it may cost.
        if offering.fee_fen or policy.on(day).maybe(rules.NoFee, case) or policy.on(day).maybe(rules.Price, case):
            prices[fees.highest(policy, day, case)] = None
    settlement = policy.on(day).maybe(rules.Settlement, case_of(student.school))
    return Fee(list(prices), fee_waived(student, day), settlement)


def refusal_grounds(school: School, day: date) -> Verdict[tuple[str, ...]]:
    """On which grounds a child may be refused there; none for most."""
    return enrolment.refusal_grounds(policy_of(school, day), day)


def found_children(students, q: str):
    """A handful of children by part of the name or by number; nothing asked, nothing shown."""
    q = q.strip()
    if not q:
        return students.none()
    matching = students.enrolled().filter(Q(name__contains=q) | Q(number=q))
    return matching.select_related("school_class")[:20]
