"""The head of every page: whose desk this is and where one can go. And what the registry asks of a person today."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.access.desk import Task
from afterschool.access.reach import Actor, Reach
from afterschool.notices.models import Notice

from .models import Bureau, CalendarYear, Post, RosterImport, School, Student
from .rules import own_rate_of
from .selectors import classes_of_the_year

NAV = (
    ("今天", "home", C.OWN_ACCOUNT),
    ("报名", "enrollment:application-list", C.APPROVE_APPLICATIONS),
    ("报名", "enrollment:application-list", C.CONFIRM_APPLICATIONS),
    ("一校一案", "plans:plan-list", C.SEE_PLANS),
    ("名册", "schools:student-list", C.SEE_REGISTRY),
    ("在册", "enrollment:roster", C.SEE_PLACEMENTS),
    ("值班", "staffing:rota", C.KEEP_ROTA),
    ("我的值班", "staffing:my-duty", C.STAND_DUTY),
    ("我的补助", "staffing:my-stipend-list", C.STAND_DUTY),
    ("考勤", "attendance:day", C.SEE_ATTENDANCE),
    ("台账", "attendance:archive", C.SEE_ARCHIVE),
    ("门卫", "attendance:guard", C.KEEP_GATE),
    ("收支", "billing:month-list", C.SEE_BOOKS),
    ("补助", "staffing:stipend-sheet-list", C.DRAFT_STIPENDS),
    ("补助", "staffing:stipend-sheet-list", C.REVIEW_STIPENDS),
    ("补助", "staffing:stipend-sheet-list", C.APPROVE_STIPENDS),
    ("公示", "disclosures:manage-list", C.PUBLISH_DISCLOSURE),
    ("报名和协议", "enrollment:apply-start", C.APPLY),
    ("账单", "disclosures:my-months", C.APPLY),
    ("各校", "oversight:school-list", C.WATCH_SCHOOLS),
    ("政策", "oversight:policy-list", C.WATCH_SCHOOLS),
    ("日历", "schools:calendar", C.KEEP_CALENDAR),
    ("日历", "schools:calendar", C.ADJUST_CALENDAR),
    ("设置", "schools:bureau-edit", C.KEEP_BUREAU),
)
# From this month on the notice for the next year is expected, and its calendar is asked for.
NOTICE_MONTH = 11
# So long before the last term ends the next one is asked for.
TERM_AHEAD = timedelta(days=30)
TEACHING = {Role.CLASS_TEACHER, Role.TEACHER, Role.LEADER, Role.GUARD}
BUREAU = {Role.BUREAU_REVIEWER, Role.BUREAU_FINANCE, Role.BUREAU_KEEPER}


class Desk:
    """Only what a page asks for is looked up: most refusals and parts of pages have no head."""

    def __init__(self, actor: Actor, path: str):
        self.actor, self.path, self.person_name = actor, path, actor.name
        self.role_class = _role_class(actor.roles)
        self.role_label = "、".join(sorted(role.label for role in actor.roles))

    @property
    def stands(self) -> bool:
        """With a telephone in the hand."""
        return self.actor.roles <= TEACHING | {Role.GUARDIAN}

    @property
    def frame(self) -> str:
        """Of a page that some read standing and others sitting."""
        return "base_screen.html" if self.stands else "base_desk.html"

    @cached_property
    def title(self) -> str:
        return _title(self.actor)

    @cached_property
    def nav(self) -> list[tuple[str, str, bool]]:
        return _nav(self.actor, self.path)

    @cached_property
    def inbox_unread(self) -> int:
        return Notice.objects.filter(to_id=self.actor.person_id, read_at=None).count()


def desk(request) -> dict:
    """Context processor. Guardians and teachers stand with a phone, the others sit at a desk."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.person_id is None:
        return {"desk": {"role_class": "role-public"}}
    return {"desk": Desk(actor, request.path)}


def _role_class(roles) -> str:
    if roles & BUREAU:
        return "role-bureau"
    if roles - TEACHING - {Role.GUARDIAN}:
        return "role-school"
    return "role-teacher" if roles & TEACHING else "role-guardian"


