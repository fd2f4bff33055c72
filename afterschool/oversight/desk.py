"""What waits for the bureau across its schools. What waits about plans, plans tell themselves."""

from datetime import date

from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor

from .policies import to_confirm
from .selectors import SchoolRow, last_month, school_rows


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_adoption_tasks(actor), *_school_tasks(actor, today)]


def _adoption_tasks(actor: Actor) -> list[Task]:
    proposals = to_confirm(actor.reach(Capability.ADOPT_POLICIES).bureaus, actor)
    return [
        Task(
            f"自{adoption.began_on:%-m月%-d日}起采用新政策，等您确认",
            f"{adoption.proposed_by}提请：{adoption.reason}",
            reverse("oversight:policy-adoption", args=[adoption.policy]),
            urgent=True,
        )
        for adoption in proposals.select_related("proposed_by")
    ]


def _school_tasks(actor: Actor, today: date) -> list[Task]:
    reach = actor.reach(Capability.WATCH_SCHOOLS)
    if not reach:
        return []
    rows = school_rows(reach, today)
    month = last_month(today).month
    kinds = (
        (f"所学校没有按时公示 {month} 月收支", [row for row in rows if row.disclosure_late_days], True, "warn"),
        ("所学校的收费超过上限", [row for row in rows if any(rate.is_over for rate in row.rates)], True, "warn"),
        ("所学校有报名逾期没有答复", [row for row in rows if row.unanswered], True, "clock"),
        ("所学校的服务内容像在讲新课", [row for row in rows if row.flagged], False, "edit"),
        ("所学校有未予核准的报名", [row for row in rows if row.refused], False, "people"),
    )
    return [_task(say, found, urgent, icon) for say, found, urgent, icon in kinds if found]


def _task(say: str, rows: list[SchoolRow], urgent: bool, icon: str) -> Task:
    names = "、".join(row.school.name for row in rows)
    return Task(f"{len(rows)} {say}", names, reverse("oversight:school-list"), len(rows), urgent, icon)
