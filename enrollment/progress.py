"""Where an application stands: 申请 → 初审 → 核准 → 签订 → 在册, with who is to act and until when."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.schools.models import Post
from afterschool.templatetags.words import clock, day

from .models import Agreement, Application

WORDS = ("申请", "初审", "核准", "签订", "在册")
S = Application.State
NOW_AT: dict[str, int] = {
    S.SUBMITTED: 1,
    S.CONFIRMED: 2,
    S.RETURNED: 0,
    S.APPROVED: 3,
    S.SIGNED: 5,
    S.REFUSED: 2,
    S.WITHDRAWN: 0,
}


@dataclass(frozen=True)
class Progress:
    steps: list[tuple[str, str]]  # (word, "done" | "now" | "")
    who: str  # whom it waits for
    until: str
    overdue: bool = False


def progress_of(application: Application, agreement: Agreement | None, now: datetime) -> Progress:
    at = NOW_AT[application.state]
    steps = [(word, "done" if n < at else "now" if n == at else "") for n, word in enumerate(WORDS)]
    waits = application.state in (S.SUBMITTED, S.CONFIRMED)
    return Progress(
        steps,
        _who(application, agreement, timezone.localdate(now)),
        f"{day(application.answer_by)} {clock(application.answer_by)}" if waits else "",
        overdue=waits and now > application.answer_by,
    )


def _who(application: Application, agreement: Agreement | None, today: date) -> str:
    if application.state == S.SUBMITTED:
        return f"班主任{_class_teacher(application, today)}"
    if application.state == S.APPROVED and agreement is not None:
        return "学校" if agreement.guardian_signed_at else "您"
    waits_for: dict[str, str] = {S.CONFIRMED: "学校", S.RETURNED: "您"}
    return waits_for.get(application.state, "")


def _class_teacher(application: Application, today: date) -> str:
    posts = Post.objects.open_on(today).filter(
        role=Role.CLASS_TEACHER.name, school_class=application.student.school_class_id
    )
    return "、".join(posts.values_list("person__name", flat=True))
