"""What a guard sees (C13, C15) and writes down; at night the page is empty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.schools.names import given_name
from attendance.actions import begin_late, enter_gate, leave_gate, make_code, take_roll
from attendance.models import DayClose, GateEntry
from attendance.selectors.guard import is_put_away, put_away_at
from tests import cast
from tests.attendance.families import father_of, name_grandma, restrict
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at

PAGE = "/attendance/guard/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    wall = {"now": at(17, 20)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: wall["now"])
    return wall


@pytest.fixture
def guard(town, client):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    guard = cast.make_person("孙师傅", Role.GUARD, town.school)
    client.force_login(guard)
    return cast.act(guard, THURSDAY)


@pytest.fixture
def family(town, guard):
    """古丽米热·艾力 with a mother, a grandmother and a neighbour's code; 欧阳雪, whose father must not come."""
    child, held, _ = town.children
    for one, name in ((child, "古丽米热·艾力"), (held, "欧阳雪")):
        type(one).objects.filter(pk=one.pk).update(name=name)
    name_grandma(town, child)
    mother = cast.act(town.mothers[0], THURSDAY)
    make_code(child, day=THURSDAY, name="李秀英", relation="邻居", now=at(12), by=mother)
    father_of(town, held)
    restrict(town, held, "陈志强")
    return child, held


def found(client, asked) -> str:
    return client.get(PAGE, {"q": asked}, headers={"HX-Request": "true"}).content.decode()


def test_c13_the_guard_sees_first_name_class_and_who_may_collect_today(town, client, family):
    child, _ = family
    said = found(client, "古丽")

    for word in ("古丽米热", "三(2)班", "已签到", "母亲", "王秀兰", "奶奶", "李秀英", "邻居"):
        assert word in said
    secrets = ("艾力", child.number, town.mothers[0].phone, town.mothers[0].phone[-4:], "13900001111", "2018")
    assert [word for word in secrets if word in said] == []

    hand_over(child, now=at(17, 10), by=town.by_teacher)
    said = found(client, "古丽")
    assert "17:10 由母亲接走" in said and "王秀兰" not in said


def test_c15_of_a_restricted_child_the_guard_sees_nothing_but_that(town, client, family):
    _, held = family
    said = found(client, "欧阳")

    assert "雪" in said and "不要放行，联系办公室" in said
    for secret in ("陈志强", "民初1号", "父亲", "母亲", town.mothers[1].name):
        assert secret not in said
    hand_over(held, now=at(17, 10), by=town.by_teacher)
    said = found(client, "欧阳")
    assert "已交接" in said and "母亲" not in said and "不要放行" not in said


def test_c13_the_history_of_handovers_is_not_there_for_a_guard(town, client, family):
    child, _ = family
    yesterday = THURSDAY.replace(day=14)
    closed = (f"/attendance/students/{child.pk}/day/?day={yesterday}", f"/attendance/day/?day={yesterday}",
              f"/attendance/day.xlsx?day={yesterday}")  # fmt: skip
    assert [client.get(address).status_code for address in closed] == [403, 403, 403]
    # Who is a mother elsewhere holds the right for her own child, and finds nothing of this one.
    cast.make_student(town.section.school_class, "自家孩子", guardian=town.school.posts.get(role="GUARD").person)
    assert client.get(closed[0]).status_code == 404
    said = client.get(PAGE, {"q": "古丽", "day": yesterday.isoformat()}).content.decode()
    assert "10月15日" in said and "10月14日" not in said


def test_the_page_asks_as_much_for_many_children_as_for_one(town, client, guard):
    asked = []
    for _ in range(2):
        found(client, "学生")
        with CaptureQueriesContext(connection) as queries:
            found(client, "学生")
        asked.append(len(queries))
        for number in range(5):
            town.add_child(f"学生多{number}")
    assert asked[0] == asked[1]
    assert "学生" not in found(client, " ") and "没有叫这个名字" in found(client, "赵")


def test_at_night_and_once_the_day_is_signed_the_children_are_put_away(town, client, clock, family, guard):
    enter_gate(town.school, kind="visitor", name="还在的人", purpose="开会", now=at(16), by=guard)
    gone = enter_gate(town.school, kind="visitor", name="走了的人", purpose="开会", now=at(16), by=guard)
    leave_gate(gone, now=at(17), by=guard)
    assert put_away_at(town.school, THURSDAY) == at(20)
    page = client.get(PAGE)
    assert "走了的人" in page.content.decode() and "no-store" in page["Cache-Control"]

    clock["now"] = at(20)
    said = client.get(PAGE, {"q": "古丽"}).content.decode()
    assert "还在的人" in said and "已经收起" in said
    assert [word for word in ("走了的人", "古丽米热", "王秀兰") if word in said] == []
    town.school.sessions.update(ends_at=at(21, 30).time())
    assert put_away_at(town.school, THURSDAY) == at(22, 30)
    DayClose.objects.create(school=town.school, day=THURSDAY, closed_at=at(18), closed_by=town.leader, counts={})
    assert is_put_away(town.school, THURSDAY, at(18))


