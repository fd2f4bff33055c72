"""The two ways the house says no: a rule forbids it, or no rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afterschool.policy.verdict import Cite


class RuleBroken(Exception):
    """A deed was refused. `field` names the form field it is about, `cite` the clause it rests on."""

    def __init__(self, message: str, cite: Cite | None = None, field: str | None = None):
        super().__init__(message)
        self.cite = cite
        self.field = field


class NoRule(Exception):
    """The policy in force is silent on what this case needs; someone must decide, nobody may guess."""

    def __init__(self, switch: str, question: str, policy: str = ""):
        super().__init__(f"{policy or '现行政策'}没有写明{question}，须由教育局明确后再办理")
        self.switch = switch
        self.question = question
        self.policy = policy
