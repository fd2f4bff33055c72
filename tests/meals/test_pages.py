"""Meals in the browser's hands: who orders, who publishes, who settles, and what each reads."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from attendance.models import Leave
from billing.actions import draft_settlement
from billing.disclosures.actions import compose, publish
from billing.meals.actions import charge_meals
from billing.meals.consent import sentences_of, sha256_of
from billing.meals.desk import tasks
from billing.meals.selectors.eaten import not_eaten
from billing.models import Expense, Meal, MealConsent, MealSettlement, Receipt
from tests import cast
from tests.billing.conftest import NOW, act
from tests.meals.month import october, order, put_in, settle

NEW = {
    "item": "meals", "name": "晚餐", "supplier": "碧海县鲜味餐饮有限公司", "licence": "JY32102000012345", "price": "18",
    "began_on": "2026-10-12", "leave_days": "0", "leave_until": "09:30", "weekdays": ["1", "2", "3", "4", "5"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_october(time_machine):
    time_machine.move_to("2026-10-08T10:00:00+08:00")


def said(answer):
    return answer.content.decode()


def test_finance_registers_and_another_publishes(kitchen, client):
    client.force_login(kitchen.people["clerk"])
    new = reverse("meals:meal-create", args=[kitchen.school.pk])
    assert "学生餐费" in said(client.get(new))
    assert client.post(new, NEW | {"price": "0"}).status_code == 422
    assert client.post(new, NEW).status_code == 302
    meal = Meal.objects.get(name="晚餐")
    publish_ = reverse("meals:meal-publish", args=[meal.pk])
    assert client.post(publish_).status_code == 403
    assert [one.title for one in tasks(kitchen.reviewer, date(2026, 10, 8))] == ["1 项供餐待公布"]
    client.force_login(kitchen.people["reviewer"])
    page = said(client.get(reverse("meals:meal-list")))
    assert "当天 09:30 以前" in page and publish_ in page and "周一至周五" in page
    client.post(publish_)
    meal.refresh_from_db()
    assert meal.published_by == kitchen.people["reviewer"]


def test_a_school_whose_policy_lists_nothing_registers_nothing(kitchen, client):
    cast.Adoption.objects.exclude(policy="dalian-2024").delete()
    client.force_login(kitchen.people["clerk"])
    new = reverse("meals:meal-create", args=[kitchen.school.pk])
    assert "现行政策没有写学校可以代收餐费" in said(client.get(new))
    assert client.post(new, NEW).status_code == 422 and Meal.objects.count() == 1


def test_a_child_is_excused_from_a_meal_on_a_day_without_service(kitchen, client):
    """Lunch is on Wednesdays too, the service is not: the leave was refused, and the meal could not be given back."""
    october(kitchen)
    child, mother = kitchen.children[0], kitchen.mothers[0]
    client.force_login(mother)
    page, leave = (reverse(f"meals:{name}", args=[child.pk]) for name in ("my-meals", "meal-leave"))
    assert leave in said(client.get(page))

    def ask(first, last):
        return said(client.post(leave, {"first_on": first, "last_on": last}, follow=True))

    assert "请到“请假”里请" in ask("2026-10-14", "2026-10-15")  # on Thursday there is service
    assert "没有订餐" in ask("2026-10-17", "2026-10-17")
    assert "请选好从哪天到哪天" in ask("", "2026-10-14")
    assert not Leave.objects.exists()
    assert "餐费月底退回" in ask("2026-10-14", "2026-10-14")
    assert "已经请过假了" in ask("2026-10-14", "2026-10-14")
    charges = list(kitchen.month.meal_charges.select_related("consent__student", "consent__meal", "meal", "student"))
    told = {one.student.name: not_eaten(kitchen.month, charges)[one.pk] for one in charges}
    assert told == {child.name: {"2026-10-14": "leave"}, kitchen.children[1].name: {}}


def test_a_guardian_orders_reads_and_stops(kitchen, client):
    child, mother = kitchen.children[0], kitchen.mothers[0]
    client.force_login(mother)
    mine = reverse("meals:my-meals", args=[child.pk])
    assert mine in said(client.get(reverse("disclosures:my-months")))
    assert "订不订餐由您决定" in said(client.get(mine))
    form = {"meal": kitchen.meal.pk, "began_on": "2026-10-12", "sha256": sha256_of(sentences_of(kitchen.meal))}
    ordering = reverse("meals:meal-order", args=[child.pk])
    assert "再勾选" in said(client.post(ordering, form, follow=True)) and not MealConsent.objects.exists()
    assert "在订" in said(client.post(ordering, form | {"agree": "on"}, follow=True))
    charge_meals(kitchen.month, by=kitchen.clerk)
    page = said(client.get(mine))
    assert "餐费还差" in page and "225.00" in page
    assert [one.title for one in tasks(act(mother), date(2026, 10, 8))] == ["陈一诺的餐费还差 225.00 元"]
    consent = MealConsent.objects.get()
    client.force_login(kitchen.mothers[1])
    stop = reverse("meals:meal-stop", args=[consent.pk])
    assert client.post(stop).status_code == client.get(mine).status_code == 404
    client.force_login(mother)
    assert "还没有开始就停了" in said(client.post(stop, follow=True))


def test_finance_does_a_month_of_meals(kitchen, client, time_machine):
    order(kitchen, 0)
    order(kitchen, 1)
    month = reverse("meals:meal-month", args=[kitchen.month.pk])
    client.force_login(kitchen.people["clerk"])
    assert "代收餐费" in said(client.get(reverse("billing:month-detail", args=[kitchen.month.pk])))
    assert "生成 2 份餐费" in said(client.get(month))
    assert "已生成 2 份餐费" in said(client.post(reverse("meals:meals-charge", args=[kitchen.month.pk]), follow=True))
    paid = reverse("billing:receipt-create", args=[kitchen.month.pk])
    typed = {"key": "k1", "student": "陈一诺", "on": "2026-10-08", "amount": "225", "method": "bank", "payer": "陈静"}
    client.post(paid, typed | {"fund": "meal"})
    put_in(kitchen, 1, "225")
    assert Receipt.objects.get(key="k1").fund == "meal" and "未交清" not in said(client.get(month))
    time_machine.move_to(NOW)
    client.force_login(kitchen.people["clerk"])
    invoice = reverse("meals:invoice-create", args=[kitchen.month.pk])
    bill_ = {"key": "b1", "meal": kitchen.meal.pk, "amount": "400", "on": "2026-10-30", "voucher_number": "JS-1"}
    assert client.post(invoice, bill_ | {"on": "2026-11-02"}).status_code == 422
    assert client.post(invoice, bill_).status_code == 302
    settling = reverse("meals:meals-settle", args=[kitchen.month.pk])
    assert client.post(settling).status_code == 403
    client.force_login(kitchen.people["reviewer"])
    assert [one.title for one in tasks(kitchen.reviewer, NOW.date())] == ["结清2026年10月代收餐费"]
    assert "等待审批" in said(client.post(settling, follow=True))
    client.post(reverse("billing:expense-approve", args=[Expense.objects.get().pk]))
    assert "结清，多的退给家长" in said(client.get(month))
    assert "应退 2 笔 50.00 元" in said(client.post(settling, follow=True))
    assert MealSettlement.objects.get().shared_fen == 50_00
    refunds = said(client.get(reverse("billing:refund-list", args=[kitchen.month.pk])))
    assert "代收餐费退回" in refunds and ">代收餐费</a>" in refunds
    assert "已经结清" in said(client.get(reverse("billing:month-detail", args=[kitchen.month.pk])))


def test_no_sheet_sums_the_two(kitchen, client, time_machine):
    october(kitchen)
    put_in(kitchen, 0, "200", fund="fees")
    settle(kitchen)
    client.force_login(kitchen.people["clerk"])

    def sheets(name):
        answer = client.get(reverse(name, args=[kitchen.month.pk]))
        return {
            sheet.title: [[cell.value for cell in row] for row in sheet]
            for sheet in load_workbook(io.BytesIO(answer.content))
        }

    receipts = sheets("billing:receipt-sheet")
    assert list(receipts) == ["课后服务收款表", "代收餐费收款表"]
    assert [[row[4] for row in rows[2:-1]] for rows in receipts.values()] == [[200], [225, 300]]
    meals = sheets("meals:meal-sheet")["代收餐费"]
    assert [row[7] for row in meals[2:4]] == [225, 225]
    listed = said(client.get(reverse("billing:receipt-list", args=[kitchen.month.pk])))
    assert "525.00" in listed and "725.00" not in listed
    receipt = Receipt.objects.filter(fund="meal").first()
    assert "代收餐费" in said(client.get(reverse("billing:receipt-detail", args=[receipt.pk])))


def test_money_for_meals_of_a_month_without_books_has_its_page(kitchen, client):
    order(kitchen)
    receipt = put_in(kitchen, 0, "50", on=date(2026, 9, 29))
    client.force_login(kitchen.people["clerk"])
    assert "付餐费，没有用掉的月底退回" in said(client.get(reverse("billing:receipt-detail", args=[receipt.pk])))


def test_families_and_the_public_read_it_apart(kitchen, client, time_machine):
    october(kitchen)
    put_in(kitchen, 0, "200", fund="fees")
    put_in(kitchen, 1, "200", fund="fees")
    time_machine.move_to(NOW)
    settle(kitchen)
    draft_settlement(kitchen.month, by=kitchen.clerk)
    kitchen.month = cast.lock(kitchen.month, now=NOW, by=kitchen.reviewer)
    client.force_login(kitchen.mothers[0])
    page = said(client.get(reverse("disclosures:my-month", args=[kitchen.children[0].pk, date(2026, 10, 1)])))
    assert "除此和下面的代收餐费之外" in page and "结余返还" in page and "实际用掉" in page
    assert page.index("200.00") < page.index("225.00") and "425.00" not in page
    sheet = publish(compose(kitchen.month, by=kitchen.clerk), now=NOW, by=kitchen.reviewer)
    public = reverse("disclosures:public-page", args=[kitchen.school.code, date(2026, 10, 1)])
    shown = said(client.get(public))
    assert "单独列出，不在上面的收支里" in shown and "不足 5 人" in shown and "碧海县鲜味餐饮有限公司" in shown
    book = load_workbook(
        io.BytesIO(
            client.get(reverse("disclosures:public-xlsx", args=[kitchen.school.code, date(2026, 10, 1)])).content
        )
    )
    assert book.sheetnames == ["收支公示", "代收餐费"]
    assert sheet.content["sums"]["income"] == 400_00
