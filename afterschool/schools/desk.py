"""The head of every page: whose desk this is and where one can go."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice

from .models import Bureau, School

NAV = (
    ("今天", "home", C.OWN_ACCOUNT),
    ("报名", "enrollment:application-list", C.APPROVE_APPLICATIONS),
    ("报名", "enrollment:application-list", C.CONFIRM_APPLICATIONS),
    ("一校一案", "plans:plan-list", C.SEE_PLANS),
    ("名册", "schools:student-list", C.SEE_REGISTRY),
    ("在册", "enrollment:roster", C.SEE_PLACEMENTS),
    ("值班", "staffing:rota", C.KEEP_ROTA),
    ("考勤", "attendance:day", C.SEE_ATTENDANCE),
    ("收支", "billing:month-list", C.SEE_BOOKS),
    ("补助", "staffing:stipend-sheet-list", C.DRAFT_STIPENDS),
    ("补助", "staffing:stipend-sheet-list", C.REVIEW_STIPENDS),
    ("补助", "staffing:stipend-sheet-list", C.APPROVE_STIPENDS),
    ("公示", "disclosures:manage-list", C.PUBLISH_DISCLOSURE),
    ("各校", "oversight:school-list", C.WATCH_SCHOOLS),
    ("日历", "schools:calendar", C.KEEP_CALENDAR),
    ("日历", "schools:calendar", C.ADJUST_CALENDAR),
)
TEACHING = {Role.CLASS_TEACHER, Role.TEACHER, Role.LEADER, Role.GUARD}
BUREAU = {Role.BUREAU_REVIEWER, Role.BUREAU_FINANCE, Role.BUREAU_KEEPER}


@dataclass(frozen=True)
class Desk:
    role_class: str
    title: str
    role_label: str
    person_name: str
    nav: list[tuple[str, str, bool]]
    inbox_unread: int


def desk(request) -> dict:
    """Context processor. Guardians and teachers stand with a phone, the others sit at a desk."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.person_id is None:
        return {"desk": Desk("role-public", "", "", "", [], 0)}
    roles = actor.roles
    return {
        "desk": Desk(
            role_class=_role_class(roles),
            title=_title(actor),
            role_label="、".join(sorted(role.label for role in roles)),
            person_name=actor.name,
            nav=list(_nav(actor, request.path)),
            inbox_unread=Notice.objects.filter(to_id=actor.person_id, read_at=None).count(),
        )
    }


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
    seen = set()
    for label, name, capability in NAV:
        if name in seen or not actor.may(capability):
            continue
        seen.add(name)
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        yield label, url, path == url or (url != "/" and path.startswith(url))
