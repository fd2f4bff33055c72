"""Rooms to look after, what to do in an emergency, and a teacher who went on with the lessons."""

from datetime import date, timedelta

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.schools.models import School
from afterschool.schools.people import actor_for
from attendance.actions.log import write_log
from attendance.actions.plans import write_plan
from attendance.actions.venues import add_venue, check_venue
from attendance.models import Session

from .clock import at, clock_shows

PLANS = {
    "孩子受伤或突然生病": (
        "先看伤，不随便移动孩子\n叫校医；严重的马上打 120\n告诉带班领导，一位老师守着其他孩子\n"
        "告诉家长，说清在哪里、去哪家医院\n记一件异常，写明经过与处置",
        "县医院急诊 120",
    ),
    "火警、地震": (
        "拉铃\n走最近的楼梯到操场，不坐电梯\n点名，报带班领导\n没有解除以前不让孩子离开",
        "消防 119\n报警 110",
    ),
    "有人强行接走孩子": (
        "不放行，不争吵，把孩子带进室内\n叫门卫和带班领导\n打 110\n打早先留下的监护人电话",
        "报警 110",
    ),
}


def look_after(school: School, today: date, by: Actor) -> None:
    """Three rooms: one in order, one to be looked at, one with something to mend. And the emergency plans."""
    began = today - timedelta(days=40)
    yard, library, gate = (
        add_venue(school, name=name, every_days=30, today=began, by=by) for name in ("操场", "图书室", "校门口")
    )
    for room in (yard, library, gate):
        check_venue(room, is_safe=True, today=began, by=by)
    check_venue(library, is_safe=True, today=today - timedelta(days=9), by=by)
    soon, lately = today + timedelta(days=3), today - timedelta(days=2)
    check_venue(yard, is_safe=False, found="东侧篮球架底座螺丝松动", mend_by=soon, today=lately, by=by)
    for title, (steps, contacts) in PLANS.items():
        contacts = f"学校办公室 {school.phone}\n{contacts}"
        write_plan(school, title=title, steps=steps, contacts=contacts, today=began, by=by)


def teach_on(school: School, today: date) -> None:
    """Written down as it was, and seen by the leader and the bureau."""
    lived = Session.objects.filter(school=school, day__lt=today, section__school_class__isnull=False)
    last = lived.exclude(logged_by=None).latest("day", "pk")
    teacher = actor_for(Person.objects.get(pk=last.logged_by_id or 0), today)
    with clock_shows(at(today, "08:10")) as now:
        words = "讲新课第五单元，赶进度"
        write_log(last, activity=Session.Activity.HOMEWORK, content=words, reason="补记", now=now, by=teacher)
