"""Lines of the statement worked by hand: whose an inflow may be and why, what an outflow is, and nothing booked twice."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.errors import RuleBroken
from billing.actions import book_stipends, charge_month, link_outflow, match_line
from billing.ledger.balances import balances
from billing.models import BankLine, Expense, Payout, Refund, RefundBatch
from billing.selectors.outflows import guess, offers
from billing.selectors.working import waiting
from billing.suggestions import one_slip
from tests import cast
from tests.billing.conftest import NOW, family, pay
from tests.billing.test_settlement import sheet as stipend_sheet
from tests.billing.test_settlement import spend
from tests.billing.test_statements import bring, line


def answers(found):
    (one,) = waiting([found])
    return [(answer.word, answer.reason) for answer in one.answers]


def out(town, yuan, memo="电费", payer="国网电力公司", serial="9", on="2026-10-12"):
    return bring(town, line(memo, serial, in_="", out=yuan, payer=payer, on=on))


@pytest.mark.parametrize(
    "typed, slips",
    [("1234", False), ("1235", True), ("1324", True), ("1256", False), ("123", False), ("2143", False)],
)
def test_one_slip_is_one_sign_or_two_neighbours(typed, slips):
    assert one_slip(typed, "1234") is slips


def test_a_number_with_a_digit_wrong_leads_to_its_child(town):
    child, other = family(town, "陈一诺"), family(town, "周子涵")
    charge_month(town.month, by=town.clerk)
    typed = child.number[:8] + ("9" if child.number[8] != "9" else "8") + child.number[9:]
    told = answers(bring(town, line(f"{typed} 课后服务费")))
    assert told == [("记为 三(2)班 陈一诺 的缴费", f"学籍号只差一处：{child.number}，还欠 200.00 元")]
    assert other.name not in str(told)


def test_a_name_of_the_class_with_one_sign_wrong_and_one_of_another_class(town):
    family(town, "陈一诺")
    family(town, "周子涵", grade=1)
    assert answers(bring(town, line("三年级2班 陈一偌", "1"))) == [
        ("记为 三(2)班 陈一诺 的缴费", "班级相同，姓名差一个字")
    ]
    assert answers(bring(town, line("三年级2班 周子涵", "2"))) == [("记为 一(2)班 周子涵 的缴费", "姓名相同，班级不同")]


def test_an_account_that_paid_before_and_a_guardian_of_that_name(town):
    child = family(town, "陈一诺", guardian=cast.make_person("陈志强"))
    ward = family(town, "周子涵", guardian=cast.make_person("某人"))
    first = bring(town, line("课后服务费", "1"))
    match_line(first, child, by=town.clerk)
    assert answers(bring(town, line("课后服务费", "2"))) == [
        ("记为 三(2)班 陈一诺 的缴费", "这个账号以前替这个孩子交过"),
        ("记为 三(2)班 周子涵 的缴费", "付款人与监护人同名"),
    ]
    assert ward.pk


def test_more_lines_ask_no_more(town, django_assert_max_num_queries):
    family(town, "陈一诺", guardian=cast.make_person("某人"))
    bring(town, *(line("课后服务费", f"1{n}") for n in range(4)), *(line("费", f"2{n}", "", "5") for n in range(4)))
    with django_assert_max_num_queries(10):
        assert len(waiting(list(BankLine.objects.select_related("school")))) == 8


def test_an_outflow_begins_as_this_payees_last_cost_did(town):
    spend(town, "100", category="electricity", payee="国网电力公司", grade=3)
    assert guess(town.month, out(town, "50")) == {"category": "fees:electricity", "grade": 3}
    assert guess(town.month, out(town, "50", memo="付水费", payer="某公司", serial="91")) == {"category": "fees:water"}
    assert guess(town.month, out(town, "50", memo="其他", payer="某公司", serial="92")) == {}


def test_a_cost_typed_before_is_claimed_and_its_line_closed(town):
    cost = spend(town, "100", payee="国网电力公司")
    found = out(town, "100", on="2026-10-19")
    assert [offer.paper for offer in offers([found])[found.pk]] == [cost]
    link_outflow(found, cost, by=town.clerk)

    found.refresh_from_db()
    assert (found.state, Expense.objects.get().bank_line) == ("expense", found)
    assert balances(town.school, date(2026, 10, 31))["bank", ""].fen == -100_00
    with pytest.raises(RuleBroken, match="已列支出"):
        link_outflow(found, cost, by=town.clerk)
    second = out(town, "100", serial="91")
    with pytest.raises(RuleBroken, match="已经对上另一笔"):
        link_outflow(second, cost, by=town.clerk)


@pytest.mark.parametrize("other", [{"yuan": "99"}, {"yuan": "100", "on": "2026-10-01"}])
def test_another_sum_or_time_is_another_cost(town, other):
    spend(town, "100")
    found = out(town, **other)
    assert offers([found])[found.pk] == []


def test_stipends_are_paid_out_by_their_line(town):
    stipend_sheet(town)
    book_stipends(town.month, by=town.clerk)
    found = out(town, "120", memo="代发", payer="", on="2026-11-06")
    (offer,) = offers([found])[found.pk]
    assert offer.word == "就是2026年10月教师补助的发放"
    link_outflow(found, offer.paper, by=town.clerk)
    stood = balances(town.school, date(2026, 11, 6))
    assert stood["bank", ""].fen == -120_00 and not stood.get(("stipend_payable", "2026-10"))
    again = out(town, "120", memo="代发", payer="", serial="91", on="2026-11-07")
    assert offers([again])[again.pk] == []


def test_a_batch_of_refunds_is_known_by_its_sum(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    receipt, charge = pay(town, child, 200), child.charges.get()
    charge.refunded_fen = 30_00
    charge.save()
    refund = Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=charge, cause="surplus", amount_fen=30_00
    )
    batch = RefundBatch.objects.create(school=town.school, number=4, made_at=NOW)
    Payout.objects.create(
        school=town.school,
        batch=batch,
        row=1,
        refund=refund,
        receipt=receipt,
        payee="某",
        payee_account="6217",
        fen=30_00,
    )
    found = out(town, "30", memo="批量代付", payer="")
    (offer,) = offers([found])[found.pk]
    assert offer.word == "就是退费批次 4 号"
    link_outflow(found, batch, by=town.clerk)
    found.refresh_from_db()
    assert (found.state, found.hint) == ("matched", "就是退费批次 4 号")
    # The bank's answer, row by row, books the refunds; the line books nothing.
    assert balances(town.school, date(2026, 10, 31))["bank", ""].fen == 200_00


@pytest.fixture
def clerk(client, town):
    client.force_login(town.people["clerk"])
    return client


def test_an_outflow_becomes_a_cost_and_the_next_line_is_at_hand(town, clerk):
    spend(town, "100", category="electricity", payee="国网电力公司")
    statement = bring(
        town, line("电费", "1", "", "77", "国网电力公司"), line("押金", "2"), line("其他", "3", "", "5")
    ).statement
    first, second, third = statement.lines.order_by("row")
    form = clerk.get(reverse("billing:line-expense", args=[first.pk])).context["form"]
    assert form.initial["category"] == "fees:electricity" and form.initial["amount"] == "77.00"
    typed = {name: form.initial.get(name) or "" for name in ("key", "category", "amount", "payee", "note")}
    answer = clerk.post(
        reverse("billing:line-expense", args=[first.pk]), typed | {"on": "2026-10-12", "voucher_number": "0092"}
    )
    assert answer["Location"].endswith(f"{statement.pk}/#line-{second.pk}")
    answer = clerk.post(reverse("billing:line-set-aside", args=[third.pk]), {"reason": "退押金"})
    assert answer["Location"].endswith(f"#line-{second.pk}")
    answer = clerk.post(reverse("billing:line-set-aside", args=[second.pk]), {"reason": ""})
    assert answer["Location"].endswith(f"#line-{second.pk}")
    page = clerk.post(reverse("billing:line-outflow", args=[second.pk]), {"paper": "expense-1"}, follow=True)
    assert "已经对上另一笔流水了" in page.content.decode()
