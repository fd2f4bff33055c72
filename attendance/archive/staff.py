"""Records four to seven: whose hours, what was done, who was on post, what the leader saw."""

from collections import defaultdict
from datetime import date, datetime

from afterschool.policy.terms import duration
from afterschool.xlsx import Column, Sheet
from attendance.models import DayClose, Mark, Patrol, Session
from attendance.selectors.owing import owing_words
from staffing.models import Duty

from .books import Books, clock, local
from .record import DAY, NAME, NUMBER, SECTION, Record, as_table, listed, plain

ROLE, PLACE = Column("岗位", width=10), Column("地点", width=14)


# 课时


def hours(books: Books) -> Record:
    """On paper each person's sum; the single duties stand in record six."""
    sums, duties = _sums(books), _duties(books)
    note = "只算记了到岗和离岗的时间，在应到、应离之内。逐次明细见表格“4 值班明细”和第 6 项。"
    signers = ("制表", "复核", "校长", "日期")
    return Record(4, "带班领导及值班教师（课）时记录", signers, [sums, duties], [as_table(sums, caption="")], note)


def _sums(books: Books) -> Sheet:
    columns = [
        NUMBER, NAME, ROLE, Column("次数", "int", 7, total=True), Column("在岗（分钟）", "int", 12, total=True),
        Column("在岗时长", width=14), Column("其中已确认（分钟）", "int", 16, total=True),
        Column("已确认课时", "int", 12, total=True), Column("没有确认（次）", "int", 14, total=True),
    ]  # fmt: skip
    found: dict[tuple[str, str, int], list[Duty]] = defaultdict(list)
    for duty in books.duties:
        found[duty.get_role_display(), duty.person.name, duty.person_id].append(duty)
    rows = [
        [number, name, role, *_counted(duties)]
        for number, ((role, name, _), duties) in enumerate(sorted(found.items(), key=lambda item: item[0]), 1)
    ]
    return Sheet("4 课时汇总", columns, rows)


def _counted(duties: list[Duty]) -> list:
    minutes, confirmed = sum(duty.minutes for duty in duties), [duty for duty in duties if duty.confirmed_by_id]
    said = sum(duty.minutes for duty in confirmed), sum(duty.lessons for duty in confirmed)
    return [len(duties), minutes, duration(minutes), *said, len(duties) - len(confirmed)]


def _duties(books: Books) -> Sheet:
    columns = [
        DAY, ROLE, SECTION, NAME, Column("代谁的班", width=10), Column("应到", "time", 8), Column("应离", "time", 8),
        Column("到岗", "time", 8), Column("离岗", "time", 8), Column("在岗（分钟）", "int", 12, total=True),
        Column("课时", "int", 7, total=True), Column("确认人", width=10), Column("确认时间", "moment", 18),
        Column("说明", width=16),
    ]  # fmt: skip
    rows = [
        [
            duty.day, duty.get_role_display(), _where(duty), duty.person.name,
            duty.stands_in_for.name if duty.stands_in_for else "", clock(duty.starts_at), clock(duty.ends_at),
            clock(duty.arrived_at), clock(duty.left_at), duty.minutes, duty.lessons if duty.arrived_at else None,
            duty.confirmed_by.name if duty.confirmed_by else "", local(duty.confirmed_at), _lacks(duty),
        ]
        for duty in books.duties
    ]  # fmt: skip
    return Sheet("4 值班明细", columns, rows)


def _lacks(duty: Duty) -> str:
    """Whoever never arrived has no lessons to count."""
    if duty.arrived_at is None:
        return "没有到岗记录"
    if duty.left_at is None:
        return "没有离岗记录"
    return "" if duty.confirmed_by_id else "没有确认"


def _where(duty: Duty) -> str:
    return duty.section.name if duty.section else "全校"


# 服务内容


def contents(books: Books) -> Record:
    columns = [
        DAY, SECTION, Column("开始", "time", 8), Column("结束", "time", 8), PLACE, Column("值班教师", width=14),
        Column("活动", width=10), Column("服务内容", width=46), Column("提示", width=16), Column("照片（张）", "int", 9),
        Column("记录人", width=10), Column("记录时间", "moment", 18),
    ]  # fmt: skip
    rows = [
        [
            one.day, one.section.name, one.starts_at, one.ends_at, one.place, _teachers(books, one),
            one.get_activity_display(), one.content, one.content_flag, books.pictures.get(one.pk, 0),
            one.logged_by.name if one.logged_by else "", local(one.logged_at),
        ]
        for one in books.sessions if one.cancelled_at is None
    ]  # fmt: skip
    return plain(5, "课后服务内容记录", ("值班教师", "带班领导", "日期"), Sheet("5 服务内容", columns, rows))


def _teachers(books: Books, session: Session) -> str:
    return listed(duty.person.name for duty in books.teachers.get((session.section_id, session.day), ()))


