"""Of record three: with whom the children stayed whom nobody had collected yet."""

from datetime import datetime

from afterschool.xlsx import Column, Sheet
from attendance.models import LateStay

from .books import Books, clock
from .record import DAY, KLASS, NAME, NUMBER


def late_stays(books: Books) -> Sheet:
    columns = [
        NUMBER, DAY, KLASS, NAME, Column("看护人", width=12), Column("地点", width=18), Column("自", "time", 8),
        Column("至", "time", 8), Column("后来", width=24),
    ]  # fmt: skip
    in_order = sorted(books.stays.items(), key=lambda one: (one[0][1], books.place_of_student(one[0][0])))
    rows = [
        [number, *row] for number, row in enumerate((row for _, stays in in_order for row in _rows(books, stays)), 1)
    ]
    return Sheet("3 晚接看护", columns, rows)


def _rows(books: Books, stays: list[LateStay]):
    """Of one child and day."""
    stays = sorted(stays, key=lambda stay: (stay.began_at, stay.pk))
    child = books.students[stays[0].student_id]
    left_at = books.left_at.get((child.pk, stays[0].day))
    for stay, after in zip(stays, [*stays[1:], None], strict=True):
        until, became = _end(stay, after, left_at)
        yield [
            stay.day, str(child.school_class), child.name, stay.keeper.name, stay.place, clock(stay.began_at),
            clock(until), became,
        ]  # fmt: skip


def _end(stay: LateStay, after: LateStay | None, left_at: datetime | None) -> tuple[datetime | None, str]:
    if stay.ended_at is None:
        return left_at, "已交接" if left_at else "还在看护中"
    handed_on = after is not None and after.began_at == stay.ended_at
    return stay.ended_at, f"改由 {after.keeper.name} 看护" if after and handed_on else "撤销"
