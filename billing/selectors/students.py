"""Which student a clerk, or a payer, means."""

from django.db.models import Q

from afterschool.errors import RuleBroken
from afterschool.schools.models import Guardianship, School, Student
from billing import matching


def student_named(school: School, text: str) -> Student:
    """By 学籍号, or by a name that only one child of the school has."""
    text = text.strip()
    found = list(
        Student.objects.filter(Q(number=text) | Q(name=text), school=school).select_related("school_class")[:9]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise RuleBroken(f"本校没有叫“{text}”或学籍号为“{text}”的学生", field="student")
    who = "、".join(f"{one.school_class} {one.number}" for one in found)
    raise RuleBroken(f"叫“{text}”的有 {len(found)} 人，请填学籍号：{who}", field="student")


def names_of(school: School):
    """For a field that helps with the typing."""
    return school.students.filter(left_on=None).order_by("sort_key").values("number", "name")


def children_of(school: School) -> list[matching.Child]:
    """All children of the school, with what of them may stand in a payment. Two queries."""
    guardians: dict[int, set[str]] = {}
    for student_id, name in Guardianship.objects.filter(school=school, ended_on=None).values_list(
        "student_id", "person__name"
    ):
        guardians.setdefault(student_id, set()).add(name)
    rows = Student.objects.filter(school=school, left_on=None).values_list(
        "pk", "number", "name", "school_class__grade", "school_class__number"
    )
    return [matching.Child(*row, frozenset(guardians.get(row[0], ()))) for row in rows]
