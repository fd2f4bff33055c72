"""What an agreement says about this child, this school and this policy, in words and whole fen."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from afterschool.plans.models import Offering
from afterschool.policy import fees, rules
from afterschool.policy.book import Policy
from afterschool.policy.rule import Rule
from afterschool.policy.terms import UNITS
from afterschool.policy.verdict import Cite
from afterschool.schools.models import Guardianship
from afterschool.schools.rules import case_of, policy_of
from afterschool.templatetags.words import weekdays as weekday_words

from .models import Application, Choice, PickupPerson
from .selectors import Fee, fee_of


def agreement_facts(application: Application, choices: Sequence[Choice], number: str, began_on: date) -> dict:
    student, school, term = application.student, application.school, application.term
    policy = policy_of(school, began_on)
    fee = fee_of(student, [choice.offering for choice in choices], began_on)
    now, case = policy.on(began_on), case_of(school)
    settled, on_leaving = now.maybe(rules.Settlement, case), now.every(rules.Refund, case, cause="withdrawal")
    return {
        "title": f"{now.the(rules.Agreement).label.removesuffix('书')}书",
        "number": number,
        "school": {"name": school.name, "phone": school.phone, "bureau": school.bureau.name},
        "complaints": school.bureau.phone,
        "student": {"name": student.name, "number": student.number, "class": str(student.school_class)},
        "guardian": _guardian(application),
        "term": term.name,
        "begins": full_day(began_on),
        "ends": full_day(term.ended_on),
        "items": [_item(choice) for choice in choices],
        "charges": any(choice.offering.fee_fen for choice in choices),
        "monthly_fen": _monthly_fen([choice.offering for choice in choices]),
        "fee_because": "；".join(f"{price.because}（{price.cite.label}）" for price in fee.prices if price.cite),
        "waived_percent": fee.waived.answer,
        "leave_mode": application.get_leave_mode_display(),
        "health_note": application.health_note,
        "pickup": _pickup(application),
        "policy": {"title": policy.title, "short": policy.short},
        "settlement": {"direction": settled.direction, "every": UNITS[settled.every]} if settled else {},
        "gives_rest": any(rule.gives == "remaining_days" for rule in on_leaving),
        "clauses": clauses(policy, began_on, fee, settled, *on_leaving),
    }


def _monthly_fen(offerings: Sequence[Offering]) -> int:
    return sum(offering.fee_fen for offering in offerings if offering.unit == Offering.Unit.MONTH)


def _guardian(application: Application) -> dict:
    person = application.guardian
    tie = Guardianship.objects.filter(student=application.student, person=person).first()
    return {"name": person.name, "relation": tie.relation if tie else "", "phone": person.phone}


def _pickup(application: Application) -> list[dict]:
    """Whom the guardians had named when the school said yes."""
    named = PickupPerson.objects.open_on(timezone.localdate(application.approved_at))
    return [
        {"name": adult.name, "relation": adult.relation, "phone": adult.phone}
        for adult in named.filter(student=application.student)
    ]


def clauses(policy: Policy, on: date, fee: Fee, settled: Rule | None, *on_leaving: Rule) -> dict[str, str]:
    """Labels of the clauses that the text rests on; a policy silent on one leaves it out."""
    now = policy.on(on)
    cites = {
        "agreement": now.the(rules.Agreement).cite,
        "waiver": fee.waived.cite,
        "settlement": _cite(settled),
        "withdrawal": _cite(now.maybe(rules.Withdrawal)),
        "refund": _cite(next(iter(on_leaving), None)),
    }
    return {about: cite.label for about, cite in cites.items() if cite}


def _cite(rule: Rule | None) -> Cite | None:
    return rule.cite if rule else None


def _item(choice: Choice) -> dict:
    offering = choice.offering
    return {
        "name": offering.name,
        "kind": offering.get_kind_display(),
        "when": f"{weekday_words(choice.weekdays)} {clock(offering)}",
        "fee_fen": offering.fee_fen,
        "rate": fees.per_unit(offering.fee, offering.unit),
    }


def clock(offering: Offering) -> str:
    return f"{offering.starts_at:%H:%M}—{offering.ends_at:%H:%M}"


def full_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
