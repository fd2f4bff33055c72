"""试算: a case tried on a policy, by finance and by the bureau; nothing is written down."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from afterschool.money import Money
from afterschool.policy.loader import DATA
from afterschool.policy.trial import simulate
from afterschool.schools.actions.calendar import fill_calendar
from afterschool.schools.models import CalendarDay, PolicyText
from afterschool.schools.rules import policy_of
from billing.actions import charge_month
from billing.models import Charge
from billing.selectors.trials import calendar_of, school_of, term_of
from tests import cast
from tests.billing.conftest import OCTOBER, act, enroll
from tests.test_look import serious, too_wide

TRIAL = reverse("billing:trial")


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def clerk(client, haitang):
    person = cast.make_person("周会计", Role.FINANCE_CLERK, haitang)
    client.force_login(person)
    return client


@pytest.fixture
def keeper(client, d_bureau):
    client.force_login(cast.make_person("秦科长", Role.BUREAU_KEEPER, d_bureau))
    return client


def ask(client, what, **typed):
    return client.post(TRIAL, {"what": what, "policy": "dalian-2024", **typed}, headers={"HX-Request": "true"})


@pytest.mark.parametrize("what", ["price", "refund", "stipend", "settlement", "people", "spending", "hours", "file"])
def test_every_form_opens(clerk, what):
    response = clerk.get(TRIAL, {"what": what})

    assert response.status_code == 200
    assert response.context["form"].what == what


def test_a_price_above_the_cap_is_refused_with_its_clause(clerk):
    response = ask(clerk, "price", grade=3, month="2026-11", service="weekday", rate="210")

    assert response.status_code == 200
    assert "小学每月每生不高于 200 元，现填 210.00 元，超 10.00 元" in response.text
    assert "/law/dalian-2024/%E5%9B%9B.4/" in response.text


def test_a_child_that_comes_later_pays_for_its_days(clerk):
    response = ask(clerk, "price", grade=3, month="2026-11", service="weekday", rate="200", first="2026-11-16")

    [figure] = response.context["told"].figures
    assert figure.amount.plain() == "105.88"
    assert "200.00 ÷ 17 × 9 = 105.88" in response.text


def test_what_is_left_goes_back_on_leaving(clerk):
    response = ask(clerk, "refund", grade=3, month="2026-11", rate="200", cause="withdrawal", first="2026-11-17")

    assert [figure.amount.plain() for figure in response.context["told"].figures] == ["200.00", "94.12"]


def test_the_calendar_of_the_place_counts(clerk, d_bureau, haitang):
    cast.make_term(d_bureau)
    fill_calendar(d_bureau, 2026, by=act(cast.make_person("秦科长", Role.BUREAU_KEEPER, d_bureau)))
    response = ask(clerk, "price", grade=3, month="2026-11", service="weekday", rate="200")
    scenario = json.loads(response.context["scenario"])

    assert scenario["school"] == {
        "name": "海棠路小学", "stage": "primary", "ownership": "public", "area": "urban", "grade": 3, "boarding": False,
    }  # fmt: skip
    assert scenario["term"]["first"] < "2026-11-01" < scenario["term"]["last"]


def test_what_the_text_does_not_say_is_said(clerk):
    response = ask(clerk, "refund", grade=3, month="2026-11", rate="200", cause="absence", first="2026-11-12")

    assert response.context["told"].silent == ["实施方案没有写明缺勤怎么退费，须由教育局明确后再办理"]


def test_a_silence_is_said_below_the_tabs_and_not_on_another_page(keeper, d_bureau):
    cast.make_term(d_bureau)
    body = (DATA / "dalian-2024.toml").read_text(encoding="utf-8").replace('"dalian-2024"', '"bihai-late"', 1)
    body = body.replace("from = 2024-09-01", "from = 2026-12-01", 1)
    body = body.replace('gives = "remaining_days"', 'gives = "percent"\npercent = 50\nelapsed_at_most = "1/3"', 1)
    uploader = cast.make_person("秦科长", Role.BUREAU_KEEPER, d_bureau)
    PolicyText.objects.create(code="bihai-late", title="草案", body=body, bureau=d_bureau, uploaded_by=uploader)
    typed = {"grade": 3, "month": "2026-12", "rate": "200", "cause": "withdrawal", "first": "2026-12-10"}
    response = ask(keeper, "refund", **typed, policy="bihai-late")

    assert "须由教育局明确后再办理" in response.text
    assert 'id="trial"' in response.text


def test_a_settlement_is_shared_to_the_fen(clerk):
    response = ask(clerk, "settlement", grade=3, on="2026-11-08", charges="200、200 200", cost="583.33")

    assert [figure.amount.plain() for figure in response.context["told"].figures] == ["16.67", "5.56", "5.56", "5.55"]


def test_a_stipend_a_head_count_and_an_expense(clerk):
    stipend = ask(
        clerk, "stipend", base="40", city_average="60", day="2026-10-03", starts="15:00", ends="18:00", slot="afternoon"
    )
    people = ask(clerk, "people", grade=3, on="2026-11-08", students=90, classes=2, teachers=1)
    spending = ask(clerk, "spending", on="2026-11-08", fund="fee", category="management_fee")

    assert [figure.amount.plain() for figure in stipend.context["told"].figures] == ["360.00"]
    assert "还差 1 名" in people.text
    assert "管理费不得从课后服务费列支" in spending.text


def test_hours_are_held_against_the_window(clerk):
    hours = {"weekdays": [1, 3], "starts": "15:30", "ends": "17:31", "slot": "afternoon"}
    response = ask(clerk, "hours", grade=3, on="2026-11-08", **hours)

    assert "现填 17:31，请提前 1 分钟" in response.text
    assert "请去掉周三" in response.text


def test_a_trial_comes_to_what_month_end_charges(town):
    CalendarDay.objects.filter(day=date(2026, 10, 10)).update(follows_weekday=4)
    late = cast.make_student(cast.make_class(town.school, 3), "后来的")
    enroll(late, town.plan, began_on=date(2026, 10, 19))
    charge_month(town.month, by=town.clerk)
    charged = Charge.objects.get(student=late)
    scenario = {
        "month": "2026-10", **term_of(town.school, OCTOBER), **calendar_of(town.school, OCTOBER),
        "school": school_of(town.school, grade=3), "items": [{"rate": 200, "weekdays": [1, 2, 4, 5]}],
        "students": [{"from": "2026-10-19"}],
    }  # fmt: skip
    [tried] = simulate(policy_of(town.school, OCTOBER), scenario)["charges"]

    assert tried["net"] == Money(charged.net_fen).plain() == "106.67"
    assert tried["days"] == [day.isoformat() for day in charged.days]
    told = zip(charged.steps, tried["steps"], strict=True)
    assert all(kept.startswith(step["words"]) and step["amount"] in kept for kept, step in told)


@pytest.mark.parametrize(
    ("what", "typed", "field"),
    [
        ("price", {"grade": 3, "month": "2026-11", "service": "weekday", "rate": "二百"}, "rate"),
        ("price", {"grade": 12, "month": "2026-11", "service": "weekday", "rate": "200"}, "grade"),
        ("refund", {"grade": 3, "month": "2026-11", "rate": "200", "cause": "absence", "first": "2026-12-01"}, "first"),
        ("stipend", {"day": "2026-10-03", "slot": "afternoon"}, "starts"),
        ("settlement", {"grade": 3, "on": "2026-11-08", "charges": "200 x", "cost": "1"}, "charges"),
        ("settlement", {"grade": 3, "on": "2026-11-08", "charges": "200", "refunded": "1 1", "cost": "1"}, "refunded"),
        ("file", {}, "file"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(clerk, what, typed, field):
    response = ask(clerk, what, **typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_a_scenario_is_downloaded_and_brought_back(clerk):
    first = ask(clerk, "price", grade=3, month="2026-11", service="weekday", rate="210")
    download = clerk.post(reverse("billing:trial-download"), {"scenario": first.context["scenario"]})
    again = ask(clerk, "file", file=SimpleUploadedFile("scenario.json", download.content))

    assert download.headers["Content-Disposition"] == 'attachment; filename="scenario.json"'
    assert again.context["told"].wrong == first.context["told"].wrong


def test_a_scenario_out_of_form_is_told_with_its_place(clerk):
    response = ask(
        clerk, "file", file=SimpleUploadedFile("scenario.json", b'{"on": "2026-11-08", "items": [{"rate": -1}]}')
    )

    assert response.status_code == 422
    assert "$.items[0].rate" in response.context["form"].errors["file"][0]
    assert clerk.post(reverse("billing:trial-download"), {"scenario": "{"}).status_code == 422


def test_only_the_bureau_tries_its_own_drafts(keeper, client, d_bureau, haitang):
    body = (
        (DATA / "dalian-2024.toml").read_text(encoding="utf-8").replace('code = "dalian-2024"', 'code = "bihai-draft"')
    )
    body = body.replace("yuan = 200", "yuan = 220", 1)
    uploader = cast.make_person("秦科长", Role.BUREAU_KEEPER, d_bureau)
    PolicyText.objects.create(code="bihai-draft", title="草案", body=body, bureau=d_bureau, uploaded_by=uploader)
    typed = {"grade": 3, "month": "2026-11", "service": "weekday", "rate": "210", "policy": "bihai-draft"}
    response = ask(keeper, "price", **typed)

    assert response.context["told"].wrong == []
    assert "/law/bihai-draft/" not in response.text
    client.force_login(cast.make_person("周会计", Role.FINANCE_CLERK, haitang))
    assert ask(client, "price", **typed).context["form"].errors.keys() == {"policy"}


def test_in_a_browser_the_answer_comes_below_and_another_policy_lays_the_form_out_anew(
    live_server, page, client, clerk, d_bureau
):
    d_bureau.adoptions.create(policy="changle-2021", began_on=date(2026, 9, 1))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(live_server.url + TRIAL)
    page.get_by_label("学校的收费标准").fill("10")
    page.get_by_role("button", name="试算").click()
    page.get_by_text("收费政策明确之前，不向家长收取课后服务费").first.wait_for()

    page.get_by_label("按哪份文件").select_option("dalian-2024")
    page.get_by_label("减免", exact=True).get_by_text("建档立卡贫困家庭学生").wait_for(state="attached")
    expect(page.get_by_label("学校的收费标准")).to_have_value("10")
    page.get_by_role("button", name="试算").click()
    page.get_by_text("小学每月每生不高于 200 元").first.wait_for()

    assert complaints == []
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert too_wide(page) <= 0