def _title(actor) -> str:
    bureaus = {pk for grant in actor.grants for pk in grant.reach.bureaus}
    if bureaus:
        return "、".join(Bureau.objects.filter(pk__in=bureaus).values_list("short_name", flat=True))
    reach = actor.reach_as(actor.roles)
    return "、".join(School.objects.within(reach).values_list("name", flat=True))


def _nav(actor, path):
    links = {}
    for label, name, capability in NAV:
        if actor.may(capability):
            try:
                links.setdefault(reverse(name), label)
            except NoReverseMatch:
                continue
    # Of two rooms one inside the other, as /bureau/ and /bureau/policies/, the inner one is where one stands.
    inside = [url for url in links if path == url or (url != "/" and path.startswith(url))]
    here = max(inside, key=len, default="")
    return [(label, url, url == here) for url, label in links.items()]


def tasks(actor: Actor, today: date) -> list[Task]:
    """What the registry waits for from this person."""
    asked = (
        (C.KEEP_CALENDAR, _calendar_tasks), (C.KEEP_BUREAU, _bureau_tasks),
        (C.KEEP_REGISTRY, _registry_tasks), (C.KEEP_REGISTRY, _school_tasks),
    )  # fmt: skip
    return [task for capability, told in asked if (reach := actor.reach(capability)) for task in told(reach, today)]


def _calendar_tasks(reach: Reach, today: date) -> Iterator[Task]:
    years = [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]
    rows = {row.year: row for row in CalendarYear.objects.filter(bureau__in=reach.bureaus, year__in=years)}
    for year in years:
        row, url = rows.get(year), f"{reverse('schools:calendar')}?year={year}"
        urgent = year == today.year
        if row is None:
            yield Task(f"生成{year}年日历", "没有日历，考勤和收费都开不了", url, urgent=urgent, icon="calendar")
        elif not row.is_settled:
            yield Task(
                f"核对并确认{year}年日历", "现在是暂定的，确认前不能收费和算补助", url, urgent=urgent, icon="calendar"
            )


def _bureau_tasks(reach: Reach, today: date) -> Iterator[Task]:
    soon = today + TERM_AHEAD
    for bureau in Bureau.objects.filter(pk__in=reach.bureaus).exclude(terms__ended_on__gte=soon):
        detail = f"{soon:%-m月%-d日}以后没有学期，学校写不了方案，家长报不了名"
        yield Task(f"{bureau.short_name}还没有开学期", detail, reverse("schools:term-create"), icon="calendar")
    kept = Post.objects.open_on(today).filter(role=Role.SCHOOL_ADMIN.name).values("school")
    for school in School.objects.filter(bureau__in=reach.bureaus).exclude(pk__in=kept):
        url = f"{reverse('schools:bureau-post-create')}?school={school.pk}"
        yield Task(f"{school}还没有管理员", "名册、方案、报名都要由他办", url, icon="people")


def _school_tasks(reach: Reach, today: date) -> Iterator[Task]:
    for school in School.objects.within(reach).filter(stipend_base_fen=None).select_related("bureau"):
        own = own_rate_of(school, today)
        # A floor is paid where nothing is said; a base waits for the bureau's average.
        if own and own.nature != "floor" and (own.nature != "base" or school.bureau.hourly_wage_fen):
            url = f"{reverse('schools:school-edit')}?school={school.pk}"
            yield Task(f"填写{own.name}", "没有它，值班补助算不出来", url, icon="money")


def _registry_tasks(reach: Reach, today: date) -> Iterator[Task]:
    upload = reverse("schools:roster-upload")
    waiting = RosterImport.objects.within(reach).filter(state=RosterImport.State.PREVIEW).values_list("pk", flat=True)
    if pk := waiting.first():
        yield Task("名册预览等您确认", "看一遍，再导入", reverse("schools:roster-detail", args=[pk]), icon="upload")
    elif not Student.objects.within(reach).exists():
        yield Task("导入学生名册", "用学籍系统的导出表，先预览再导入", upload, icon="upload")
    taught = Post.objects.open_on(today).filter(role=Role.CLASS_TEACHER.name).values("school_class")
    without = classes_of_the_year(reach).exclude(pk__in=taught).count()
    if without:
        detail = "没有班主任，报名没有人初审"
        yield Task(f"{without} 个班还没有班主任", detail, reverse("schools:class-list"), count=without, icon="people")
