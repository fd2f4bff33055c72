"""为什么是这个数？ Everybody who sees a charge or a refund finds its steps, its days, its clause and the sum to redo."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.schools.actions import change_day
from billing.actions import charge_month, draft_settlement, settle_withdrawal
from billing.models import Charge, Refund
from enrollment.models import Agreement
from tests import cast
from tests.billing.conftest import NOW, enroll, family, pay
from tests.billing.test_settlement import spend, withdraw
from tests.redoing import is_right, sums_on

CAP = "小学、初中每月每生收费不高于200元。"
LEAVING = "参加课后服务的学生中途提出不再参加，要求退费的，须向学校提出书面申请，可退回剩余费用。"
SURPLUS = "课后服务收费实行多退少不补"
OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def mother(db):
    return cast.make_person("马艳")


def joins_late(town, mother, name="周子涵"):
    """From 19 October, 8 of the month's 15 days: 106.67."""
    child = cast.make_student(cast.make_class(town.school, 3, 2), name, guardian=mother)
    enroll(child, town.plan, began_on=date(2026, 10, 19))
    return child


def leaves(town, child, paid=None):
    """The last day is the ninth of fifteen: 80.00 comes back."""
    charge = Charge.objects.get(student=child)
    if paid:
        pay(town, child, paid)
    gone = withdraw(child, charge.days[8])
    Agreement.objects.filter(student=child).update(ended_on=gone.last_on)
    settle_withdrawal(gone, by=town.clerk)
    return Charge.objects.get(student=child)


def settle(town, cost):
    spend(town, cost)
    draft_settlement(town.month, by=town.clerk)


def read(client, person, name, *args):
    client.force_login(person)
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert all(map(is_right, sums_on(page)))
    return page


def finds(page, *words):
    assert "为什么是这个数？" in page
    assert [word for word in words if word not in page] == []


READERS = {
    "clerk": lambda town: town.people["clerk"],
    "reviewer": lambda town: town.people["reviewer"],
    "principal": lambda town: town.people["principal"],
    "bureau": lambda town: cast.make_person(role=Role.BUREAU_FINANCE, at=town.bureau),
}


@pytest.mark.parametrize("reader", READERS)
def test_whoever_sees_the_books_reads_why_a_charge_is_what_it_is(town, client, mother, reader):
    joins_late(town, mother)
    charge_month(town.month, by=town.clerk)
    page = read(client, READERS[reader](town), "billing:charge-detail", Charge.objects.get().pk)

    finds(page, "200.00 ÷ 15 × 8 = 106.67", CAP, "/law/dalian-2024/%E5%9B%9B.4/", "据实收取")
    finds(page, "参加 8 天", "10月19日、20日、22日、23日、26日、27日、29日、30日")
    finds(page, "没有参加 7 天，不收钱", "10月8日至10日、12日、13日、15日、16日")
    finds(page, "国庆节", "小学每周三为全县统一教研时间", "10月14日、21日、28日", "周六、周日休息")


def test_a_guardian_reads_it_on_her_month_and_at_home(town, client, mother):
    child = joins_late(town, mother)
    charge_month(town.month, by=town.clerk)
    for name, args in (("disclosures:my-month", [child.pk, OCTOBER]), ("home", [])):
        finds(read(client, mother, name, *args), "200.00 ÷ 15 × 8 = 106.67", "没有参加 7 天", CAP)


def test_a_day_not_chosen_and_a_day_of_storm_are_told_apart(town, client, mother):
    child = cast.make_student(cast.make_class(town.school, 3, 2), guardian=mother)
    enroll(child, town.plan, weekdays=(1, 2, 5))
    change_day(
        town.bureau, date(2026, 10, 13), school=town.school, kind="rest", serves=False, reason="台风停课", by=town.clerk
    )
    charge_month(town.month, by=town.clerk)
    finds(read(client, mother, "disclosures:my-month", child.pk, OCTOBER), "没有选这一天", "台风停课", "10月13日")


def test_who_leaves_reads_which_days_come_back(town, client, mother):
    child = family(town, guardian=mother)
    charge_month(town.month, by=town.clerk)
    charge = leaves(town, child, paid=200)
    for reader, name, args in (
        (mother, "disclosures:my-month", [child.pk, OCTOBER]),
        (town.people["clerk"], "billing:charge-detail", [charge.pk]),
    ):
        page = read(client, reader, name, *args)
        finds(
            page,
            "200.00 ÷ 15 × 6 = 80.00",
            LEAVING,
            "参加 9 天",
            "没有用 6 天",
            "10月22日、23日、26日、27日、29日、30日",
        )


