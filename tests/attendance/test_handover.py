from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.audit.models import Deed
from afterschool.desks.selectors import children_today
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship
from attendance.actions import ask_leave, close_day, take_events, take_roll
from attendance.models import DayClose, Handover, Incident
from attendance.selectors import State, day_book, trail
from enrollment.selectors import Collector, collectors_of
from tests import cast
from tests.attendance.families import name_grandma, restrict
from tests.attendance.gate import ask, hand_over, report_wrong_adult, tap, undo
from tests.attendance.town import THURSDAY, at


def adult_of(child, number=0) -> Collector:
    return collectors_of([child], THURSDAY)[child.pk][number]


def test_child_goes_home_with_grandma_and_each_guardian_gets_one_notice(here):
    child = here.children[0]
    name_grandma(here, child)

    hand_over(child, adult_of(child, 1), now=at(17, 42), by=here.by_teacher)

    handover = Handover.objects.get()
    assert (handover.collector_name, handover.collector_relation, handover.by) == ("王秀兰", "奶奶", here.teacher)
    assert [notice.title for notice in Notice.objects.filter(to=here.mothers[0])] == ["学生01 17:42 由奶奶接走"]
    assert day_book(here.school, THURSDAY).states()[child.pk] == State.GONE
    assert [(station.word, station.done) for station in trail([child], THURSDAY, at(18))[child.pk].stations] == [
        ("已签到", True),
        ("由奶奶接走", True),
    ]


def test_double_tap_is_one_handover(here):
    child = here.children[0]
    first = hand_over(child, now=at(17, 42), by=here.by_teacher)
    again = ask(child, now=at(17, 43), by=here.by_teacher)

    assert (again.outcome, again.handover_id) == ("repeated", None)
    assert Handover.objects.get() == first
    assert Handover.objects.count() == Notice.objects.count() == 1


def test_second_adult_for_a_child_already_gone_is_refused_and_recorded(here):
    child = here.children[0]
    name_grandma(here, child)
    hand_over(child, now=at(17, 42), by=here.by_teacher)

    assert ask(child, adult_of(child, 1), now=at(17, 45), by=here.by_leader).outcome == "incident"

    assert Handover.objects.get().collector_relation == "母亲"
    note = Incident.objects.get().note
    assert "17:42 已经由母亲接走" in note and "奶奶 王秀兰" in note


@pytest.mark.parametrize("barred", ["母亲自己", "奶奶"])
def test_barred_adult_is_refused_and_recorded_whatever_the_grant(here, barred):
    child = here.children[0]
    grandma = name_grandma(here, child)
    restrict(here, child, here.mothers[0].name if barred == "母亲自己" else grandma.name)

    # Whoever a barred guardian has named is barred too.
    taken = ask(child, adult_of(child, 1), now=at(17, 42), by=here.by_teacher)

    assert (taken.outcome, taken.because) == ("denied", "不要放行，联系办公室")
    assert not Handover.objects.exists()
    assert Incident.objects.get().kind == Incident.Kind.RESTRICTED
    assert not Notice.objects.filter(to=here.mothers[0]).exists()
    assert Notice.objects.get(kind="incident").to == here.leader


def test_stranger_is_refused_and_recorded(here):
    first, second = here.children[:2]
    assert ask(first, adult_of(second), now=at(17, 42), by=here.by_teacher).outcome == "denied"

    assert not Handover.objects.exists()
    assert "不在 学生01 的授权名单里" in Incident.objects.get().note


def test_wrong_adult_is_reported_to_the_leader(here):
    report_wrong_adult(here.children[0], now=at(17, 42), by=here.by_teacher)

    assert Incident.objects.get().student == here.children[0]
    assert Notice.objects.get().to == here.leader


def held(child, now, town) -> str:
    """Why the gate keeps the child until a leader has looked."""
    taken = ask(child, now=now, by=town.by_teacher)
    assert (taken.outcome, taken.handover_id) == ("held", None)
    return taken.because


