"""补记离校: how a child left on a day that is over, on somebody's word, and plainly as a later record."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import (
    begin_late,
    call_about_dispute,
    close_day,
    confirm_held,
    correct_mark,
    take_events,
    undo_held,
)
from attendance.actions.codes import make_code
from attendance.actions.corrections import decide_correction
from attendance.actions.later import decide_later, undo_later
from attendance.actions.months import lock_attendance
from attendance.archive.books import Books
from attendance.archive.departures import departures
from attendance.desk import tasks
from attendance.models import GateEvent, Handover, Incident, LaterRecord, Session
from attendance.papers import day_tables
from attendance.selectors import board, family_day
from attendance.selectors.held import held
from enrollment.models import DisputeHold, PickupRestriction
from tests import cast
from tests.attendance.afterwards import FRIDAY, LACKING, MORNING, lacking, lines, sign, told, write
from tests.attendance.gate import tap
from tests.attendance.town import THURSDAY, at


def test_day_that_nobody_signed_is_closed_by_a_record_that_says_it_came_later(past):
    with pytest.raises(RuleBroken, match="还有 1 个孩子没有交接"):
        sign(past)
    assert lines(past) == [LACKING]
    record = write(past)

    gone = Handover.objects.get(student=past.children[0])
    assert (gone.at, gone.how, gone.collector_relation, gone.by) == (at(17, 40), "later", "母亲", past.leader)
    assert (gone.event, gone.event.received_at, record.at) == (record.event, MORNING, MORNING)
    assert told(past) == ["学生01 10月15日 17:40 由母亲接走（补记）"]
    assert (lacking(past), lines(past)) == ([], [])
    assert sign(past).counts["handed_over"] == 3


def test_wherever_it_is_shown_it_says_that_it_came_later_and_on_whose_word(past):
    write(past)
    [day] = [one for one in departures(Books(past.school, THURSDAY, THURSDAY)).sheets if one.name == "3 离校记录"]
    row = dict(zip((column.head for column in day.columns), day.rows[-1], strict=True))
    said = "补记：据值班教师王静，网络断了，没有登记上；赵立新 10月16日 09:12 记"
    assert (row["离校时间"], row["核验方式"], row["移交教师"], row["异常"]) == (time(17, 40), "事后补记", "", said)
    month = departures(Books(past.school, THURSDAY.replace(day=1), FRIDAY))
    assert said in month.tables[0].rows[0][-1]

    day = day_tables(past.school, THURSDAY, Session.objects.held(), Incident.objects.none())[1]
    [line] = [row for row in day.rows if row[2] == "学生01"]
    assert line[-2:] == ["", said]
    last = family_day(past.children[0], THURSDAY, MORNING).stations[-1]
    assert (last.word, last.note) == (
        "由母亲接走（补记）",
        f"{past.mothers[0].name} · 据值班教师王静，赵立新 10月16日 09:12 记",
    )


def test_what_the_gate_denies_is_denied_afterwards_too_and_nothing_is_kept(past):
    child, mother = past.children[0], past.mothers[0]
    PickupRestriction.objects.create(
        school=past.school, student=child, person=mother, person_name=mother.name, document="（2026）民保令1号",
        recorded_by=past.leader, confirmed_by=past.teacher, began_on=THURSDAY,
    )  # fmt: skip
    before = GateEvent.objects.count()
    for key in (f"guardian:{mother.pk}", "self"):
        with pytest.raises(RuleBroken):
            write(past, key=key)

    assert (GateEvent.objects.count(), LaterRecord.objects.count(), lacking(past)) == (before, 0, [child])
    assert not Incident.objects.exists() and told(past) == []


def test_way_that_the_gate_refuses_is_refused_with_where_to_turn(past):
    """Signed, but the grade is too low: whoever really left like that is an incident."""
    child = past.children[0]
    child.applications.update(leave_mode="self")
    with pytest.raises(RuleBroken, match=r"不放行（这个年级的孩子要由大人接走.*记一件异常"):
        write(past, key="self")
    assert not Incident.objects.exists() and lacking(past) == [child]


def test_in_a_dispute_it_waits_on_the_board_like_every_handover(past, client, monkeypatch):
    child = past.children[0]
    DisputeHold.objects.create(
        school=past.school, student=child, reason="抚养争议", recorded_by=past.leader, began_on=THURSDAY
    )
    write(past)
    with pytest.raises(RuleBroken):
        sign(past)

    [waits] = held(past.school, THURSDAY)
    assert (waits.event.student, waits.uncalled) == (child, (f"母亲 {past.mothers[0].name}",))
    assert (lacking(past), told(past)) == ([], [])
    assert confirm_held(waits.event, now=MORNING, by=past.by_leader).outcome == "refused"
    calls = call_about_dispute(waits.event, now=MORNING, by=past.by_leader)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    client.force_login(cast.make_person("校长", Role.PRINCIPAL, past.school))
    page = f"/attendance/incidents/{calls.pk}/call-back/"
    assert "已经告知这一位" in client.get(page).content.decode()
    assert client.post(page, {"guardian": past.mothers[0].pk, "agreed": "on"}).status_code == 302
    assert confirm_held(waits.event, now=MORNING, by=past.by_leader).outcome == "accepted"
    assert told(past) == ["学生01 10月15日 17:40 由母亲接走（补记）"]
    close_day(past.school, day=THURSDAY, despite="1 件异常没处理完", now=MORNING, by=past.by_leader)


def test_child_leaves_within_the_day_it_was_there_on_a_word_and_for_a_reason(past):
    for left_at, words in (
        (at(15, 30), "15:40 开始服务"),
        (at(8, 0, FRIDAY), "当天以内"),
        (at(17, 40, FRIDAY), "当天以内"),
    ):
        with pytest.raises(RuleBroken, match=words):
            write(past, left_at=left_at)
    for lacks in ("source", "reason"):
        with pytest.raises(RuleBroken) as refusal:
            write(past, **{lacks: " "})
        assert refusal.value.field == lacks
    assert not LaterRecord.objects.exists()


def test_while_the_day_runs_the_gate_is_the_place(past):
    assert lacking(past, at(17, 50)) == []
    assert write(past, now=at(17, 50)) is None and not LaterRecord.objects.exists()


def test_child_found_there_after_the_signature_lacks_a_record_until_it_is_written(past, client, monkeypatch):
    child = past.children[0]
    correct_mark(past.session, student=child, status="leave", reason="家长来电请假", now=at(17, 50), by=past.by_leader)
    sign(past, at(18))
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    client.force_login(past.teacher)
    door = f"/attendance/sessions/{past.session.pk}/corrections/{child.pk}/"
    page = client.post(door, {"status": "present", "reason": "点错了"}, follow=True).content.decode()

    assert "还没有离校记录" in page
    assert "已经走了的请补记" in Notice.objects.filter(to=past.leader, kind="mark_corrected").latest("pk").body
    assert (lines(past), lacking(past)) == ([LACKING], [child])
    by = cast.act(past.leader, FRIDAY)
    address = f"/attendance/day/later/?school={past.school.pk}&day=2026-10-15"
    assert address in [one.url for one in tasks(by, FRIDAY)]
    write(past, by=by)
    assert (lines(past), lacking(past), board(past.school, THURSDAY).left) == ([], [], [])
    assert address not in [one.url for one in tasks(by, FRIDAY)]
    assert told(past) == ["学生01 10月15日 17:40 由母亲接走（补记）"]


def test_child_left_with_a_keeper_was_collected_after_that(past):
    child = past.children[0]
    begin_late([child], day=THURSDAY, keeper=past.teacher, place="图书室", now=at(17, 58), by=past.by_leader)
    sign(past, at(18, 30))
    assert lacking(past, at(18, 40)) == [], "the keeper hands it over at the gate"
    assert lacking(past) == [child]
    with pytest.raises(RuleBroken, match="17:58 起由老师看护"):
        write(past)
    DisputeHold.objects.create(
        school=past.school, student=child, reason="抚养争议", recorded_by=past.leader, began_on=THURSDAY
    )
    write(past, left_at=at(18, 45))
    by = cast.act(past.leader, FRIDAY)
    assert [one.title for one in tasks(by, FRIDAY) if "10月15日" in one.title] == ["10月15日交接待确认"]
    undo_held(GateEvent.objects.get(outcome="held"), now=MORNING, by=past.by_leader)
    DisputeHold.objects.update(ended_on=THURSDAY - timedelta(days=1), began_on=cast.LONG_AGO, ended_by=past.teacher)
    write(past, left_at=at(18, 45))
    assert lines(past) == []
    with pytest.raises(RuleBroken, match="已经过去"):
        begin_late([child], day=THURSDAY, keeper=past.teacher, place="图书室", now=MORNING, by=past.by_leader)


def test_of_a_locked_month_another_decides(past):
    lock_attendance(past.school, THURSDAY.replace(day=1), now=at(9, 0, FRIDAY))
    principal = cast.make_person("校长", Role.PRINCIPAL, past.school)
    by = cast.act(principal, FRIDAY)
    asked = write(past)
    assert (asked.state, Handover.objects.filter(student=past.children[0]).exists()) == ("asked", False)
    assert [one.title for one in tasks(by, FRIDAY) if "补记" in one.title] == ["补记离校"]
    assert write(past) is None, "it is asked for already"
    with pytest.raises(RuleBroken, match="另一位"):
        decide_later(asked, agreed=True, now=MORNING, by=past.by_leader)
    with pytest.raises(RuleBroken, match="为什么"):
        decide_later(asked, agreed=False, refusal=" ", now=MORNING, by=by)
    [refused] = decide_later(asked, agreed=False, refusal="先问家长", now=MORNING, by=by)
    assert decide_later(asked, agreed=True, now=MORNING, by=by) == [], "it is decided"
    assert (refused.state, Notice.objects.filter(to=past.leader).latest("pk").body) == ("refused", "先问家长")

    [agreed] = decide_later(write(past), agreed=True, now=MORNING, by=by)
    gone = Handover.objects.get(student=past.children[0])
    assert (agreed.event, agreed.decided_by, gone.by) == (gone.event, principal, past.leader)
    assert departures(Books(past.school, THURSDAY, THURSDAY)).sheets[0].rows[-1][-1].endswith("记，校长 同意")
    with pytest.raises(RuleBroken, match="已经锁定"):
        undo_later(gone, now=MORNING, by=past.by_leader)


def test_what_was_asked_and_has_come_from_the_gate_meanwhile_is_not_agreed_to(past):
    lock_attendance(past.school, THURSDAY.replace(day=1), now=at(9, 0, FRIDAY))
    asked, child = write(past), past.children[0]
    taps = [tap(child, when=at(17, 38))]
    take_events(past.school, taps, device=str(uuid4()), day=THURSDAY, now=MORNING, by=past.by_leader)
    principal = cast.act(cast.make_person("校长", Role.PRINCIPAL, past.school), FRIDAY)
    with pytest.raises(RuleBroken, match="已经有交接记录"):
        decide_later(asked, agreed=True, now=MORNING, by=principal)
    assert Handover.objects.get(student=child).how == "known"


def test_what_was_written_wrongly_is_undone_until_the_day_is_signed(past):
    write(past)
    gone = Handover.objects.get(student=past.children[0])
    undo_later(gone, now=MORNING, by=past.by_leader)
    assert lacking(past) == [past.children[0]]
    assert Notice.objects.filter(to=past.mothers[0]).latest("pk").title == (
        "更正：学生01 10月15日 17:40 的离校记录点错了，已经撤销"
    )
    write(past, now=at(8, 0, FRIDAY + timedelta(days=1)))
    sign(past)
    with pytest.raises(RuleBroken, match="签字"):
        undo_later(Handover.objects.get(student=past.children[0], undone_at=None), now=MORNING, by=past.by_leader)


def test_whom_a_guardian_had_given_a_code_for_the_day_collected_the_child(past):
    """The paper with the digits is gone; whom the guardian named is not. A barred adult's code opens nothing."""
    child, mother = past.children[0], past.mothers[0]
    code, _ = make_code(child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=cast.act(mother, THURSDAY))
    key = f"code:{code.pk}"
    write(past, key=key, left_at=at(17, 30))
    undo_later(Handover.objects.get(student=child), now=MORNING, by=past.by_leader)
    assert write(past, key=key).way == "由外婆 李桂花 接走（当天的接送码）"
    gone = Handover.objects.get(student=child, undone_at=None)
    assert (gone.at, gone.how, gone.code, gone.words) == (at(17, 40), "later", code, "由外婆接走（补记）")

    undo_later(gone, now=MORNING, by=past.by_leader)
    PickupRestriction.objects.create(
        school=past.school, student=child, person_name="李桂花", document="（2026）民保令1号", began_on=THURSDAY,
        recorded_by=past.leader, confirmed_by=past.teacher,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="不能这样离校"):
        write(past, key=key)


