"""How a district begins: one command, then the keeper's pages, then each school's own."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.actions import add_school, change_bureau, change_school, end_post
from afterschool.schools.desk import tasks
from afterschool.schools.models import Adoption, Bureau, CalendarDay, Post, School, Term
from tests import cast

SYSTEM = Actor.system("tests")
TODAY = date(2026, 10, 15)
ASKED = {
    "--name": "海平市教育局", "--short-name": "海平", "--phone": "0411-85550120", "--policy": "dalian-2024",
    "--from": "2026-09-01", "--keeper-phone": "13900000001", "--keeper-name": "吴刚",
}  # fmt: skip
SCHOOL = {
    "name": "望海小学", "code": "2102810009", "stage": "primary", "ownership": "public", "area": "rural",
    "phone": "0411-85550111", "bank_name": "中国银行", "bank_account": "2102 0000 1234", "admin_name": "钱颖",
    "admin_phone": "138 0000 0009",
}  # fmt: skip
TERM = {"name": "2027年春季学期", "school_year": "2026", "began_on": "2027-03-01", "ended_on": "2027-07-09"}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(f"{TODAY}T10:00:00+08:00", tick=True)


@pytest.fixture
def keeper(d_bureau):
    return cast.make_person("吴刚", Role.BUREAU_KEEPER, d_bureau)


@pytest.fixture
def admin(haitang):
    return cast.make_person("钱颖", Role.SCHOOL_ADMIN, haitang)


def found(capsys, **other):
    words = ASKED | {f"--{name.replace('_', '-')}": value for name, value in other.items()}
    call_command("found_bureau", *(word for pair in words.items() for word in pair))
    return capsys.readouterr().out


def post(client, name, wish, *args):
    return client.post(reverse(f"schools:{name}", args=args), wish)


def text(response):
    return response.content.decode()


def titles(person):
    return [task.title for task in tasks(cast.act(person, TODAY), TODAY)]


# The command


@pytest.mark.django_db
def test_bureau_is_founded_with_all_its_keeper_needs(capsys):
    assert "吴刚用手机号 13900000001 登录" in found(capsys)
    bureau = Bureau.objects.get()
    assert bureau.adoptions.get().began_on == date(2026, 9, 1)
    assert set(bureau.calendar_years.values_list("year", flat=True)) == {2026, 2027}
    keeper = bureau.posts.get()
    assert (keeper.role, keeper.person.name, keeper.began_on) == ("BUREAU_KEEPER", "吴刚", TODAY)
    assert cast.act(keeper.person, TODAY).roles == {Role.BUREAU_KEEPER}


@pytest.mark.django_db
def test_second_founding_says_so_and_changes_nothing(capsys):
    found(capsys)
    rows = [model.objects.count() for model in (Adoption, CalendarDay, Deed, Person, Post)]
    assert "已经在这里了，没有改动" in found(capsys, keeper_name="另一人", phone="0411-1")
    assert [model.objects.count() for model in (Adoption, CalendarDay, Deed, Person, Post)] == rows
    assert Bureau.objects.get().phone == "0411-85550120"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"policy": "nowhere-2020"}, "没有代号为“nowhere-2020”的文件，现有：.*dalian-2024"),
        ({"keeper_phone": "1390000"}, "手机号应为 11 位数字"),
        ({"keeper_name": " "}, "请填写姓名"),
        ({"name": ""}, "名称：此字段不能为空。什么也没有建立"),
        ({"short_name": "很" * 21}, "简称：.*不超过 20 字符"),
        ({"from": "明天"}, "“明天”不是日期，请写成 2026-09-01 这样"),
    ],
)
def test_wrong_founding_is_refused_whole(capsys, wrong, why):
    with pytest.raises(CommandError, match=why):
        found(capsys, **wrong)
    assert not Bureau.objects.exists()
    assert not Person.objects.exists()


# The keeper's pages


def test_keeper_sees_what_is_missing_until_it_is_there(client, keeper, d_bureau, haitang):
    assert titles(keeper)[1:] == ["碧海县还没有开学期", "海棠路小学还没有管理员"]
    client.force_login(keeper)
    assert post(client, "term-create", TERM).status_code == 302
    wish = {"role": "SCHOOL_ADMIN", "school": haitang.pk, "name": "钱颖", "phone": "13800000009", "began_on": TODAY}
    assert post(client, "bureau-post-create", wish).status_code == 302
    assert titles(keeper)[1:] == []


def test_term_is_asked_for_a_month_before_the_last_one_ends(keeper, d_bureau, term):
    def asked(day):
        return [task.title for task in tasks(cast.act(keeper, day), day) if "学期" in task.title]

    assert asked(date(2026, 12, 23)) == []
    assert asked(date(2026, 12, 24)) == ["碧海县还没有开学期"]


def test_term_that_overlaps_is_refused_at_its_field(client, keeper, term):
    client.force_login(keeper)
    response = post(client, "term-create", TERM | {"began_on": "2027-01-22"})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"began_on"}
    assert Term.objects.count() == 1


def test_keeper_adds_a_school_with_its_administrator(client, keeper, d_bureau):
    client.force_login(keeper)
    assert post(client, "school-create", SCHOOL).status_code == 302
    school = School.objects.get()
    assert (school.bureau, school.bank_account, school.boards) == (d_bureau, "210200001234", False)
    admin = school.posts.get()
    assert (admin.role, admin.person.phone) == ("SCHOOL_ADMIN", "13800000009")
    assert "钱颖" in text(client.get(reverse("schools:school-list")))


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"name": "海棠路小学"}, "name", "已经有“海棠路小学”了"),
        ({"code": "2102810001"}, "code", "这个标识码是海棠路小学的"),
        ({"code": "21028"}, "code", "10 位数字"),
        ({"admin_phone": "138"}, "admin_phone", "手机号应为 11 位数字"),
        ({"admin_phone": "13911112222"}, "admin_name", "已登记为“郑宁”"),
        ({"bank_account": "工行一号"}, "bank_account", "账号只有数字"),
    ],
)
def test_school_that_cannot_be_is_refused_at_its_field(client, keeper, d_bureau, haitang, wrong, field, why):
    School.objects.update(code="2102810001")
    cast.make_person("郑宁", phone="13911112222")
    client.force_login(keeper)
    response = post(client, "school-create", SCHOOL | wrong)
    assert response.status_code == 422
    assert why in response.context["form"].errors[field][0]
    assert School.objects.get() == haitang


def test_school_and_administrator_come_together_or_not_at_all(d_bureau):
    facts = {key: value for key, value in SCHOOL.items() if key != "admin_phone"}
    with pytest.raises(RuleBroken, match="手机号"):
        add_school(d_bureau, **facts, admin_phone="1", began_on=TODAY, by=SYSTEM)
    assert not School.objects.exists()


def test_keeper_gives_and_ends_posts_of_the_bureau(client, keeper, d_bureau):
    client.force_login(keeper)
    wish = {"role": "BUREAU_REVIEWER", "name": "周宁", "phone": "13800001111", "began_on": TODAY}
    assert post(client, "bureau-post-create", wish).status_code == 302
    given = Post.objects.get(role="BUREAU_REVIEWER")
    assert given.bureau == d_bureau
    assert "周宁" in text(client.get(reverse("schools:bureau-post-list")))
    assert post(client, "bureau-post-end", {"ended_on": TODAY}, given.pk).status_code == 302
    given.refresh_from_db()
    assert given.ended_on == TODAY


@pytest.mark.parametrize("role", ["CLASS_TEACHER", "PRINCIPAL", "FINANCE_CLERK"])
def test_keeper_gives_no_other_post_of_a_school(client, keeper, haitang, role):
    client.force_login(keeper)
    wish = {"role": role, "school": haitang.pk, "name": "周宁", "phone": "13800001111", "began_on": TODAY}
    assert post(client, "bureau-post-create", wish).status_code == 422
    assert not Post.objects.filter(role=role).exists()


def test_the_only_keeper_cannot_be_ended(keeper):
    with pytest.raises(RuleBroken, match="教育局唯一的管理员"):
        end_post(keeper.posts.get(), ended_on=TODAY, by=SYSTEM)
    assert keeper.posts.get().ended_on is None


def test_keeper_reaches_no_other_bureau(client, keeper, wuhang, haitang):
    theirs = cast.make_person("孙立", Role.SCHOOL_ADMIN, wuhang).posts.get()
    teacher = cast.make_person("周宁", Role.TEACHER, haitang).posts.get()
    client.force_login(keeper)
    assert "吴航小学" not in text(client.get(reverse("schools:school-list")))
    for there in (theirs, teacher):
        assert post(client, "bureau-post-end", {"ended_on": TODAY}, there.pk).status_code == 404
    wish = {"role": "SCHOOL_ADMIN", "school": wuhang.pk, "name": "钱颖", "phone": "13800000009", "began_on": TODAY}
    assert post(client, "bureau-post-create", wish).status_code == 422


@pytest.mark.parametrize(
    "name", ["bureau-edit", "term-list", "term-create", "school-list", "school-create", "bureau-post-list"]
)
@pytest.mark.parametrize("role", [Role.BUREAU_REVIEWER, Role.BUREAU_FINANCE])
def test_others_at_the_bureau_keep_nothing(client, d_bureau, name, role):
    client.force_login(cast.make_person("冯立", role, d_bureau))
    assert client.get(reverse(f"schools:{name}")).status_code == 403


def test_wage_needs_its_source(client, keeper, d_bureau):
    client.force_login(keeper)
    wish = {"phone": "0411-2", "hourly_wage": "６２元"}
    refused = post(client, "bureau-edit", wish)
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"hourly_wage_source"}
    assert post(client, "bureau-edit", wish | {"hourly_wage_source": "2025年公报"}).status_code == 302
    d_bureau.refresh_from_db()
    assert (d_bureau.hourly_wage_fen, d_bureau.phone) == (62_00, "0411-2")
    assert Deed.objects.get(thing="schools.Bureau", verb="changed").facts["hourly_wage_fen"] == 62_00


def test_wage_of_nothing_is_refused(d_bureau):
    with pytest.raises(RuleBroken, match="大于 0"):
        change_bureau(d_bureau, phone="0411", hourly_wage=Money(0), hourly_wage_source="公报", by=SYSTEM)


# The school's own page

FACTS = {"phone": "0411-1", "bank_name": "中国银行", "bank_account": "2102"}


def test_school_sets_its_base_up_to_the_average(client, admin, haitang):
    client.force_login(admin)
    assert post(client, "school-edit", FACTS | {"base": "¥６０"}).status_code == 302
    haitang.refresh_from_db()
    assert (haitang.stipend_base_fen, haitang.phone, haitang.bank_account) == (60_00, "0411-1", "2102")
    assert Deed.objects.get(thing="schools.School").facts["stipend_base_fen"] == 60_00


@pytest.mark.parametrize("base", ["60.01", "0", "一百"])
def test_base_above_the_average_is_refused_at_its_field(client, admin, haitang, base):
    client.force_login(admin)
    response = post(client, "school-edit", FACTS | {"base": base})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"base"}
    haitang.refresh_from_db()
    assert (haitang.stipend_base_fen, haitang.phone) == (40_00, "0411-85550100")


def test_refusal_of_a_base_carries_its_clause(client, admin):
    client.force_login(admin)
    page = text(post(client, "school-edit", FACTS | {"base": "61"}))
    assert "不高于大连市教师每小时平均工资 60.00 元" in page
    assert reverse("policy-clause", args=["dalian-2024", "四.7"]) in page


def test_base_waits_for_the_bureaus_average(haitang, d_bureau):
    Bureau.objects.update(hourly_wage_fen=None)
    with pytest.raises(RuleBroken, match="教育局还没有填") as refusal:
        change_school(haitang, **FACTS, base=Money(50_00), today=TODAY, by=SYSTEM)
    assert refusal.value.field == "base"


def test_where_lessons_are_paid_no_base_is_set(wuhang):
    with pytest.raises(RuleBroken, match="每课时 60 元，不用学校另定标准"):
        change_school(wuhang, **FACTS, base=Money(50_00), today=TODAY, by=SYSTEM)


def test_administrator_of_another_school_finds_nothing(client, admin, lanting):
    client.force_login(admin)
    assert post(client, "school-edit", FACTS | {"school": lanting.pk}).status_code == 404
    assert client.get(reverse("schools:school-edit"), {"school": lanting.pk}).status_code == 404
    client.force_login(cast.make_person("王芳", Role.PRINCIPAL, lanting))
    assert client.get(reverse("schools:school-edit")).status_code == 403


def test_administrator_is_asked_for_the_base_once_the_average_is_known(admin, haitang, d_bureau):
    School.objects.update(stipend_base_fen=None)
    assert "填写补助基数" in titles(admin)
    Bureau.objects.update(hourly_wage_fen=None)
    assert "填写补助基数" not in titles(admin)
