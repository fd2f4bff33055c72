"""为什么是这个数？ A teacher reads how the stipend came about; so does whoever signs the sheet."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from staffing.actions import approve_sheet, confirm_duties, draft_sheet, review_sheet
from staffing.models import StipendLine
from tests import cast
from tests.attendance.town import at, build
from tests.redoing import is_right, sums_on

OCTOBER = date(2026, 10, 1)
WORKDAY, REST_DAY = "平时按不低于百分之一百五十", "休息日按不低于百分之二百"


@pytest.fixture
def desks(town):
    roles = {"clerk": Role.FINANCE_CLERK, "reviewer": Role.FINANCE_REVIEWER, "principal": Role.PRINCIPAL}
    return {name: cast.make_person(name, role, town.school) for name, role in roles.items()}


def serves(town, person, *numbers, minutes=110, **more):
    for number in numbers:
        day = date(2026, 10, number)
        times = {"starts_at": at(15, 40, day), "ends_at": at(17, 30, day), "arrived_at": at(15, 40, day)}
        left_at = at(15 + (40 + minutes) // 60, (40 + minutes) % 60, day)
        duty = town.put_on(
            person, town.section if person == town.teacher else None, day=day, left_at=left_at, **times, **more
        )
        confirm_duties([duty], now=at(19, day=day), by=town.by_leader)


def approved(town, desks):
    clerk, reviewer, principal = (cast.act(desks[name]) for name in ("clerk", "reviewer", "principal"))
    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)
    return approve_sheet(review_sheet(sheet, now=at(9), by=reviewer), now=at(10), by=principal)


def read(client, person, address):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert all(map(is_right, sums_on(page)))
    return page


def test_a_teacher_finds_the_month_the_days_the_arithmetic_and_the_clause(town, client, desks):
    serves(town, town.teacher, 12, 13)
    serves(town, town.teacher, 11, minutes=60)
    approved(town, desks)
    line = StipendLine.objects.get()

    listed = read(client, town.teacher, "/staffing/my-stipends/")
    assert "2026年10月" in listed and "300.00" in listed and f"/staffing/my-stipends/{line.pk}/" in listed
    page = read(client, town.teacher, f"/staffing/my-stipends/{line.pk}/")
    said = ["为什么是这个数？", WORKDAY, REST_DAY, "/law/dalian-2024/%E5%9B%9B.7/", "220.00 + 80.00 = 300.00"]
    said += [
        "平时 2 天，一共 3 小时 40 分钟",
        "10月12日、13日",
        "休息日 1 天，一共 1 小时",
        "10月11日 星期日",
        "15:40–16:40",
    ]
    assert [word for word in said if word not in page] == []


def test_by_lessons_the_days_count_lessons(wuhang, c_bureau, client):
    town = build(wuhang, cast.make_term(c_bureau))
    desks = {
        name: cast.make_person(name, role, wuhang)
        for name, role in (
            ("clerk", Role.FINANCE_CLERK),
            ("reviewer", Role.FINANCE_REVIEWER),
            ("principal", Role.PRINCIPAL),
        )
    }
    serves(town, town.teacher, 13, 16, lessons=2)
    approved(town, desks)
    page = read(client, town.teacher, f"/staffing/my-stipends/{StipendLine.objects.get().pk}/")
    assert "平时 2 天，一共 4 课时" in page and "2课时" in page and "标准按60元/课时发放。" in page and "240.00" in page


def test_what_is_not_approved_and_what_others_earn_is_not_there(town, client, desks):
    serves(town, town.teacher, 12)
    draft_sheet(school=town.school, month=OCTOBER, by=cast.act(desks["clerk"]))
    line = StipendLine.objects.get()
    address = f"/staffing/my-stipends/{line.pk}/"
    client.force_login(town.teacher)
    assert client.get(address).status_code == 404
    assert "还没有审批过的补助" in client.get("/staffing/my-stipends/").content.decode()

    line.sheet.state = "approved"
    line.sheet.save()
    assert client.get(address).status_code == 200
    client.force_login(town.leader)
    assert client.get(address).status_code == 404
    client.force_login(desks["clerk"])
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("reader", ["clerk", "reviewer", "principal", "bureau"])
def test_whoever_reads_the_sheet_reads_why(town, client, desks, reader):
    serves(town, town.teacher, 12, 13)
    sheet = draft_sheet(school=town.school, month=OCTOBER, by=cast.act(desks["clerk"]))
    desks["bureau"] = cast.make_person(role=Role.BUREAU_FINANCE, at=town.school.bureau)
    page = read(client, desks[reader], f"/staffing/stipends/{sheet.pk}/")
    said = ["为什么是这个数？", WORKDAY, "平时 2 天，一共 3 小时 40 分钟", "= 220.00"]
    assert [word for word in said if word not in page] == []


def test_a_sheet_asks_as_much_for_two_people_as_for_one(town, client, desks):
    def queries():
        sheet = draft_sheet(school=town.school, month=OCTOBER, by=cast.act(desks["clerk"]))
        read(client, desks["clerk"], f"/staffing/stipends/{sheet.pk}/")
        with CaptureQueriesContext(connection) as seen:
            read(client, desks["clerk"], f"/staffing/stipends/{sheet.pk}/")
        return len(seen)

    serves(town, town.teacher, 12)
    one = queries()
    serves(town, town.teacher, 13, 16)
    day = date(2026, 10, 13)
    second = cast.make_person("周敏", Role.TEACHER, town.school)
    duty = town.put_on(
        second,
        day=day,
        starts_at=at(15, 40, day),
        ends_at=at(17, 30, day),
        arrived_at=at(15, 40, day),
        left_at=at(17, 30, day),
    )
    confirm_duties([duty], now=at(19, day=day), by=town.by_leader)
    assert queries() == one
