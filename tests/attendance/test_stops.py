from datetime import date, time

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import move_session, resume_sessions, stop_sessions, take_roll
from attendance.models import Session
from attendance.roll_forms import StopForm
from attendance.selectors import State, day_book, day_plan, sessions_open_to, trail
from attendance.selectors.family import family_day
from billing.actions import charge_month, open_month
from billing.selectors.missed import missed_days, with_last_days
from enrollment.models import PickupRestriction, Section
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at

FEES = """
[[price]]
unit = "month"
yuan = 200
[[part_month]]
basis = "service_days"
[[settlement]]
direction = "surplus_back_only"
per = "grade"
shared_by = "net_charge"
[[refund]]
cause = "cancelled"
gives = "each_day"
[[refund]]
cause = "force_majeure"
gives = "each_day"
"""


def stop(town, hour=16, minute=10, **more):
    how = {"until": time(hour, minute), "cause": "forced", "reason": "台风", "now": at(14), "by": town.by_leader}
    return stop_sessions(town.school, **{**how, **more})


def titles(kind="session_stopped"):
    return dict(Notice.objects.filter(kind=kind).values_list("to__name", "title"))


@pytest.fixture
def balls(town):
    """The first two children go on to basketball at half past four."""
    return town.club(*town.children[:2])


