"""The plan's pages: findings as they are typed, who may open them, how many questions they ask."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from afterschool.plans.actions import file_plan, keep_minutes
from afterschool.plans.models import Offering, Plan
from tests import cast
from tests.plans.writing import IN_SEPTEMBER, as_clerk, as_reviewer, put_in_force, write_plan


@pytest.fixture
def clerk(haitang):
    return cast.make_person("刘主任", Role.SCHOOL_ADMIN, haitang)


@pytest.fixture
def reviewer(d_bureau):
    return cast.make_person("韩审核员", Role.BUREAU_REVIEWER, d_bureau)


@pytest.fixture
def plan(haitang, term, clerk):
    return write_plan(haitang, term, cast.act(clerk, date(2026, 9, 10)))


def typed(plan, **over):
    """The boxes of 时间与收费 as the browser would send them."""
    offering = plan.offerings.get()
    boxes = {
        "name": "课后托管", "kind": "basic", "slot": "afternoon", "boarding": "any", "weekdays": [1, 2, 4, 5],
        "grades": [1, 2, 3, 4, 5, 6], "starts_at": "15:40", "ends_at": "17:30", "fee": "200", "expected": "640",
        "lessons": "2", "seats": "", **over,
    }  # fmt: skip
    bells = {"morning_dismissal": "11:30", "afternoon_start": "", "afternoon_dismissal": "", "work_ends": ""}
    return {f"o{offering.pk}-{name}": value for name, value in boxes.items()} | bells


def place(plan, field):
    """The place for what is wrong with a box, as the answer to typing brings it."""
    return f'<span class="invalid-feedback" id="e-o{plan.offerings.get().pk}-{field}" hx-swap-oob="true">'


@pytest.mark.parametrize(
    ("field", "value", "says", "clause"),
    [
        ("fee", "220", "小学每月每生不高于 200 元，现填 220.00 元，超 20.00 元", "实施方案 四.4"),
        ("fee", "２２０元", "超 20.00 元", "实施方案 四.4"),
        ("weekdays", [1, 2, 3, 4, 5], "周三", "实施方案 四.2"),
        ("ends_at", "17:45", "请提前 15 分钟", "实施方案 四.2"),
        ("ends_at", "17：45", "请提前 15 分钟", "实施方案 四.2"),
    ],
)
def test_breach_is_told_while_it_is_typed_and_nothing_is_saved(client, clerk, plan, field, value, says, clause):
    client.force_login(clerk)

    answer = client.post(reverse("plans:plan-check", args=[plan.pk, "time"]), typed(plan, **{field: value}))

    html = answer.content.decode()
    findings, at_the_box = (
        html.split('<span id="file-button"')[0],
        html.split(place(plan, field))[1].split("</span>")[0],
    )
    assert answer.status_code == 200
    assert says in findings and clause in findings
    assert says in at_the_box and clause in at_the_box
    assert "报送教育局（先改 1 处）" in html
    assert Offering.objects.get().fee_fen == 200_00
    assert plan.offerings.get().weekdays == [1, 2, 4, 5]


def test_in_c_any_fee_and_an_end_after_half_past_six_are_told(client, c_bureau, wuhang):
    person = cast.make_person("陈主任", Role.SCHOOL_ADMIN, wuhang)
    plan = write_plan(wuhang, cast.make_term(c_bureau), cast.act(person, date(2026, 9, 10)), fee_fen=0)
    client.force_login(person)

    answer = client.post(reverse("plans:plan-check", args=[plan.pk, "time"]), typed(plan, fee="100", ends_at="18:45"))

    html = answer.content.decode()
    assert "收费政策明确之前" in html and "扩面提质方案 四(二)" in html
    assert "18:30" in html and "扩面提质方案 三(二)" in html


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("fee", "两百", "不是金额"),
        ("ends_at", "五点半", "时间请写成 17:30 这样"),
        ("ends_at", "15:00", "结束时间要晚于开始时间"),
        ("name", "", "请填写名称"),
        ("grades", [], "请填写年级"),
    ],
)
def test_what_cannot_be_read_stays_in_its_box_and_is_not_saved(client, clerk, plan, field, value, says):
    client.force_login(clerk)

    answer = client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), typed(plan, **{field: value}))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert says in html
    if isinstance(value, str) and value:
        assert f'value="{value}"' in html
    assert plan.offerings.get().fee_fen == 200_00
    assert plan.offerings.get().name == "课后托管"


def test_passed_checks_are_listed_and_the_button_files(client, clerk, plan, reviewer):
    client.force_login(clerk)
    page = client.get(reverse("plans:plan-part", args=[plan.pk, "time"])).content.decode()
    assert "小学不晚于 17:30" in page
    assert "保存并报送教育局" in page

    answer = client.post(
        reverse("plans:plan-part", args=[plan.pk, "time"]), {**typed(plan, expected="600"), "then": "file"}
    )

    plan.refresh_from_db()
    assert answer.url == reverse("plans:plan-detail", args=[plan.pk])
    assert plan.state == "filed"
    assert plan.offerings.get().expected == 600
    assert Notice.objects.filter(to=reviewer).count() == 1


def test_breaching_draft_is_saved_but_not_filed(client, clerk, plan):
    client.force_login(clerk)
    boxes = {**typed(plan, fee="220"), "then": "file"}

    answer = client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), boxes, follow=True)

    plan.refresh_from_db()
    assert "超 20.00 元（依据 实施方案 四.4）" in answer.content.decode()
    assert plan.state == "draft"
    assert plan.offerings.get().fee_fen == 220_00


def test_two_services_of_one_name_are_told_at_the_name(client, clerk, plan):
    client.force_login(clerk)
    client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), {**typed(plan), "then": "add"})
    first, second = plan.offerings.order_by("pk")
    boxes = {}
    for offering in (first, second):
        boxes |= {key.replace(f"o{first.pk}-", f"o{offering.pk}-"): value for key, value in _boxes_of(first).items()}

    answer = client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), boxes)

    assert answer.status_code == 422
    assert "有两项都叫“课后托管”" in answer.content.decode()
    assert {each.name for each in plan.offerings.all()} == {"课后托管", "服务项目2"}


def _boxes_of(offering):
    return {
        f"o{offering.pk}-{name}": value
        for name, value in {
            "name": "课后托管", "kind": "basic", "slot": "afternoon", "boarding": "any", "weekdays": [1, 2],
            "grades": [1], "starts_at": "15:40", "ends_at": "17:30", "fee": "0", "expected": "1", "lessons": "2",
        }.items()
    }  # fmt: skip


def test_service_is_added_and_removed(client, clerk, plan):
    client.force_login(clerk)
    client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), {**typed(plan), "then": "add"})
    added = plan.offerings.order_by("pk").last()

    client.post(reverse("plans:offering-delete", args=[added.pk]))

    assert added.name == "服务项目2"
    assert [offering.name for offering in plan.offerings.all()] == ["课后托管"]


def test_clubs_on_top_must_stay_within_the_cap_together(client, clerk, plan):
    Offering.objects.create(
        school=plan.school, plan=plan, name="篮球", kind="club", grades=[3], weekdays=[2], starts_at="16:00",
        ends_at="17:00", fee_fen=50_00,
    )  # fmt: skip
    client.force_login(clerk)

    page = client.get(reverse("plans:plan-edit", args=[plan.pk])).content.decode()

    assert page.count("课后托管、篮球 合计") == 1
    assert "现填 250.00 元，超 50.00 元" in page


def test_bureau_answers_on_the_page_and_the_school_reads_why(client, clerk, reviewer, plan):
    file_plan(plan, now=IN_SEPTEMBER, by=cast.act(clerk, date(2026, 9, 10)))
    client.force_login(reviewer)
    refused = client.post(
        reverse("plans:plan-review", args=[plan.pk]), {"answer": "returned", "reason": ""}, follow=True
    )
    assert "退回要写明理由" in refused.content.decode()

    client.post(reverse("plans:plan-review", args=[plan.pk]), {"answer": "returned", "reason": "人员名单不全"})

    plan.refresh_from_db()
    client.force_login(clerk)
    assert plan.state == "returned"
    assert "人员名单不全" in client.get(reverse("plans:plan-edit", args=[plan.pk])).content.decode()


def test_review_list_puts_what_waits_first_and_names_who_is_overdue(client, clerk, reviewer, plan, lanting, settings):
    file_plan(plan, now=IN_SEPTEMBER, by=cast.act(clerk, date(2026, 9, 10)))
    client.force_login(reviewer)

    html = client.get(reverse("plans:review-list")).content.decode()

    assert html.index("海棠路小学") < html.index("兰亭初级中学")
    assert "逾期未报" in html.split("兰亭初级中学")[1].split("</tr>")[0]
    assert "9 月 30 日前" in html and "实施方案 五(一)" in html
    assert "1 份方案等您答复" in html


def test_form_is_printed_as_pdf(client, clerk, plan):
    client.force_login(clerk)

    paper = client.get(reverse("plans:plan-pdf", args=[plan.pk]))

    assert paper["Content-Type"] == "application/pdf"
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")


def test_minutes_are_only_ever_a_download(client, clerk, plan):
    keep_minutes(plan, "记录.pdf", b"%PDF-1.7 signed", by=cast.act(clerk, date(2026, 9, 10)))
    client.force_login(clerk)

    file = client.get(reverse("plans:minutes", args=[plan.pk]))

    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content) == b"%PDF-1.7 signed"


DOORS = [
    ("get", "plans:plan-detail", ()),
    ("get", "plans:plan-pdf", ()),
    ("get", "plans:plan-edit", ()),
    ("post", "plans:plan-check", ("time",)),
    ("post", "plans:plan-file", ()),
    ("post", "plans:plan-revise", ()),
    ("post", "plans:minutes-upload", ()),
]


@pytest.mark.parametrize(("method", "name", "more"), DOORS)
def test_plan_of_another_school_is_not_found(client, plan, lanting, method, name, more):
    client.force_login(cast.make_person("邻校", Role.SCHOOL_ADMIN, lanting))

    assert getattr(client, method)(reverse(name, args=[plan.pk, *more])).status_code == 404
    assert Plan.objects.get().state == "draft"


@pytest.mark.parametrize(("method", "name", "more"), [*DOORS, ("post", "plans:plan-review", ())])
def test_teacher_is_turned_away(client, plan, haitang, method, name, more):
    client.force_login(cast.make_person("值班", Role.TEACHER, haitang))

    assert getattr(client, method)(reverse(name, args=[plan.pk, *more])).status_code == 403


def test_clerk_cannot_review_and_another_bureau_finds_nothing(client, clerk, plan, c_bureau):
    client.force_login(clerk)
    door = reverse("plans:plan-review", args=[plan.pk])
    assert client.post(door, {"answer": "noted"}).status_code == 403

    client.force_login(cast.make_person("外局", Role.BUREAU_REVIEWER, c_bureau))
    assert client.post(door, {"answer": "noted"}).status_code == 404


def _schools(bureau, term, many):
    for number in range(many):
        school = cast.make_school(bureau, f"第{number}小学")
        put_in_force(write_plan(school, term, as_clerk(school)), as_clerk(school), as_reviewer(bureau))


def _questions(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_review_list_asks_as_much_for_three_schools_as_for_one(
    client, d_bureau, term, reviewer, django_assert_max_num_queries
):
    client.force_login(reviewer)
    _schools(d_bureau, term, 1)
    one = _questions(client, reverse("plans:review-list"), django_assert_max_num_queries)
    for number in (11, 12):
        write_plan(cast.make_school(d_bureau, f"第{number}小学"), term, as_clerk(Plan.objects.first().school))

    assert _questions(client, reverse("plans:review-list"), django_assert_max_num_queries) == one


def test_plan_page_asks_as_much_for_three_services_as_for_one(client, clerk, plan, django_assert_max_num_queries):
    client.force_login(clerk)
    url = reverse("plans:plan-part", args=[plan.pk, "time"])
    one = _questions(client, url, django_assert_max_num_queries)
    for name in ("篮球", "书法"):
        Offering.objects.create(
            school=plan.school,
            plan=plan,
            name=name,
            kind="club",
            grades=[3],
            weekdays=[2],
            starts_at="16:00",
            ends_at="17:00",
        )

    assert _questions(client, url, django_assert_max_num_queries) == one


def test_saving_a_plan_that_was_filed_meanwhile_changes_nothing(client, clerk, plan):
    client.force_login(clerk)
    file_plan(plan, now=IN_SEPTEMBER, by=cast.act(clerk, date(2026, 9, 10)))

    answer = client.post(reverse("plans:plan-part", args=[plan.pk, "time"]), typed(plan, fee="100"))

    assert answer.url == reverse("plans:plan-detail", args=[plan.pk])
    assert plan.offerings.get().fee_fen == 200_00
