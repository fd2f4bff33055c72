"""试算: what a policy makes of a case. The same functions as month end, on a scenario instead of the school's books.

A scenario and its result are JSON, as docs/policy-scenario.schema.json and docs/policy-result.schema.json describe.
"""

from __future__ import annotations

from typing import Any

from afterschool.policy.book import Policy, Succession
from afterschool.policy.trial.answer import Answer
from afterschool.policy.trial.bench import Bench
from afterschool.policy.trial.charging import charge
from afterschool.policy.trial.days import Calendar
from afterschool.policy.trial.intake import facts_of
from afterschool.policy.trial.papers import ScenarioError, checked, read
from afterschool.policy.trial.paying import pay, share_out, subsidise
from afterschool.policy.trial.returning import refund, settle
from afterschool.policy.trial.rulings import judge
from afterschool.policy.trial.telling import tell

__all__ = ["ScenarioError", "checked", "read", "simulate"]

PARTS = (judge, charge, refund, settle, pay, subsidise, share_out, tell)


def simulate(law: Policy | Succession, scenario: object) -> dict[str, Any]:
    """Everything the policy has to say about the scenario. Silences are told in `unknown`, and end their own part only.

    Raises ScenarioError where the scenario is not in proper form.
    """
    facts = facts_of(checked(scenario))
    policy = law if isinstance(law, Policy) else law.policy_on(facts.on)
    answer = Answer(policy, facts.on)
    bench = Bench(law, facts, answer, Calendar(facts.raw.get("calendar", ()), facts.term))
    for part in PARTS:
        part(bench)
    return answer.result
