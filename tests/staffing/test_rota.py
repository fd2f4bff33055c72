from datetime import date

import pytest

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from staffing.actions import (
    amend_duty,
    arrive,
    confirm_duties,
    leave_post,
    plan_rota,
    put_on_duty,
    remove_duty,
    substitute,
)
from staffing.models import Duty
from staffing.selectors import free_people, rota
from tests import cast
from tests.attendance.town import THURSDAY, at, build

MONDAY = date(2026, 10, 12)


def duty_of(person) -> Duty:
    return Duty.objects.get(person=person)


def test_rota_of_a_term_falls_on_the_days_that_are_served(town):
    teacher = cast.make_person("周敏", Role.TEACHER, town.school)

    duties = plan_rota(
        school=town.school, first=date(2026, 9, 28), last=date(2026, 10, 18), weekdays=[1, 2, 4],
        section=town.section, person=teacher, by=town.by_leader,
    )  # fmt: skip

    # 1–7 October is the holiday; Saturday 10 October is worked, by a timetable nobody has named.
    assert [duty.day.day for duty in duties] == [28, 29, 8, 10, 12, 13, 15]
    assert {(duty.lessons, f"{duty.starts_at.astimezone(at(1).tzinfo):%H:%M}") for duty in duties} == {(2, "15:40")}
    assert Notice.objects.get().to == teacher


def test_rota_of_days_that_are_there_already_is_refused(town):
    with pytest.raises(RuleBroken, match="没有要排的日子"):
        plan_rota(
            school=town.school, first=THURSDAY, last=THURSDAY, weekdays=[4], section=town.section,
            person=town.teacher, by=town.by_leader,
        )  # fmt: skip
    assert Duty.objects.count() == 2


def test_one_person_is_at_one_place_at_a_time(town):
    with pytest.raises(RuleBroken, match="王静 同一时间已有值班：10月15日 三"):
        put_on_duty(school=town.school, day=THURSDAY, person=town.teacher, role="assistant", by=town.by_leader)

    assert Duty.objects.count() == 2
    assert not Deed.objects.exists()


def test_duty_needs_a_post_at_the_school_and_a_day_of_service(town, lanting):
    stranger = cast.make_person("外校老师", Role.TEACHER, lanting)
    with pytest.raises(RuleBroken, match="没有值班教师岗位"):
        put_on_duty(school=town.school, day=THURSDAY, section=town.section, person=stranger, by=town.by_leader)
    with pytest.raises(RuleBroken, match="没有带班领导岗位"):
        put_on_duty(school=town.school, day=THURSDAY, person=town.teacher, role="leader", by=town.by_leader)
    with pytest.raises(RuleBroken, match="没有课后服务"):
        put_on_duty(school=town.school, day=date(2026, 10, 14), person=town.leader, role="leader", by=town.by_leader)

    assert Duty.objects.count() == 2


def test_substitute_takes_over_and_both_are_told(town):
    other = cast.make_person("周敏", Role.TEACHER, town.school)
    duty = duty_of(town.teacher)

    substitute(duty, person=other, by=town.by_leader)

    assert duty_of(other).pk == duty.pk
    assert {notice.to for notice in Notice.objects.all()} == {other, town.teacher}
    assert Deed.objects.get().facts["was"] == "王静"


def test_nobody_is_replaced_or_taken_off_after_arriving(town):
    other = cast.make_person("周敏", Role.TEACHER, town.school)
    duty = arrive(duty_of(town.teacher), now=at(15, 38), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="已经到岗"):
        substitute(duty, person=other, by=town.by_leader)
    with pytest.raises(RuleBroken, match="已经到岗"):
        remove_duty(duty, by=town.by_leader)

    assert duty_of(town.teacher).arrived_at


def test_minutes_count_from_arrival_to_leaving_within_the_plan(town):
    duty = duty_of(town.teacher)
    arrive(duty, now=at(15, 30), by=town.by_teacher)
    arrive(duty, now=at(15, 50), by=town.by_teacher)
    leave_post(duty, now=at(17, 20), by=town.by_teacher)

    assert duty_of(town.teacher).minutes == 100
    assert Deed.objects.filter(verb="arrived").count() == 1


