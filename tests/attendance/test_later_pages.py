"""补记离校 as a leader taps it: class after class."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages

from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from attendance.actions import (
    begin_late,
    change_pickup,
    take_events,
    take_roll,
)
from attendance.actions.months import lock_attendance
from attendance.models import DayClose, GateEvent, Handover, LaterRecord
from attendance.selectors.unrecorded import unrecorded, unrecorded_sections
from enrollment.models import DisputeHold, PickupPerson
from enrollment.selectors import collectors_of
from tests import cast
from tests.attendance.afterwards import FRIDAY, MORNING, lacking, write
from tests.attendance.gate import mother_of, tap, undo
from tests.attendance.phones import Phone
from tests.attendance.town import THURSDAY, at, build

QUERIES_OF_THE_PAGE, QUERIES_OF_THE_FORM = 30, 75  # whatever the number of children


@pytest.fixture
def next_day(past, client, monkeypatch):
    """The leader at the page of the class."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    client.force_login(past.leader)
    return past


def page_of(town) -> str:
    return f"/attendance/sections/{town.section.pk}/later/?day=2026-10-15"


SAID = {"source": "纸质名单", "reason": "没有网络", "time": "17:30"}


def test_leader_writes_it_on_the_page_of_the_class(next_day, client):
    child, at_day = next_day.children[0], {"school": next_day.school.pk, "day": "2026-10-15"}
    page = client.get("/attendance/day/", at_day).content.decode()
    assert "1 个孩子没有离校记录" in page and "/attendance/day/later/" in page
    page = client.get("/attendance/day/later/", at_day).content.decode()
    assert page_of(next_day) in page and "1 人" in page
    typed = {f"way-{child.pk}": mother_of(child), "other_source": "邻居说的", "time": "17:40"}
    refused = client.post(page_of(next_day), typed)
    assert refused.status_code == 422 and "请选当时为什么没有登记" in refused.content.decode()
    assert client.post(page_of(next_day), {**typed, "reason": "漏点了"}).status_code == 302

    page = client.get("/attendance/day/", at_day).content.decode()
    assert "补记离校 1 人" in page and "据邻居说的" in page
    gone = Handover.objects.get(student=child)
    client.post(f"/attendance/later/{gone.pk}/undo/")
    assert lacking(next_day) == [child] and not DayClose.objects.exists()
    page = client.get(page_of(next_day)).content.decode()
    assert 'value="邻居说的"' in page and 'value="漏点了" checked' in page, "as it was said of the class before"


