"""What comes back to a family first meets what it has not paid yet; the rest is refunded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from afterschool.money import Money
from afterschool.policy.verdict import Step
from afterschool.schools.why import sentences
from billing.models import Charge


class GivenBack(NamedTuple):
    """What the books and the charge are told of a Return; `remission` is the part that need not be paid any more."""

    charge_id: int
    student_id: int
    name: str
    cause: str
    round: int
    refund_fen: int
    remission: dict | None

    @property
    def remitted_fen(self) -> int:
        return self.remission["fen"] if self.remission else 0


@dataclass(frozen=True)
class Return:
    """What one charge gets back for one cause (Refund.Cause)."""

    charge: Charge
    cause: str
    amount: Money
    remitted: Money
    steps: Sequence[Step]
    cites: list[dict]
    round: int = 1
    settled_in: str = ""  # "2027-01": the month that gives it back, where it is not the charge's own

    @property
    def refund(self) -> Money:
        return self.amount - self.remitted

    def kept_with_refund(self) -> list[str]:
        """How the refund came about."""
        if not self.remitted:
            return sentences(self.steps)
        rest = Step("您家还有没交的，先抵掉，剩下的退给您", f"{self.amount} − {self.remitted}", self.refund)
        return sentences([*self.steps, rest])

    def kept_with_charge(self) -> dict:
        """How the part that need not be paid any more came about."""
        sum_text = f"{self.amount} − {self.refund}" if self.refund else ""
        rest = Step("您家还有没交的，先抵掉，这些不用再交", sum_text, self.remitted)
        return {
            "cause": self.cause, "fen": self.remitted.fen, "steps": sentences([*self.steps, rest]), "cites": self.cites,
            "round": self.round, "settled_in": self.settled_in,
        }  # fmt: skip

    @property
    def given(self) -> GivenBack:
        student, remission = self.charge.student, self.kept_with_charge() if self.remitted else None
        return GivenBack(self.charge.pk, student.pk, student.name, self.cause, self.round, self.refund.fen, remission)
