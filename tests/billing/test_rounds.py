"""After the lock: costs put right by two people, and what is found out later goes back in a further round."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import (
    approve_adjustment,
    charge_month,
    confirm_round,
    draft_round,
    enter_adjustment,
    open_month,
    receive,
    reject_adjustment,
)
from billing.desk import tasks
from billing.disclosures.actions import compose, publish
from billing.disclosures.corrections import corrections_of
from billing.forms.corrections import AdjustmentForm
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.models import Entry
from billing.ledger.whereabouts import whereabouts
from billing.models import Adjustment, BankLine, Charge, Expense, Refund, Round, StatementImport
from enrollment.models import Waiver
from tests.billing.conftest import NOW, act, family, pay
from tests.billing.test_settlement import charged_families, lock, spend

NOVEMBER = date(2026, 11, 30)


@pytest.fixture
def closed(town):
    """October is locked: three families of 200, 200 and 100, cost 437.50, all of the rest given back. November is open."""
    town.children = charged_families(town, 200, 200, 100)
    town.cost = spend(town, "437.50")
    lock(town)
    town.november = open_month(town.school, month=NOVEMBER, by=town.clerk)
    return town


def adjust(town, yuan, side="less", approve=True, at=NOW, **more):
    facts = {
        "side": side, "amount": Money.parse(yuan), "on": date(2026, 11, 2), "reason": "水费抄表有误",
        "clause": "四.5", "voucher_number": "H7", "key": f"a{Adjustment.objects.count()}", "by": town.clerk,
    }  # fmt: skip
    if "category" not in more:
        facts["expense"] = town.cost
    made = enter_adjustment(town.month, **facts | more)
    return approve_adjustment(made, now=at, by=town.reviewer) if approve else made


def again(town):
    return confirm_round(draft_round(town.month, by=town.clerk), now=NOW, by=town.reviewer)


def given(town, number=None):
    refunds = Refund.objects.filter(fee_month=town.month).exclude(state="draft")
    refunds = refunds.filter(round=number) if number else refunds
    sums = {child.name: 0 for child in town.children}
    for name, fen in refunds.values_list("student__name", "amount_fen"):
        sums[name] += fen
    return list(sums.values())


def meets(town):
    """Papers and ledger agree, the locked month comes to nothing, and the sheet can be written."""
    assert is_balanced(trial_balance(town.school, NOVEMBER))
    assert not whereabouts(town.school, NOVEMBER).wrong
    return compose(town.month, reason="更正", by=town.clerk).content


def test_what_came_back_from_a_supplier_is_shared_in_a_further_round(closed):
    first = given(closed)
    adjust(closed, "10.01")
    books = balances(closed.school, NOVEMBER)
    assert books["surplus", "2026-10"].fen == -10_01  # it waits, in everybody's sight
    assert meets(closed)["sums"]["balance"] == 10_01

    made = again(closed)
    assert (made.number, made.booked_in, given(closed, 2)) == (2, closed.november, [4_01, 4_00, 2_00])
    assert given(closed) == [one + other for one, other in zip(first, [4_01, 4_00, 2_00], strict=True)]
    assert set(Refund.objects.filter(round=2).values_list("state", "cause")) == {("payable", "surplus")}
    books = balances(closed.school, NOVEMBER)
    assert books["surplus", "2026-10"].fen == 0
    assert Entry.objects.get(key__startswith="adjustment:").on == date(2026, 11, 2)
    content = meets(closed)
    assert (content["sums"]["balance"], content["sums"]["expense"]) == (0, 427_49)
    with pytest.raises(RuleBroken, match="没有要追加"):
        draft_round(closed.month, by=closed.clerk)


def test_what_a_receipt_gives_back_a_second_time_is_of_no_round(closed, client, monkeypatch):
    """The second part of a receipt for meals has the number of the month's second round."""
    monkeypatch.setattr("billing.disclosures.corrections.FEWEST", 1)
    child = closed.children[0]
    meals = receive(
        closed.school, child, on=date(2026, 10, 12), amount=Money(90_00), payer="妈妈", fund="meal", key="m",
        by=closed.clerk,
    )  # fmt: skip
    Refund.objects.create(
        school=closed.school, fee_month=closed.month, student=child, receipt=meals, cause="meal", round=2,
        amount_fen=50_00, state="payable",
    )  # fmt: skip
    adjust(closed, "10.01")
    made = again(closed)

    assert [one["fen"] for one in corrections_of(closed.month) if "追加" in one["say"]] == [10_01]
    client.force_login(closed.people["reviewer"])
    page = client.get(reverse("billing:round-detail", args=[made.pk]))
    assert sum(refund.amount_fen for refund in page.context["refunds"]) == 10_01


