"""The rules asked for by name, each as one sentence."""

from __future__ import annotations

from dataclasses import replace

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.rule import Rule
from afterschool.policy.saying import say
from afterschool.policy.trial.bench import Bench

ASKS: dict[str, tuple[type[Rule], ...]] = {
    "serves": (rules.AppliesTo, rules.OutsideScope),
    "services": (rules.ServiceItem,),
    "price": (rules.Price, rules.NoFee, rules.ChargeCap),
    "fee_setting": (rules.FeeSetting,),
    "account": (rules.Account,),
    "collection": (rules.Collection,),
    "collected_apart": (rules.OwnItem,),
    "settlement": (rules.Settlement,),
    "refund_route": (rules.RefundRoute,),
    "subsidy": (rules.Subsidy,),
    "stipend": (rules.StipendBase, rules.StipendPercent, rules.StipendRate, rules.StipendLimit, rules.StipendPaid),
    "payroll": (rules.Payroll,),
    "expenses": (rules.Expense, rules.UnlistedExpense),
    "class_size": (rules.ClassSize,),
    "third_party": (rules.ThirdParty, rules.ExtraFee),
    "filing": (rules.Filing,),
    "disclosure": (rules.Disclosure,),
    "enrolment": (rules.EnrolmentSteps,),
    "agreement": (rules.Agreement,),
    "refusal": (rules.Refusal,),
    "priority": (rules.Priority,),
    "withdrawal": (rules.Withdrawal,),
    "basic_first": (rules.BasicFirst,),
    "obligations": (rules.Obligation,),
    "prohibitions": (rules.Prohibition,),
}


def tell(bench: Bench) -> None:
    # Of boarders and of the month it is only asked where the scenario speaks of them.
    case = replace(bench.facts.case, month=None, boarding=bench.facts.raw.get("school", {}).get("boarding"))
    for number, ask in enumerate(bench.facts.raw.get("asks", ())):
        with bench.answer.part(f"asks[{number}]"):
            now, kinds = bench.law.on(bench.facts.on), ASKS[ask]
            found = [rule for kind in kinds for rule in now.every(kind) if rule.may_hold(case)]
            if not found:
                raise NoRule(kinds[0].kind, kinds[0].question, bench.law.short)
            for rule in found:
                bench.answer.add(
                    "answers", ask=ask, key=getattr(rule, "key", ""), message=say(rule, now.rules),
                    clause=bench.answer.clause(rule.cite), weight=rule.weight,
                )  # fmt: skip