def test_what_need_not_be_paid_any_more_is_explained_too(town, client, mother):
    child = family(town, guardian=mother)
    charge_month(town.month, by=town.clerk)
    charge = leaves(town, child, paid=150)
    assert (charge.remitted_fen, charge.refunded_fen) == (50_00, 30_00)
    page = read(client, mother, "disclosures:my-month", child.pk, OCTOBER)
    finds(page, "不用再交 50.00 元", "80.00 − 30.00 = 50.00", "80.00 − 50.00 = 30.00", "没有用 6 天")


def test_a_surplus_is_explained_to_the_family_and_in_the_draft(town, client, mother):
    children = [family(town, "甲", guardian=mother), family(town, "乙"), family(town, "丙")]
    charge_month(town.month, by=town.clerk)
    pay(town, children[0], 200)
    settle(town, "583.33")
    page = read(client, town.people["clerk"], "billing:settlement-detail", town.month.pk, 3)
    finds(page, "600.00 − 583.33 = 16.67", "16.67 ÷ 600.00 × 200.00 = 5.55", SURPLUS)

    cast.lock(town.month, now=NOW, by=town.reviewer)
    page = read(client, mother, "disclosures:my-month", children[0].pk, OCTOBER)
    finds(page, "16.67 ÷ 600.00 × 200.00 = 5.55", "结余返还 5.56 元", SURPLUS, "参加几天，已经算在您家应交的钱里了")
    second = Charge.objects.get(student=children[1])
    assert second.remissions[0]["fen"] == second.remitted_fen == 5_56
    finds(read(client, town.people["clerk"], "billing:charge-detail", second.pk), "不用再交 5.56 元")


def test_a_shortfall_is_explained_as_the_schools(town, client):
    family(town)
    charge_month(town.month, by=town.clerk)
    settle(town, "220.00")
    page = read(client, town.people["principal"], "billing:settlement-detail", town.month.pk, 3)
    finds(page, "220.00 − 200.00 = 20.00", "学校承担 20.00 元", SURPLUS)


def test_lists_lead_from_each_figure_to_its_explanation(town, client, mother):
    child = family(town, guardian=mother)
    charge_month(town.month, by=town.clerk)
    charge = leaves(town, child, paid=200)
    address, refund = reverse("billing:charge-detail", args=[charge.pk]), Refund.objects.get()
    finds(
        read(client, town.people["clerk"], "billing:charge-list", town.month.pk),
        f'href="{address}"',
        f'href="{address}#paid"',
    )
    finds(
        read(client, town.people["clerk"], "billing:refund-list", town.month.pk), f'href="{address}#refund-{refund.pk}"'
    )
    assert f'id="refund-{refund.pk}"' in read(client, town.people["clerk"], "billing:charge-detail", charge.pk)


def test_explaining_asks_as_much_for_three_children_as_for_one(town, client, mother):
    def queries(person, name, *args):
        with CaptureQueriesContext(connection) as seen:
            read(client, person, name, *args)
        return len(seen)

    def all_pages():
        settlement = queries(town.people["clerk"], "billing:settlement-detail", town.month.pk, 3)
        return settlement, queries(mother, "disclosures:my-month", first.pk, OCTOBER)

    first = family(town, "甲", guardian=mother)
    charge_month(town.month, by=town.clerk)
    settle(town, "100.00")
    all_pages()
    one = all_pages()
    for name in ("乙", "丙"):
        pay(town, joins_late(town, mother, name), 50)
    charge_month(town.month, by=town.clerk)
    draft_settlement(town.month, by=town.clerk)
    assert all_pages() == one


def test_days_on_which_the_child_did_not_come_are_those_the_refund_names(town, client, mother):
    child = family(town, guardian=mother)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 200)
    charge = Charge.objects.get()
    Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=charge, cause="absence", amount_fen=26_66,
        state="payable", cites=charge.cites,
        steps=["这个月开 15 天，没有来的有 2 天：10月13日、10月15日", "退 2 天的费用：13.33 × 2 = 26.66 元"],
    )  # fmt: skip
    page = read(client, mother, "disclosures:my-month", child.pk, OCTOBER)
    finds(page, "13.33 × 2 = 26.66", "参加 13 天", "没有来 2 天", "没来")
    settle(town, "150.00")
    page = read(client, town.people["clerk"], "billing:settlement-detail", town.month.pk, 3)
    finds(page, "缺勤", "没有来 2 天", "结余返还", SURPLUS)
