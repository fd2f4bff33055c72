"""报名: from the guardian's wish to the school's word, and every way of saying no."""

from datetime import date, timedelta

import pytest

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.plans.models import Plan
from afterschool.schools.models import CalendarDay
from enrollment.actions import (
    apply,
    approve,
    confirm,
    decline,
    refuse,
    resubmit,
    return_for_correction,
    sign_as_school,
    take_back,
)
from enrollment.actions.applications import answer_due
from enrollment.models import Agreement, Application, Choice, Decline, PickupPerson, Placement
from tests import cast

from .conftest import act, add_club, another_family, applied, approved, basic, enrolled, signed_by_guardian

GRANDMA = {"name": "王秀兰", "relation": "奶奶", "phone": "13900003307"}


def test_applying_gives_a_number_and_a_deadline_at_once(town):
    application = applied(town, pickup=[GRANDMA], health_note=" 花生过敏 ")

    assert application.number.startswith("SL2026-")
    assert application.state == Application.State.SUBMITTED
    assert application.answer_by.isoformat() == "2026-09-10T18:00:00+08:00"
    assert application.health_note == "花生过敏"
    assert application.choices.get().weekdays == [1, 2, 4, 5]
    assert PickupPerson.objects.get().ended_on == town.term.ended_on
    assert Deed.objects.filter(verb="applied", thing_id=application.pk).exists()


def test_the_whole_way_seats_the_child_with_its_class(town):
    agreement = enrolled(town)

    placement = Placement.objects.select_related("section").get()
    assert placement.section.name == "三(2)班 课后托管"
    assert placement.began_on == town.today and placement.ended_on is None
    agreement.application.refresh_from_db()
    assert agreement.application.state == Application.State.SIGNED


def refused_without_a_trace(**counts):
    """Nothing was written but what stood before."""
    for model, count in {Application: 0, Choice: 0, PickupPerson: 0, Deed: 0, Notice: 0}.items():
        assert model.objects.count() == counts.get(model.__name__, count), model


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda town: {"choices": [(basic(town.plan), [3])]}, "开设的日子"),
        (lambda town: {"choices": [(basic(town.plan), [])]}, "开设的日子"),
        (lambda town: {"choices": [(add_club(town.plan), [4])]}, "先选普通延时托管"),
        (lambda town: {"choices": [(add_club(town.plan, grades=[6]), [4])]}, "不在孩子可以报的项目里"),
        (lambda town: {"choices": [(add_club(town.plan, boarding="board"), [4])]}, "不在孩子可以报的项目里"),
        (lambda town: {"leave_mode": "self"}, "不能自行离校"),
        (lambda town: {"parent": cast.make_person("路人")}, "监护人"),
        (lambda town: {"pickup": [GRANDMA, GRANDMA]}, "已经在接送人名单里"),
        (lambda town: {"pickup": [{**GRANDMA, "phone": "123"}]}, "手机号"),
    ],
)
def test_a_wish_outside_the_plan_is_refused_and_changes_nothing(town, change, message):
    with pytest.raises(RuleBroken, match=message):
        applied(town, **change(town))

    refused_without_a_trace()


def test_asking_for_nothing_is_refused(town):
    with pytest.raises(RuleBroken, match="暂不参加"):
        apply(student=town.child, term=town.term, choices=[], leave_mode="collected", now=town.now, by=act(town.mother))

    refused_without_a_trace()


def test_a_second_application_names_the_first(town):
    first = applied(town)

    with pytest.raises(RuleBroken, match=first.number):
        applied(town, parent=town.father)

    assert Application.objects.count() == 1


def test_after_taking_it_back_one_may_apply_again(town):
    take_back(application=applied(town), by=act(town.father))

    assert applied(town).state == Application.State.SUBMITTED


def test_not_now_is_kept_once_and_lifted_by_applying(town):
    for _ in range(2):
        decline(student=town.child, term=town.term, now=town.now, by=act(town.mother))
    assert Decline.objects.count() == 1

    applied(town)
    assert not Decline.objects.exists()


def test_only_a_guardian_says_not_now(town):
    with pytest.raises(RuleBroken, match="监护人"):
        decline(student=town.child, term=town.term, now=town.now, by=act(town.teacher))

    assert not Decline.objects.exists()


def test_the_answer_to_whoever_is_kept_from_the_child_goes_to_the_other_guardian(town):
    application = applied(town, parent=town.father)
    cast.kept_from(town.child, town.father)
    return_for_correction(application=application, reason="请写清楚谁来接", now=town.now, by=act(town.teacher))
    assert Notice.objects.get().to == town.mother


def test_returned_with_a_reason_mended_and_sent_again(town):
    application = return_for_correction(
        application=applied(town), reason="请写清楚谁来接", now=town.now, by=act(town.teacher)
    )
    assert application.state == Application.State.RETURNED
    assert Notice.objects.get().to == town.mother

    mended = resubmit(
        application=application, choices=[(basic(town.plan), [1])], leave_mode="bus", now=town.now, by=act(town.father)
    )

    assert (mended.state, mended.reason, mended.leave_mode) == (Application.State.SUBMITTED, "", "bus")
    assert mended.choices.get().weekdays == [1]


