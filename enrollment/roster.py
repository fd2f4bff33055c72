"""参加学生名册: by section, with guardians and the people who may collect. No waivers, no restrictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from afterschool.access.reach import Reach
from afterschool.templatetags.words import weekdays
from afterschool.xlsx import Column, Sheet, write_xlsx

from .models import Placement, Section
from .selectors import Collector, collectors_of


@dataclass(frozen=True)
class Line:
    number: int
    placement: Placement
    guardians: list[Collector]
    others: list[Collector]


@dataclass(frozen=True)
class SectionRoster:
    section: Section
    lines: list[Line]


def roster_of(reach: Reach, day: date) -> list[SectionRoster]:
    """Everyone in their seat on that day. A handful of queries, whatever the number of children."""
    placements = list(
        Placement.objects.within(reach)
        .open_on(day)
        .select_related("section__school", "student__school_class", "item__agreement__application")
        .order_by("section__school__name", "section__school_class__grade", "section__school_class__number",
                  "section__name", "student__sort_key", "student_id")
    )  # fmt: skip
    adults = collectors_of({placement.student for placement in placements}, day)
    return [
        SectionRoster(section, [_line(number, one, adults[one.student_id]) for number, one in enumerate(group, 1)])
        for section, group in groupby(placements, key=lambda placement: placement.section)
    ]


def _line(number: int, placement: Placement, adults: list[Collector]) -> Line:
    # Who is barred is not a matter for a list that hangs on a door; the gate's own page says it.
    good = [adult for adult in adults if not adult.barred]
    return Line(
        number,
        placement,
        [adult for adult in good if adult.kind == "guardian"],
        [adult for adult in good if adult.kind == "pickup"],
    )


COLUMNS = (
    Column("序号", "int", 6),
    Column("服务班", width=18),
    Column("学籍号", width=22),
    Column("姓名"),
    Column("性别", width=6),
    Column("班级", width=10),
    Column("参加星期", width=18),
    Column("监护人", width=26),
    Column("授权接送人", width=26),
    Column("离校方式"),
    Column("协议编号", width=16),
    Column("自", "date", 12),
    Column("至", "date", 12),
)


def roster_xlsx(sections: Sequence[SectionRoster], day: date) -> bytes:
    lines = [(section.section, line) for section in sections for line in section.lines]
    rows = [_row(number, section, line) for number, (section, line) in enumerate(lines, 1)]
    return write_xlsx([Sheet("参加学生名册", COLUMNS, rows, titles=[f"课后服务参加学生名册（{day:%Y-%m-%d}）"])])


def _row(number: int, section: Section, line: Line) -> list:
    placement, student = line.placement, line.placement.student
    agreement = placement.item.agreement
    return [
        number, section.name, student.number, student.name, student.get_sex_display(), str(student.school_class),
        weekdays(placement.item.weekdays), _names(line.guardians), _names(line.others),
        agreement.application.get_leave_mode_display(), agreement.number, placement.began_on, placement.ended_on,
    ]  # fmt: skip


def _names(adults: Sequence[Collector]) -> str:
    return "；".join(f"{adult.relation}{adult.name} 尾号{adult.phone_tail}" for adult in adults)
