"""人员与班额: who is needed for a plan, and how many children make a class."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from afterschool.policy import rules, staffing
from afterschool.policy.verdict import asked

from .cases import case_of_offering
from .drafts import Draft, Finding, label, told
from .models import Offering


def staff(draft: Draft) -> Iterator[Finding]:
    on, stage = (draft.policy, draft.on), draft.plan.school.stage
    students, classes = _students(draft), _classes(draft)
    needs: dict[str, Callable[[], staffing.Need]] = {
        "teacher_count": lambda: staffing.teachers_needed(*on, stage=stage, students=students, classes=classes),
        "assistant_count": lambda: staffing.assistants_needed(*on, stage=stage, students=students),
        "leader_count": lambda: staffing.leaders_needed(*on, stage=stage),
    }
    for field, need in needs.items():
        have = getattr(draft.plan, field)
        # Of an empty box that must be filled is told already.
        if have is not None or field == "assistant_count":
            yield from _enough(need, have or 0, field)


def _enough(need: Callable[[], staffing.Need], have: int, field: str) -> Iterator[Finding]:
    for verdict in asked(field, lambda: [staffing.enough(need(), have)]):
        if verdict.cite or verdict.level == "unknown":
            yield told(verdict, "staff", field, label(field))


def _classes(draft: Draft) -> int:
    return sum(draft.classes.get(grade, 0) for grade in {g for offering in draft.basics for g in offering.grades})


def _students(draft: Draft) -> int:
    """How many are expected at the fullest time of the day."""
    by_slot: dict[str, int] = {}
    for offering in draft.basics:
        by_slot[offering.slot] = by_slot.get(offering.slot, 0) + offering.expected
    return max(by_slot.values(), default=0)


def class_sizes(draft: Draft) -> Iterator[Finding]:
    """Too few children for a class, or too many. Nothing where the policy leaves it to the school."""
    for offering in draft.offerings:
        students = _in_a_class(draft, offering)
        if not (students and offering.grades):
            continue
        case = case_of_offering(draft.policy, draft.on, offering, grade=offering.grades[0], boards=False)
        rule = draft.policy.on(draft.on).maybe(rules.ClassSize, case)
        if rule and (rule.opens_from or rule.at_most):
            verdict = staffing.class_size(draft.policy, draft.on, case, students)
            yield replace(told(verdict, "time", "expected", f"{offering.name} · 人数"), offering_id=offering.pk)


def _in_a_class(draft: Draft, offering: Offering) -> int:
    """A club is one class; the basic service runs in the classes of its grades."""
    if offering.kind == Offering.Kind.CLUB:
        return offering.seats or offering.expected
    classes = sum(draft.classes.get(grade, 0) for grade in offering.grades)
    return -(-offering.expected // classes) if classes else offering.expected
