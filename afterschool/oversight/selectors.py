"""The bureau across its schools: one row each, in a number of questions that does not grow with them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from afterschool import policy
from afterschool.access.reach import Reach
from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.plans import selectors as plans
from afterschool.plans.cases import case_of_offering
from afterschool.plans.models import Offering
from afterschool.policy import fees
from afterschool.policy.book import Policy
from afterschool.schools.models import Adoption, School, Student, Term
from billing.disclosures.models import Disclosure
from billing.disclosures.selectors import DUE_DAY
from billing.models import FeeMonth
from enrollment.models import Application, Placement

from .contents import flagged


@dataclass(frozen=True)
class Rate:
    """A fee that a plan in force asks for, beside the most the policy allows."""

    fee: Money
    unit: str
    highest: Money | None
    is_over: bool


@dataclass(frozen=True)
class SchoolRow:
    """How one school stands today."""

    school: School
    plan: plans.Row | None
    students: int
    served: int
    rates: list[Rate]
    refused: int
    unanswered: int  # applications that lie longer than they may
    disclosed: Disclosure | None
    flagged: int  # sessions of the last thirty days whose content sounds like 讲新课
    owed: bool  # last month ran, and nothing is published of it
    today: date

    @property
    def percent(self) -> str:
        return f"{self.served * 100 / self.students:.1f}%" if self.students else "—"

    @property
    def disclosure_late_days(self) -> int:
        return max(self.today.day - DUE_DAY, 0) if self.owed else 0

    @property
    def wants(self) -> list[str]:
        """What is not in order, in words; empty when all is well."""
        found = []
        if self.plan and self.plan.is_overdue:
            found.append("方案逾期未报")
        if any(rate.is_over for rate in self.rates):
            found.append("收费超过上限")
        if self.refused:
            found.append(f"{self.refused} 份报名未予核准")
        if self.unanswered:
            found.append(f"{self.unanswered} 份报名逾期没有答复")
        if self.disclosure_late_days:
            found.append(f"上月收支逾期 {self.disclosure_late_days} 天没有公示")
        if self.flagged:
            found.append(f"{self.flagged} 场服务内容像在讲新课")
        if self.plan and self.plan.rank == 0:
            found.append("方案等答复")
        return found


@dataclass(frozen=True)
class Sums:
    schools: int
    students: int
    served: int
    refused: int
    unanswered: int
    in_force: int
    late: int

    @property
    def percent(self) -> str:
        return f"{self.served * 100 / self.students:.1f}%" if self.students else "—"


def school_rows(reach: Reach, today: date) -> list[SchoolRow]:
    """Every school of the reach, those with something out of order first."""
    schools = list(School.objects.within(reach).select_related("bureau"))
    terms = _terms_now({school.bureau_id for school in schools}, today)
    facts = _Facts(schools, terms, today)
    return sorted((facts.row(school) for school in schools), key=lambda row: (-len(row.wants), row.school.name))


def sums(rows: list[SchoolRow]) -> Sums:
    return Sums(
        schools=len(rows),
        students=sum(row.students for row in rows),
        served=sum(row.served for row in rows),
        refused=sum(row.refused for row in rows),
        unanswered=sum(row.unanswered for row in rows),
        in_force=sum(bool(row.plan and row.plan.rank == 4) for row in rows),
        late=sum(bool(row.disclosure_late_days) for row in rows),
    )


def last_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def refusals(school: School, term: Term | None) -> QuerySet[Application]:
    """Who was turned away and on which ground: the bureau sees it without the school's help."""
    refused = Application.objects.filter(school=school, term=term, state=Application.State.REFUSED)
    return refused.select_related("student__school_class", "approved_by")


def term_now(school: School, today: date) -> Term | None:
    return _terms_now({school.bureau_id}, today).get(school.bureau_id)


def _terms_now(bureaus: set[int], today: date) -> dict[int, Term]:
    """The term that runs in each bureau, or the one that ran last."""
    begun = Term.objects.filter(bureau__in=bureaus, began_on__lte=today).order_by("began_on")
    return {term.bureau_id: term for term in begun}


