from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from attendance.actions import note_incident, take_roll
from attendance.desk import tasks
from attendance.tasks import open_school, watch, watch_school
from staffing.desk import tasks as staffing_tasks
from tests import cast
from tests.attendance.gate import report_wrong_adult
from tests.attendance.town import THURSDAY, at


def titles(found):
    return [task.title for task in found]


def test_duty_teacher_is_shown_the_roll_and_then_the_gate(town):
    assert titles(tasks(town.by_teacher, THURSDAY)) == ["三(2)班 点名"]
    assert titles(staffing_tasks(town.by_teacher, THURSDAY)) == ["今天值班：三(2)班"]

    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    assert [(task.title, task.count) for task in tasks(town.by_teacher, THURSDAY)] == [
        ("交接", 3),
        ("记三(2)班的服务内容", 1),
    ]


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


def test_open_incidents_wait_for_the_leader_and_a_call_for_a_second_person(town, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 45))
    child = town.children[0]
    colleague = cast.make_person("周敏", Role.TEACHER, town.school)
    town.put_on(colleague, town.section)
    elsewhere = cast.act(cast.make_person("别班老师", Role.TEACHER, town.school), THURSDAY)
    note_incident(
        town.school, day=THURSDAY, kind="other", note="停电", student=None, now=at(16, 10), by=town.by_teacher
    )
    report_wrong_adult(child, now=at(17, 42), by=town.by_teacher)

    assert {"其他", "非授权人员接领：学生01", "回拨核实：学生01"} <= set(titles(tasks(town.by_leader, THURSDAY)))
    assert "回拨核实：学生01" in titles(tasks(cast.act(colleague, THURSDAY), THURSDAY))
    for number in range(2):
        note_incident(
            town.school, day=THURSDAY, kind="other", note=f"又一件{number}", now=at(16, 20), by=town.by_teacher
        )
    assert "4 件异常没有处理完" in titles(tasks(town.by_leader, THURSDAY))
    for other in (town.by_teacher, elsewhere):  # who met the adult; a teacher of other children
        assert "回拨核实：学生01" not in titles(tasks(other, THURSDAY))


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
