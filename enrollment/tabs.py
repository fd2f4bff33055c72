"""The stations of the application list, each with the deed that moves its rows on."""

from dataclasses import dataclass

from django.db.models import Count, Q

from afterschool.access.capabilities import Capability

from .models import Application

S = Application.State


@dataclass(frozen=True)
class Tab:
    key: str
    word: str
    rule: Q
    capability: Capability | None = None  # who may move its rows on, many at once
    url: str = ""
    verb: str = ""

    def rows(self, applications):
        """Those waiting longest come first."""
        return applications.filter(self.rule).order_by("answer_by", "id")


_WAITING_FOR_SCHOOL = Q(state=S.APPROVED, agreement__guardian_signed_at__isnull=False)
TABS = {
    tab.key: tab
    for tab in (
        Tab(
            "submitted", "待初审", Q(state=S.SUBMITTED),
            Capability.CONFIRM_APPLICATIONS, "enrollment:application-confirm", "初审通过",
        ),
        Tab(
            "confirmed", "待核准", Q(state=S.CONFIRMED),
            Capability.APPROVE_APPLICATIONS, "enrollment:application-approve", "核准",
        ),
        Tab("approved", "待家长签", Q(state=S.APPROVED, agreement__guardian_signed_at=None)),
        Tab(
            "to-sign", "待学校签", _WAITING_FOR_SCHOOL,
            Capability.APPROVE_APPLICATIONS, "enrollment:agreement-sign", "学校签章",
        ),
        Tab("signed", "在册", Q(state=S.SIGNED)),
        Tab("returned", "退回补正", Q(state=S.RETURNED)),
        Tab("refused", "未予核准", Q(state=S.REFUSED)),
        Tab("withdrawn", "家长撤回", Q(state=S.WITHDRAWN)),
    )
}  # fmt: skip


def tab_counts(applications) -> list[tuple[Tab, int]]:
    """How many stand at each station. One query."""
    counts = applications.aggregate(
        **{key.replace("-", "_"): Count("pk", filter=tab.rule) for key, tab in TABS.items()}
    )
    return [(tab, counts[key.replace("-", "_")]) for key, tab in TABS.items()]