class _Facts:
    """Everything asked once for all schools, then laid out by school."""

    def __init__(self, schools: list[School], terms: dict[int, Term], today: date):
        self.terms, self.today = terms, today
        ids = [school.pk for school in schools]
        in_terms = Q(term__in=[term.pk for term in terms.values()], school__in=ids)
        self.plans = {row.school.pk: row for row in plans.rows(schools, terms.values(), today)}
        self.students = _count(Student.objects.enrolled().filter(school__in=ids), "pk")
        self.served = _count(Placement.objects.open_on(today).filter(school__in=ids), "student")
        applications = Application.objects.filter(in_terms)
        self.refused = _count(applications.filter(state=Application.State.REFUSED), "pk")
        waiting = [Application.State.SUBMITTED, Application.State.CONFIRMED]
        self.unanswered = _count(applications.filter(state__in=waiting, answer_by__date__lt=today), "pk")
        self.flagged = _count(flagged(ids, today), "pk")
        self.offerings = _by_school(_in_force(ids, terms))
        self.disclosed = _newest(Disclosure.objects.published().filter(school__in=ids))
        months = FeeMonth.objects.filter(school__in=ids, month=last_month(today))
        self.charged = set(months.values_list("school_id", flat=True))
        self.policies = _policies(terms.values())

    def row(self, school: School) -> SchoolRow:
        disclosed = self.disclosed.get(school.pk)
        is_told = disclosed is not None and disclosed.fee_month.month >= last_month(self.today)
        return SchoolRow(
            school=school,
            plan=self.plans.get(school.pk),
            students=self.students.get(school.pk, 0),
            served=self.served.get(school.pk, 0),
            rates=self._rates(school),
            refused=self.refused.get(school.pk, 0),
            unanswered=self.unanswered.get(school.pk, 0),
            flagged=self.flagged.get(school.pk, 0),
            disclosed=disclosed,
            owed=school.pk in self.charged and not is_told,
            today=self.today,
        )

    def _rates(self, school: School) -> list[Rate]:
        law, term = self.policies.get(school.bureau_id), self.terms.get(school.bureau_id)
        rates = {
            _rate(law, term.began_on, offering, grade)
            for offering in self.offerings[school.pk]
            for grade in offering.grades
            if law and term and offering.kind == Offering.Kind.BASIC
        }
        return sorted(rates, key=lambda rate: (rate.unit, rate.fee, rate.highest or rate.fee))


def _rate(law: Policy, on: date, offering: Offering, grade: int) -> Rate:
    boards = offering.boarding == Offering.Boarding.BOARD
    case = case_of_offering(law, on, offering, grade=grade, boards=boards)
    try:
        highest = fees.highest(law, on, case).answer
        is_over = fees.within_price(law, on, case, offering.fee, unit=offering.unit).level == "breach"
    except NoRule:
        highest, is_over = None, bool(offering.fee)
    return Rate(offering.fee, offering.get_unit_display(), highest, is_over)


def _count(rows: QuerySet, what: str) -> dict[int, int]:
    counted = rows.order_by().values("school").annotate(many=Count(what, distinct=True))
    return dict(counted.values_list("school", "many"))


def _in_force(ids: list[int], terms: dict[int, Term]) -> QuerySet[Offering]:
    return Offering.objects.filter(
        school__in=ids, plan__state="in_force", plan__term__in=[t.pk for t in terms.values()]
    ).select_related("school")


def _by_school(offerings: QuerySet[Offering]) -> dict[int, list[Offering]]:
    found: dict[int, list[Offering]] = defaultdict(list)
    for offering in offerings:
        found[offering.school_id].append(offering)
    return found


def _newest(disclosures: QuerySet[Disclosure]) -> dict[int, Disclosure]:
    latest = disclosures.defer("content").order_by("school_id", "-fee_month__month", "-version").distinct("school_id")
    return {each.school_id: each for each in latest.select_related("fee_month")}


def _policies(terms) -> dict[int, Policy]:
    """The policy of each bureau's term; one query."""
    terms = list(terms)
    adopted = Adoption.objects.confirmed().filter(bureau__in=[term.bureau_id for term in terms]).order_by("began_on")
    began = {term.bureau_id: term.began_on for term in terms}
    return {each.bureau_id: policy.load(each.policy) for each in adopted if each.began_on <= began[each.bureau_id]}
