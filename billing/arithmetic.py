"""How a calculation of the policy is kept with a paper: its steps as sentences, its clauses by label."""

from collections.abc import Iterable

from afterschool.policy.verdict import Cite, Step


def sentences(steps: Iterable[Step]) -> list[str]:
    return [str(step) for step in steps]


def clauses(cites: Iterable[Cite | None]) -> list[dict[str, str]]:
    """Each clause once, in order."""
    once = dict.fromkeys(cite for cite in cites if cite)
    return [{"policy": cite.policy, "clause": cite.clause, "label": cite.label} for cite in once]