def test_a_kept_child_is_found_until_somebody_collects_it_and_what_came_in_stays_counted(town, client, clock, guard):
    child, other, _ = town.children
    gone = enter_gate(town.school, kind="visitor", name="走了的人", purpose="开会", now=at(16), by=guard)
    leave_gate(gone, now=at(17), by=guard)
    begin_late([child], day=THURSDAY, keeper=town.teacher, place="图书室", now=at(17, 40), by=town.by_leader)
    DayClose.objects.create(school=town.school, day=THURSDAY, closed_at=at(18), closed_by=town.leader, counts={})
    clock["now"] = at(20, 5)

    said = client.get(PAGE, {"q": "学生"}).content.decode()
    assert "生01" in said and "晚接看护" in said and town.mothers[0].name in said
    assert "生02" not in said and "只查得到还在晚接看护的" in said
    assert "走了的人" not in said and "条，都已离校" in said
    assert "没有叫这个名字的" in found(client, other.name)

    hand_over(child, now=at(20, 10), by=town.by_teacher)
    said = client.get(PAGE, {"q": "学生"}).content.decode()
    assert "生01" not in said and "已经收起" in said and "明天" not in said and 'name="q"' not in said


def test_two_of_one_name_in_a_class_are_told_apart_and_a_whole_name_is_answered_whole(town, client, guard):
    for child, name in zip(town.children, ("王安然", "李安然", "陈一诺"), strict=True):
        type(child).objects.filter(pk=child.pk).update(name=name)
    said = found(client, "安然")
    assert "王安然" in said and "李安然" in said
    assert "陈一诺" not in found(client, "一诺") and "陈一诺" in found(client, "陈一诺")


def test_visitors_vehicles_and_things_come_in_and_leave_with_one_tap(town, client, guard, lanting):
    def enter(**said):
        return client.post(f"{PAGE}entries/", {"kind": "visitor", "name": "赵建国", "purpose": "找老师", **said})

    assert enter(host="王静", document="身份证 …1234").status_code == 302
    bare = enter(kind="vehicle", name="送餐车")
    assert bare.status_code == 422 and bare.context["form"].errors == {"plate": ["车辆要写车牌"]}
    assert enter(kind="vehicle", name="送餐车", plate="辽b12345").status_code == 302
    whole = enter(document="身份证 210200198001011234")
    assert whole.status_code == 422 and "后四位" in whole.content.decode()
    visitor, van = GateEntry.objects.all()
    assert (visitor.day, visitor.in_at, visitor.by, van.plate) == (THURSDAY, at(17, 20), guard_of(town), "辽B12345")

    for _ in range(2):
        client.post(f"{PAGE}entries/{visitor.pk}/leave/")
    visitor.refresh_from_db()
    assert visitor.out_at == at(17, 20)
    client.force_login(cast.make_person("别校门卫", Role.GUARD, lanting))
    assert client.post(f"{PAGE}entries/{van.pk}/leave/").status_code == 404
    assert client.post(f"{PAGE}entries/", {"school": town.school.pk}).status_code == 404


def test_of_yesterday_only_who_is_still_inside_is_on_the_page(town, client, guard):
    yesterday = THURSDAY.replace(day=14)
    item, gone, inside = (
        enter_gate(town.school, kind=kind, name=name, purpose="开会", now=at(9, day=yesterday), by=guard)
        for kind, name in (("item", "器材"), ("visitor", "走了的人"), ("visitor", "还在的人"))
    )
    leave_gate(gone, now=at(17, day=yesterday), by=guard)
    enter_gate(town.school, kind="item", name="今天的器材", purpose="送货", now=at(9), by=guard)

    page = client.get(PAGE).content.decode()
    assert '10月14日</b> <span class="num">09:00</span> 进校' in page and "还在的人" in page
    assert "走了的人" not in page and ">器材<" not in page
    assert [client.post(f"{PAGE}entries/{one.pk}/leave/").status_code for one in (item, gone)] == [404, 404]
    assert client.post(f"{PAGE}entries/{inside.pk}/leave/").status_code == 302
    assert "还在的人" not in client.get(PAGE).content.decode().split('id="entries"')[1]
    inside.refresh_from_db()
    assert inside.out_at == at(17, 20)


def test_a_whole_identity_number_is_refused_before_it_is_written(town, guard):
    with pytest.raises(RuleBroken, match="后四位"):
        enter_gate(
            town.school, kind="visitor", name="赵建国", purpose="找人", document="２１０２００１９８００１０１１２３４",
            now=at(16), by=guard,
        )  # fmt: skip
    assert not GateEntry.objects.exists()


@pytest.mark.parametrize(
    ("name", "first"),
    [("陈一诺", "一诺"), ("欧阳雪", "雪"), ("单鹏", "鹏"), ("古丽米热·艾力", "古丽米热"), ("丁", "丁"), ("欧阳", "阳")],
)
def test_the_first_name_is_what_the_family_calls_the_child(name, first):
    assert given_name(name) == first


def guard_of(town):
    return town.school.posts.get(role="GUARD").person


def test_form_sent_twice_is_one_entry_and_other_words_are_another(town, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(15, 50))
    client.force_login(cast.make_person("门卫", Role.GUARD, town.school))
    page = client.get(PAGE)
    uid = page.context["form"]["uid"].value()
    assert f'name="uid" value="{uid}"' in page.content.decode()
    for name in ("赵建国", "赵建国", "赵建军"):
        client.post(f"{PAGE}entries/", {"kind": "visitor", "name": name, "purpose": "找老师", "uid": uid})
    assert list(GateEntry.objects.values_list("name", flat=True)) == ["赵建国", "赵建军"]
    assert Deed.objects.filter(verb="entered_gate").count() == 2