def test_only_the_person_on_duty_arrives_and_only_that_day(town):
    duty = duty_of(town.teacher)
    with pytest.raises(RuleBroken, match="自己点"):
        arrive(duty, now=at(15, 40), by=town.by_leader)
    with pytest.raises(RuleBroken, match="只能当天"):
        arrive(duty, now=at(15, 40, MONDAY), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="还没有到岗"):
        leave_post(duty, now=at(17, 30), by=town.by_teacher)

    assert duty_of(town.teacher).arrived_at is None


def test_nobody_confirms_their_own_hours(town):
    duty = town.put_on(town.leader, day=MONDAY, arrived_at=at(15, 40, MONDAY), left_at=at(17, 30, MONDAY))

    with pytest.raises(RuleBroken, match="另一位带班领导"):
        confirm_duties([duty], now=at(18), by=town.by_leader)
    with pytest.raises(RuleBroken, match="另一位带班领导"):
        amend_duty(duty, arrived_at=at(15, 0, MONDAY), left_at=at(18, 0, MONDAY), reason="补", by=town.by_leader)

    assert not Duty.objects.confirmed().exists()


def test_hours_not_tapped_are_mended_with_a_reason_before_they_are_confirmed(town):
    duty = duty_of(town.teacher)
    with pytest.raises(RuleBroken, match="还缺着"):
        confirm_duties([duty], now=at(18), by=town.by_leader)
    with pytest.raises(RuleBroken, match="写明为什么"):
        amend_duty(duty, arrived_at=at(15, 40), left_at=at(17, 30), reason=" ", by=town.by_leader)

    amend_duty(duty, arrived_at=at(15, 40), left_at=at(17, 30), reason="手机没电", by=town.by_leader)
    confirm_duties([duty], now=at(18), by=town.by_leader)

    assert duty_of(town.teacher).confirmed_by == town.leader
    with pytest.raises(RuleBroken, match="已经确认"):
        amend_duty(duty, arrived_at=at(15), left_at=at(17), reason="再改", by=town.by_leader)
    with pytest.raises(RuleBroken, match="已经确认"):
        leave_post(duty, now=at(18), by=town.by_teacher)


def test_week_shows_who_is_missing_with_the_clause(town):
    week = rota(town.school, MONDAY)

    leaders, section = week.rows
    thursday, friday, wednesday = (section.cells[n] for n in (3, 4, 2))
    assert thursday.finding is None and [duty.person for duty in thursday.duties] == [town.teacher]
    assert not wednesday.meets
    assert friday.finding.cite.label.startswith("实施方案")
    assert leaders.cells[4].finding.cite.clause == "五(二)2"
    assert week.missing == 6, "Monday, Tuesday and Friday lack teacher and leader"


def test_policy_c_asks_for_two_teachers_above_thirty_children(wuhang, c_bureau):
    town = build(wuhang, cast.make_term(c_bureau), children=31)

    cell = rota(wuhang, MONDAY).rows[1].cells[3]
    assert "要 2 名，现有 1 名，还差 1 名" in cell.finding.because
    assert cell.finding.cite.clause == "四(三)"
    assert "不足 90 名学生" in rota(wuhang, MONDAY).notes[0]

    town.put_on(cast.make_person("周敏", Role.TEACHER, wuhang), town.section)
    assert rota(wuhang, MONDAY).rows[1].cells[3].finding is None


def test_free_list_leaves_out_who_stands_elsewhere(town):
    free = cast.make_person("周敏", Role.TEACHER, town.school)

    assert list(free_people(town.school, "teacher", at(16), at(17))) == [free]
    assert set(free_people(town.school, "teacher", at(17, 30), at(18))) == {free, town.teacher, town.leader}
    assert not free_people(town.school, "leader", at(16), at(17)).exists()


def test_rota_asks_the_database_as_often_for_many_sections(town, django_assert_num_queries):
    from enrollment.models import Section

    with django_assert_num_queries(7):
        rota(town.school, MONDAY)
    for number in range(3, 13):
        klass = cast.make_class(town.school, grade=3, number=number)
        Section.objects.create(
            school=town.school, term=town.term, offering=town.offering, school_class=klass, name=f"三({number})班"
        )
    with django_assert_num_queries(7):
        assert len(rota(town.school, MONDAY).rows) == 12
