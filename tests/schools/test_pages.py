"""The registry's pages: who finds what there, and what stays as it was for those who may not."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.jobs.book import run_waiting
from afterschool.jobs.models import Job
from afterschool.schools.actions import fill_calendar
from afterschool.schools.desk import tasks
from afterschool.schools.models import CalendarChange, CalendarYear, Post, RosterImport, Student
from tests import cast

MESSY = Path(__file__).parents[1] / "samples" / "roster-messy.xlsx"
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def on_the_day(time_machine, today):
    time_machine.move_to(f"{today}T10:00:00+08:00", tick=True)


@pytest.fixture
def admin(haitang):
    return cast.make_person("钱颖", Role.SCHOOL_ADMIN, haitang)


@pytest.fixture
def stranger(wuhang):
    """An administrator of another school, under another bureau."""
    return cast.make_person("孙立", Role.SCHOOL_ADMIN, wuhang)


@pytest.fixture
def keeper(d_bureau):
    return cast.make_person("吴刚", Role.BUREAU_KEEPER, d_bureau)


@pytest.fixture
def child(haitang):
    return cast.make_student(
        cast.make_class(haitang, 3, 2), "陈一诺", guardian=cast.make_person("刘敏", phone="13812345678")
    )


def text(response):
    return response.content.decode()


# Students and classes


def test_student_list_shows_the_child_with_a_masked_phone(client, admin, child):
    client.force_login(admin)
    page = text(client.get(reverse("schools:student-list")))
    assert "陈一诺" in page
    assert "138****5678" in page
    assert "13812345678" not in page


def test_name_is_searched_by_post_and_never_stands_in_an_address(client, admin, child, haitang):
    cast.make_student(cast.make_class(haitang, 3, 1), "孟乐")
    client.force_login(admin)
    page = text(client.post(reverse("schools:student-list"), {"name": "一诺"}, headers={"HX-Request": "true"}))
    assert "陈一诺" in page
    assert "孟乐" not in page
    assert "name=" not in page


def test_student_list_narrows_to_a_class(client, admin, child, haitang):
    other = cast.make_class(haitang, 3, 1)
    cast.make_student(other, "孟乐")
    client.force_login(admin)
    page = text(client.get(reverse("schools:student-list"), {"klass": other.pk}))
    assert "孟乐" in page
    assert "陈一诺" not in page


def test_another_school_finds_nothing_there(client, stranger, child):
    client.force_login(stranger)
    assert "陈一诺" not in text(client.get(reverse("schools:student-list")))
    found = client.post(reverse("schools:student-list"), {"name": "陈一诺"}, headers={"HX-Request": "true"})
    assert "没有这样的学生" in text(found)
    assert client.get(reverse("schools:student-detail", args=[child.pk])).status_code == 404


def test_class_teacher_sees_her_class_and_no_other(client, child, haitang):
    neighbour = cast.make_student(cast.make_class(haitang, 3, 1), "孟乐")
    client.force_login(cast.make_person("王芳", Role.CLASS_TEACHER, child.school_class))
    assert client.get(reverse("schools:student-detail", args=[child.pk])).status_code == 200
    assert client.get(reverse("schools:student-detail", args=[neighbour.pk])).status_code == 404


@pytest.mark.parametrize(
    "name", ["student-list", "class-list", "post-list", "post-create", "roster-upload", "calendar", "calendar-change"]
)
def test_guardian_and_stranger_to_the_registry_are_turned_away(client, child, name):
    assert client.get(reverse(f"schools:{name}")).status_code == 302
    client.force_login(child.guardianships.get().person)
    assert client.get(reverse(f"schools:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["student-list", "class-list", "post-list"])
def test_list_asks_as_much_for_three_rows_as_for_one(client, admin, haitang, name):
    client.force_login(admin)
    counts = []
    for number in (1, 2, 3):
        school_class = cast.make_class(haitang, 3, number)
        cast.make_student(school_class, guardian=cast.make_person("刘敏"))
        cast.make_person("王芳", Role.CLASS_TEACHER, school_class)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"schools:{name}")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2]


# Posts


def give(client, school, **facts):
    wish = {"school": school.pk, "role": "TEACHER", "name": "周宁", "phone": "138 0000 1111", "began_on": "2026-10-15"}
    return client.post(reverse("schools:post-create"), {**wish, **facts})


def test_administrator_gives_a_post_and_ends_it(client, admin, haitang):
    client.force_login(admin)
    assert give(client, haitang).status_code == 302
    post = Post.objects.get(role="TEACHER")
    assert (post.person.phone, post.school) == ("13800001111", haitang)
    assert client.post(reverse("schools:post-end", args=[post.pk]), {"ended_on": "2026-10-31"}).status_code == 302
    post.refresh_from_db()
    assert post.ended_on == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.FINANCE_CLERK, "FINANCE_REVIEWER"),
        (Role.FINANCE_REVIEWER, "FINANCE_CLERK"),
        (Role.PRINCIPAL, "FINANCE_CLERK"),
    ],
)
def test_maker_and_approver_are_two_people(client, admin, haitang, held, wanted):
    cast.make_person("周宁", held, haitang, phone="13800001111")
    client.force_login(admin)
    response = give(client, haitang, role=wanted)
    assert response.status_code == 422
    assert "制单、复核、审批要由不同的人担任" in text(response)
    assert not Post.objects.filter(role=wanted).exists()


def test_conflicting_post_is_free_once_the_other_has_ended(client, admin, haitang):
    clerk = cast.make_person("周宁", Role.FINANCE_CLERK, haitang, phone="13800001111")
    clerk.posts.update(ended_on=date(2026, 10, 14))
    client.force_login(admin)
    assert give(client, haitang, role="FINANCE_REVIEWER").status_code == 302


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"role": "CLASS_TEACHER"}, "班主任要选班级"),
        ({"phone": "1380000111"}, "手机号应为 11 位数字"),
        ({"name": "钱多", "phone": "13900009999"}, "已登记为“郑宁”"),
        ({"role": "BUREAU_KEEPER"}, "BUREAU_KEEPER"),
    ],
)
def test_post_that_cannot_be_is_refused_with_its_reason(client, admin, haitang, facts, why):
    cast.make_person("郑宁", phone="13900009999")
    client.force_login(admin)
    response = give(client, haitang, **facts)
    assert response.status_code == 422
    assert why in text(response)
    assert Post.objects.count() == 1


def test_nobody_gives_a_post_to_herself(client, admin, haitang):
    client.force_login(admin)
    response = give(client, haitang, role="PRINCIPAL", name=admin.name, phone=admin.phone)
    assert response.status_code == 422
    assert "不能给自己安排岗位" in text(response)


def test_the_only_administrator_cannot_be_ended(client, admin):
    client.force_login(admin)
    response = client.post(reverse("schools:post-end", args=[admin.posts.get().pk]), {"ended_on": "2026-10-31"})
    assert response.status_code == 422
    assert "唯一的管理员" in text(response)


def test_post_of_another_school_is_not_there(client, stranger, admin, haitang):
    post = admin.posts.get()
    client.force_login(stranger)
    assert client.post(reverse("schools:post-end", args=[post.pk]), {"ended_on": "2026-10-31"}).status_code == 404
    assert give(client, haitang).status_code == 422
    assert Post.objects.count() == 2


# The roster through the pages


def upload(client, school):
    file = SimpleUploadedFile("学籍.xlsx", MESSY.read_bytes())
    return client.post(reverse("schools:roster-upload"), {"school": school.pk, "file": file})


def test_roster_goes_from_upload_to_register(client, admin, haitang):
    client.force_login(admin)
    upload(client, haitang)
    roster_import = RosterImport.objects.get()
    detail = reverse("schools:roster-detail", args=[roster_import.pk])
    job = Job.objects.get()
    assert client.get(detail).url == reverse("jobs:job-detail", args=[job.pk])

    run_waiting()
    page = text(client.get(detail))
    assert "有 6 行没有导入" in page
    assert "第 17 行" in page
    client.post(reverse("schools:roster-apply", args=[roster_import.pk]))
    run_waiting()
    assert "名册已导入" in text(client.get(detail))
    assert Student.objects.count() == 52


def test_roster_of_another_school_is_not_there(client, admin, stranger, haitang):
    client.force_login(admin)
    upload(client, haitang)
    run_waiting()
    pk = RosterImport.objects.get().pk
    client.force_login(stranger)
    assert client.get(reverse("schools:roster-detail", args=[pk])).status_code == 404
    assert client.post(reverse("schools:roster-apply", args=[pk])).status_code == 404
    assert upload(client, haitang).status_code == 422
    assert not Student.objects.exists()
    assert RosterImport.objects.count() == 1


def test_class_teacher_imports_nothing(client, child, haitang):
    client.force_login(cast.make_person("王芳", Role.CLASS_TEACHER, child.school_class))
    assert upload(client, haitang).status_code == 403


def test_other_kind_of_file_is_refused_at_the_window(client, admin, haitang):
    client.force_login(admin)
    file = SimpleUploadedFile("名册.doc", b"\xd0\xcf\x11\xe0")
    response = client.post(reverse("schools:roster-upload"), {"school": haitang.pk, "file": file})
    assert response.status_code == 422
    assert "只收 .xlsx 文件" in text(response)


# The calendar


@pytest.fixture
def year(d_bureau, term):
    return fill_calendar(d_bureau, 2026, by=SYSTEM)


CLOSED = {"day": "2026-10-20", "kind": "workday", "serves": "", "follows_weekday": "", "reason": "秋季运动会"}


def test_school_closes_a_day_of_its_own_only(client, admin, haitang, lanting, year):
    client.force_login(admin)
    assert client.post(reverse("schools:calendar-change"), CLOSED).status_code == 302
    change = CalendarChange.objects.get()
    assert (change.school, change.serves, change.made_by) == (haitang, False, admin)
    assert "秋季运动会" in text(client.get(reverse("schools:calendar")))


def test_bureau_changes_a_day_for_all(client, keeper, year):
    client.force_login(keeper)
    assert client.post(reverse("schools:calendar-change"), CLOSED).status_code == 302
    assert CalendarChange.objects.get().school is None


def test_change_without_a_reason_is_refused(client, admin, year):
    client.force_login(admin)
    assert client.post(reverse("schools:calendar-change"), {**CLOSED, "reason": " "}).status_code == 422
    assert not CalendarChange.objects.exists()


def test_bureau_fills_and_confirms_a_provisional_year(client, keeper, d_bureau):
    client.force_login(keeper)
    client.post(reverse("schools:calendar-fill", args=[2027]))
    assert "2027年日历是暂定的" in text(client.get(reverse("schools:calendar"), {"year": 2027}))
    client.post(reverse("schools:calendar-confirm", args=[2027]))
    row = CalendarYear.objects.get(bureau=d_bureau, year=2027)
    assert (row.is_settled, row.confirmed_by) == (True, keeper)


def test_school_cannot_confirm_a_year(client, admin, d_bureau):
    fill_calendar(d_bureau, 2027, by=SYSTEM)
    client.force_login(admin)
    assert client.post(reverse("schools:calendar-confirm", args=[2027])).status_code == 403
    assert not CalendarYear.objects.get(year=2027).is_settled


@pytest.mark.parametrize("asked", [{}, {"year": "2026"}, {"year": "９９９９９"}, {"term": "0"}, {"term": "x"}])
def test_calendar_opens_whatever_the_address_says(client, admin, year, asked):
    client.force_login(admin)
    assert client.get(reverse("schools:calendar"), asked).status_code == 200


# What waits


def titles(person, day):
    return [task.title for task in tasks(cast.act(person, day), day)]


def test_keeper_is_asked_for_the_year_and_from_november_for_the_next(keeper, d_bureau, term, today):
    assert titles(keeper, today) == ["生成2026年日历"]
    fill_calendar(d_bureau, 2026, by=SYSTEM)
    assert titles(keeper, today) == []
    fill_calendar(d_bureau, 2027, by=SYSTEM)
    assert titles(keeper, date(2026, 11, 2)) == ["核对并确认2027年日历"]


def test_administrator_is_asked_for_a_roster_then_for_class_teachers(admin, haitang, today):
    assert titles(admin, today) == ["导入学生名册"]
    school_class = cast.make_class(haitang)
    cast.make_student(school_class)
    assert titles(admin, today) == ["1 个班还没有班主任"]
    cast.make_person("王芳", Role.CLASS_TEACHER, school_class)
    assert titles(admin, today) == []
