from datetime import date

import pytest

from afterschool.access.capabilities import Role
from staffing.actions import amend_duty, confirm_duties, draft_sheet
from staffing.models import Duty, StipendSheet
from tests import cast
from tests.attendance.town import THURSDAY, at

FRIDAY = date(2026, 10, 16)


@pytest.fixture(autouse=True)
def thursday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(15, 30))


@pytest.fixture
def keeper(town):
    return cast.make_person("李管理", Role.SCHOOL_ADMIN, town.school)


@pytest.fixture
def sheet(town):
    duty = Duty.objects.get(person=town.teacher)
    amend_duty(duty, arrived_at=at(15, 40), left_at=at(17, 30), reason="手机没电", by=town.by_leader)
    confirm_duties([duty], now=at(18), by=town.by_leader)
    clerk = cast.act(cast.make_person("会计", Role.FINANCE_CLERK, town.school))
    return draft_sheet(school=town.school, month=THURSDAY, by=clerk)


def test_missing_teacher_is_red_and_one_tap_from_the_free_list_fills_the_place(town, client, keeper):
    free = cast.make_person("周敏", Role.TEACHER, town.school)
    client.force_login(keeper)
    assert "缺人" in client.get("/staffing/").content.decode()
    place = {"school": town.school.pk, "day": FRIDAY.isoformat(), "section": town.section.pk, "role": "teacher"}

    offered = client.get("/staffing/duties/new/", place).content.decode()
    assert "周敏" in offered and "王静" in offered
    client.post("/staffing/duties/new/", {**place, "person": free.pk})

    assert Duty.objects.get(day=FRIDAY).person == free


def test_stand_in_takes_over_by_one_tap(town, client, keeper):
    free = cast.make_person("周敏", Role.TEACHER, town.school)
    duty = Duty.objects.get(person=town.teacher)
    client.force_login(keeper)

    page = client.get(f"/staffing/duties/{duty.pk}/").content.decode()
    assert "周敏" in page and "赵立新" not in page
    client.post(f"/staffing/duties/{duty.pk}/substitute/", {"person": free.pk})

    duty.refresh_from_db()
    assert duty.person == free


@pytest.mark.parametrize("person", ["一", "-1", "1.5", "9" * 5000, ""])
def test_a_stand_in_who_is_no_number_is_not_there(town, client, keeper, person):
    duty = Duty.objects.get(person=town.teacher)
    client.force_login(keeper)

    assert client.post(f"/staffing/duties/{duty.pk}/substitute/", {"person": person}).status_code == 404
    assert Duty.objects.get(pk=duty.pk).person == town.teacher


@pytest.mark.parametrize("month", ["2026-02-30", "昨天", ""])
def test_a_sheet_for_no_month_is_refused_in_words(town, client, month):
    client.force_login(cast.make_person("会计", Role.FINANCE_CLERK, town.school))
    asked = {"school": town.school.pk, "month": month}

    answer = client.post("/staffing/stipends/draft/", asked, follow=True)

    assert "请选择月份" in answer.content.decode() and not StipendSheet.objects.exists()


def test_term_is_planned_in_one_form_and_an_odd_one_is_answered_422(town, client, keeper):
    client.force_login(keeper)
    wish = {
        "person": town.teacher.pk,
        "role": "teacher",
        "weekdays": [1, 2],
        "first": "2026-10-12",
        "last": "2026-10-20",
    }

    assert client.post("/staffing/plan/", wish).status_code == 422
    assert client.post("/staffing/plan/", {**wish, "section": town.section.pk}).status_code == 302
    planned = Duty.objects.filter(person=town.teacher).exclude(day=THURSDAY)
    assert [duty.day.day for duty in planned] == [12, 13, 19, 20]


def test_keeper_of_another_school_finds_neither_rota_nor_duty(town, client, lanting):
    duty = Duty.objects.get(person=town.teacher)
    client.force_login(cast.make_person("外校管理", Role.SCHOOL_ADMIN, lanting))

    assert client.get(f"/staffing/?school={town.school.pk}").status_code == 404
    assert client.get(f"/staffing/duties/{duty.pk}/").status_code == 404
    assert client.post(f"/staffing/duties/{duty.pk}/delete/").status_code == 404
    assert Duty.objects.filter(pk=duty.pk).exists()


def test_teacher_taps_only_the_own_duty(town, client):
    own, leaders = Duty.objects.get(person=town.teacher), Duty.objects.get(person=town.leader)
    client.force_login(town.teacher)

    client.post(f"/staffing/duties/{own.pk}/arrive/")
    assert client.post(f"/staffing/duties/{leaders.pk}/arrive/").status_code == 404

    own.refresh_from_db(), leaders.refresh_from_db()
    assert own.arrived_at and not leaders.arrived_at


def test_sheet_goes_round_three_desks_and_out_as_papers(sheet, town, client):
    page = f"/staffing/stipends/{sheet.pk}/"
    reviewer = cast.make_person("复核", Role.FINANCE_REVIEWER, town.school)
    principal = cast.make_person("校长", Role.PRINCIPAL, town.school)

    client.force_login(reviewer)
    assert "110.00" in client.get(page).content.decode()
    assert client.post(page + "approve/").status_code == 403
    client.post(page + "review/")
    client.force_login(principal)
    client.post(page + "approve/")

    assert StipendSheet.objects.get().state == "approved"
    assert client.get(page + "sheet.pdf").content.startswith(b"%PDF")
    assert client.get(page + "sheet.xlsx").content.startswith(b"PK")
    for stranger in (town.teacher, town.leader):
        client.force_login(stranger)
        assert client.get(page).status_code == 403
