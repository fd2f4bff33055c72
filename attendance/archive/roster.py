"""Record one: who takes part."""

from collections import defaultdict
from collections.abc import Iterator

from afterschool.plans.models import Offering
from afterschool.templatetags.words import phone_mask, weekdays
from afterschool.xlsx import Column, Sheet
from enrollment.models import Placement
from enrollment.release import may_release
from enrollment.selectors import Known, grants_of, restrictions_of

from .books import Books
from .record import NUMBER, Record, listed, plain, short


def roster(books: Books) -> Record:
    seats = defaultdict(list)
    for seat in books.seats:
        seats[seat.student_id].append(seat)
    adults = _who_may_collect(books)
    by_class = sorted(seats, key=books.place_of_student)
    rows = [[number, *_roster_row(books, pk, seats[pk], adults[pk])] for number, pk in enumerate(by_class, 1)]
    columns = [
        NUMBER, Column("学籍号", width=37), Column("姓名", width=13), Column("性别", width=6), Column("班级", width=14),
        Column("时段", width=40), Column("特色课程", width=16), Column("监护人", width=24), Column("监护人电话", width=26),
        Column("授权接送人", width=18), Column("离校方式", width=22), Column("协议编号", width=25),
        Column("自", "date", 15), Column("至", "date", 15), Column("备注", width=9),
    ]  # fmt: skip
    sheet = Sheet("1 参加学生名册", columns, rows)
    return plain(1, "参加学生名册", ("制表", "班主任", "校长", "学校（盖章）", "日期"), sheet)


def _who_may_collect(books: Books) -> dict[int, list[Known]]:
    """On the last of the days. Whoever is barred is no matter for a list."""
    children = [books.students[pk] for pk in {seat.student_id for seat in books.seats}]
    barring, day = restrictions_of(children, books.last), books.last
    return {
        pk: [one for one in known if may_release([one.grant], barring[pk], day)]
        for pk, known in grants_of(children, day).items()
    }


def _roster_row(books: Books, student_id: int, seats: list[Placement], adults: list[Known]) -> list:
    student = books.students[student_id]
    agreements = [seat.item.agreement for seat in seats]
    ends = [seat.ended_on for seat in seats]
    guardians = [one for one in adults if one.person]
    return [
        student.number, student.name, student.get_sex_display(), str(student.school_class),
        listed(map(_hours, _of_kind(seats, Offering.Kind.BASIC)), "；"),
        listed(map(_hours, _of_kind(seats, Offering.Kind.CLUB)), "；"),
        listed(f"{one.relation} {one.grant.adult.name}" for one in guardians),
        listed(phone_mask(one.phone) for one in guardians),
        listed(f"{one.relation} {one.grant.adult.name}" for one in adults if one.pickup),
        agreements[-1].application.get_leave_mode_display(),
        listed(agreement.number for agreement in agreements),
        min(seat.began_on for seat in seats),
        max(filter(None, ends)) if all(ends) else None,
        f"{short(student.left_on)}离校" if student.left_on and student.left_on <= books.last else "",
    ]  # fmt: skip


def _of_kind(seats: list[Placement], kind: str) -> Iterator[Placement]:
    return (seat for seat in seats if seat.section.offering.kind == kind)


def _hours(seat: Placement) -> str:
    offering = seat.section.offering
    when = f"{weekdays(seat.item.weekdays)} {offering.starts_at:%H:%M}–{offering.ends_at:%H:%M}"
    return f"{seat.section.name} {when}"
