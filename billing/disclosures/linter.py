"""Looks for people in what is about to become public: names of children, guardians and staff, phones, long numbers."""

import re

from afterschool.access.models import Person
from afterschool.schools.models import School, Student

NUMBERS = {
    "手机号": re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])"),
    "证件号": re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"),
    "银行账号": re.compile(r"(?<![0-9A-Za-z])\d{16,19}(?![0-9A-Za-z])"),
}


def personal_data(text: str, school: School) -> str:
    """What kind of personal data the text holds, in words; empty where there is none."""
    for kind, pattern in NUMBERS.items():
        if pattern.search(text):
            return kind
    return "姓名" if any(name in text for name in names_of(school)) else ""


def names_of(school: School) -> set[str]:
    """Everybody the school knows: its children, their guardians, its staff."""
    people = Person.objects.filter(posts__school=school) | Person.objects.filter(guardianships__school=school)
    return {
        *Student.objects.filter(school=school).values_list("name", flat=True),
        *people.values_list("name", flat=True),
    }
