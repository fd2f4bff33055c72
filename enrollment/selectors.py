"""What others ask about enrolment: who may collect whom, who sits where, who pays less, what is open to a child."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from afterschool.access.models import Person
from afterschool.money import Money
from afterschool.plans.cases import case_of_offering
from afterschool.plans.models import Offering, Plan
from afterschool.policy import enrolment, fees, rules
from afterschool.policy import waivers as waiver_rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict
from afterschool.policy.walking import may_walk_home
from afterschool.schools.models import Guardianship, School, Student, Term
from afterschool.schools.rules import case_of, policy_of

from .models import Application, Decline, DisputeHold, PickupPerson, PickupRestriction, Placement, Section, Waiver
from .release import Adult, Grant, Restriction, may_release

ENDED = (Application.State.REFUSED, Application.State.WITHDRAWN)
REGISTERED_POOR = "registered_poor"  # the policies' word for 建档立卡, which the register knows of each child


@dataclass(frozen=True)
class Collector:
    """An adult at the gate. `pk` is the person's for a guardian, the pick-up person's otherwise.

    Whoever is barred is shown as 不要放行，联系办公室, never with a reason.
    """

    kind: str  # "guardian" | "pickup"
    pk: int
    name: str
    relation: str
    phone_tail: str
    barred: bool

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"


@dataclass(frozen=True)
class Known:
    """An adult who has been given the right to collect a child, and how the family and the telephone know them."""

    grant: Grant
    relation: str
    phone: str
    person: Person | None = None  # a guardian, who is also told
    pickup: PickupPerson | None = None


def grants_of(students: Iterable[Student], day: date) -> dict[int, list[Known]]:
    """For each child, guardians first and then the people they named. Two queries for any number of children."""
    known: dict[int, list[Known]] = {student.pk: [] for student in students}
    ties = Guardianship.objects.open_on(day).filter(student__in=known).select_related("person")
    for tie in ties.order_by("-is_primary", "id"):
        grant = Grant(Adult(tie.person.name, person_id=tie.person_id))
        known[tie.student_id].append(Known(grant, tie.relation, tie.person.phone, person=tie.person))
    for named in PickupPerson.objects.open_on(day).filter(student__in=known).select_related("named_by"):
        named_by = Adult(named.named_by.name, person_id=named.named_by_id)
        grant = Grant(Adult(named.name, pickup_id=named.pk), named_by)
        known[named.student_id].append(Known(grant, named.relation, named.phone, pickup=named))
    return known


def collectors_of(students: Iterable[Student], day: date) -> dict[int, list[Collector]]:
    """The same as tiles of the gate: who of them must not collect is marked. Three queries."""
    students = list(students)
    restrictions = restrictions_of(students, day)
    return {
        student_id: [_collector(one, restrictions[student_id], day) for one in adults]
        for student_id, adults in grants_of(students, day).items()
    }


def collectors_shown(students: Iterable[Student], day: date, reader: int | None) -> dict[int, list[Collector]]:
    """As a guardian reads them: whoever must not collect the child reads of themselves and of those they named."""
    students = list(students)
    shown, known = collectors_of(students, day), grants_of(students, day)
    for pk, adults in shown.items():
        if any(one.barred and (one.kind, one.pk) == ("guardian", reader) for one in adults):
            shown[pk] = [one for one, its in zip(adults, known[pk], strict=True) if reader in _whose(its.grant)]
    return shown


def _whose(grant: Grant) -> tuple[int | None, int | None]:
    return grant.adult.person_id, grant.named_by.person_id if grant.named_by else None


def barred_guardians(students: Iterable[Student], day: date) -> set[tuple[int, int]]:
    """(child, person): guardians who must not collect, and so must not be told where the child is and with whom."""
    return {
        (student_id, adult.pk)
        for student_id, adults in collectors_of(students, day).items()
        for adult in adults
        if adult.kind == "guardian" and adult.barred
    }


def restrictions_of(students: Iterable[Student], day: date) -> dict[int, list[Restriction]]:
    found: dict[int, list[Restriction]] = defaultdict(list)
    for row in PickupRestriction.objects.open_on(day).filter(student__in=students).select_related("person"):
        # By the name the office wrote, and by the name of the account it meant.
        for name in {row.person_name, row.person.name if row.person else row.person_name}:
            adult = Adult(name, row.person_id, row.pickup_person_id)
            found[row.student_id].append(Restriction(adult, row.began_on, row.ended_on))
    return found


def held_in_dispute(students: Iterable[Student], day: date) -> set[int]:
    """Children whose guardians quarrel without a document."""
    return set(DisputeHold.objects.open_on(day).filter(student__in=students).values_list("student", flat=True))


def walks_alone(student: Student) -> Verdict[bool]:
    """May it be agreed that this child leaves alone?"""
    return may_walk_home(student.school_class.grade, student.school.walks_from_grade)


def _collector(known: Known, restrictions: list[Restriction], day: date) -> Collector:
    adult = known.grant.adult
    kind, pk = ("guardian", adult.person_id) if adult.person_id is not None else ("pickup", adult.pickup_id)
    barred = not may_release([known.grant], restrictions, day)
    return Collector(kind, pk or 0, adult.name, known.relation, known.phone[-4:], barred)


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
