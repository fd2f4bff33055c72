"""Twenty at once, on real PostgreSQL."""

import pytest
from django.db import transaction

from afterschool.access.models import Person
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from billing.actions import (
    bring_answer,
    charge_month,
    draft_settlement,
    instruct_refunds,
    lock_month,
    payouts_paid,
    return_advances,
    settle_withdrawal,
    take_answer,
)
from billing.actions.receipts import book_receipts
from billing.actions.till import hold
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.models import Entry
from billing.models import Charge, Payout, Receipt, Refund
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from tests import cast
from tests.billing.conftest import NOW, OCTOBER, family, pay
from tests.billing.test_posting import at_once
from tests.billing.test_settlement import LAST, charged_families, spend, withdraw

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_twenty_refunds_of_one_fee_are_one(transactional_db, town):
    child = charged_families(town, 200)[0]
    gone = withdraw(child, Charge.objects.get().days[8])
    assert at_once(20, lambda n: settle_withdrawal(gone, by=town.clerk)) == []
    assert list(Refund.objects.values_list("amount_fen", flat=True)) == [80_00]

    errors = at_once(20, lambda n: instruct_refunds(town.month, now=NOW, by=town.reviewer))
    assert [type(error) for error in errors] == [RuleBroken] * 19
    assert at_once(20, lambda n: payouts_paid(Payout.objects.all(), paid_on=NOW.date(), by=town.reviewer)) == []
    assert Entry.objects.filter(key__startswith="payout:").count() == 1
    assert balances(town.school, NOW.date())["bank", ""].fen == 120_00


def test_a_month_is_charged_settled_and_locked_once(transactional_db, town):
    for n in range(3):
        family(town, f"学生{n}")
    assert at_once(10, lambda n: charge_month(town.month, by=town.clerk)) == []
    assert Charge.objects.count() == 3
    for charge in Charge.objects.select_related("student"):
        pay(town, charge.student, 200)
    spend(town, "583.33")
    assert at_once(10, lambda n: draft_settlement(town.month, by=town.clerk)) == []

    cast.ready_to_lock(town.month, now=NOW)
    errors = at_once(20, lambda n: lock_month(town.month, now=NOW, by=town.reviewer))
    assert [type(error) for error in errors] == [RuleBroken] * 19
    assert sorted(Refund.objects.values_list("amount_fen", flat=True)) == [5_55, 5_56, 5_56]
    assert is_balanced(trial_balance(town.school, LAST))


def crowd(town, many):
    """So many children under signed agreements, each with 200 yuan paid in; laid down by the set."""
    school, term, offering = town.school, town.term, town.plan.offerings.get()
    klass, numbers = cast.make_class(school, 3, 2), range(many)
    section = Section.objects.create(school=school, term=term, offering=offering, school_class=klass, name="三年级")
    people = Person.objects.bulk_create(Person(phone=f"138{n:08}", name=f"家长{n}") for n in numbers)
    children = Student.objects.bulk_create(
        Student(
            school=school, school_class=klass, name=f"学生{n}", number=f"G2103{n:014}", sort_key=f"{n}", sex="F",
            born_on=LAST,
        )
        for n in numbers
    )  # fmt: skip
    rows = [(f"XY2026-9{n:04}", *who) for n, who in enumerate(zip(people, children, strict=True))]
    told = {"school": school, "term": term}
    applications = Application.objects.bulk_create(
        Application(
            number=number, guardian=person, student=child, state="signed", answer_by=NOW, submitted_at=NOW, **told
        )
        for number, person, child in rows
    )
    agreements = Agreement.objects.bulk_create(
        Agreement(
            number=number, application=application, student=child, text_version="1", content={}, sha256="0" * 64,
            began_on=OCTOBER, guardian_signed_by=person, guardian_signed_at=NOW, school_signed_at=NOW, **told,
        )
        for application, (number, person, child) in zip(applications, rows, strict=True)
    )  # fmt: skip
    items = AgreementItem.objects.bulk_create(
        AgreementItem(school=school, agreement=one, offering=offering, weekdays=[1, 2, 4, 5], fee_fen=200_00)
        for one in agreements
    )
    Placement.objects.bulk_create(
        Placement(school=school, section=section, student=item.agreement.student, item=item, began_on=OCTOBER)
        for item in items
    )
    charge_month(town.month, by=town.clerk)
    with transaction.atomic():
        book_receipts(
            hold(school),
            [
                Receipt(
                    school=school, student=child, on=OCTOBER, amount_fen=200_00, payer=person.name, key=number,
                    entered_by=town.people["clerk"],
                )
                for number, person, child in rows
            ],
            by=town.clerk,
        )  # fmt: skip


def test_twenty_refunds_of_each_of_200_fees_are_200(transactional_db, town):
    crowd(town, 200)
    spend(town, "39900.00")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)

    errors = at_once(20, lambda n: instruct_refunds(town.month, now=NOW, by=town.reviewer))
    assert [type(error) for error in errors] == [RuleBroken] * 19
    rows = list(Payout.objects.order_by("pk"))
    assert len(rows) == 200 and {row.fen for row in rows} == {50}
    # Each of the twenty tells a part of the batch again and in another order.
    assert (
        at_once(20, lambda n: payouts_paid(rows[n * 10 :] + rows[: n * 10], paid_on=NOW.date(), by=town.reviewer)) == []
    )
    assert Entry.objects.filter(key__startswith="payout:").count() == 200
    assert set(Refund.objects.values_list("state", "amount_fen")) == {("paid", 50)}
    assert balances(town.school, NOW.date())["bank", ""].fen == 0


def test_one_form_sent_fifty_times_is_one_receipt(transactional_db, town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    assert at_once(50, lambda n: pay(town, child, 200, key="form")) == []
    assert (Receipt.objects.count(), Charge.objects.get().paid_fen) == (1, 200_00)


def test_receipts_are_numbered_without_gaps_under_twenty_at_once(transactional_db, town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    assert at_once(20, lambda n: pay(town, child, 15, key=f"form-{n}")) == []
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, 21))
    assert Charge.objects.get().paid_fen == 200_00
    numbers = sorted(Entry.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_answers_and_advances_at_once_give_nothing_twice(transactional_db, town):
    child = charged_families(town, 200)[0]
    pay(town, child, 50)
    settle_withdrawal(withdraw(child, Charge.objects.get().days[8]), by=town.clerk)
    leftover = family(town, "周小宇")
    pay(town, leftover, 70)
    assert at_once(20, lambda n: return_advances(town.school, {leftover.pk}, on=NOW.date(), by=town.clerk)) == []
    assert sorted(Refund.objects.values_list("amount_fen", flat=True)) == [50_00, 70_00, 80_00]

    batch, data = instruct_refunds(town.month, now=NOW, by=town.reviewer), "序号,金额,结果\n1,{},成功\n".format
    fen = batch.payouts.get(row=1).fen
    paper = bring_answer(batch, file_name="回单.csv", data=data(f"{fen // 100}.00").encode(), by=town.reviewer)
    assert at_once(20, lambda n: take_answer(paper, paid_on=NOW.date(), now=NOW, by=town.reviewer)) == []
    assert Entry.objects.filter(key__startswith="payout:").count() == 1
    assert balances(town.school, NOW.date())["bank", ""].fen == 320_00 - fen