def test_typhoon_ends_what_has_begun_cancels_the_rest_and_says_so_once_for_each_child(town, balls):
    take_roll(town.session, exceptions={town.children[2].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    stop(town, now=at(16))

    homework, club = town.session, Session.objects.get(pk=balls.pk)
    assert (homework.ends_at, homework.cut_short_at, homework.cancelled_at) == (time(16, 10), at(16), None)
    assert (club.cancelled_at, club.unserved, club.stop_reason) == (at(16), "forced", "台风")
    assert titles() == {
        "学生01妈妈": "学生01 今天提前到 16:10 放学，请按时来接",
        "学生02妈妈": "学生02 今天提前到 16:10 放学，请按时来接",
    }, "once a child though it has two classes; who was absent need not come"
    assert day_book(town.school, THURSDAY).states()[town.children[0].pk] == State.HERE, "nobody is lost"


def test_before_it_begins_all_is_cancelled_and_staff_is_told(town, balls):
    for role in (Role.PRINCIPAL, Role.GUARD):
        cast.make_person(role.label, role, town.school)
    stop(town, 15, 40)

    assert not Session.objects.held().exists()
    assert set(titles().values()) == {f"学生0{n} 今天的课后服务取消，请按时接孩子" for n in (1, 2, 3)}
    assert titles("day_changed") == dict.fromkeys(("王静", "校长", "门卫"), "今天 三(2)班、篮球 取消：台风")
    town.open()
    assert not Session.objects.held().exists(), "the clock does not open again what was cancelled"


def test_one_class_less_leaves_the_other_as_it_is(town, balls):
    stop(town, 16, 30, session=balls, cause="school", reason="老师生病")

    assert titles()["学生01妈妈"] == "学生01 今天的 篮球 不上了，17:30 放学不变"
    assert "学生03妈妈" not in titles()
    assert town.session.unserved == ""


def test_session_whose_roll_is_taken_is_never_cancelled_and_keeps_its_marks(town):
    take_roll(town.session, exceptions={}, now=at(15, 35), by=town.by_teacher)
    stop(town, 15, 30, now=at(15, 36))

    assert (town.session.cancelled_at, town.session.ends_at, town.session.marks.count()) == (None, time(15, 40), 3)


def test_session_that_has_begun_without_a_roll_stays_to_be_called(town):
    """Somebody may be there."""
    stop(town, 15, 30, now=at(15, 50))

    assert town.session.cancelled_at is None
    assert set(day_book(town.school, THURSDAY).states().values()) == {State.UNMARKED}


@pytest.mark.parametrize(("counts", "unserved"), [(True, ""), (False, "forced")])
def test_what_was_cut_short_counts_as_served_only_where_the_leader_says_so(town, counts, unserved):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    stop(town, 17, 20, counts=counts, now=at(17))
    assert town.session.unserved == unserved


def test_who_has_left_and_who_must_not_know_is_told_nothing(town):
    gone, watched, _ = town.children
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    hand_over(gone, now=at(15, 50), by=town.by_teacher)
    PickupRestriction.objects.create(
        school=town.school, student=watched, person=town.mothers[1], person_name=town.mothers[1].name, document="1号",
        recorded_by=town.leader, confirmed_by=town.teacher, began_on=THURSDAY.replace(day=1),
    )  # fmt: skip
    stop(town, now=at(16))
    assert set(titles()) == {"学生03妈妈"}


@pytest.mark.parametrize(("how", "words"), [({"reason": " "}, "写明原因"), ({"until": time(17, 30)}, "没有要停的")])
def test_stop_without_a_reason_or_of_nothing_is_refused(town, how, words):
    with pytest.raises(RuleBroken, match=words):
        stop(town, **how)
    assert Session.objects.held().count() == 1
    assert not Notice.objects.exists()


def test_stop_taken_back_is_told_too(town, balls):
    stop(town, 15, 40)
    assert resume_sessions(town.school, now=at(14, 5), by=town.by_leader) == [town.session, balls]

    assert set(Session.objects.values_list("cancelled_at", "unserved", "stop_reason")) == {(None, "", "")}
    assert titles("session_resumed")["学生01妈妈"] == "更正：学生01 今天照常，17:30 放学"


def test_guests_are_not_taken_back_without_the_class_they_sit_with(town, balls):
    move_session(balls, room="", merged_into=town.session, by=town.by_leader)
    stop(town, 15, 40)
    with pytest.raises(RuleBroken, match="请先恢复 三"):
        resume_sessions(town.school, session=balls, now=at(14, 5), by=town.by_leader)
    assert len(resume_sessions(town.school, now=at(14, 6), by=town.by_leader)) == 2


def test_class_sits_with_another_and_its_teacher_may_take_the_roll(town, balls, client, monkeypatch):
    coach = cast.make_person("孙教练", Role.TEACHER, town.school)
    town.put_on(coach, balls.section)
    Section.objects.filter(pk=balls.section_id).update(room="体育馆")

    move_session(town.session, room="", merged_into=Session.objects.get(pk=balls.pk), by=town.by_leader)

    assert town.session.place == "体育馆"
    assert set(sessions_open_to(cast.act(coach, THURSDAY), Session.objects.all())) == {town.session, balls}
    assert Notice.objects.filter(kind="day_changed", to=town.teacher, title__contains="和 篮球 合班").exists()
    choir = town.club(town.children[2], name="合唱")
    with pytest.raises(RuleBroken, match="已有别的班合到"):
        move_session(balls, room="", merged_into=choir, by=town.by_leader)
    with pytest.raises(RuleBroken, match="请先改合班"):
        stop(town, 16, 30, session=balls)

    monkeypatch.setattr("django.utils.timezone.now", lambda: at(16, 40))
    client.force_login(coach)
    for session in (town.session, balls):
        take_roll(session, exceptions={}, now=at(16, 35), by=cast.act(coach, THURSDAY))
        page = client.get(f"/attendance/sessions/{session.pk}/").content.decode()
        assert 'href="/attendance/handover/">去交接' in page, "the children of both"


def test_plan_of_the_day_shows_also_what_was_cancelled_in_order(town, balls):
    stop(town, 16, 30, session=balls)
    lines = day_plan(town.school, THURSDAY)
    assert [(line.session, line.teachers, line.listed, line.is_stopped) for line in lines] == [
        (town.session, "王静", 3, False), (balls, "", 2, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("cause", "refund"), [("forced", "force_majeure"), ("school", "cancelled")])
def test_what_was_stopped_goes_back_by_its_cause_at_the_end_of_the_month(town, cause, refund):
    cast.adopt(town.school.bureau, FEES)
    clerk = cast.act(cast.make_person("会计", Role.FINANCE_CLERK, town.school))
    month = open_month(town.school, month=date(2026, 10, 1), by=clerk)
    charges = {charge.pk: charge for charge in with_last_days(charge_month(month, by=clerk).charges.all())}
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    stop(town, now=at(16), cause=cause, counts=True)
    assert missed_days(month, charges) == {}
    resume_sessions(town.school, now=at(16, 1), by=town.by_leader)
    stop(town, now=at(16, 2), cause=cause)

    assert missed_days(month, charges) == {pk: {refund: (THURSDAY,)} for pk in charges}


def test_guardian_reads_what_was_stopped_and_why_on_the_line_of_the_day(town, balls):
    stop(town, 16, 30, session=balls)
    lines = trail(town.children, THURSDAY, at(15))
    assert [[station.word for station in lines[child.pk].stations] for child in town.children[1:]] == [
        ["篮球停课：台风", "课后托管", "等待接走"], ["课后托管", "等待接走"],
    ]  # fmt: skip
    stop(town, 15, 40)
    assert family_day(town.children[2], THURSDAY, at(15)).word == "今天停课"


def test_whole_school_is_stopped_only_by_choosing_it(town, balls):
    said = {"until": "15:00", "cause": "forced", "reason": "台风"}
    form = StopForm(said, sessions=Session.objects.held())
    assert not form.is_valid() and list(form.errors) == ["which"]
    for which, session in (("all", None), (str(balls.pk), balls)):
        form = StopForm({**said, "which": which}, sessions=Session.objects.held())
        assert form.is_valid() and form.cleaned_data["session"] == session and "which" not in form.cleaned_data
