"""What waits in the attendance room for one person."""

from datetime import date

from django.db.models import Count
from django.urls import reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import School
from afterschool.templatetags.words import clock, day

from . import after_roll, selectors, upkeep
from .models import Alarm, Session
from .selectors.held import dispute_calls_wanted, held_days
from .selectors.later import unrecorded_days

FEW = 3


def tasks(actor: Actor, today: date) -> list[Task]:
    waiting = (_rolls, _gate, _call_backs, _close, _incidents, _alarms, after_roll.tasks, upkeep.tasks)
    return [task for tasks_of in waiting for task in tasks_of(actor, today)]


def _rolls(actor: Actor, today: date):
    """Rolls of one's own sections; a leader's own list is the board."""
    if Role.LEADER in actor.roles or not actor.may(C.TAKE_ROLL):
        return
    untaken = Session.objects.held().within(actor.reach(C.TAKE_ROLL)).filter(day=today, taken_at=None)
    for session in selectors.sessions_open_to(actor, untaken).select_related("section"):
        url = reverse("attendance:session-roll", args=[session.pk])
        yield Task(f"{session.section.name} 点名", f"{clock(session.starts_at)} 开始，还没有点名", url, icon="people")


def _gate(actor: Actor, today: date):
    if not actor.may(C.HAND_OVER) or Role.LEADER in actor.roles:
        return
    school = selectors.schools_at_the_gate(actor, today).first()
    waiting = selectors.still_here(actor, today, school) if school else 0
    if waiting:
        yield Task("交接", f"还有 {waiting} 个孩子等着交接", reverse("attendance:handover"), waiting, icon="next")


def _call_backs(actor: Actor, today: date):
    """An adult nobody knows stands at the gate, or a child in a dispute: a second person has to telephone."""
    if actor.may(C.CALL_BACK):
        for incident in selectors.calls_wanted(actor, today):
            url = reverse("attendance:call-back", args=[incident.pk])
            said = f"{clock(incident.at)} 有不认识的人来接，请打给登记在册的监护人"
            yield Task(f"回拨核实：{incident.student.name}", said, url, urgent=True, icon="phone")
        for incident in dispute_calls_wanted(actor, today):
            url = reverse("attendance:call-back", args=[incident.pk])
            said = f"{incident.by.name} 在校门口等，放行前要告知监护人"
            yield Task(f"给监护人打电话：{incident.student}", said, url, urgent=True, icon="phone")


def _close(actor: Actor, today: date):
    """The day that is running, and earlier ones that were never signed."""
    led = actor.reach(C.LEAD_DAY)
    if not led:
        return
    running = Session.objects.held().within(led).filter(day=today).exclude(school__day_closes__day=today)
    for school in School.objects.within(led).filter(pk__in=running.values("school")).select_related("bureau"):
        board = selectors.board(school, today)
        url = f"{reverse('attendance:day')}?school={school.pk}"
        yield Task(f"{day(today)}清零签字", _left(board), url, urgent=bool(board.alarms or board.held), icon="check")
    for one in selectors.unsigned_days(led, today):
        url = f"{reverse('attendance:day')}?school={one['school']}&day={one['day'].isoformat()}"
        yield Task(f"{day(one['day'])}没有签字", "那天还没有清零，请补办", url, urgent=True, icon="warn")
    for (school_id, on), count in held_days(led, today).items():
        url = f"{reverse('attendance:day')}?school={school_id}&day={on.isoformat()}"
        yield Task(f"{day(on)}交接待确认", f"签字以后到的 {count} 次交接等您确认", url, count, urgent=True, icon="warn")
    for (school_id, on), count in unrecorded_days(led, today).items():
        url = f"{reverse('attendance:later')}?school={school_id}&day={on.isoformat()}"
        yield Task(f"{day(on)}补记离校", f"{count} 个到了的孩子没有离校记录", url, count, icon="edit")


def _left(board: selectors.Board) -> str:
    if board.can_close:
        return "都已清零，请签字"
    held = f"，{len(board.held)} 次交接等您确认" if board.held else ""
    return f"未点名 {len(board.untaken)} 个班，待交接 {board.waiting} 人{held}"


def _incidents(actor: Actor, today: date):
    """What happened and is not over, for those who lead; of many only the number."""
    open_ones = list(selectors.open_incidents(actor.reach(C.LEAD_DAY)).order_by("id"))
    if len(open_ones) > FEW:
        first = open_ones[0]
        url = f"{reverse('attendance:day')}?school={first.school_id}&day={first.day.isoformat()}"
        said = f"最早的是{day(first.day)}：{first.get_kind_display()}"
        yield Task(f"{len(open_ones)} 件异常没有处理完", said, url, len(open_ones), icon="warn")
        return
    for incident in open_ones:
        who = f"：{incident.student.name}" if incident.student else ""
        said = f"{day(incident.day)} {clock(incident.at)}，还没有处理完"
        url = reverse("attendance:incident", args=[incident.pk])
        yield Task(f"{incident.get_kind_display()}{who}", said, url, icon="warn")


def _alarms(actor: Actor, today: date):
    """Children left behind: the principal sees the board, the bureau calls the school."""
    steps = (
        (Alarm.Step.PRINCIPAL, Role.PRINCIPAL, lambda school: f"{reverse('attendance:day')}?school={school.pk}"),
        (Alarm.Step.BUREAU, Role.BUREAU_REVIEWER, lambda school: f"tel:{school.phone}"),
    )
    for step, role, url in steps:
        open_ones = Alarm.objects.within(actor.reach_as([role])).filter(day=today, step=step, settled_at=None)
        for school in School.objects.filter(alarms__in=open_ones).annotate(children=Count("alarms")):
            said = f"{school.children} 个孩子放学很久还没有着落，学校电话 {school.phone}"
            yield Task(f"{school.name}：孩子滞留", said, url(school), school.children, urgent=True, icon="stop")
