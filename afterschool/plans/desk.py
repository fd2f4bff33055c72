"""What waits for a person about plans: the school's to write and mend, the bureau's to answer."""

from datetime import date

from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor

from .selectors import Row, TermReview, plan_rows, review_terms

SOON = 14  # days before the deadline at which a plan not yet filed becomes urgent


def tasks(actor: Actor, today: date) -> list[Task]:
    found = []
    if reach := actor.reach(Capability.DRAFT_PLANS):
        running = [row for row in plan_rows(reach, today) if row.term.ended_on >= today]
        found += [task for row in running if (task := _to_write(row, today))]
    if reach := actor.reach(Capability.REVIEW_PLANS):
        for review in review_terms(reach, today):
            found += _to_answer(review)
    return found


def _to_write(row: Row, today: date) -> Task | None:
    newest = row.newest
    if newest is None:
        title, url = f"写{row.term}的一校一案", reverse("plans:plan-list")
    elif newest.state == "returned":
        title, url = "一校一案被退回，请修改", reverse("plans:plan-edit", args=[newest.pk])
    elif newest.state == "draft":
        title, url = f"{row.term}的一校一案还没有报送", reverse("plans:plan-edit", args=[newest.pk])
    else:
        return None
    deadline = row.rule.deadline if row.rule and not (newest and newest.version > 1) else None
    detail = f"截止 {deadline.month}月{deadline.day}日" if deadline else str(row.school)
    pressing = deadline is not None and row.filed is None and (deadline - today).days <= SOON
    return Task(title, detail + ("，已经过了" if row.is_overdue else ""), url, urgent=pressing, icon="file")


def _to_answer(review: TermReview) -> list[Task]:
    url, found = reverse("plans:review-list"), []
    if review.waiting:
        names = "、".join(row.school.name for row in review.rows if row.rank == 0)
        found.append(Task(f"{review.waiting} 份一校一案等您答复", names, url, review.waiting, True, "file"))
    if overdue := [row.school.name for row in review.rows if row.is_overdue]:
        found.append(Task(f"{len(overdue)} 所学校逾期没有报方案", "、".join(overdue), url, len(overdue), True, "warn"))
    return found
