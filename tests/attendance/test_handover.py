from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.audit.models import Deed
from afterschool.desks.selectors import children_today
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship
from attendance.actions import (
    Departure,
    ask_leave,
    close_day,
    hand_over,
    hand_over_all,
    report_wrong_adult,
    take_roll,
    undo_handover,
)
from attendance.models import DayClose, Handover, Incident
from attendance.selectors import State, day_book, trail
from enrollment.models import PickupPerson, PickupRestriction
from enrollment.selectors import Collector, collectors_of
from tests import cast
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def here(town):
    """The roll is taken, everybody is there."""
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def adult_of(child, number=0) -> Collector:
    return collectors_of([child], THURSDAY)[child.pk][number]


def name_grandma(town, child, name="王秀兰", phone="13900001111"):
    mother = child.guardianships.first().person
    return PickupPerson.objects.create(
        school=town.school, student=child, name=name, relation="奶奶", phone=phone, named_by=mother,
        began_on=date(2026, 9, 1),
    )  # fmt: skip


def bar(town, child, name):
    clerk, other = cast.make_person("办公室甲"), cast.make_person("办公室乙")
    return PickupRestriction.objects.create(
        school=town.school, student=child, person_name=name, document="（2026）辽0213民初1号", recorded_by=clerk,
        confirmed_by=other, began_on=date(2026, 9, 1),
    )  # fmt: skip


def test_child_goes_home_with_grandma_and_each_guardian_gets_one_notice(here):
    child = here.children[0]
    name_grandma(here, child)

    hand_over(child, day=THURSDAY, collector=adult_of(child, 1), now=at(17, 42), by=here.by_teacher)

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
    first = hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=here.by_teacher)
    again = hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 43), by=here.by_leader)

    assert first == again
    assert Handover.objects.count() == Notice.objects.count() == 1


def test_second_adult_for_a_child_already_gone_is_refused_and_recorded(here):
    child = here.children[0]
    name_grandma(here, child)
    hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=here.by_teacher)

    with pytest.raises(RuleBroken, match="17:42 已经由母亲接走"):
        hand_over(child, day=THURSDAY, collector=adult_of(child, 1), now=at(17, 45), by=here.by_leader)

    assert Handover.objects.get().collector_relation == "母亲"
    assert "奶奶 王秀兰" in Incident.objects.get().note


@pytest.mark.parametrize("barred", ["母亲自己", "奶奶"])
def test_barred_adult_is_refused_and_recorded_whatever_the_grant(here, barred):
    child = here.children[0]
    grandma = name_grandma(here, child)
    bar(here, child, here.mothers[0].name if barred == "母亲自己" else grandma.name)

    # Whoever a barred guardian has named is barred too.
    with pytest.raises(RuleBroken, match="不要放行，联系办公室"):
        hand_over(child, day=THURSDAY, collector=adult_of(child, 1), now=at(17, 42), by=here.by_teacher)

    assert not Handover.objects.exists()
    assert Incident.objects.get().kind == Incident.Kind.RESTRICTED
    assert not Notice.objects.filter(to=here.mothers[0]).exists()
    assert Notice.objects.get(kind="incident").to == here.leader


def test_stranger_is_refused_and_recorded(here):
    first, second = here.children[:2]
    with pytest.raises(RuleBroken, match="不要放行"):
        hand_over(first, day=THURSDAY, collector=adult_of(second), now=at(17, 42), by=here.by_teacher)

    assert not Handover.objects.exists()
    assert "不在 学生01 的授权名单里" in Incident.objects.get().note


def test_wrong_adult_is_reported_to_the_leader(here):
    report_wrong_adult(here.children[0], day=THURSDAY, now=at(17, 42), by=here.by_teacher)

    assert Incident.objects.get().student == here.children[0]
    assert Notice.objects.get().to == here.leader


def test_child_absent_or_unmarked_cannot_be_handed_over(town):
    first, second, _ = town.children
    with pytest.raises(RuleBroken, match="还没有点名"):
        hand_over(first, day=THURSDAY, collector=adult_of(first), now=at(15, 40), by=town.by_teacher)
    take_roll(town.session, exceptions={first.pk: "absent", second.pk: "ill"}, now=at(15, 46), by=town.by_teacher)
    for child, word in ((first, "缺勤"), (second, "病假")):
        with pytest.raises(RuleBroken, match=word):
            hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=town.by_teacher)
    elsewhere = cast.make_student(town.section.school_class, "不在名单", guardian=town.mothers[0])
    with pytest.raises(RuleBroken, match="不在课后服务名单"):
        hand_over(elsewhere, day=THURSDAY, collector=adult_of(elsewhere), now=at(17, 42), by=town.by_teacher)

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

    if refusal:
        with pytest.raises(RuleBroken, match=refusal):
            hand_over(child, day=THURSDAY, mode=asked, now=at(17, 31), by=town.by_teacher)
        assert not Handover.objects.exists()
    else:
        hand_over(child, day=THURSDAY, mode=asked, now=at(17, 31), by=town.by_teacher)
        assert Handover.objects.get().mode == asked


def test_restriction_denies_a_standing_self_leave(town):
    child = town.add_child("独行", leave_mode="self")
    bar(town, child, "某人")
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="不要放行"):
        hand_over(child, day=THURSDAY, mode="self", now=at(17, 31), by=town.by_teacher)

    assert not Handover.objects.exists()
    assert Incident.objects.count() == 1


