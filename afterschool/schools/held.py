"""What the school holds on a child, room by room, for the guardian who asks for a copy (PIPL 45; C14).

Only what is named in a `held.py` goes out: the child's own facts, and of what people wrote only what the reader wrote.
Who the other guardian is, where they live, whom they named, restriction papers, disputes: no room tells of them.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from .models import Guardianship, Student

Cell = str | int | None


@dataclass(frozen=True)
class Held:
    """One kind of record on the child."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def held(title: str, columns: str, rows) -> Held:
    """Columns in one text with spaces; days, times and yes or no as people write them."""
    return Held(title, tuple(columns.split()), [tuple(map(_said, row)) for row in rows])


def records(student: Student, reader: int) -> list[Held]:
    child = (
        ("姓名", student.name), ("性别", student.get_sex_display()), ("出生日期", student.born_on),
        ("学籍号", student.number), ("学校", student.school.name), ("班级", str(student.school_class)),
        ("寄宿", student.boards), ("随迁子女", student.is_migrant), ("留守儿童", student.is_left_behind),
        ("孤儿", student.is_orphan), ("残疾", student.is_disabled), ("建档立卡", student.is_registered_poor),
        ("离校日期", student.left_on),
    )  # fmt: skip
    own = Guardianship.objects.filter(student=student, person=reader).select_related("person")
    return [
        held("学籍信息", "项目 内容", child),
        held(
            "您的监护关系",
            "姓名 关系 电话 自 至",
            ((one.person.name, one.relation, one.person.phone, one.began_on, one.ended_on) for one in own),
        ),
    ]


def _said(value) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value
