"""Who is on duty where, who is free, and where somebody is missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from afterschool.access.capabilities import Capability, Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.errors import NoRule
from afterschool.policy import staffing, stipends
from afterschool.policy.book import Policy
from afterschool.policy.rates import OwnRate
from afterschool.policy.verdict import Verdict
from afterschool.schools.calendar import Day, days_of
from afterschool.schools.models import Post, School
from afterschool.schools.rules import case_of, own_rate_of, policy_of
from enrollment.models import Placement, Section

from .models import Duty, StipendSheet

DAYS_SHOWN = 7


def moment(day: date, at) -> datetime:
    """A time of the school's clock on that day."""
    return timezone.make_aware(datetime.combine(day, at))


def running(school: School, first: date, last: date) -> list[tuple[Day, list[Section]]]:
    """Every day from first to last with the sections that meet on it. Three queries."""
    sections = list(
        Section.objects.filter(school=school, term__began_on__lte=last, term__ended_on__gte=first).select_related(
            "term", "offering", "school_class"
        )
    )
    return [(day, [s for s in sections if _meets(s, day)]) for day in days_of(school, first, last)]


def _meets(section: Section, day: Day) -> bool:
    return section.term.began_on <= day.day <= section.term.ended_on and day.runs(section.offering.weekdays)


def people_for(school: School, day: date, role: str):
    """Who may be put on duty in this role: those who hold such a post at the school that day."""
    wanted = [Role.LEADER.name] if role == Duty.Role.LEADER else [Role.TEACHER.name, Role.LEADER.name]
    posts = Post.objects.open_on(day).filter(school=school, person=OuterRef("pk"), role__in=wanted)
    return Person.objects.filter(Exists(posts), is_active=True).order_by("name", "pk")


def roles_of(school: School, on: date) -> dict[str, str]:
    """The roles of every school, and those that the policy pays otherwise. Who stands in is known without being named."""
    named = dict(Duty.Role.choices)
    try:
        paid = stipends.roles(policy_of(school, on), on, case_of(school))
    except NoRule:
        return named
    return named | {key: name for key, name in paid.items() if key not in named and key != "substitute"}


def free_people(school: School, role: str, starts_at: datetime, ends_at: datetime):
    """Those who may take this duty and stand nowhere else at the time."""
    busy = Duty.objects.filter(person=OuterRef("pk"), starts_at__lt=ends_at, ends_at__gt=starts_at)
    return people_for(school, timezone.localdate(starts_at), role).exclude(Exists(busy))


@dataclass(frozen=True)
class Cell:
    """One section (or the whole school) on one day."""

    day: Day
    section: Section | None
    role: str
    meets: bool
    duties: list[Duty]
    finding: Verdict | None = None  # who is missing, and by which clause


@dataclass(frozen=True)
class Row:
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Week:
    monday: date
    days: list[Day]
    rows: list[Row]
    missing: int = 0
    notes: list[str] = field(default_factory=list)  # what the policy leaves open

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=DAYS_SHOWN)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=DAYS_SHOWN)


def rota(school: School, monday: date) -> Week:
    """The week's table: leaders first, then each section. Queries do not grow with the school."""
    sunday = monday + timedelta(days=DAYS_SHOWN - 1)
    plan = running(school, monday, sunday)
    duties = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day__range=(monday, sunday)).select_related("person"):
        duties[duty.day, duty.section_id, duty.role == Duty.Role.ASSISTANT].append(duty)
    rules = Needs(school, policy_of(school, monday), headcounts(school, [day for day, _ in plan]))
    sections = sorted({section for _, meeting in plan for section in meeting}, key=_by_class)
    rows = [_leader_row(plan, duties, rules), *(_section_row(section, plan, duties, rules) for section in sections)]
    if assistants := _assistant_row(plan, duties, rules):
        rows.append(assistants)
    missing = sum(1 for row in rows for cell in row.cells if cell.finding)
    return Week(monday, [day for day, _ in plan], rows, missing, sorted(rules.silent))


def _by_class(section: Section):
    klass = section.school_class
    return (klass.grade if klass else 99, klass.number if klass else 0, section.name)


def _leader_row(plan, duties, rules: "Needs") -> Row:
    cells = []
    for day, meeting in plan:
        on = duties[day.day, None, False]
        cells.append(
            Cell(day, None, Duty.Role.LEADER, bool(meeting), on, rules.leader(day.day, on) if meeting else None)
        )
    return Row("带班领导", cells)


def _section_row(section: Section, plan, duties, rules: "Needs") -> Row:
    cells = []
    for day, meeting in plan:
        on, meets = duties[day.day, section.pk, False], section in meeting
        finding = rules.teacher(section, day.day, on) if meets else None
        cells.append(Cell(day, section, Duty.Role.TEACHER, meets, on, finding))
    return Row(section.name, cells)