def test_siblings_go_together_with_the_same_adult(town):
    older, mother = town.children[0], town.mothers[0]
    younger = cast.make_student(cast.make_class(town.school, grade=3, number=2), "陈一鸣", guardian=mother)
    town.seat(younger)
    name_grandma(town, older)
    name_grandma(town, younger)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    hand_over(older, day=THURSDAY, collector=adult_of(older, 1), siblings=[younger], now=at(17, 42), by=town.by_teacher)

    assert {h.student for h in Handover.objects.all()} == {older, younger}
    assert {h.pickup_person.student for h in Handover.objects.all()} == {older, younger}


def test_siblings_stay_together_when_one_may_not_go(town):
    older, mother = town.children[0], town.mothers[0]
    younger = cast.make_student(town.section.school_class, "陈一鸣", guardian=mother)
    town.seat(younger)
    name_grandma(town, older)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="陈一鸣：不要放行"):
        hand_over(
            older, day=THURSDAY, collector=adult_of(older, 1), siblings=[younger], now=at(17, 42), by=town.by_teacher
        )

    assert not Handover.objects.exists()


def test_sixth_handover_in_ten_seconds_is_held(town):
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(3))]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    for second, child in enumerate(children[:5]):
        hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42, second=second), by=town.by_teacher)
    last = children[5]

    with pytest.raises(RuleBroken, match="10 秒"):
        hand_over(last, day=THURSDAY, collector=adult_of(last), now=at(17, 42, second=9), by=town.by_teacher)
    assert Handover.objects.count() == Notice.objects.filter(kind="handed_over").count() == 5

    hand_over(last, day=THURSDAY, collector=adult_of(last), now=at(17, 42, second=30), by=town.by_teacher)
    assert Handover.objects.count() == 6


def test_undone_handover_stays_on_record_and_the_child_is_here_again(here):
    child = here.children[0]
    handover = hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=here.by_teacher)

    undo_handover(handover, now=at(17, 43), by=here.by_teacher)

    assert day_book(here.school, THURSDAY).states()[child.pk] == State.HERE
    assert Handover.objects.get().undone_by == here.teacher
    assert Deed.objects.filter(verb="undid_handover").count() == 1
    assert "孩子还在学校" in Notice.objects.get(kind="handover_undone").title
    hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 50), by=here.by_teacher)
    assert Handover.objects.filter(undone_at=None).count() == 1


def test_guardian_who_is_barred_is_not_told_of_the_childs_ways(here):
    child = here.children[0]
    father = cast.make_person("陈志强")
    Guardianship.objects.create(
        school=here.school, student=child, person=father, relation="父亲", began_on=date(2026, 9, 1)
    )
    bar(here, child, "陈志强")

    hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=here.by_teacher)

    assert Notice.objects.filter(kind="handed_over", to=here.mothers[0]).count() == 1
    assert not Notice.objects.filter(to=father).exists()


def test_guardian_who_is_barred_hears_of_no_absence_and_asks_no_leave(town):
    child, father = town.children[0], cast.make_person("陈志强")
    Guardianship.objects.create(
        school=town.school, student=child, person=father, relation="父亲", began_on=date(2026, 9, 1)
    )
    bar(town, child, "陈志强")

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
    hand_over(second, day=THURSDAY, collector=adult_of(second), now=at(17, 42), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="还有 1 个孩子没有交接：学生03") as refusal:
        close_day(town.school, day=THURSDAY, now=at(18), by=town.by_leader)
    assert refusal.value.cite.label == "实施方案 五(二)2"
    assert not DayClose.objects.exists()
    hand_over(third, day=THURSDAY, collector=adult_of(third), now=at(18, 1), by=town.by_teacher)

    still = "1 个没到的孩子没有联系上家长"
    with pytest.raises(RuleBroken, match=still):
        close_day(town.school, day=THURSDAY, now=at(18, 10), by=town.by_leader)
    close_day(town.school, day=THURSDAY, note="秩序良好", despite=still, now=at(18, 10), by=town.by_leader)
    close_day(town.school, day=THURSDAY, note="再签一次", now=at(18, 20), by=town.by_leader)

    close = DayClose.objects.get()
    assert close.note == "秩序良好"
    assert close.counts == {"listed": 3, "present": 2, "absent": 1, "leave": 0, "kept": 0, "handed_over": 2}


def test_nothing_changes_after_the_close(here):
    for minute, child in enumerate(here.children):
        hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42 + minute), by=here.by_teacher)
    close_day(here.school, day=THURSDAY, now=at(18, 10), by=here.by_leader)

    with pytest.raises(RuleBroken, match="已由 赵立新 18:10 签字结束"):
        undo_handover(Handover.objects.first(), now=at(18, 11), by=here.by_leader)
    with pytest.raises(RuleBroken, match="签字结束"):
        take_roll(here.session, exceptions={}, now=at(18, 11), by=here.by_leader)

    assert Handover.objects.filter(undone_at=None).count() == 3


def test_reads_do_not_grow_with_the_children_who_leave_together(here):
    reads = []
    for leaving in (here.children[:1], here.children[1:]):
        departures = [Departure(child, at(17, 42), adult_of(child)) for child in leaving]
        with CaptureQueriesContext(connection) as queries:
            hand_over_all(departures, day=THURSDAY, by=here.by_teacher)
        reads.append(sum(query["sql"].startswith("SELECT") for query in queries))

    assert reads[0] == reads[1]
    assert Handover.objects.count() == 3


def test_leader_at_the_gate_is_not_held(town):
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(3))]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    for child in children:
        hand_over(child, day=THURSDAY, collector=adult_of(child), now=at(17, 42), by=town.by_leader)

    assert Handover.objects.count() == 6
