"""Record two: who was there."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from afterschool.xlsx import Column, Sheet
from attendance.models import ContactAttempt, Mark
from attendance.papers import LEGEND, SIGNS

from .books import Books, Roll, clock, local, place_of
from .record import DAY, KLASS, NAME, NUMBER, SECTION, Record, Table, as_table, listed

UNMARKED = "？"
SAID = f"{LEGEND}　{UNMARKED}未点名"
SUMS: dict[str, tuple[str | None, ...]] = {
    "应到": (*Mark.Status.values, None), "出勤": Mark.HERE, "迟到": (Mark.Status.LATE,), "早退": (Mark.Status.EARLY,),
    "缺勤": (Mark.Status.ABSENT,), "请假": (Mark.Status.LEAVE,), "病": (Mark.Status.ILL,), "未点名": (None,),
}  # fmt: skip
NOT_HERE = (Mark.Status.ABSENT, Mark.Status.LEAVE, Mark.Status.ILL, None)
OF_A_DAY = ("应到", "出勤", "缺勤", "请假", "病", "未点名")


def attendance(books: Books) -> Record:
    daily, *others = _daily(books), _absences(books), _corrections(books)
    first = [_printed_day(books)] if books.is_day else [*_printed_grids(books)] or [as_table(daily, caption="每日出勤")]
    tables = [*first, *(as_table(sheet, caption=sheet.name[2:]) for sheet in others if sheet.rows)]
    signers = ("值班教师", "带班领导", "校长", "日期")
    return Record(2, "学生出缺勤记录", signers, [_grid(books), daily, *others], tables, SAID)


def sign_of(status: str | None) -> str:
    return SIGNS[Mark.Status(status)] if status else UNMARKED


def _monthly(books: Books) -> Iterator[list[Roll]]:
    """The rolls of one section in one month, class after class."""

    def section(roll: Roll):
        return place_of(roll.session.section), roll.session.section_id

    in_order = sorted(books.rolls, key=lambda roll: (section(roll), roll.session.day))
    grouped = groupby(in_order, key=lambda roll: (section(roll), roll.session.day.replace(day=1)))
    return (list(rolls) for _, rolls in grouped)


def _by_child(rolls: list[Roll]) -> dict[int, dict[date, str | None]]:
    found: dict[int, dict[date, str | None]] = defaultdict(dict)
    for roll in rolls:
        for student, status in roll.lines:
            found[student.pk][roll.session.day] = status
    return found


def _sums(marks: dict[date, str | None]) -> list[int]:
    return [sum(status in statuses for status in marks.values()) for statuses in SUMS.values()]


def _grid(books: Books) -> Sheet:
    """A child's month in one section is a row."""
    numbers = sorted({roll.session.day.day for roll in books.rolls})
    rows: list[list] = []
    for rolls in _monthly(books):
        session = rolls[0].session
        for pk, marks in _by_child(rolls).items():
            child = books.students[pk]
            signs = {day.day: sign_of(status) for day, status in marks.items()}
            rows.append(
                [len(rows) + 1, f"{session.day:%Y年%-m月}", session.section.name, str(child.school_class), child.name]
                + [signs.get(number, "") for number in numbers]
                + _sums(marks)
            )
    days, sums = [Column(f"{n}日", width=5) for n in numbers], [Column(word, "int", 7, total=True) for word in SUMS]
    return Sheet(
        "2 考勤表", [NUMBER, Column("月份", width=12), SECTION, KLASS, NAME, *days, *sums], rows, titles=[SAID]
    )


def _printed_grids(books: Books) -> Iterator[Table]:
    """考勤表 as people know it: days across, the day's sums below, the month's at the right."""
    for rolls in _monthly(books):
        session, days = rolls[0].session, [roll.session.day for roll in rolls]
        rows = []
        for number, (pk, marks) in enumerate(_by_child(rolls).items(), 1):
            signs = [sign_of(marks[day]) if day in marks else "" for day in days]
            rows.append([str(number), books.students[pk].name, *signs, *map(_told, _sums(marks))])
        foot = [["", word, *(_told(roll.count(*SUMS[word])) for roll in rolls), *[""] * len(SUMS)] for word in OF_A_DAY]
        who = listed(duty.person.name for day in days for duty in books.teachers.get((session.section_id, day), ()))
        yield Table(
            f"{session.section.name}　{days[0]:%Y年%-m月}　{_when(rolls[0])}　值班教师 {who or '没有排'}",
            ["序号", "姓名", *(str(day.day) for day in days), *SUMS],
            [6, 14, *[5] * len(days), *[7] * len(SUMS)],
            rows,
            foot,
            kind="signs",
        )


def _told(number: int) -> str:
    """Nought is left blank: one looks for what is there."""
    return str(number or "")