def test_child_absent_or_unmarked_cannot_be_handed_over(town):
    first, second, _ = town.children
    assert "还没有点名" in held(first, at(15, 40), town)
    take_roll(town.session, exceptions={first.pk: "absent", second.pk: "ill"}, now=at(15, 46), by=town.by_teacher)
    for child in (first, second):
        assert "记了缺勤、请假" in held(child, at(17, 42), town)
    elsewhere = cast.make_student(town.section.school_class, "不在名单", guardian=town.mothers[0])
    assert held(elsewhere, at(17, 42), town)

    assert not Handover.objects.exists()


@pytest.mark.parametrize(
    ("grade", "agreed", "asked", "refusal"),
    [
        (4, "self", "self", None),
        (4, "bus", "bus", None),
        (4, "collected", "self", "没有约定"),
        (4, "self", "bus", "没有约定"),
        (3, "self", "self", "要由大人接走"),
        (2, "bus", "bus", None),
    ],
)
def test_child_leaves_alone_or_by_bus_only_as_agreed(town, grade, agreed, asked, refusal):
    town.section.school_class.grade = grade
    town.section.school_class.save()
    child = town.add_child("独行", leave_mode=agreed)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    taken = ask(child, "", mode=asked, now=at(17, 31), by=town.by_teacher)
    if refusal:
        assert taken.outcome == "denied" and refusal in taken.because
        assert not Handover.objects.exists()
    else:
        assert taken.outcome == "accepted"
        assert Handover.objects.get().mode == asked


def test_restriction_denies_a_standing_self_leave(town):
    child = town.add_child("独行", leave_mode="self")
    restrict(town, child, "某人")
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    assert "不要放行" in ask(child, "", mode="self", now=at(17, 31), by=town.by_teacher).because

    assert not Handover.objects.exists()
    assert Incident.objects.count() == 1


@pytest.fixture
def siblings(town):
    """A brother in another class, with the same mother. She has named the grandmother for the elder."""
    older = town.children[0]
    younger = cast.make_student(cast.make_class(town.school, grade=3, number=2), "陈一鸣", guardian=town.mothers[0])
    town.seat(younger)
    name_grandma(town, older)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return older, younger


def leave_together(town, *pairs):
    told = [tap(child, adult, at(17, 42)) for child, adult in pairs]
    return take_events(town.school, told, device="a tablet", now=at(17, 42), by=town.by_teacher)


def test_siblings_go_together_with_the_same_adult(town, siblings):
    older, younger = siblings
    name_grandma(town, younger)
    taken = leave_together(town, *[(child, adult_of(child, 1)) for child in siblings])

    assert [one.outcome for one in taken] == ["accepted"] * 2
    assert {h.student for h in Handover.objects.all()} == {older, younger}
    assert {h.pickup_person.student for h in Handover.objects.all()} == {older, younger}


def test_a_brother_whom_the_adult_may_not_take_stays(town, siblings):
    older, younger = siblings
    taken = leave_together(town, (older, adult_of(older, 1)), (younger, adult_of(older, 1)))

    assert [(one.outcome, one.because) for one in taken] == [("accepted", ""), ("denied", "不要放行，联系办公室")]
    assert Handover.objects.get().student == older
    assert "陈一鸣" in Incident.objects.get().note


def test_sixth_handover_in_ten_seconds_is_held(town):
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(3))]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    for second, child in enumerate(children[:5]):
        hand_over(child, now=at(17, 42, second=second), by=town.by_teacher)
    last = children[5]

    assert "10 秒" in held(last, at(17, 42, second=9), town)
    assert Handover.objects.count() == Notice.objects.filter(kind="handed_over").count() == 5

    hand_over(last, now=at(17, 42, second=30), by=town.by_teacher)
    assert Handover.objects.count() == 6


def test_undone_handover_stays_on_record_and_the_child_is_here_again(here):
    child = here.children[0]
    handover = hand_over(child, now=at(17, 42), by=here.by_teacher)

    undo(handover, now=at(17, 43), by=here.by_teacher)

    assert day_book(here.school, THURSDAY).states()[child.pk] == State.HERE
    assert Handover.objects.get().undone_by == here.teacher
    assert Deed.objects.filter(verb="undid_handover").count() == 1
    assert "孩子还在学校" in Notice.objects.get(kind="handover_undone").title
    hand_over(child, now=at(17, 50), by=here.by_teacher)
    assert Handover.objects.filter(undone_at=None).count() == 1


