"""Who paid for a child, and by which account."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from billing.models import Receipt


@dataclass(frozen=True)
class Payer:
    name: str
    account: str
    times: int
    last_on: date

    @property
    def masked(self) -> str:
        return f"尾号 {self.account[-4:]}" if self.account else "没有留账号"


def payers_of(students: Collection[int]) -> dict[int, list[Payer]]:
    """By child, whoever paid last first."""
    found: dict[int, list[Payer]] = defaultdict(list)
    rows = Receipt.objects.standing().filter(student__in=students).order_by()
    by_payer = rows.values_list("student", "payer", "payer_account").annotate(times=Count("pk"), last=Max("on"))
    for student, *facts in by_payer.order_by("-last", "payer"):
        found[student].append(Payer(*facts))
    return found
