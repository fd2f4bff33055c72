from datetime import time

from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from afterschool.plans.models import Offering
from attendance.actions import children_left, hand_over, take_roll
from attendance.desk import tasks
from attendance.tasks import open_school, watch, watch_school
from enrollment.models import Section
from enrollment.selectors import collectors_of
from staffing.desk import tasks as staffing_tasks
from tests import cast
from tests.attendance.town import THURSDAY, at


def titles(found):
    return [task.title for task in found]


def test_duty_teacher_is_shown_the_roll_and_then_the_gate(town):
    assert titles(tasks(town.by_teacher, THURSDAY)) == ["三(2)班 点名"]
    assert titles(staffing_tasks(town.by_teacher, THURSDAY)) == ["今天值班：三(2)班"]

    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    assert [task.count for task in tasks(town.by_teacher, THURSDAY)] == [3]


def test_guard_is_shown_the_children_at_the_gate_and_nobody_else_is(town, lanting):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    guard = cast.act(cast.make_person("门卫", Role.GUARD, town.school), THURSDAY)
    other = cast.act(cast.make_person("别校门卫", Role.GUARD, lanting), THURSDAY)

    assert titles(tasks(guard, THURSDAY)) == ["交接"]
    assert tasks(other, THURSDAY) == []


def test_leader_is_shown_the_day_until_it_is_signed(town):
    [task] = tasks(town.by_leader, THURSDAY)
    assert task.title == "10月15日清零签字"
    assert "未点名 1 个班" in task.detail
    [late] = [task for task in tasks(cast.act(town.leader, at(9).date()), at(9).date().replace(day=16)) if task.urgent]
    assert late.title == "10月15日没有签字"


def test_child_left_behind_is_told_once_to_each(town):
    by = town.by_leader
    take_roll(town.session, exceptions={}, now=at(15, 57), by=town.by_teacher)
    for child in town.children[1:]:
        [mother] = collectors_of([child], THURSDAY)[child.pk]
        hand_over(child, day=THURSDAY, collector=mother, now=at(17, 42), by=town.by_leader)
    cast.make_person("校长", Role.PRINCIPAL, town.school)
    assert children_left(town.school, day=THURSDAY, now=at(17, 59), by=by) == 0
    assert children_left(town.school, day=THURSDAY, now=at(18, 0), by=by) == 1, "the leader"
    assert children_left(town.school, day=THURSDAY, now=at(18, 15), by=by) == 1, "the principal"
    assert children_left(town.school, day=THURSDAY, now=at(18, 16), by=by) == 0


def test_a_child_is_left_behind_by_its_own_last_class_and_not_by_the_evening_classes(town):
    plan, hours = town.offering.plan, {"starts_at": time(18), "ends_at": time(19, 30)}
    evening = Offering.objects.create(
        school=town.school, plan=plan, name="晚自习", slot="evening", grades=[3], weekdays=[1, 2, 4, 5], **hours
    )
    late = Section.objects.create(school=town.school, term=town.term, offering=evening, name="晚自习")
    town.add_child("晚走", section=late)
    town.open()
    for session in town.school.sessions.all():
        take_roll(session, exceptions={}, now=at(15, 46), by=town.by_leader)
    Notice.objects.all().delete()

    children_left(town.school, day=THURSDAY, now=at(18, 0), by=town.by_leader)
    children_left(town.school, day=THURSDAY, now=at(20, 0), by=town.by_leader)

    told = Notice.objects.filter(kind="child_left", to=town.leader).order_by("pk").values_list("title", flat=True)
    assert list(told) == ["17:30 放学后还有 3 个孩子没有交接", "19:30 放学后还有 1 个孩子没有交接"]


def test_clock_opens_the_day_and_watches_it(town, monkeypatch):
    town.session.delete()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(16, 5))

    open_school(town.school.pk, THURSDAY.isoformat())
    assert town.session.taken_at is None
    monkeypatch.setattr(watch_school, "delay", watch_school)
    watch()

    assert set(Notice.objects.filter(kind="roll_late").values_list("to", flat=True)) == {
        town.teacher.pk,
        town.leader.pk,
    }