def test_guardian_who_is_barred_is_not_told_of_the_childs_ways(here):
    child = here.children[0]
    father = cast.make_person("陈志强")
    Guardianship.objects.create(
        school=here.school, student=child, person=father, relation="父亲", began_on=date(2026, 9, 1)
    )
    restrict(here, child, "陈志强")

    hand_over(child, now=at(17, 42), by=here.by_teacher)

    assert Notice.objects.filter(kind="handed_over", to=here.mothers[0]).count() == 1
    assert not Notice.objects.filter(to=father).exists()


def test_guardian_who_is_barred_hears_of_no_absence_and_asks_no_leave(town):
    child, father = town.children[0], cast.make_person("陈志强")
    Guardianship.objects.create(
        school=town.school, student=child, person=father, relation="父亲", began_on=date(2026, 9, 1)
    )
    restrict(town, child, "陈志强")

    with pytest.raises(RuleBroken, match="学校办公室"):
        ask_leave(child, first_on=THURSDAY, last_on=THURSDAY, now=at(12), by=cast.act(father, THURSDAY))
    take_roll(town.session, exceptions={child.pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    assert [notice.to for notice in Notice.objects.filter(kind="absent")] == [town.mothers[0]]
    mother, father = (children_today([child.pk], at(18), reader.pk) for reader in (town.mothers[0], father))
    assert mother[0].word == "缺勤" and mother[0].stations
    assert father[0].word == "请联系学校" and not father[0].stations


def test_day_closes_only_when_every_child_is_accounted_for(town):
    with pytest.raises(RuleBroken, match="1 个班没有点名：三"):
        close_day(town.school, day=THURSDAY, now=at(18), by=town.by_leader)
    first, second, third = town.children
    take_roll(town.session, exceptions={first.pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    hand_over(second, now=at(17, 42), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="还有 1 个孩子没有交接：学生03") as refusal:
        close_day(town.school, day=THURSDAY, now=at(18), by=town.by_leader)
    assert refusal.value.cite.label == "实施方案 五(二)2"
    assert not DayClose.objects.exists()
    hand_over(third, now=at(18, 1), by=town.by_teacher)

    still = "1 个没到的孩子没有联系上家长"
    with pytest.raises(RuleBroken, match=still):
        close_day(town.school, day=THURSDAY, now=at(18, 10), by=town.by_leader)
    close_day(town.school, day=THURSDAY, note="秩序良好", despite=still, now=at(18, 10), by=town.by_leader)
    close_day(town.school, day=THURSDAY, note="再签一次", now=at(18, 20), by=town.by_leader)

    close = DayClose.objects.get()
    assert close.note == "秩序良好"
    assert close.counts == {"listed": 3, "present": 2, "absent": 1, "leave": 0, "kept": 0, "handed_over": 2} | {
        "unresolved": 1, "incidents": 0,
    }  # fmt: skip


def test_nothing_changes_after_the_close(here):
    for minute, child in enumerate(here.children):
        hand_over(child, now=at(17, 42 + minute), by=here.by_teacher)
    close_day(here.school, day=THURSDAY, now=at(18, 10), by=here.by_leader)

    assert "签字结束" in undo(Handover.objects.first(), now=at(18, 11), by=here.by_leader).because
    with pytest.raises(RuleBroken, match="已由 赵立新 18:10 签字结束"):
        take_roll(here.session, exceptions={}, now=at(18, 11), by=here.by_leader)

    assert Handover.objects.filter(undone_at=None).count() == 3


def test_reads_do_not_grow_with_the_children_who_leave_together(here):
    reads = []
    for leaving in (here.children[:1], here.children[1:]):
        told, by = [tap(child, when=at(17, 42)) for child in leaving], here.by_teacher
        with CaptureQueriesContext(connection) as queries:
            take_events(here.school, told, device="a tablet", now=at(17, 42), by=by)
        reads.append(sum(query["sql"].startswith("SELECT") for query in queries))

    assert reads[0] == reads[1]
    assert Handover.objects.count() == 3


def test_leader_at_the_gate_is_not_held(town):
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(3))]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    for child in children:
        hand_over(child, now=at(17, 42), by=town.by_leader)

    assert Handover.objects.count() == 6