def test_what_is_refused_is_said_at_the_child_and_what_was_typed_is_kept(next_day, client):
    first = next_day.children[0]
    for gone in Handover.objects.all():
        undo(gone, now=at(17, 36), by=next_day.by_teacher)
    typed = {f"way-{child.pk}": mother_of(child) for child in next_day.children} | SAID
    refused = client.post(page_of(next_day), {**typed, f"time-{first.pk}": "08:00"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "15:40 开始服务" in page and page.count(" checked") == 5
    assert refused.context["form"].errors.keys() == {f"time-{first.pk}"} and not LaterRecord.objects.exists()

    first.applications.update(leave_mode="self")
    refused = client.post(page_of(next_day), {**typed, f"way-{first.pk}": "self"})
    assert refused.context["form"].errors.keys() == {f"way-{first.pk}"} and not LaterRecord.objects.exists()
    gone = client.post(page_of(next_day), {**typed, f"way-{first.pk}": "guardian:999999"})
    assert gone.context["form"].errors == {f"way-{first.pk}": ["那天不能这样离校，请重新选"]}
    both = client.post(page_of(next_day), {**typed, "other_source": "邻居说的"})
    assert both.context["form"].errors == {"source": ["上面选了，“其他”里也写了，只能留一样"]}
    late = client.post(page_of(next_day), {**typed, f"way-{first.pk}": "", f"time-{first.pk}": "18:00"})
    assert late.context["form"].errors == {f"way-{first.pk}": ["请选怎样离校的"]}


def test_way_to_expect_is_what_was_said_agreed_or_usual_and_of_some_children_nothing(past):
    """Two adults and no habit: one has to ask. Whom the office knows of, and who was kept, is asked about one by one."""

    def expected(child):
        [one] = unrecorded(past.school, THURSDAY, MORNING, students=[child])
        return one.expected

    child, mother = past.children[0], mother_of(past.children[0])
    assert expected(child) == mother
    aunt = PickupPerson.objects.create(
        school=past.school, student=child, name="陈姑姑", relation="姑姑", phone="13900006021",
        named_by=past.mothers[0], began_on=cast.LONG_AGO,
    )  # fmt: skip
    assert expected(child) == ""
    gone = Handover.objects.get(student=past.children[1])
    for ago, by_aunt in ((1, True), (2, True), (3, False), (40, False), (41, False), (42, False)):
        who = {"pickup_person": aunt} if by_aunt else {"guardian": past.mothers[0]}
        Handover.objects.create(
            school=past.school, day=THURSDAY - timedelta(days=ago), student=child, event=gone.event, mode="collected",
            at=gone.at, by=past.leader, **who,
        )  # fmt: skip
    assert expected(child) == f"pickup:{aunt.pk}"
    child.applications.update(leave_mode="bus")
    assert expected(child) == "bus"
    change_pickup(
        child,
        collector=collectors_of([child], THURSDAY)[child.pk][0],
        now=at(12),
        by=cast.act(past.mothers[0], THURSDAY),
    )
    assert expected(child) == mother

    DisputeHold.objects.create(
        school=past.school, student=child, reason="抚养争议", recorded_by=past.leader, began_on=THURSDAY
    )
    assert expected(child) == ""
    DisputeHold.objects.all().delete()
    begin_late([child], day=THURSDAY, keeper=past.teacher, place="图书室", now=at(17, 58), by=past.by_leader)
    assert expected(child) == ""


def test_child_of_a_club_is_on_the_list_of_the_club(past):
    club = past.club(past.children[0])
    assert [(one.section, one.count) for one in unrecorded_sections(past.school, THURSDAY, MORNING)] == [
        (club.section, 1)
    ]


@pytest.fixture
def whole_class(db, client, monkeypatch):
    """A class of forty whose telephone was dead."""
    bureau = cast.make_bureau()
    town = build(cast.make_school(bureau), cast.make_term(bureau), children=40)
    town.open()
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    client.force_login(town.leader)
    return town


def test_class_is_written_in_one_go_and_twice_changes_nothing(whole_class, client, django_assert_max_num_queries):
    """One child has been written down by somebody else since the page was opened."""
    town, [other, *rest] = whole_class, whole_class.children
    page = page_of(town)
    with django_assert_max_num_queries(QUERIES_OF_THE_PAGE):
        client.get(page)
    write(town, other, left_at=at(17, 31), now=at(9, 11, FRIDAY))
    typed = {f"way-{child.pk}": mother_of(child) for child in town.children} | SAID | {f"time-{rest[0].pk}": "17:48"}
    with django_assert_max_num_queries(QUERIES_OF_THE_FORM):
        answer = client.post(page, typed)
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "三(2)班：已补记 39 人，家长会收到消息",
        f"{other.name}：已经不在名单上（别人刚记过，或者考勤改了），没有再记",
    ]
    left = {one.student_id: one.at for one in Handover.objects.filter(how="later")}
    assert len(left) == 40
    assert (left[other.pk], left[rest[0].pk], left[rest[1].pk]) == (at(17, 31), at(17, 48), at(17, 30))

    before = [model.objects.count() for model in (LaterRecord, GateEvent, Handover, Notice)]
    assert client.post(page, typed).status_code == 302
    assert [model.objects.count() for model in (LaterRecord, GateEvent, Handover, Notice)] == before
    assert "补记离校 39 人" in client.get("/attendance/day/?day=2026-10-15").content.decode()
    gone = Handover.objects.get(student=rest[0])
    client.post(f"/attendance/later/{gone.pk}/undo/", {"all": "yes"})
    assert Handover.objects.get(undone_at=None).student == other, "it was written down by itself"


def test_what_was_asked_for_together_is_decided_together(whole_class, client):
    """Of a locked month. Who has left by the gate's word meanwhile keeps it."""
    town, [first, second, *_] = whole_class, whole_class.children
    lock_attendance(town.school, THURSDAY.replace(day=1), now=at(9, 0, FRIDAY))
    page, typed = page_of(town), {f"way-{child.pk}": mother_of(child) for child in town.children[:20]} | SAID
    client.post(page, typed)
    write(town, town.children[20], now=at(9, 11, FRIDAY))
    assert LaterRecord.objects.filter(state="asked").count() == 21 and not Handover.objects.exists()
    assert client.post(page, typed).status_code == 302 and LaterRecord.objects.count() == 21
    assert "还没有补记" not in client.get(page).content.decode()

    take_events(
        town.school, [tap(first, when=at(17, 38))], device=str(uuid4()), day=THURSDAY, now=MORNING, by=town.by_leader
    )
    client.force_login(cast.make_person("校长", Role.PRINCIPAL, town.school))
    assert "补记离校 20 人" in client.get("/attendance/corrections/").content.decode()
    answer = client.post(f"/attendance/later/{second.later_records.get().pk}/decide/", {"agreed": "yes"})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "已同意补记 19 人，另有 1 人不用再补（那天已经有交接记录，或者考勤改了）"
    ]
    assert Handover.objects.filter(how="later", at=at(17, 30)).count() == 19
    assert LaterRecord.objects.get(state="asked").student == town.children[20]
    note = Notice.objects.get(kind="correction_decided")
    assert note.title == "20 个孩子 10月15日的补记离校已同意" and note.body.startswith("其中 1 人：")


@pytest.mark.django_db(transaction=True)
def test_forty_children_of_whom_two_went_otherwise_are_six_taps(whole_class, live_server, browser):
    town = whole_class
    for child, mother in zip(town.children[:2], town.mothers[:2], strict=True):
        PickupPerson.objects.create(
            school=town.school, student=child, name="陈桂芳", relation="奶奶", phone="13900006021", named_by=mother,
            began_on=cast.LONG_AGO,
        )  # fmt: skip
        said = collectors_of([child], THURSDAY)[child.pk][0]
        change_pickup(child, collector=said, now=at(12), by=cast.act(mother, THURSDAY))
    phone = Phone(browser, live_server.url, town.leader)
    phone.open(page_of(town))
    phone.fits()
    phone.choose("纸质名单")
    phone.choose("设备没电了")
    for child in town.children[:2]:
        phone.choose("奶奶", phone.page.get_by_role("group", name=child.name))
    phone.tap("全选")
    phone.sees("已勾 40 / 40 人")
    phone.tap("补记")
    phone.sees("已补记 40 人", "都有离校记录")
    assert phone.taps == 6
    ways = list(Handover.objects.values_list("collector_relation", flat=True))
    assert (ways.count("奶奶"), ways.count("母亲")) == (2, 38)
    phone.context.close()
