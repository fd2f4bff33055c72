"""What others ask of plans."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import localdate

from afterschool import policy
from afterschool.access.reach import Reach
from afterschool.errors import NoRule
from afterschool.policy import filing
from afterschool.policy.book import Policy
from afterschool.schools.models import Adoption, School, SchoolClass, Student, Term
from afterschool.schools.rules import policy_of

from .cases import unit_of
from .drafts import Draft, Finding, silent
from .findings import check
from .models import OPEN_STATES, Minutes, Offering, Plan


def findings(plan: Plan, offerings: Sequence[Offering] | None = None, *, law: Policy | None = None) -> list[Finding]:
    """What the policy says of the plan, the one adopted or another; `offerings` as typed, or as they are saved."""
    began_on = plan.term.began_on
    try:
        held = law or policy_of(plan.school, began_on)
    except NoRule as silence:
        return [silent(silence)]
    for offering in offerings or ():
        offering.unit = unit_of(held, began_on, offering)
    return check(
        Draft(
            plan=plan,
            offerings=list(plan.offerings.all()) if offerings is None else offerings,
            policy=held,
            classes=_classes_of(plan),
            has_minutes=Minutes.objects.filter(plan=plan).exists(),
            on=max(began_on, law.since) if law else began_on,
            before=_before(plan),
        )
    )


def _before(plan: Plan) -> list[Offering]:
    """The services of the version in force that this one would replace."""
    earlier = Offering.objects.filter(
        plan__school=plan.school_id, plan__term=plan.term_id, plan__version__lt=plan.version,
        plan__state=Plan.State.IN_FORCE, plan__filed_at__isnull=False,
    )  # fmt: skip
    return list(earlier.select_related("plan"))


def _classes_of(plan: Plan) -> Counter[int]:
    classes = SchoolClass.objects.filter(school=plan.school, school_year=plan.term.school_year)
    return Counter(classes.values_list("grade", flat=True))


def filing_of(school: School, term: Term) -> filing.Filing | None:
    """How and by when this term's plan reaches the bureau; None where the policy does not say."""
    try:
        return filing.rule(policy_of(school, term.began_on), term.began_on)
    except NoRule:
        return None


def is_late(rule: filing.Filing | None, day: date) -> bool:
    """Whether `day` is past the deadline; where service needs approval, the term's first day is already too late."""
    if rule is None or rule.deadline is None:
        return False
    return day >= rule.deadline if rule.needs_approval else day > rule.deadline


def offerings_for(student: Student, term: Term) -> QuerySet[Offering]:
    """The services this child may choose from: those of the plan in force, for the child's grade and boarding."""
    boarding = Offering.Boarding.BOARD if student.boards else Offering.Boarding.DAY
    return Offering.objects.filter(
        plan__school=student.school_id,
        plan__term=term,
        plan__state=Plan.State.IN_FORCE,
        grades__contains=[student.school_class.grade],
        boarding__in=[Offering.Boarding.ANY, boarding],
    ).select_related("school")


def open_versions(plan: Plan) -> QuerySet[Plan]:
    """Versions of the same plan that are being written or wait for the bureau."""
    return Plan.objects.filter(school=plan.school_id, term=plan.term_id, state__in=[*OPEN_STATES, Plan.State.FILED])