def test_a_return_without_a_reason_is_refused(town):
    application = applied(town)

    with pytest.raises(RuleBroken, match="改什么"):
        return_for_correction(application=application, reason=" ", now=town.now, by=act(town.teacher))

    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED


def test_under_d_nobody_may_be_refused(town):
    application = applied(town)

    with pytest.raises(RuleBroken, match="应收尽收") as refusal:
        refuse(application=application, ground="管理及安全隐患", reason="人多", now=town.now, by=act(town.clerk))

    assert refusal.value.cite.clause == "四.1"
    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED
    assert not Notice.objects.exists()


def test_under_c_only_on_its_ground_told_with_the_clause(town, wuhang):
    term = cast.make_term(wuhang.bureau)
    klass = cast.make_class(wuhang, grade=3)
    child, parent = another_family(town, klass=klass)
    plan = cast.make_plan(wuhang, term, fee_fen=0)
    application = applied(type(town)(**{**vars(town), "term": term, "plan": plan}), child=child, parent=parent)

    with pytest.raises(RuleBroken, match="管理及安全隐患"):
        refuse(application=application, ground="人数已满", reason="满了", now=town.now, by=act(town.clerk))
    with pytest.raises(RuleBroken, match="具体理由"):
        refuse(application=application, ground="管理及安全隐患", reason="", now=town.now, by=act(town.clerk))
    refused = refuse(
        application=application, ground="管理及安全隐患", reason="教学楼正在加固", now=town.now, by=act(town.clerk)
    )

    assert refused.state == Application.State.REFUSED
    assert refused.clause.endswith("二(一)")
    notice = Notice.objects.get()
    assert notice.to == parent and "教学楼正在加固" in notice.body


@pytest.mark.parametrize("step", [confirm, approve])
def test_the_same_step_twice_is_refused(town, step):
    application = applied(town)
    if step is approve:
        agreement = approved(town, application)
        with pytest.raises(RuleBroken, match="待签协议"):
            approve(application=application, began_on=town.today, now=town.now, by=act(town.clerk))
        assert Agreement.objects.get() == agreement
    else:
        confirm(application=application, now=town.now, by=act(town.teacher))
        with pytest.raises(RuleBroken, match="待学校核准"):
            confirm(application=application, now=town.now, by=act(town.teacher))
        assert Deed.objects.filter(verb="confirmed").count() == 1


def test_school_cannot_approve_what_the_class_has_not_seen(town):
    with pytest.raises(RuleBroken, match="待班级初审"):
        approve(application=applied(town), began_on=town.today, now=town.now, by=act(town.clerk))

    assert not Agreement.objects.exists()


def test_service_begins_within_the_term(town):
    application = confirm(application=applied(town), now=town.now, by=act(town.teacher))

    with pytest.raises(RuleBroken, match="学期之内"):
        approve(application=application, began_on=town.term.ended_on.replace(month=6), now=town.now, by=act(town.clerk))

    assert not Agreement.objects.exists()


def test_a_full_club_takes_nobody_more_until_a_seat_is_free(town):
    club = add_club(town.plan, seats=1)
    wish = [(basic(town.plan), [4]), (club, [4])]
    first = approved(town, applied(town, choices=wish))
    child, parent = another_family(town)
    second = confirm(
        application=applied(town, child=child, parent=parent, choices=wish), now=town.now, by=act(town.teacher)
    )

    with pytest.raises(RuleBroken, match="1 个名额已满"):
        approve(application=second, began_on=town.today, now=town.now, by=act(town.clerk))
    second.refresh_from_db()
    assert second.state == Application.State.CONFIRMED and Agreement.objects.count() == 1

    take_back(application=first.application, by=act(town.mother))
    assert approve(application=second, began_on=town.today, now=town.now, by=act(town.clerk))


def test_a_changed_plan_gives_a_full_club_no_new_seats(town):
    wish = [(basic(town.plan), [4]), (add_club(town.plan, seats=1), [4])]
    enrolled(town, approved(town, applied(town, choices=wish)))
    Plan.objects.filter(pk=town.plan.pk).update(state=Plan.State.REPLACED, version=0)
    town.plan = cast.make_plan(town.school, town.term)
    child, parent = another_family(town)
    later = applied(
        town, child=child, parent=parent, choices=[(basic(town.plan), [4]), (add_club(town.plan, seats=1), [4])]
    )
    later = confirm(application=later, now=town.now, by=act(town.teacher))

    with pytest.raises(RuleBroken, match="1 个名额已满"):
        approve(application=later, began_on=town.today, now=town.now, by=act(town.clerk))


def test_a_seat_is_held_from_the_day_both_have_signed_and_no_day_before(town):
    agreement = signed_by_guardian(town)
    later = town.now + timedelta(days=9)

    sign_as_school(agreements=[agreement], now=later, by=act(town.clerk))

    assert Placement.objects.get().began_on == later.date()


def test_an_answer_is_due_on_the_third_weekday_where_the_calendar_ends_first(town):
    """On 30 December nobody has yet filled the next year's calendar: the application is taken all the same."""
    CalendarDay.objects.create(
        bureau=town.school.bureau, day=date(2026, 12, 31), kind="workday", serves=True, source="国务院放假通知"
    )

    due = answer_due(town.school, town.now.replace(month=12, day=30))

    assert due.isoformat() == "2027-01-04T18:00:00+08:00"