def test_whoever_must_not_collect_the_child_by_now_is_not_told_of_a_day_before(past):
    child = past.children[0]
    father, aunt = cast.make_person("陈志强"), cast.make_person("陈姑姑")
    for person, relation, ended_on in ((father, "父亲", None), (aunt, "姑姑", THURSDAY)):
        child.guardianships.create(
            school=past.school, person=person, relation=relation, began_on=cast.LONG_AGO, ended_on=ended_on
        )
    PickupRestriction.objects.create(
        school=past.school, student=child, person=father, person_name=father.name, document="（2026）民保令1号",
        recorded_by=past.leader, confirmed_by=past.teacher, began_on=FRIDAY,
    )  # fmt: skip
    write(past)
    undo_later(Handover.objects.get(student=child), now=MORNING, by=past.by_leader)
    assert Notice.objects.filter(to=past.mothers[0], title__contains="17:40").count() == 2
    correct_mark(past.session, student=child, status="leave", reason="点错了", now=MORNING, by=past.by_leader)
    assert Notice.objects.filter(to=past.mothers[0], kind="absence_mended").exists()
    assert not Notice.objects.filter(to__in=[father, aunt]).exists()


def test_child_that_counts_as_absent_by_now_has_not_left(past):
    """Asked for of a locked month; before it was decided the mark was."""
    lock_attendance(past.school, THURSDAY.replace(day=1), now=at(9, 0, FRIDAY))
    child, principal = past.children[0], cast.act(cast.make_person("校长", Role.PRINCIPAL, past.school), FRIDAY)
    asked = write(past)
    mark = correct_mark(past.session, student=child, status="absent", reason="点错了", now=MORNING, by=past.by_leader)
    decide_correction(mark, agreed=True, now=MORNING, by=principal)
    with pytest.raises(RuleBroken, match="考勤改了"):
        decide_later(asked, agreed=True, now=MORNING, by=principal)
    assert told(past) == [] and not GateEvent.objects.filter(student=child).exists()
