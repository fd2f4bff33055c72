import pytest

from afterschool.access.capabilities import Capability, Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import correct_mark, decide_correction, take_roll, undo_roll
from attendance.actions.months import lock_attendance
from attendance.after_roll import tasks
from attendance.models import DayClose, Mark, MarkCorrection
from attendance.selectors import corrections_asked, roll
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at

NOVEMBER_3 = THURSDAY.replace(month=11, day=3)


def statuses():
    return dict(Mark.objects.values_list("student", "status"))


def correct(town, child, status="late", reason="后来到了", by=None, now=None):
    return correct_mark(
        town.session, student=child, status=status, reason=reason, now=now or at(15, 55), by=by or town.by_teacher
    )


@pytest.fixture
def taken(town):
    """The first child was not there."""
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    return town


def test_correction_keeps_what_it_was_who_when_and_why_and_tells_the_guardians(taken):
    child = taken.children[0]
    made = correct(taken, child)

    assert statuses()[child.pk] == "late"
    assert (made.was, made.now, made.reason, made.asked_by, made.asked_at) == (
        "absent", "late", "后来到了", taken.teacher, at(15, 55),
    )  # fmt: skip
    assert Deed.objects.get(verb="corrected").facts["reason"] == "后来到了"
    assert Notice.objects.filter(to=taken.mothers[0], title="更正：学生01已经到校").exists()
    assert roll(taken.session)[0].last_correction == made


def test_correction_without_a_reason_or_without_a_change_is_refused(taken):
    for status, reason, words in (("late", " ", "为什么改"), ("absent", "点错了", "记的就是缺勤")):
        with pytest.raises(RuleBroken, match=words):
            correct(taken, taken.children[0], status=status, reason=reason)

    assert statuses()[taken.children[0].pk] == "absent"
    assert not MarkCorrection.objects.exists()


def test_same_correction_twice_is_made_once(taken):
    assert correct(taken, taken.children[0]) == correct(taken, taken.children[0], now=at(15, 56))
    assert MarkCorrection.objects.count() == 1


def test_a_correction_after_the_roll_was_taken_anew_is_another_one(taken):
    """The child stands there: it must not stay absent because the same was said of the roll before."""
    child = taken.children[0]
    correct(taken, child)
    undo_roll(taken.session, now=at(15, 56), by=taken.by_teacher)
    take_roll(taken.session, exceptions={child.pk: "absent"}, now=at(15, 57), by=taken.by_teacher)

    correct(taken, child, now=at(15, 58))

    assert statuses()[child.pk] == "late"
    assert MarkCorrection.objects.count() == 2


def test_child_listed_after_the_roll_gets_its_first_mark_by_a_correction(taken):
    child = taken.add_child("新来")
    made = correct(taken, child, status="present", reason="刚加入")
    assert (made.was, made.now) == ("", "present")
    assert statuses()[child.pk] == "present"


def test_child_handed_over_cannot_become_absent(taken):
    child = taken.children[1]
    hand_over(child, now=at(17, 42), by=taken.by_teacher)

    with pytest.raises(RuleBroken, match="17:42 由母亲接走，不能改成"):
        correct(taken, child, status="absent", now=at(17, 43))

    assert statuses()[child.pk] == "present"


@pytest.mark.parametrize("status", ["absent", "leave"])
def test_a_child_taken_off_the_list_is_looked_at_by_the_leader(taken, status):
    correct(taken, taken.children[1], status=status, reason="家长来电请假", now=at(16, 30))
    correct(taken, taken.children[2], status="late", now=at(16, 30))

    told = Notice.objects.get(to=taken.leader)
    assert told.kind == "mark_corrected" and "王静把 学生02 由出勤改为" in told.title


def test_what_is_corrected_after_the_signature_is_looked_at_by_who_leads(taken):
    DayClose.objects.create(school=taken.school, day=THURSDAY, closed_at=at(18, 30), closed_by=taken.leader)
    correct(taken, taken.children[0], now=at(18, 40))
    assert Notice.objects.get(to=taken.leader).title == "王静把 学生01 由缺勤改为迟到，请核实"