def test_what_was_more_is_the_schools_and_takes_nothing_back(closed):
    before = given(closed)
    adjust(closed, "30", side="more")
    assert balances(closed.school, NOVEMBER)["deficit", "2026-10"].fen == 30_00
    content = meets(closed)
    assert {"label": "学校承担更正补记的支出", "fen": 30_00, "heads": None, "each_fen": None} in content["income"]
    with pytest.raises(RuleBroken, match="没有要追加"):
        draft_round(closed.month, by=closed.clerk)

    # What comes back later first makes good what the school bore.
    adjust(closed, "20")
    assert again(closed).groups[0]["borne_fen"] == 10_00
    assert (given(closed), balances(closed.school, NOVEMBER)["deficit", "2026-10"].fen) == (before, 10_00)
    adjust(closed, "15.50")
    assert again(closed).number == 3
    assert sum(given(closed, 3)) == 5_50
    assert balances(closed.school, NOVEMBER)["deficit", "2026-10"].fen == 0
    meets(closed)


def test_a_waiver_proven_late_gives_back_the_rest_and_takes_from_nobody(closed):
    before = given(closed)
    Waiver.objects.create(
        school=closed.school, student=closed.children[0], category="registered_poor", percent=100, evidence="证",
        state="granted", asked_by=closed.people["clerk"], decided_by=closed.people["principal"],
        began_on=date(2026, 9, 1),
    )  # fmt: skip
    made = again(closed)

    refund = Refund.objects.get(round=2)
    assert (refund.cause, refund.amount_fen) == ("waiver", 200_00 - before[0])
    assert given(closed) == [200_00, *before[1:]]
    assert made.groups[0]["borne_fen"] == 200_00 - before[0]
    assert balances(closed.school, NOVEMBER)["deficit", "2026-10"].fen == 200_00 - before[0]
    assert "不能比您家该交的还多" in refund.steps[-1]
    meets(closed)


def test_days_found_not_served_are_added_to_those_given_before(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 150)  # 50 is still owed
    town.children, town.cost = [child], spend(town, "150")
    type(child).objects.filter(pk=child.pk).update(left_on=Charge.objects.get().days[-3])
    lock(town)
    at_first = Charge.objects.get()
    open_month(town.school, month=NOVEMBER, by=town.clerk)
    type(child).objects.filter(pk=child.pk).update(left_on=at_first.days[-9])
    again(town)

    charge = Charge.objects.get()
    back = charge.refunded_fen + charge.remitted_fen - at_first.refunded_fen - at_first.remitted_fen
    refund = Refund.objects.get(round=2)
    assert (refund.cause, refund.amount_fen) == ("withdrawal", back)
    assert any("结算时已经退过" in step for step in refund.steps)
    meets(town)


def test_money_of_a_round_first_meets_what_a_family_has_not_paid(town):
    paid, short = family(town, "交清"), family(town, "少交")
    town.children = [paid, short]
    charge_month(town.month, by=town.clerk)
    pay(town, paid, 200)
    town.cost = spend(town, "390")
    lock(town)
    open_month(town.school, month=NOVEMBER, by=town.clerk)
    adjust(town, "40")
    again(town)

    charge = Charge.objects.get(student=short)
    assert (given(town, 2), charge.remitted_fen, charge.owed_fen) == ([20_00, 0], 25_00, 175_00)
    assert [kept["round"] for kept in charge.remissions] == [1, 2]
    meets(town)