def _printed_day(books: Books) -> Table:
    """One line a section, with the names."""
    heads = ["服务班", "时段", "应到", "实到", "出勤", "没到", "点名", "值班教师"]
    rows = [
        [
            roll.session.section.name, _when(roll), str(len(roll.lines)), str(roll.here), _names(roll, *Mark.HERE),
            _names(roll, *NOT_HERE),
            _taken(roll), _teachers(books, roll),
        ]
        for roll in books.rolls
    ]  # fmt: skip
    return Table("当日出缺勤", heads, [14, 14, 6, 6, 56, 26, 14, 12], rows)


def _names(roll: Roll, *statuses: str | None) -> str:
    """Whoever came late or left early has that sign behind the name."""
    here = [(student.name, status) for student, status in roll.lines if status in statuses]
    return "、".join(f"{name}{'' if status == Mark.Status.PRESENT else sign_of(status)}" for name, status in here)


def _taken(roll: Roll) -> str:
    at, by = clock(roll.session.taken_at), roll.session.taken_by
    return f"{at:%H:%M} {by.name if by else ''}" if at else "没有点名"


def _when(roll: Roll) -> str:
    return f"{roll.session.starts_at:%H:%M}–{roll.session.ends_at:%H:%M}"


def _teachers(books: Books, roll: Roll) -> str:
    return listed(duty.person.name for duty in books.teachers.get((roll.session.section_id, roll.session.day), ()))


def _daily(books: Books) -> Sheet:
    """Each session, also those that were cancelled."""
    columns = [
        DAY, SECTION, Column("开始", "time", 8), Column("结束", "time", 8), Column("地点", width=14),
        *(Column(word, "int", 7, total=True) for word in OF_A_DAY), Column("点名时间", "time", 10),
        Column("点名教师", width=12), Column("值班教师", width=16), Column("说明", width=28),
    ]  # fmt: skip
    rolls = {roll.session.pk: roll for roll in books.rolls}
    rows = []
    for session in books.sessions:
        roll = rolls.get(session.pk)
        rows.append(
            [session.day, session.section.name, session.starts_at, session.ends_at, session.place]
            + [roll.count(*SUMS[word]) if roll else 0 for word in OF_A_DAY]
            + [clock(session.taken_at), session.taken_by.name if session.taken_by else ""]
            + [_teachers(books, roll or Roll(session, [])), said_of(session)]
        )
    return Sheet("2 每日出勤", columns, rows)


def said_of(session) -> str:
    """Why it was not as planned."""
    cause = f"{session.stop_reason}（{session.get_unserved_display()}）" if session.unserved else session.stop_reason
    return listed(
        [
            f"取消：{cause}" if session.cancelled_at else f"提前结束：{cause}" if session.cut_short_at else "",
            f"与{session.merged_into.section.name}合班" if session.merged_into else "",
        ],
        "；",
    )


def _absences(books: Books) -> Sheet:
    """Everybody who was not there, why, and whom one called about it. A call stays also where the mark was mended."""
    columns = [
        DAY, SECTION, KLASS, NAME, Column("状态", width=8), Column("原因", width=24), Column("联系时间", "time", 10),
        Column("联系人", width=12), Column("结果", width=22), Column("说明", width=20), Column("联系教师", width=12),
    ]  # fmt: skip
    rows = []
    for roll in books.rolls:
        session = roll.session
        for student, status in roll.lines:
            calls = books.contacts.get((session.pk, student.pk), ())
            away = status is not None and status not in Mark.HERE
            if away or calls:
                who = [session.day, session.section.name, str(student.school_class), student.name]
                who.append(Mark.Status(status).label if status else "未点名")
                who.append(_reason(books, student.pk, session.day) if away else "先记缺勤，后来更正")
                rows += [[*who, *_outcome(call)] for call in calls] or [[*who, None, "", "", "", ""]]
    return Sheet("2 缺勤与联系", columns, rows)


def _reason(books: Books, student_id: int, day: date) -> str:
    asked = (leave for leave in books.leaves.get(student_id, ()) if leave.first_on <= day <= leave.last_on)
    return listed((leave.reason or ("病假" if leave.is_ill else "家长请假") for leave in asked), "；")


def _outcome(call: ContactAttempt) -> list:
    return [clock(call.at), call.person.name if call.person else "", call.get_result_display(), call.note, call.by.name]


def _corrections(books: Books) -> Sheet:
    columns = [
        DAY, SECTION, NAME, Column("原来", width=8), Column("改为", width=8), Column("原因", width=26),
        Column("提出人", width=12), Column("提出时间", "moment", 18), Column("决定人", width=12),
        Column("决定时间", "moment", 18), Column("状态", width=10), Column("为什么不同意", width=20),
    ]  # fmt: skip
    rows = [
        [
            one.session.day, one.session.section.name, books.students[one.student_id].name,
            one.get_was_display() or "未点名", one.get_now_display(), one.reason, one.asked_by.name,
            local(one.asked_at), one.decided_by.name if one.decided_by else "", local(one.decided_at),
            one.get_state_display(), one.refusal,
        ]
        for one in books.corrections
    ]  # fmt: skip
    return Sheet("2 考勤更正", columns, rows)
