"""What comes back to a family first meets what it has not paid yet; the rest is refunded."""

from collections.abc import Sequence

from afterschool.money import Money
from afterschool.policy.verdict import Step
from afterschool.schools.why import sentences


def refund_steps(steps: Sequence[Step], back: Money, remitted: Money) -> list[str]:
    """How a refund came about."""
    rest = Step("您家还有没交的，先抵掉，剩下的退给您", f"{back} − {remitted}", back - remitted)
    return sentences([*steps, rest] if remitted else steps)


def remission(cause: str, steps: Sequence[Step], back: Money, remitted: Money, cites: list[dict]) -> dict:
    """How the part that need not be paid any more came about, as the charge keeps it."""
    refunded = back - remitted
    rest = Step("您家还有没交的，先抵掉，这些不用再交", f"{back} − {refunded}" if refunded else "", remitted)
    return {"cause": cause, "fen": remitted.fen, "steps": sentences([*steps, rest]), "cites": cites}