def test_an_adjustment_takes_two_people_and_a_round_too(closed):
    waiting = adjust(closed, "10", approve=False)
    assert adjust(closed, "10", approve=False, key=waiting.key) == waiting
    with pytest.raises(RuleBroken, match="内容不同"):
        adjust(closed, "11", approve=False, key=waiting.key)
    with pytest.raises(RuleBroken, match="另一个人"):
        approve_adjustment(waiting, now=NOW, by=closed.clerk)
    with pytest.raises(RuleBroken, match="等待审批"):
        draft_round(closed.month, by=closed.clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.update(decided_by=closed.people["clerk"])
    entries = Entry.objects.count()
    approve_adjustment(waiting, now=NOW, by=closed.reviewer)
    with pytest.raises(RuleBroken, match="已入账"):
        approve_adjustment(waiting, now=NOW, by=closed.reviewer)
    draft = draft_round(closed.month, by=closed.clerk)
    with pytest.raises(RuleBroken, match="另一个人"):
        confirm_round(draft, now=NOW, by=closed.clerk)
    adjust(closed, "1")
    with pytest.raises(RuleBroken, match="账有变化"):
        confirm_round(draft, now=NOW, by=closed.reviewer)
    assert draft_round(closed.month, by=closed.clerk) == draft  # drafted anew, not a further one
    confirm_round(draft, now=NOW, by=closed.reviewer)
    with pytest.raises(RuleBroken, match="已经确认"):
        confirm_round(draft, now=NOW, by=closed.reviewer)
    assert Round.objects.count() == 1 and Entry.objects.count() == entries + 2 + 3  # two approved, one share each


WRONG = [
    ({"clause": "九.9"}, "条款"),
    ({"reason": " "}, "写明原因"),
    ({"reason": "退给学生0的"}, "姓名"),
    ({"voucher_number": ""}, "票据号"),
    ({"amount": Money(437_51)}, "最多还能冲减 437.50"),
    ({"amount": Money(0)}, "大于零"),
    ({"on": date(2026, 9, 30)}, "不能早于"),
    ({"category": "water"}, "已入账的一笔支出"),
    ({"category": "management_fee", "side": "more"}, "不得"),
    ({"category": "water", "side": "more", "grade": 7}, "没有这个年级"),
]


def test_an_adjustment_entered_wrongly_changes_nothing(closed):
    entries = Entry.objects.count()
    for wrong, say in WRONG:
        with pytest.raises(RuleBroken, match=say):
            adjust(closed, "10", approve=False, **wrong)
    assert not Adjustment.objects.exists() and Entry.objects.count() == entries


def test_an_adjustment_needs_an_open_month_and_a_locked_one(closed):
    with pytest.raises(RuleBroken, match="请先开启2026年12月"):
        adjust(closed, "1", on=date(2026, 12, 1))
    turned_down = Adjustment.objects.get()
    reject_adjustment(turned_down, reason="票据不符", now=NOW, by=closed.reviewer)
    assert (turned_down.__class__.objects.get().state, Expense.objects.get().adjustments.get().answer) == (
        "rejected", "票据不符",
    )  # fmt: skip
    closed.month = closed.november
    with pytest.raises(RuleBroken, match="还没有锁定"):
        adjust(closed, "1")


def test_a_published_sheet_stays_and_a_new_version_tells_the_correction(closed):
    first = publish(compose(closed.month, by=closed.clerk), now=NOW, by=act(closed.people["principal"]))
    sealed = (first.content, first.sha256)
    adjust(closed, "10")
    again(closed)

    first.refresh_from_db()
    assert (first.content, first.sha256) == sealed
    second = closed.month.disclosures.get(version=2)
    assert second.published_at is None and "追加结算" in second.reason
    told = [(one["of"], one["booked"], one["say"], one["fen"], one["clause"]) for one in second.content["corrections"]]
    assert told == [
        ("2026-10", "2026-11", "水费少支出，钱已收回", 10_00, "四.5"),
        ("2026-10", "2026-11", "追加退给家长（人数少，合在退费里）", None, ""),
    ]


def test_a_line_of_the_statement_stands_for_it_once(closed):
    statement = StatementImport.objects.create(
        school=closed.school, file_name="流水", sha256="0" * 64, uploaded_by=closed.people["clerk"]
    )
    line = BankLine.objects.create(
        school=closed.school,
        statement=statement,
        row=1,
        serial="s1",
        on=date(2026, 11, 2),
        in_fen=10_00,
        payer="自来水公司",
    )
    form = AdjustmentForm(fee_month=closed.month)
    assert "11月2日 收 10.00 自来水公司" in str(form["bank_line"])
    with pytest.raises(RuleBroken, match="收付、金额和更正不同"):
        adjust(closed, "11", approve=False, bank_line=line)
    made = adjust(closed, "10", approve=False, bank_line=line)
    with pytest.raises(RuleBroken, match="已经处理过"):
        adjust(closed, "10", approve=False, bank_line=line)
    line.refresh_from_db()
    assert (line.state, line.adjustment) == ("matched", made)
    reject_adjustment(made, reason="先不办", now=NOW, by=closed.reviewer)
    line.refresh_from_db()
    assert line.state == "open"
    adjust(closed, "10", bank_line=line)


def test_clerk_and_reviewer_do_it_on_the_pages(closed, client):
    month = f"/billing/{closed.month.pk}/"
    client.force_login(closed.people["clerk"])
    assert f"{month}corrections/" in client.get(month).content.decode()
    form = client.get(f"{month}corrections/new/").content.decode()
    assert "10月28日 自来水公司 水费 437.50" in form and "没有记过的，课后服务费（只能补记）" in form
    typed = {
        "key": "page", "side": "less", "cost": f"expense:{closed.cost.pk}", "amount": "500", "on": "2026-11-02",
        "voucher_number": "H7", "clause": "四.5", "reason": "抄表有误",
    }  # fmt: skip
    refused = client.post(f"{month}corrections/new/", typed)
    assert refused.status_code == 422 and "最多还能冲减 437.50" in refused.content.decode()
    assert client.post(f"{month}corrections/new/", typed | {"amount": "10"}).status_code == 302
    waiting = Adjustment.objects.get()

    client.force_login(closed.people["reviewer"])
    page = client.get(f"{month}corrections/").content.decode()
    assert f"/billing/adjustments/{waiting.pk}/approve/" in page and "抄表有误" in page
    client.post(f"/billing/adjustments/{waiting.pk}/approve/")
    client.force_login(closed.people["clerk"])
    assert "还应追加退给 3 家 10.00" in client.get(f"{month}corrections/").content.decode().replace("\xa0", " ")
    client.post(f"{month}rounds/draft/")
    made = Round.objects.get()
    assert "confirm" not in client.get(f"/billing/rounds/{made.pk}/").content.decode()
    client.force_login(closed.people["reviewer"])
    assert "confirm" in client.get(f"/billing/rounds/{made.pk}/").content.decode()
    client.post(f"/billing/rounds/{made.pk}/confirm/")
    assert "记入2026年11月" in client.get(f"/billing/rounds/{made.pk}/").content.decode()
    assert given(closed, 2) == [4_00, 4_00, 2_00]


def test_what_waits_stands_on_the_desks(closed):
    def waits(actor):
        words = [task.title for task in tasks(actor, date(2026, 11, 3))]
        return [word for word in words if "更正" in word or "追加" in word or "收回" in word]

    made = adjust(closed, "10", approve=False)
    assert (waits(closed.reviewer), waits(closed.clerk)) == (["1 笔更正待审批"], [])
    approve_adjustment(made, now=NOW, by=closed.reviewer)
    assert (waits(closed.reviewer), waits(closed.clerk)) == ([], ["1 笔收回的钱还没有退给家长"])
    draft = draft_round(closed.month, by=closed.clerk)
    assert (waits(closed.reviewer), waits(closed.clerk)) == (["1 轮追加结算待确认"], [])
    confirm_round(draft, now=NOW, by=closed.reviewer)
    assert (waits(closed.reviewer), waits(closed.clerk)) == ([], [])
