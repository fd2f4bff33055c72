"""Receipts: numbers without a gap, on paper with the amount in capitals, and 作废 that takes back what they did (L22)."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import charge_month, link_line, match_line, open_month, void_receipt
from billing.ledger.balances import balances
from billing.ledger.verifying import verify
from billing.models import BankLine, Charge, Receipt, Refund
from tests import cast
from tests.billing.conftest import NOW, family, pay
from tests.billing.test_statements import bring, line


def void(town, receipt, reason="记错了学生", by=None):
    return void_receipt(receipt, reason=reason, now=NOW, by=by or town.reviewer)


def books(town):
    return {ref: money.fen for ref, money in balances(town.school, date(2026, 12, 31)).items() if money}


@pytest.mark.parametrize(
    "fen, said",
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (200_00, "贰佰元整"), (200_05, "贰佰元零伍分"), (10_00, "壹拾元整"),
        (1590_37, "壹仟伍佰玖拾元叁角柒分"), (1005_00, "壹仟零伍元整"), (100_005_00, "壹拾万零伍元整"),
        (100_000_005_00, "壹亿零伍元整"), (1_200_000_00, "壹佰贰拾万元整"), (101_000_000_00, "壹亿零壹佰万元整"),
    ],
)  # fmt: skip
def test_an_amount_is_written_in_capitals(fen, said):
    assert Money(fen).capitals() == said


def test_a_void_receipt_keeps_its_number_and_everything_else_is_as_before(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    before = books(town)
    receipt = pay(town, child, 230)
    void(town, receipt)

    receipt.refresh_from_db()
    assert (receipt.number, receipt.void_reason, receipt.voided_by) == (1, "记错了学生", town.people["reviewer"])
    assert books(town) == before and Charge.objects.get().owed_fen == 200_00
    assert pay(town, child, 200).number == 2 and Charge.objects.get().owed_fen == 0
    assert verify(town.school).sound


def test_its_bank_line_waits_again_and_is_booked_to_the_right_child(town):
    wrong, right = family(town, "陈一诺"), family(town, "周子涵")
    charge_month(town.month, by=town.clerk)
    found = bring(town, line("课后服务费"))
    receipt = match_line(found, wrong, by=town.clerk)
    void(town, receipt)

    found.refresh_from_db()
    assert (found.state, found.hint) == ("open", "收据 1 号已作废，请重新核对")
    with pytest.raises(RuleBroken, match="已经认领"):
        link_line(found, Receipt.objects.get(), by=town.clerk)
    second = match_line(found, right, by=town.clerk)
    assert (second.number, second.student) == (2, right)
    void(town, second)
    assert match_line(BankLine.objects.get(), wrong, by=town.clerk).number == 3
    assert books(town)["bank", ""] == 200_00 and verify(town.school).sound


def test_what_it_paid_in_advance_is_taken_back_and_another_prepayment_steps_in(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    first, second = pay(town, child, 150), pay(town, child, 120)  # the second pays 50 and holds 70
    november = open_month(town.school, month=date(2026, 11, 1), by=town.clerk)
    void(town, first)
    paid = {(one.receipt_id, one.fen) for one in Charge.objects.get().allocations.all()}
    assert paid == {(second.pk, 120_00)} and Charge.objects.get().owed_fen == 80_00
    third = pay(town, child, 300)  # pays 80, and of November what is charged now
    charge_month(november, by=town.clerk)
    void(town, third)

    october, of_november = Charge.objects.order_by("fee_month__month")
    assert (october.paid_fen, of_november.paid_fen) == (120_00, 0)
    assert books(town)["bank", ""] == 120_00 and ("prepaid", f"student:{child.pk}") not in books(town)
    assert verify(town.school).sound


@pytest.mark.parametrize("who, reason, say", [("clerk", "记错", "另一个人"), ("reviewer", " ", "原因")])
def test_it_takes_another_person_and_a_reason(town, who, reason, say):
    receipt = pay(town, family(town), 200)
    with pytest.raises(RuleBroken, match=say):
        void(town, receipt, reason, getattr(town, who))
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.update(voided_at=NOW, voided_by=town.people["clerk"], void_reason="x")


def test_what_a_refund_rests_on_and_what_is_void_already_is_refused(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    receipt, charge = pay(town, child, 200), Charge.objects.get()
    Charge.objects.update(refunded_fen=30_00)
    refund = Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=charge, cause="withdrawal", amount_fen=30_00,
        state="payable",
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="已经有退费"):
        void(town, receipt)
    refund.delete()
    Charge.objects.update(refunded_fen=0)
    void(town, receipt)
    with pytest.raises(RuleBroken, match="已经作废"):
        void(town, receipt)


def test_what_came_by_wechat_and_what_lies_in_a_locked_month_stays(town):
    receipt = pay(town, family(town), 200)
    Receipt.objects.update(method="wechat")
    with pytest.raises(RuleBroken, match="微信支付"):
        void(town, receipt)
    Receipt.objects.update(method="bank")
    town.month.state = "locked"
    town.month.save()
    with pytest.raises(RuleBroken, match="2026年10月已经锁定"):
        void(town, receipt)


def test_the_nightly_reading_finds_a_gap_another_amount_and_half_a_void(town):
    child = family(town)
    receipts = [pay(town, child, 10) for _ in range(4)]
    assert verify(town.school).sound
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_receipt WHERE number = 2")
    Receipt.objects.filter(number=3).update(amount_fen=9_00)
    Receipt.objects.filter(number=4).update(voided_at=NOW, void_reason="x", voided_by=town.people["reviewer"])
    assert verify(town.school).faults == (
        "收据缺号：2 号", "收据没有凭证，或者和凭证的金额不同：3 号", "收据作废和凭证冲销对不上：4 号",
    )  # fmt: skip
    assert len(receipts) == 4


def text(answer):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).replace(" ", "")


def test_the_paper_and_the_page_of_a_receipt(town, client):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    receipt = pay(town, child, "230.50")
    client.force_login(town.people["reviewer"])
    paper = client.get(reverse("billing:receipt-pdf", args=[receipt.pk]))
    assert paper["Content-Type"] == "application/pdf" and "贰佰叁拾元伍角整" in text(paper)
    assert "No.000001" in text(paper) and "预收" in text(paper) and "作废" not in text(paper)
    url = reverse("billing:receipt-detail", args=[receipt.pk])
    assert "作废这张收据" in client.get(url).content.decode()
    client.post(reverse("billing:receipt-void", args=[receipt.pk]), {"reason": "记错了"})
    page = client.get(url).content.decode()
    assert "赵复核作废：记错了" in page and "作废这张收据" not in page
    assert "作废：记错了" in text(client.get(reverse("billing:receipt-pdf", args=[receipt.pk])))
    listed = client.get(reverse("billing:receipt-list", args=[town.month.pk]))
    assert listed.context["total_fen"] == 0 and "其中作废 1 笔不计" in listed.content.decode()


def test_a_guardian_has_her_own_receipts_and_nobody_elses(town, client):
    mother = cast.make_person("陈妈妈")
    child, other = family(town, guardian=mother), family(town, "周子涵")
    charge_month(town.month, by=town.clerk)
    own, foreign = pay(town, child, 200), pay(town, other, 200)
    client.force_login(mother)
    page = client.get(reverse("disclosures:my-month", args=[child.pk, town.month.month])).content.decode()
    mine = reverse("disclosures:my-receipt", args=[own.pk])
    assert mine in page and "陈一诺" in text(client.get(mine))
    assert client.get(reverse("disclosures:my-receipt", args=[foreign.pk])).status_code == 404
