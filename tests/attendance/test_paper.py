"""The A4 list says what the gate's page says, and its ticks are typed in next day, through the same intake."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from afterschool.xlsx import write_xlsx
from attendance.actions import take_roll
from attendance.actions.codes import call_back
from attendance.archive.books import Books
from attendance.archive.departures import departures
from attendance.held import records
from attendance.models import GateEvent, GateList, Handover, Incident, Session
from attendance.papers import day_tables
from attendance.selectors import family_day, trail
from attendance.selectors.offline import list_content
from enrollment.models import Application, PickupPerson, PickupRestriction
from tests import cast
from tests.attendance.gate import hand_over, report_wrong_adult
from tests.attendance.phones import Phone
from tests.attendance.town import THURSDAY, at, build

TOMORROW = at(8, 0, THURSDAY + timedelta(days=1))
PRINT = "/attendance/gate/paper/print/"


@pytest.fixture
def wall(monkeypatch):
    wall = {"now": at(17, 0)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: wall["now"])
    return wall


@pytest.fixture
def here(wall, town):
    """Of three children one goes alone, one has an uncle who must not collect; the roll is taken."""
    first = town.children[0]
    PickupPerson.objects.create(
        school=town.school, student=first, name="陈志强", relation="舅舅", phone="13900006021",
        named_by=town.mothers[0], began_on=cast.LONG_AGO,
    )  # fmt: skip
    PickupRestriction.objects.create(
        school=town.school, student=first, person_name="陈志强", document="（2026）辽0213民初1号",
        recorded_by=cast.make_person("甲"), confirmed_by=cast.make_person("乙"), began_on=cast.LONG_AGO,
    )  # fmt: skip
    town.add_child("大孩子", leave_mode="self")
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def test_paper_says_what_the_list_says(here, client, wall):
    client.force_login(here.teacher)

    answer = client.post(PRINT, {"section": here.section.pk})

    paper = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).replace("\n", "")
    for child in list_content(here.school, THURSDAY, here.by_teacher, wall["now"])["children"]:
        assert child["name"] in paper and child["leaves_at"] in paper
        assert ("■ 联系办公室" in paper) is any(one.restrictions.exists() for one in here.children)
        for adult in child["adults"]:
            box = f"{adult['relation']} {adult['name']}（{adult['tail']}）"
            assert f"■ {box}：不要放行，联系办公室" in paper if adult["barred"] else f"□ {box}" in paper
    assert "□ 自行离校" in paper
    given = GateList.objects.get()
    assert (given.is_paper, given.children, given.issued_to) == (True, 4, here.teacher)


def test_ticks_are_events_of_the_paper_and_sent_twice_they_count_once(here, client, wall):
    client.force_login(here.teacher)
    client.post(PRINT, {"section": here.section.pk})
    first, second, third, _ = here.children
    hand_over(third, now=at(17, 35), by=here.by_teacher)
    wall["now"] = TOMORROW
    page = f"/attendance/gate/paper/{GateList.objects.get().pk}/"
    ticks = {
        "form": str(uuid4()),
        f"way-{second.pk}": f"guardian:{here.mothers[1].pk}",
        f"time-{second.pk}": "17:38",
        f"way-{first.pk}": f"pickup:{first.pickup_people.get().pk}",  # he must not: the paper has no box for him
        f"way-{third.pk}": f"guardian:{here.mothers[2].pk}",  # has left already by the telephone
    }
    for _ in range(2):
        assert client.post(page, ticks).status_code == 302

    typed = GateEvent.objects.get(device=f"paper:{here.section.pk}")
    made = Handover.objects.get(student=second)
    assert (typed.outcome, made.at, made.by, made.event) == ("accepted", at(17, 38), here.teacher, typed)
    assert not Handover.objects.filter(student=first).exists()
    assert not Incident.objects.exists()
    assert "17:38 由母亲接走" in client.get(page).content.decode()


def cells(sheet) -> list[dict]:
    """The rows as the workbook has them."""
    head, *rows = list(load_workbook(BytesIO(write_xlsx([sheet]))).active.iter_rows(values_only=True))[
        len(sheet.titles) :
    ]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_wherever_a_departure_is_shown_it_says_who_typed_it_in_from_paper_and_when(here, client, wall):
    _, second, third, alone = here.children
    Application.objects.filter(student=alone).update(leave_mode="bus")
    client.force_login(here.teacher)
    client.post(PRINT, {"section": here.section.pk})
    hand_over(third, now=at(17, 35), by=here.by_teacher)
    wall["now"] = TOMORROW
    ticks = {"form": str(uuid4()), f"way-{second.pk}": f"guardian:{here.mothers[1].pk}", f"way-{alone.pk}": "bus"}
    client.post(f"/attendance/gate/paper/{GateList.objects.get().pk}/", ticks)
    said = "王静 10月16日 08:00 据纸质名单补录"

    kept = departures(Books(here.school, THURSDAY, THURSDAY)).sheets[0]
    assert {row["姓名"]: row["核验方式"] for row in cells(kept)} == {
        second.name: f"当面认人（{said}）", third.name: "当面认人", alone.name: f"按约定离校（{said}）"
    }  # fmt: skip
    month = departures(Books(here.school, THURSDAY.replace(day=1), THURSDAY)).tables[0].rows[0][-1]
    assert f"（母亲 {here.mothers[1].name}，{said}）" in month and f"乘校车，{said}）" in month
    assert month.count(said) == 2
    day = day_tables(here.school, THURSDAY, Session.objects.held(), Incident.objects.none())[1]
    assert {row["姓名"]: row["备注"] or "" for row in cells(day)} == {
        second.name: said,
        third.name: "",
        alone.name: said,
    }
    last = family_day(second, THURSDAY, TOMORROW).stations[-1]
    assert (last.word, last.note) == ("由母亲接走（补录）", f"{here.mothers[1].name} · 当面认人 · {said}")
    home = trail(here.children, THURSDAY, TOMORROW)
    assert [home[one.pk].stations[-1].word for one in (third, alone)] == ["由母亲接走", "乘校车（补录）"]
    [left] = [one for one in records(alone, 0) if one.title == "离校"]
    assert left.rows[0][1] == "乘校车（补录）"


def test_paper_of_another_section_is_not_found(here, client):
    client.force_login(here.teacher)
    client.post(PRINT, {"section": here.section.pk})
    colleague = cast.make_person("周敏", cast.Role.TEACHER, here.school)
    client.force_login(colleague)

    assert client.get(f"/attendance/gate/paper/{GateList.objects.get().pk}/").status_code == 404
    assert client.post(PRINT, {"section": here.section.pk}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_class_is_typed_in_with_one_key_a_child(wall, live_server, browser, client):
    bureau = cast.make_bureau()
    town = build(cast.make_school(bureau), cast.make_term(bureau), children=33)
    town.open()
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    client.force_login(town.teacher)
    client.post(PRINT, {"section": town.section.pk})
    wall["now"] = TOMORROW
    phone = Phone(browser, live_server.url, town.teacher)
    phone.open("/attendance/gate/paper/")
    phone.tap("三(2)班")
    expect(phone.page.locator("[data-line]")).to_have_count(33)
    phone.fits()
    expect(phone.page.get_by_role("radio").first).to_be_focused()

    for _ in town.children:
        phone.page.keyboard.press("1")
    for ticked in (33, 32):  # a second tap takes the tick away
        phone.sees(f"已勾 {ticked} 人")
        phone.page.locator("[data-line] .pick").first.tap()
    phone.sees("已勾 33 人")
    phone.tap("记进来")

    phone.sees("已补录 33 人")
    assert {one.at for one in Handover.objects.all()} == {at(17, 30)}, (
        "no time was written, and no haste is read into it"
    )
    assert Handover.objects.count() == 33
    phone.context.close()


def test_adult_a_guardian_vouched_for_by_telephone_is_on_the_list(here, wall):
    first, second = here.children[:2]
    incident = report_wrong_adult(second, now=wall["now"], by=here.by_teacher)
    call = call_back(
        incident, guardian=here.mothers[1], agreed=True, adult_name="刘桂芳", adult_relation="邻居", now=wall["now"],
        by=here.by_leader,
    )  # fmt: skip

    listed = {
        child["id"]: child["adults"]
        for child in list_content(here.school, THURSDAY, here.by_teacher, wall["now"])["children"]
    }
    assert [(one["key"], one["relation"]) for one in listed[second.pk]][1:] == [(f"call_back:{call.pk}", "邻居")]
    assert not any(one["key"].startswith("call_back") for one in listed[first.pk])