def whole(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """All that the filing form prints."""
    return plans.select_related("school__bureau", "term", "filed_by").prefetch_related("offerings", "reviews__by")


@dataclass(frozen=True)
class Row:
    """One school's plan of one term, for a list."""

    school: School
    term: Term
    rule: filing.Filing | None
    versions: list[Plan]  # newest first
    today: date

    @property
    def newest(self) -> Plan | None:
        return self.versions[0] if self.versions else None

    @property
    def filed(self) -> Plan | None:
        """What the bureau has of it: the newest version that ever left the school."""
        return next((plan for plan in self.versions if plan.filed_at), None)

    @property
    def is_overdue(self) -> bool:
        return self.filed is None and is_late(self.rule, self.today)

    @property
    def was_late(self) -> bool:
        first = self.versions[-1] if self.versions else None
        return bool(first and first.filed_at and is_late(self.rule, localdate(first.filed_at)))

    @property
    def state(self) -> tuple[str, str]:
        """The pill: its look and its word."""
        if self.is_overdue:
            return "wait", "逾期未报"
        if self.filed is None:
            return "unknown", "还没报送"
        done = "审核同意" if self.rule and self.rule.needs_approval else "已备案"
        change = "变更" if self.filed.version > 1 else ""
        return {
            Plan.State.FILED: ("wait", f"{change}待审核" if done == "审核同意" else f"{change}待备案"),
            Plan.State.RETURNED: ("late", "退回修改"),
        }.get(Plan.State(self.filed.state), ("in", done))

    @property
    def rank(self) -> int:
        """What needs doing comes first."""
        if self.filed is None:
            return 1 if self.is_overdue else 3
        return {Plan.State.FILED: 0, Plan.State.RETURNED: 2}.get(Plan.State(self.filed.state), 4)


def rows(schools: Iterable[School], terms: Iterable[Term], today: date) -> list[Row]:
    """Each school with each term of its bureau, newest term first; two queries."""
    schools, terms = list(schools), list(terms)
    rules = _rules_of(terms)
    versions: dict[tuple[int, int], list[Plan]] = defaultdict(list)
    for plan in Plan.objects.filter(school__in=schools, term__in=terms).order_by("-version"):
        versions[plan.school_id, plan.term_id].append(plan)
    return [
        Row(school, term, rules[term.pk], versions[school.pk, term.pk], today)
        for term in terms
        for school in schools
        if school.bureau_id == term.bureau_id
    ]


def _rules_of(terms: list[Term]) -> dict[int, filing.Filing | None]:
    adopted = list(
        Adoption.objects.confirmed().filter(bureau__in={term.bureau_id for term in terms}).order_by("-began_on")
    )
    rules = {}
    for term in terms:
        codes = [a.policy for a in adopted if a.bureau_id == term.bureau_id and a.began_on <= term.began_on]
        try:
            rules[term.pk] = filing.rule(policy.load(codes[0]), term.began_on) if codes else None
        except NoRule:
            rules[term.pk] = None
    return rules


def running_terms(bureau_ids: Iterable[int], today: date) -> QuerySet[Term]:
    """Terms that are not over, and so may still want a plan."""
    return Term.objects.filter(bureau__in=bureau_ids, ended_on__gte=today)


def plan_rows(reach: Reach, today: date) -> list[Row]:
    """For the school: its terms that are not over, and those it once had a plan for."""
    schools = list(School.objects.within(reach))
    bureaus = {school.bureau_id for school in schools}
    terms = running_terms(bureaus, today) | Term.objects.filter(plans__school__in=schools)
    return rows(schools, terms.distinct(), today)


@dataclass(frozen=True)
class TermReview:
    term: Term
    rule: filing.Filing | None
    rows: list[Row]

    @property
    def waiting(self) -> int:
        return sum(row.rank == 0 for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(row.state[1] for row in self.rows))


def review_terms(reach: Reach, today: date) -> list[TermReview]:
    """For the bureau: each running term with every school, what waits first."""
    schools = list(School.objects.within(reach))
    terms = list(running_terms(reach.bureaus, today))
    found = sorted(rows(schools, terms, today), key=lambda row: row.rank)
    rules = _rules_of(terms)
    return [TermReview(term, rules[term.pk], [row for row in found if row.term == term]) for term in terms]


def filing_facts(plan: Plan, today: date) -> dict:
    """The deadline as the page says it, by its clause. A change of a plan in force has none to miss."""
    rule = filing_of(plan.school, plan.term)
    filed_on = localdate(plan.filed_at) if plan.filed_at else today
    return {
        "rule": rule,
        "late": plan.version == 1 and is_late(rule, filed_on),
        "days_left": (rule.deadline - today).days if rule and rule.deadline else None,
    }


def form_facts(plan: Plan, today: date) -> dict:
    """What the filing form tells beside the plan's own fields."""
    classes = SchoolClass.objects.filter(school=plan.school, school_year=plan.term.school_year)
    return {
        **filing_facts(plan, today),
        "plan": plan,
        "classes": classes.count(),
        "students": Student.objects.enrolled().filter(school_class__in=classes).count(),
        "minutes": Minutes.objects.filter(plan=plan).defer("file").first(),
    }


def reminders(plan: Plan) -> list[Finding]:
    """What the reviewer should look at twice; a filed plan has nothing that blocks."""
    return [finding for finding in findings(plan) if finding.level not in {"ok", "note"}]