def _assistant_row(plan, duties, rules: "Needs") -> Row | None:
    cells = []
    for day, meeting in plan:
        on = duties[day.day, None, True]
        finding = rules.assistant(meeting, day.day, on) if meeting else None
        cells.append(Cell(day, None, Duty.Role.ASSISTANT, bool(meeting), on, finding))
    wanted = any(cell.finding or cell.duties for cell in cells)
    return Row("教辅人员", cells) if wanted else None


@dataclass
class Needs:
    """What the policy asks for, held against who is on."""

    school: School
    policy: Policy
    headcounts: dict[tuple[int, date], int]
    silent: set[str] = field(default_factory=set)

    def leader(self, day: date, on: list[Duty]) -> Verdict | None:
        need = staffing.leaders_needed(self.policy, day, stage=self.school.stage)
        return _short(need, len(on))

    def teacher(self, section: Section, day: date, on: list[Duty]) -> Verdict | None:
        students = self.headcounts.get((section.pk, day), 0)
        need = staffing.teachers_needed(self.policy, day, stage=self.school.stage, students=students, classes=1)
        return _short(need, len(on))

    def assistant(self, meeting: list[Section], day: date, on: list[Duty]) -> Verdict | None:
        students = sum(self.headcounts.get((section.pk, day), 0) for section in meeting)
        try:
            need = staffing.assistants_needed(self.policy, day, stage=self.school.stage, students=students)
        except NoRule as silence:
            self.silent.add(str(silence))
            return None
        return _short(need, len(on))


def _short(need: staffing.Need, have: int) -> Verdict | None:
    verdict = staffing.enough(need, have)
    return None if verdict.answer else verdict


def headcounts(school: School, days: list[Day]) -> dict[tuple[int, date], int]:
    """How many children each section has, day by day, by the weekdays they chose."""
    counts = defaultdict(int)
    placed = Placement.objects.filter(school=school, began_on__lte=days[-1].day).exclude(ended_on__lt=days[0].day)
    for section_id, began_on, ended_on, weekdays in placed.values_list(
        "section", "began_on", "ended_on", "item__weekdays"
    ):
        for day in days:
            if began_on <= day.day and (ended_on is None or day.day <= ended_on) and day.runs(weekdays):
                counts[section_id, day.day] += 1
    return counts


def leaders_of(school: School, day: date) -> set[int]:
    """Who leads that day: those the rota names, or everyone who holds the post when it names nobody."""
    on = Duty.objects.filter(school=school, day=day, role=Duty.Role.LEADER).values_list("person", flat=True)
    return set(on) or set(
        Post.objects.open_on(day).filter(school=school, role=Role.LEADER.name).values_list("person", flat=True)
    )


def hours_of(school: School, day: date, section: Section | None) -> tuple[datetime, datetime] | None:
    """From when to when the section (or anything) runs that day; None when nothing does."""
    [(_, meeting)] = running(school, day, day)
    offerings = [s.offering for s in meeting if section is None or s.pk == section.pk]
    if not offerings:
        return None
    starts, ends = min(o.starts_at for o in offerings), max(o.ends_at for o in offerings)
    return moment(day, starts), moment(day, ends)


def unconfirmed(actor: Actor, today: date):
    """Hours of others up to today that wait for this leader."""
    past = Q(day__lt=today) | Q(day=today, left_at__isnull=False)
    waiting = Duty.objects.within(actor.reach(Capability.CONFIRM_DUTY)).filter(past, confirmed_by=None)
    return waiting.exclude(person=actor.person_id)


def unconfirmed_in(school: School, month: date, today: date):
    """Duties of the month up to today nobody has vouched for: a sheet drafted now leaves them out."""
    of_month = Duty.objects.filter(school=school, day__year=month.year, day__month=month.month)
    return of_month.filter(day__lte=today, confirmed_by=None)


def months_to_draft(school: School, today: date) -> list[date]:
    """Months with confirmed hours and no sheet yet."""
    have = set(StipendSheet.objects.filter(school=school).values_list("month", flat=True))
    served = Duty.objects.confirmed().filter(school=school, day__lte=today).dates("day", "month", order="DESC")
    return [month for month in served if month not in have]


def lacking_rate(school: School, on: date) -> OwnRate | None:
    """The stipend rate that the policy leaves to the school, while nobody has said it. A floor is paid by itself."""
    own = own_rate_of(school, on)
    if own is None or own.nature == "floor":
        return None
    said = school.stipend_base_fen and (own.nature != "base" or school.bureau.hourly_wage_fen)
    return None if said else own
