"""A copy of all that the rooms hold on a child, for its guardian: on the screen as a list, as JSON and on paper."""

import json
from datetime import datetime
from importlib import import_module

from django.utils import timezone

from afterschool.pdf import render_pdf
from afterschool.schools.held import Held
from afterschool.schools.models import Student

# Each room knows what it holds, and what of it the reader may have.
ROOMS = ("afterschool.schools.held", "enrollment.held", "attendance.held", "billing.held")


def held_on(student: Student, reader: int) -> list[Held]:
    """Room by room; what is empty stays in, so that one reads there is nothing."""
    return [one for room in ROOMS for one in import_module(room).records(student, reader)]


def as_json(student: Student, reader: int, now: datetime) -> bytes:
    records = {
        one.title: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in held_on(student, reader)
    }
    content = {
        "学校": student.school.name,
        "学生": student.name,
        "生成": timezone.localtime(now).isoformat(),
        "记录": records,
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def as_pdf(student: Student, reader: int, now: datetime) -> bytes:
    return render_pdf("print/child_export.html", {"student": student, "records": held_on(student, reader), "now": now})
