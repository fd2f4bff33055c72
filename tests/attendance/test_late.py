"""晚接看护: somebody is named who stays with the child, and the family reads who."""

import sys
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from afterschool.desks.selectors import children_today
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import begin_late, change_keeper, close_day, end_late, take_events, take_roll
from attendance.desk import tasks
from attendance.models import LateStay
from attendance.selectors import Board, State, board
from attendance.selectors.late import keepers
from attendance.selectors.offline import list_content
from attendance.told import Told
from tests import cast
from tests.attendance.families import father_of, restrict
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def here(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def keep(town, *children, keeper=None, place="图书室", when=None):
    return begin_late(
        children, day=THURSDAY, keeper=keeper or town.teacher, place=place, now=when or at(17, 58), by=town.by_leader
    )


def test_keeper_is_named_and_told_and_the_guardians_read_who(here):
    child, other, _ = here.children
    father = father_of(here, other)
    restrict(here, other, father.name)
    keep(here, child, other)

    assert board(here.school, THURSDAY).count[State.KEPT] == 2
    told = dict(Notice.objects.filter(kind__in=["late_stay", "keeper"]).values_list("to", "title"))
    assert told == {
        here.mothers[0].pk: "学生01 还没有人接，由王静陪着，在图书室",
        here.mothers[1].pk: "学生02 还没有人接，由王静陪着，在图书室",
        here.teacher.pk: "请在图书室看护 2 个孩子",
    }, "who must not collect the child does not hear where it is"
    [line] = children_today([child.pk], at(18), here.mothers[0].pk)
    assert line.stations[-2].word == "王静陪着，在图书室"


def test_the_board_folds_many_keeper_by_keeper_and_names_the_class_of_each(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(18))
    client.force_login(here.leader)
    keep(here, here.children[0])
    fold, row = f'id="kept-{here.teacher.pk}"', '<b>学生01</b> <span class="note">三(2)班</span>'
    shown = client.get("/attendance/day/").content.decode()
    assert row in shown and fold not in shown
    monkeypatch.setattr(sys.modules[Board.__module__], "MOST_SHOWN", 1)
    keep(here, here.children[1])
    shown = client.get("/attendance/day/").content.decode()
    assert row in shown and fold in shown and "王静 看护 2 人" in shown


def test_another_takes_over_also_after_the_signature(here):
    for child in here.children[1:]:
        hand_over(child, now=at(17, 42), by=here.by_leader)
    [stay] = keep(here, here.children[0])
    close_day(here.school, day=THURSDAY, now=at(18, 10), by=here.by_leader)
    new = change_keeper(stay, keeper=here.leader, place="门卫室", now=at(18, 30), by=here.by_leader)

    assert list(LateStay.objects.values_list("keeper", "ended_at")) == [
        (here.teacher.pk, at(18, 30)),
        (here.leader.pk, None),
    ]
    assert change_keeper(new, keeper=here.leader, place="门卫室", now=at(18, 31), by=here.by_leader) == new
    with pytest.raises(RuleBroken, match="签字结束"):
        end_late(new, now=at(18, 40), by=here.by_leader)
    with pytest.raises(RuleBroken, match="已经改过"):
        change_keeper(stay, keeper=here.teacher, place="图书室", now=at(18, 41), by=here.by_leader)


def test_a_keeper_of_another_section_hands_the_child_over_and_sees_no_other(here):
    child = here.children[0]
    colleague = cast.make_person("周敏", Role.TEACHER, here.school)
    by = cast.act(colleague, THURSDAY)
    assert desk_titles(by) == []
    keep(here, child, keeper=colleague)

    assert "交接" in desk_titles(by)
    content = list_content(here.school, THURSDAY, by, at(18))
    assert [(one["name"], one["state"]) for one in content["children"]] == [(child.name, "kept")]
    told = Told(uuid4(), "release", child.pk, at(18, 20), mode="collected", adult=f"guardian:{here.mothers[0].pk}")
    [taken] = take_events(here.school, [told], device=str(uuid4()), now=at(18, 20), by=by)
    assert taken.outcome == "accepted"
    assert list_content(here.school, THURSDAY, by, at(18, 21))["children"][0]["state"] == "gone"


def test_a_wrong_tap_on_a_kept_child_is_taken_back_also_after_the_signature(here):
    """Otherwise nobody looks for a child that still sits there."""
    for child in here.children[1:]:
        hand_over(child, now=at(17, 42), by=here.by_leader)
    keep(here, here.children[0])
    close_day(here.school, day=THURSDAY, now=at(18, 10), by=here.by_leader)
    by, device = here.by_teacher, str(uuid4())

    def bring(kind, when, **more):
        told = Told(uuid4(), kind, here.children[0].pk, when, **more)
        return told.uid, take_events(here.school, [told], device=device, now=when, by=by)[0].outcome

    adult = f"guardian:{here.mothers[0].pk}"
    uid, outcome = bring("release", at(18, 20), mode="collected", adult=adult)
    assert (outcome, bring("undo", at(18, 21), about=uid)[1]) == ("accepted", "accepted")
    assert board(here.school, THURSDAY).count[State.KEPT] == 1


def desk_titles(by):
    return [task.title for task in tasks(by, THURSDAY)]


def test_a_stay_written_by_mistake_is_taken_back(here):
    [stay] = keep(here, here.children[0])
    end_late(stay, now=at(18), by=here.by_leader)

    assert board(here.school, THURSDAY).count[State.HERE] == 3
    keep(here, here.children[0], when=at(18, 1))


@pytest.mark.parametrize("wrong", ["absent", "stranger", "place", "nobody"])
def test_refused_stays_change_nothing(here, wrong):
    child, keeper, place = here.children[0], here.teacher, "图书室"
    if wrong == "absent":
        child = here.add_child("没点名的")
    elif wrong == "stranger":
        keeper = cast.make_person("门卫", Role.GUARD, here.school)
    elif wrong == "place":
        place = " "
    with pytest.raises(RuleBroken):
        keep(here, *([] if wrong == "nobody" else [child]), keeper=keeper, place=place)
    assert not LateStay.objects.exists() and not Notice.objects.filter(kind="keeper").exists()


def test_one_tap_ticks_everybody_and_the_next_nobody(page):
    boxes = '<input type="checkbox" name="children">' * 3
    page.set_content(f'<form>{boxes}<button type="button" data-tick-all="children">全选</button></form>')
    page.add_script_tag(path=settings.BASE_DIR / "static/dist/app.js")
    ticked = page.locator("input:checked")
    page.locator("input").first.check()
    page.get_by_role("button").click()
    expect(ticked).to_have_count(3)
    page.get_by_role("button").click()
    expect(ticked).to_have_count(0)


def test_page_offers_those_who_wait_and_keepers_on_duty_first(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 58))
    cast.make_person("阿敏", Role.TEACHER, here.school)
    assert next(iter(keepers(here.school, THURSDAY))) in (here.teacher, here.leader)
    client.force_login(here.leader)
    child = here.children[0]

    page = client.get(f"/attendance/late/?child={child.pk}").content.decode()
    assert 'data-tick-all="children"' in page
    assert f'value="{child.pk}" checked' in page and f'value="{here.children[1].pk}" checked' not in page
    assert client.post("/attendance/late/", {"keeper": here.teacher.pk, "place": "图书室"}).status_code == 422
    form = {"keeper": here.teacher.pk, "place": "图书室", "children": [child.pk]}
    assert client.post("/attendance/late/", form).status_code == 302
    stay = LateStay.objects.get()
    assert (
        client.post(f"/attendance/late/{stay.pk}/keeper/", {"keeper": here.leader.pk, "place": ""}).status_code == 422
    )
    client.post(f"/attendance/late/{stay.pk}/keeper/", {"keeper": here.leader.pk, "place": "门卫室"})
    client.post(f"/attendance/late/{LateStay.objects.get(ended_at=None).pk}/end/")
    assert LateStay.objects.filter(ended_at=None).count() == 0 and LateStay.objects.count() == 2
