"""人员配备: how many teachers, assistants and leaders a service needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Level, Verdict

PEOPLE = {"teacher": "名教师", "assistant": "名教辅人员", "leader": "名带班领导"}
MEASURES = {"students": "名学生", "classes": "个班", "day": "天"}


@dataclass(frozen=True, slots=True)
class Need(Verdict[int]):
    """So many people, and how grave it is when there are fewer."""

    level_when_short: Level = "breach"


def teachers_needed(law: Law, on: date, *, stage: str, students: int, classes: int) -> Need:
    """The least number of teachers for this many students in this many classes."""
    rule = law.on(on).the(rules.Staffing, Case(stage=stage), role="teacher")
    return _needed(rule, {"students": students, "classes": classes}, law)


def assistants_needed(law: Law, on: date, *, stage: str, students: int) -> Need:
    """Assistants beside the teachers; none where the policy asks for none."""
    rule = law.on(on).maybe(rules.Staffing, Case(stage=stage), role="assistant")
    if rule is None:
        return Need(0, "政策没有要求加配教辅人员")
    return _needed(rule, {"students": students}, law)


def leaders_needed(law: Law, on: date, *, stage: str) -> Need:
    """带班领导 on duty each day."""
    rule = law.on(on).maybe(rules.Staffing, Case(stage=stage), role="leader")
    if rule is None:
        return Need(0, "政策没有规定带班领导人数")
    return _needed(rule, {"day": 1}, law)


def enough(need: Need, have: int) -> Verdict[bool]:
    """Are `have` people as many as `need` asks for?"""
    if have >= need.answer:
        return Verdict(True, need.because, need.cite, field="staff")
    why = f"{need.because}，现有 {have} 名，还差 {need.answer - have} 名"
    return Verdict(False, why, need.cite, need.level_when_short, "staff")


def class_size(law: Law, on: date, case: Case, students: int) -> Verdict[bool]:
    """Are so many students a class that may open, and not too many for one? NoRule where the policy does not say."""
    rule = law.on(on).the(rules.ClassSize, case)
    least = f"满 {rule.opens_from} 人开班" if rule.opens_from else ""
    most = f"一班不超过 {rule.at_most} 人" if rule.at_most else ""
    limit = "，".join(part for part in (least, most) if part)
    if rule.opens_from and students < rule.opens_from:
        mend = {True: "，可以和别的班合并", False: "，也不能和别的班合并", None: ""}[rule.merging]
        why = f"{least}，{students} 人还差 {rule.opens_from - students} 人{mend}"
    elif rule.at_most and students > rule.at_most:
        why = f"{most}，{students} 人要分成 {-(-students // rule.at_most)} 个班"
    else:
        return Verdict(True, limit or "政策没有限制一班多少人", rule.cite, field="students")
    return Verdict(False, why, rule.cite, rule.level_when_broken, "students")


def _needed(rule: rules.Staffing, counts: dict[str, int], law: Law) -> Need:
    count = counts[rule.of]
    whole, part = divmod(count, rule.per)
    if part and rule.rounding is None:
        raise NoRule(
            f"staffing.{rule.role}.rounding",
            f"不足 {rule.per} {MEASURES[rule.of]}的部分要不要配{PEOPLE[rule.role][1:]}",
            law.short,
        )
    people = rule.each * (whole + (1 if part and rule.rounding == "up" else 0))
    of = MEASURES[rule.of]
    said = f"每 {rule.per} {of}配 {rule.each} {PEOPLE[rule.role]}，{count} {of}要 {people} 名"
    return Need(people, said, rule.cite, level_when_short=rule.level_when_broken)
