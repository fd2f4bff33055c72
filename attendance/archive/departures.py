"""Record three: who left when and with whom, and who was given from one teacher to the next."""

from collections import defaultdict

from afterschool.xlsx import Column, Sheet
from attendance.models import GateEvent, Handover, Mark
from attendance.models.corrections import later_in_words, typed_in_words

from .books import Books, clock
from .late import late_stays
from .record import DAY, KLASS, NAME, NUMBER, SECTION, Record, Table, as_table, listed, short

AWAY = (Mark.Status.LEAVE, Mark.Status.ILL)


def departures(books: Books) -> Record:
    sheet, *others = _departures(books), late_stays(books), _transfers(books)
    first = as_table(sheet, caption="离校记录") if books.is_day else _by_class_and_day(books)
    signers = ("移交教师", "门卫", "带班领导", "日期")
    tables = [first, *(as_table(one, caption=one.name[2:]) for one in others if one.rows)]
    return Record(3, "学生离校（交接）记录", signers, [sheet, *others], tables)


def _departures(books: Books) -> Sheet:
    columns = [
        NUMBER, DAY, KLASS, NAME, Column("离校时间", "time", 10), Column("方式", width=10), Column("接领人", width=12),
        Column("关系", width=10), Column("核验方式", width=22), Column("移交教师", width=12), Column("地点（门）", width=12),
        Column("批次", width=10), Column("异常", width=30),
    ]  # fmt: skip
    rows = [
        [
            number, one.day, _klass(books, one), books.students[one.student_id].name, clock(one.at),
            Handover.Mode(one.mode).label, one.collector_name, one.collector_relation, _how(one),
            given_by(one), one.place, _batch(books, one), _odd(books, one),
        ]
        for number, one in enumerate(books.departures, 1)
    ]  # fmt: skip
    return Sheet("3 离校记录", columns, rows)


def _klass(books: Books, one) -> str:
    return str(books.students[one.student_id].school_class)


def _batch(books: Books, one) -> str:
    grade = books.students[one.student_id].school_class.grade
    running = (batch for batch in books.batches if batch.began_on <= one.day <= (batch.ended_on or one.day))
    return next((batch.name for batch in running if grade in batch.grades), "")


def _how(one) -> str:
    label, typed = GateEvent.How(one.how).label, _typed(one)
    return f"{label}（{typed}）" if typed else label


def _typed(one) -> str:
    return typed_in_words(one.event__device, one.by__name, one.event__received_at)


def given_by(one) -> str:
    """Nobody, where a leader only wrote it down afterwards."""
    return "" if one.how == GateEvent.How.LATER else one.by__name


def _odd(books: Books, one) -> str:
    """晚接, 补记, 撤销."""
    stays = books.stays.get((one.student_id, one.day), ())
    kept = [f"晚接：{stay.keeper.name}在{stay.place}看护，{clock(stay.began_at):%H:%M}起" for stay in stays]
    undone = f"{clock(one.undone_at):%H:%M} 由 {one.undone_by__name or '系统'} 撤销" if one.undone_at else ""
    return listed([*kept, _later(one), undone], "；")


def _later(one) -> str:
    if one.how != GateEvent.How.LATER:
        return ""
    whose = (one.by__name, one.event__later__at, one.event__later__source)
    return f"补记：{later_in_words(*whose, one.event__later__reason, one.event__later__decided_by__name)}"


def _by_class_and_day(books: Books) -> Table:
    """Many days: a class and day is one row that names each child with the time and the adult."""
    found = defaultdict(list)
    for one in books.departures:
        found[one.day, books.place_of_student(one.student_id)[:2]].append(one)
    rows = [
        [
            short(day), _klass(books, gone[0]), str(sum(one.undone_at is None for one in gone)),
            listed(filter(None, map(given_by, gone))), listed(one.place for one in gone),
            "　".join(_in_short(books, one) for one in gone),
        ]
        for (day, _), gone in sorted(found.items(), key=lambda item: item[0])
    ]  # fmt: skip
    heads = [
        "日期",
        "班级",
        "人数",
        "移交教师",
        "地点（门）",
        "离校时间、学生（关系、接领人；除当面认人以外的核验方式；补录；异常）",
    ]
    return Table("离校记录", heads, [10, 10, 6, 12, 10, 102], rows)


def _in_short(books: Books, one) -> str:
    """`17:42 陈一诺（奶奶 李桂芳）`."""
    collected = one.mode == Handover.Mode.COLLECTED
    who = f"{one.collector_relation} {one.collector_name}" if collected else Handover.Mode(one.mode).label
    plain = (GateEvent.How.KNOWN, GateEvent.How.AGREED, GateEvent.How.LATER)  # the last one's story is told anyway
    how = "" if one.how in plain else GateEvent.How(one.how).label
    said = listed([who, how, _typed(one), _odd(books, one)], "，")
    return f"{clock(one.at):%H:%M} {books.students[one.student_id].name}（{said}）"


def _transfers(books: Books) -> Sheet:
    """教师间交接."""
    columns = [
        DAY, Column("时间", "time", 8), SECTION, Column("从", width=14), Column("移交", width=12),
        Column("接收", width=12), Column("应到", "int", 7), Column("实到", "int", 7), Column("请假名单", width=30),
        Column("注意事项", width=36),
    ]  # fmt: skip
    away = {roll.session.pk: [s.name for s, status in roll.lines if status in AWAY] for roll in books.rolls}
    rows = [
        [
            one.session.day, clock(one.at), one.session.section.name,
            one.from_session.section.name if one.from_session else "上课", one.given_by.name if one.given_by else "",
            one.received_by.name, one.expected, one.received, listed(away.get(one.session_id, ())), one.note,
        ]
        for one in books.transfers
    ]  # fmt: skip
    return Sheet("3 教师间交接", columns, rows)
