"""试算: on which policies a person may try a case, and what of it the registry already knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor, Reach
from afterschool.errors import NoRule
from afterschool.policy.book import Policy
from afterschool.policy.levels import GRADES_OF
from afterschool.policy.loader import PolicyFileError, parse
from afterschool.policy.national import national_days
from afterschool.schools.calendar import days_of
from afterschool.schools.models import Bureau, PolicyText, School, Term
from afterschool.schools.rules import adoptions_of


@dataclass(frozen=True)
class Tried:
    """A policy that can be tried. A file that is not adopted has no page for its clauses to link to."""

    policy: Policy
    label: str
    is_adopted: bool = True

    @property
    def code(self) -> str:
        return self.policy.code


def place_of(reach: Reach) -> Bureau | School:
    """Whose case it is: the one school within reach, or else its bureau."""
    schools = School.objects.within(reach).select_related("bureau")[:2]
    if len(schools) == 1 and not reach.bureaus:
        return schools[0]
    return Bureau.objects.filter(Q(pk__in=reach.bureaus) | Q(schools__in=reach.schools)).order_by("pk")[0]


def tried_at(place: Bureau | School, actor: Actor, today: date) -> list[Tried]:
    """The policy in force first, then what else was adopted; for the bureau also its files on trial."""
    bureau = place.bureau if isinstance(place, School) else place
    adopted = adoptions_of(bureau)
    now = next((policy for began_on, policy in adopted if began_on <= today), None)
    found = {policy.code: Tried(policy, f"{policy.short}（自 {began_on} 起）") for began_on, policy in adopted}
    if now:
        found = {now.code: Tried(now, f"{now.short}（现行）")} | {
            code: one for code, one in found.items() if code != now.code
        }
    if bureau.pk in actor.reach(Capability.ADOPT_POLICIES).bureaus:
        for text in PolicyText.objects.filter(bureau=bureau).exclude(code__in=found):
            found |= _on_trial(text)
    if not found:
        raise NoRule("adoption", "按哪份文件办课后服务", str(place))
    return list(found.values())


def _on_trial(text: PolicyText) -> dict[str, Tried]:
    """A file may have been uploaded under rules that were stricter or laxer than today's: then it is left out."""
    try:
        policy = parse(text.body, text.file_name)
    except PolicyFileError:
        return {}
    return {policy.code: Tried(policy, f"{policy.short}（上传，还没有采用）", is_adopted=False)}


def school_of(place: Bureau | School, *, grade: int | None = None, boarding: bool = False) -> dict[str, Any]:
    """As a scenario tells of a school; of a bureau only what the grade says."""
    facts = {} if grade is None else {"stage": _stage(grade), "grade": grade, "boarding": boarding}
    if isinstance(place, Bureau):
        return facts
    return {"name": place.name, "stage": place.stage, "ownership": place.ownership, "area": place.area, **facts}


def term_of(place: Bureau | School, month: date) -> dict[str, Any]:
    """The term to which the month belongs, if it is in the school calendar."""
    bureau_id = place.pk if isinstance(place, Bureau) else place.bureau_id
    last = _last_of(month)
    term = Term.objects.filter(bureau=bureau_id, began_on__lte=last, ended_on__gte=month).order_by("began_on").last()
    if term is None:
        return {}
    return {"term": {"first": term.began_on.isoformat(), "last": term.ended_on.isoformat()}}


def calendar_of(place: Bureau | School, month: date) -> dict[str, Any]:
    """The days of the month that are otherwise than the State Council has them; none where nothing is held yet."""
    held = days_of(place, month, _last_of(month))
    if not any(day.serves for day in held):
        return {}
    kinds = {one.day: one.kind for one in national_days(month.year)}
    rows = []
    for day in held:
        row: dict[str, Any] = {"day": day.day.isoformat()}
        if day.kind != kinds[day.day]:
            row["kind"] = str(day.kind)
        if day.serves != (kinds[day.day] == "workday"):
            row["teaching"] = day.serves
        if day.weekday not in (None, day.day.isoweekday()):
            row["weekday"] = day.weekday
        rows += [row] if len(row) > 1 else []
    return {"calendar": rows} if rows else {}


def _stage(grade: int) -> str:
    return next(stage for stage, grades in GRADES_OF.items() if grade in grades)


def _last_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