def test_of_a_past_day_the_guardians_are_told_the_day_and_nobody_is_alarmed(taken):
    correct(taken, taken.children[1], status="absent", reason="点错了", now=at(9, day=THURSDAY.replace(day=16)))
    [told] = Notice.objects.filter(to=taken.mothers[1])
    assert (told.kind, told.title) == ("absence_mended", "更正：学生02 10月15日改记为缺勤")


@pytest.fixture
def locked(taken):
    lock_attendance(taken.school, THURSDAY.replace(day=1), now=at(9, day=NOVEMBER_3))
    return taken


@pytest.fixture
def principal(town):
    return cast.make_person("校长", Role.PRINCIPAL, town.school)


def test_of_a_locked_month_a_correction_is_asked_for_and_the_mark_stays(locked, principal):
    made = correct(locked, locked.children[0], now=at(9, day=NOVEMBER_3))

    assert (made.state, statuses()[locked.children[0].pk]) == ("asked", "absent")
    assert set(Notice.objects.filter(kind="correction_asked").values_list("to", flat=True)) == {
        locked.leader.pk,
        principal.pk,
    }
    assert list(corrections_asked(cast.act(principal).reach(Capability.DECIDE_CORRECTIONS))) == [made]
    assert [task.detail for task in tasks(cast.act(principal), NOVEMBER_3)] == ["1 项锁定月份的更正等您决定"]
    with pytest.raises(RuleBroken, match="正等决定"):
        correct(locked, locked.children[0], status="present", now=at(10, day=NOVEMBER_3))


def test_the_whole_roll_of_a_locked_month_is_not_taken_anew(locked):
    with pytest.raises(RuleBroken, match="已经锁定"):
        undo_roll(locked.session, now=at(9, day=NOVEMBER_3), by=locked.by_teacher)
    assert len(statuses()) == 3


@pytest.mark.parametrize(("agreed", "state", "status"), [(True, "made", "late"), (False, "refused", "absent")])
def test_another_decides_and_the_mark_follows(locked, principal, agreed, state, status):
    asked = correct(locked, locked.children[0], now=at(9, day=NOVEMBER_3))

    for _ in range(2):
        decided = decide_correction(
            asked, agreed=agreed, refusal="家长说没来过", now=at(10, day=NOVEMBER_3), by=cast.act(principal)
        )

    assert decided.refusal == ("" if agreed else "家长说没来过")
    assert Notice.objects.get(kind="correction_decided").body == decided.refusal
    assert (decided.state, decided.decided_by, decided.asked_by) == (state, principal, locked.teacher)
    assert statuses()[locked.children[0].pk] == status
    assert Notice.objects.filter(kind="correction_decided", to=locked.teacher).count() == 1


def test_whoever_refuses_says_why_and_whoever_asked_reads_it(locked, principal, client):
    asked = correct(locked, locked.children[0], now=at(9, day=NOVEMBER_3))
    client.force_login(principal)
    door = f"/attendance/corrections/{asked.pk}/decide/"
    client.post(door, {"agreed": "no", "refusal": " "})
    asked.refresh_from_db()
    assert asked.state == "asked"
    client.post(door, {"agreed": "no", "refusal": "家长说没来过"})

    client.force_login(locked.teacher)
    page = client.get(f"/attendance/sessions/{locked.session.pk}/corrections/{asked.student_id}/").content.decode()
    assert "没有同意：家长说没来过" in page


def test_nobody_decides_what_they_asked_for(locked):
    asked = correct(locked, locked.children[0], by=locked.by_leader, now=at(9, day=NOVEMBER_3))

    with pytest.raises(RuleBroken, match="另一位"):
        decide_correction(asked, agreed=True, now=at(10, day=NOVEMBER_3), by=locked.by_leader)

    assert statuses()[locked.children[0].pk] == "absent"
