from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from attendance.actions import hand_over, raise_alarms, take_roll
from attendance.desk import tasks
from attendance.tasks import open_school, watch
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


def test_late_roll_and_child_left_behind_are_told_once_to_each(town):
    by = town.by_leader
    assert raise_alarms(town.school, day=THURSDAY, now=at(15, 50), by=by) == 0
    assert raise_alarms(town.school, day=THURSDAY, now=at(15, 55), by=by) == 2, "the teacher and the leader"
    assert raise_alarms(town.school, day=THURSDAY, now=at(15, 56), by=by) == 0

    take_roll(town.session, exceptions={}, now=at(15, 57), by=town.by_teacher)
    for child in town.children[1:]:
        [mother] = collectors_of([child], THURSDAY)[child.pk]
        hand_over(child, day=THURSDAY, collector=mother, now=at(17, 42), by=town.by_leader)
    cast.make_person("校长", Role.PRINCIPAL, town.school)
    assert raise_alarms(town.school, day=THURSDAY, now=at(17, 59), by=by) == 0
    assert raise_alarms(town.school, day=THURSDAY, now=at(18, 0), by=by) == 1, "the leader"
    assert raise_alarms(town.school, day=THURSDAY, now=at(18, 15), by=by) == 1, "the principal"
    assert raise_alarms(town.school, day=THURSDAY, now=at(18, 16), by=by) == 0


def test_clock_opens_the_day_and_watches_it(town, monkeypatch):
    town.session.delete()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(16, 0))

    open_school(town.school.pk, THURSDAY.isoformat())
    assert town.session.taken_at is None
    watch()

    assert set(Notice.objects.filter(kind="roll_late").values_list("to", flat=True)) == {
        town.teacher.pk,
        town.leader.pk,
    }