# 在岗


def on_post(books: Books) -> Record:
    columns = [
        DAY, ROLE, SECTION, NAME, Column("应到岗", "time", 8), Column("到岗", "time", 8), Column("离岗", "time", 8),
        Column("是否按时", width=16), Column("在岗（分钟）", "int", 12), Column("学生应到", "int", 9),
        Column("学生实到", "int", 9), Column("最后离校", "time", 9),
    ]  # fmt: skip
    counts, last = _headcounts(books), _last_left(books)
    rows = []
    for duty in books.duties:
        at = (duty.section_id, duty.day)
        who = (duty.day, duty.get_role_display(), _where(duty), duty.person.name)
        when = (clock(duty.starts_at), clock(duty.arrived_at), clock(duty.left_at), punctual(duty), duty.minutes)
        rows.append([*who, *when, *counts.get(at, (None, None)), clock(last.get(at))])
    return plain(6, "值班教师在岗情况", ("值班教师", "带班领导", "日期"), Sheet("6 在岗情况", columns, rows))


def _headcounts(books: Books) -> dict[tuple[int | None, date], tuple[int, int]]:
    """应到 and 实到 of each section, and of the whole school, where a child of two sections is one child."""
    counts: dict[tuple[int | None, date], tuple[int, int]] = {}
    expected: dict[date, set[int]] = defaultdict(set)
    here: dict[date, set[int]] = defaultdict(set)
    for roll in books.rolls:
        day = roll.session.day
        counts[roll.session.section_id, day] = len(roll.lines), roll.here
        expected[day] |= {student.pk for student, _ in roll.lines}
        here[day] |= {student.pk for student, status in roll.lines if status in Mark.HERE}
    return counts | {(None, day): (len(expected[day]), len(here[day])) for day in expected}


def _last_left(books: Books) -> dict[tuple[int | None, date], datetime]:
    """When the last child of each section left, and of the whole school."""
    times: dict[tuple[int | None, date], list[datetime]] = defaultdict(list)
    for (_, day), at in books.left_at.items():
        times[None, day].append(at)
    for roll in books.rolls:
        day = roll.session.day
        left = (books.left_at.get((student.pk, day)) for student, _ in roll.lines)
        times[roll.session.section_id, day] += [at for at in left if at]
    return {where: max(at) for where, at in times.items() if at}


def punctual(duty: Duty) -> str:
    """By the minute on the clock: whoever comes within the first minute is on time."""
    if duty.arrived_at is None:
        return "没有到岗记录"
    late = int((duty.arrived_at - duty.starts_at).total_seconds() // 60)
    early = int((duty.ends_at - duty.left_at).total_seconds() // 60) if duty.left_at else 0
    words = [f"迟到 {late} 分" if late > 0 else "按时", f"早离 {early} 分" if early > 0 else ""]
    return listed([*words, "" if duty.left_at else "没有离岗记录"], "，")


# 巡查


def patrols(books: Books) -> Record:
    columns = [
        DAY, Column("时间", "time", 8), SECTION, PLACE, Column("准时", width=7), Column("教师在岗", width=9),
        Column("人数相符", width=9), Column("场所安全", width=9), Column("情况", width=44), Column("带班领导", width=12),
    ]  # fmt: skip
    sheet = Sheet("7 巡查记录", columns, [_patrol(one) for one in books.patrols])
    closes = Sheet("7 当日签字", CLOSE, [_close(one) for one in books.closes.values()])
    return plain(7, "带班领导巡查与当日签字", ("带班领导", "校长", "日期"), sheet, closes)


def _patrol(one: Patrol) -> list:
    found = [_sign(well) for well in (one.on_time, one.teacher_there, one.headcount_right, one.is_safe)]
    undone = f"{clock(one.undone_at):%H:%M} 由 {one.undone_by.name} 撤销" if one.undone_at and one.undone_by else ""
    said = listed([one.note, undone], "；")
    return [one.session.day, clock(one.at), one.session.section.name, one.session.place, *found, said, one.by.name]


def _sign(well: bool) -> str:
    return "√" if well else "×"


COUNTS = {
    "应到": "listed", "出勤": "present", "缺勤": "absent", "请假": "leave", "已交接": "handed_over", "晚接": "kept",
}  # fmt: skip
CLOSE = [
    DAY, Column("签字人", width=12), Column("签字时间", "moment", 18),
    *(Column(word, "int", 8) for word in COUNTS), Column("签字时没有办完", width=30), Column("巡查与服务记录", width=44),
]  # fmt: skip


def _close(one: DayClose) -> list:
    counts = [one.counts.get(key) for key in COUNTS.values()]
    still = owing_words(one.counts.get("unresolved", 0), one.counts.get("incidents", 0))
    return [one.day, one.closed_by.name, local(one.closed_at), *counts, still, one.note]
