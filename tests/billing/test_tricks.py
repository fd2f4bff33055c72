"""What a clerk might try with the rights a clerk has: each trick is refused, or seen by somebody else (D1–D20)."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.notices.models import Notice
from afterschool.oversight.ghosts import never_seen
from afterschool.plans.actions import save_offering
from billing.actions import (
    approve_expense,
    book_stipends,
    charge_month,
    draft_settlement,
    enter_expense,
    instruct_refunds,
    link_line,
    lock_month,
    payout_failed,
    payouts_paid,
    settle_withdrawal,
)
from billing.disclosures.actions import compose, publish
from billing.disclosures.linter import names_of, personal_data
from billing.disclosures.models import Disclosure, FeeReport
from billing.disclosures.seal import canonical, seal
from billing.ledger.actions import keep_head
from billing.ledger.balances import balances
from billing.ledger.models import BookHead, Entry
from billing.models import Charge, Expense, Payout, Receipt, Refund
from staffing.models import Duty
from tests import cast
from tests.billing.conftest import NOW, OCTOBER, family, pay
from tests.billing.test_ledger_chain import superuser
from tests.billing.test_pages import expense
from tests.billing.test_returns import stay_away
from tests.billing.test_settlement import charged_families, lock, spend, withdraw
from tests.billing.test_settlement import sheet as sheet_of_stipends
from tests.billing.test_statements import bring, line


def address(name, *args):
    return reverse(f"billing:{name}", args=args)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def clerk(client, town):
    client.force_login(town.people["clerk"])
    return client


def typed(key="k1", **more):
    return {
        "key": key, "student": "陈一诺", "on": "2026-10-12", "amount": "200", "method": "bank", "payer": "陈志强",
        "payer_account": "", **more,
    }  # fmt: skip


def test_d1_a_payment_typed_before_is_not_received_again_from_the_bank(town, clerk):
    child = family(town)
    pay(town, child, 200)
    found = bring(town, line("课后服务费"))

    answer = clerk.post(address("line-match", found.pk), {"student": child.name}, follow=True).content.decode()

    assert "已手工登记过收据 1 号，请核对后认领；确是另一笔的，请点“另外一笔”" in answer
    assert Receipt.objects.count() == 1
    clerk.post(address("line-match", found.pk), {"student": child.name, "another": "1"})
    assert Receipt.objects.count() == 2


@pytest.mark.parametrize(
    "memo, say",
    [("学籍号", "已有 陈一诺 的收据 1 号，也是 200.00 元"), ("课后服务费", "10月12日 陈志强 的 200.00 元还待核对")],
)
def test_d1_a_payment_the_bank_told_of_is_not_typed_again(town, clerk, memo, say):
    child = family(town)
    bring(town, line(child.number if memo == "学籍号" else memo, payer="陈志强"))
    before, form = Receipt.objects.count(), address("receipt-create", town.month.pk)

    answer = clerk.post(form, typed())

    assert answer.status_code == 422 and say in answer.content.decode()
    assert 'type="checkbox" name="another"' in answer.content.decode() and Receipt.objects.count() == before
    assert "another" not in clerk.get(form).content.decode(), "nobody is asked before there is a doubt"
    clerk.post(form, typed(another="on"))
    assert Receipt.objects.count() == before + 1 and say in Deed.objects.get(verb="said_another").facts["known"]


def test_d1_one_voucher_is_no_two_expenses(town, clerk, client):
    form = address("expense-create", town.month.pk)
    clerk.post(form, expense())
    for again in ({}, {"payee": "市自来水公司"}, {"amount": "51"}):
        answer = clerk.post(form, expense(key="again", **again))
        assert answer.status_code == 422
        assert "票据 77 已经记过一笔：10月20日 自来水公司 50.00 元（待审批）" in answer.content.decode()
    assert Expense.objects.count() == 1

    clerk.post(form, expense(key="part", amount="30", another="on"))
    assert Expense.objects.count() == 2
    client.force_login(town.people["reviewer"])
    assert client.get(address("expense-list", town.month.pk)).content.decode().count("同一票据不止一笔") == 2


def test_d4_a_refund_goes_to_the_account_the_bank_saw(town):
    """The clerk types her own account with the receipt; the bank's line takes its place."""
    child = family(town)
    own = pay(town, child, 200)
    link_line(bring(town, line(child.number, payer="陈志强")), own, by=town.clerk)
    own.refresh_from_db()
    assert (own.payer, own.payer_account) == ("陈志强", "6217")
    assert Deed.objects.get(verb="linked").facts["was"] == ["陈一诺妈妈", "6217000000000000"]


def test_d4_an_account_no_bank_line_proves_is_shown_to_whoever_pays_it_out(town, client):
    charged_families(town, 200)
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    client.force_login(town.people["reviewer"])
    client.post(address("refunds-instruct", town.month.pk), {"payee": "孙会计", "payee_account": "6222"})

    row = Payout.objects.get()
    assert (row.payee, row.payee_account) == ("学生0妈妈", "6217000000000000"), "nothing posted names a payee"
    page = client.get(address("refund-list", town.month.pk)).content.decode()
    assert "账号是手工登记的，没有银行流水佐证" in page


def test_d4_nobody_is_sent_what_another_paid(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    for serial, yuan, payer in (("1", "150", "母亲"), ("2", "50", "父亲")):
        bring(town, line(child.number, serial, in_=yuan, payer=payer))
    settle_withdrawal(withdraw(child, Charge.objects.get().days[8]), by=town.clerk)
    instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert list(Payout.objects.values_list("payee", "fen")) == [("父亲", 50_00), ("母亲", 30_00)], "the last first"


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_transfer"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET school_id = school_id", "DELETE FROM {}"])
def test_d2_the_books_refuse_whoever_writes_past_the_program(town, table, deed):
    pay(town, family(town), 200)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_d3_what_the_owner_of_the_database_changes_is_cried_out_the_same_night(town):
    pay(town, family(town), 200)
    watching = cast.make_person("秦局", Role.BUREAU_FINANCE, town.bureau)
    with superuser() as cursor:
        cursor.execute("UPDATE ledger_transfer SET fen = fen - 50")
    keep_head(town.school, on=NOW.date(), by=cast.Actor.system("night"))
    told = Notice.objects.get(to=watching)
    assert told.title == "海棠路小学的账簿核对不符，请马上查" and "2026-00001" in told.body
    assert not BookHead.objects.exists(), "no head is kept of a broken book"


def test_d5_a_child_nobody_signed_for_is_not_charged(town):
    ghost = cast.make_student(cast.make_class(town.school, 3, 2), "没来过")
    charge_month(town.month, by=town.clerk)
    receipt = pay(town, ghost, 200)
    lock(town)
    assert not Charge.objects.exists() and not receipt.allocations.exists() and not Refund.objects.exists()


def test_d5_children_who_never_came_are_named_to_the_bureau_ten_of_ten(town, client):
    here = charged_families(town, *[200] * 3)
    ghosts = [family(town, f"没来{number}") for number in range(10)]
    charge_month(town.month, by=town.clerk)
    for child in here:
        stay_away(town, child, Charge.objects.get(student=child).days[:2], status="present")
    assert set(never_seen(town.school, OCTOBER)) == set(ghosts)

    client.force_login(cast.make_person("秦局", Role.BUREAU_FINANCE, town.bureau))
    page = client.get(reverse("oversight:school-detail", args=[town.school.pk])).content.decode()
    assert "10月收了费、点名一次也没到的 10 名" in page and all(ghost.name in page for ghost in ghosts)


def test_d6_nobody_is_paid_for_two_places_at_one_time_or_on_ones_own_word(town):
    teacher = cast.make_person("王静")
    hours = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=2)}
    Duty.objects.create(school=town.school, day=NOW.date(), person=teacher, **hours)
    other_day = NOW.date() + timedelta(days=1)
    twin = Duty(school=town.school, day=other_day, person=teacher, role=Duty.Role.LEADER, **hours)
    with pytest.raises(IntegrityError, match="duty_one_place_at_a_time"), transaction.atomic():
        twin.save()
    with pytest.raises(IntegrityError, match="duty_author_is_not_confirmer"), transaction.atomic():
        Duty.objects.update(confirmed_by=teacher)


@pytest.mark.parametrize("door", ["waiver-list", "waiver-desk", "agreement-sign"])
def test_d7_finance_neither_asks_for_a_waiver_nor_grants_or_signs_one(clerk, door):
    assert clerk.get(reverse(f"enrollment:{door}")).status_code in {403, 405}
    assert clerk.post(reverse(f"enrollment:{door}")).status_code in {403, 405}


def test_d8_a_family_reads_that_nothing_else_is_due_and_tells_the_bureau_not_the_school(town, client):
    mother = cast.make_person("陈静")
    child, bureau = family(town, guardian=mother), cast.make_person("秦局", Role.BUREAU_FINANCE, town.bureau)
    charge_month(town.month, by=town.clerk)
    client.force_login(mother)
    form = reverse("disclosures:fee-report-create", args=[child.pk])
    page = client.get(reverse("disclosures:my-month", args=[child.pk, OCTOBER])).content.decode()
    assert "除此之外，学校不再收费" in page and form in page
    for _ in range(2):
        client.post(form, {"text": "家委会收了 50 元材料费"})
    assert client.post(form, {"text": "又收了一次"}).status_code == 422
    page = client.get(form).content.decode()
    assert "教育局正在核实" in page and "告诉教育局</button>" not in page, (
        "one at a time: its state instead of the form"
    )

    report = FeeReport.objects.get()
    assert [(note.to, note.title) for note in Notice.objects.all()] == [(bureau, "有家长反映海棠路小学另外收费")]
    for person in town.people.values():
        client.force_login(person)
        assert client.get(reverse("disclosures:fee-report-list")).status_code == 403
    client.force_login(cast.make_person("邻局", Role.BUREAU_FINANCE, cast.make_bureau("邻县教育局")))
    assert "家委会" not in client.get(reverse("disclosures:fee-report-list")).content.decode()

    client.force_login(bureau)
    assert "1 条家长反映另外收费" in client.get("/").content.decode()
    answer = reverse("disclosures:fee-report-answer", args=[report.pk])
    assert client.post(answer, {f"{report.pk}-answer": ""}).status_code == 422
    client.post(answer, {f"{report.pk}-answer": "已责令退还"})
    client.force_login(mother)
    page = client.get(form).content.decode()
    assert "已责令退还" in page and "告诉教育局</button>" in page
    assert Notice.objects.filter(to=mother, kind="fee_report_answered").exists()


def test_d9_a_form_sent_again_with_another_amount_is_no_second_receipt(town, clerk):
    family(town)
    form = address("receipt-create", town.month.pk)
    assert [clerk.post(form, typed()).status_code for _ in range(2)] == [302, 302]
    answer = clerk.post(form, typed(amount="300"))
    assert answer.status_code == 422 and "这张表已经记成 1 号收据，内容不同" in answer.content.decode()
    assert Receipt.objects.get().amount_fen == 200_00


def test_d10_a_month_is_settled_once_and_its_refunds_are_sent_once(town):
    charged_families(town, 200)
    lock(town)
    instruct_refunds(town.month, now=NOW, by=town.reviewer)
    with pytest.raises(RuleBroken, match="已经锁定"):
        lock_month(town.month, now=NOW, by=town.reviewer)
    with pytest.raises(RuleBroken, match="没有待退的款项"):
        instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert Refund.objects.get().amount_fen == 200_00


def test_d11_no_refund_is_above_what_was_paid(town):
    charged_families(town, 200)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(refunded_fen=200_01)


def test_d12_a_rest_of_a_fen_goes_back_and_stays_with_nobody(town):
    charged_families(town, 200, 200, 200)
    spend(town, "583.33")
    lock(town)
    assert sum(Refund.objects.values_list("amount_fen", flat=True)) == 600_00 - 583_33


def test_d13_a_closed_month_takes_nothing_and_a_late_receipt_is_booked_after_it(town, clerk):
    child = charged_families(town, 200)[0]
    lock(town)
    for door, wish in (("expense-create", expense()), ("charge-run", {}), ("settlement-draft", {})):
        clerk.post(address(door, town.month.pk), wish)
    with pytest.raises(RuleBroken, match="已经锁定"):
        enter_expense(
            town.month, category="water", fund="fees", amount=Money(1), on=date(2026, 10, 20), payee="甲",
            voucher_number="9", key="late", by=town.clerk,
        )  # fmt: skip
    assert not Expense.objects.exists() and town.month.settlement.state == "locked"

    clerk.post(address("receipt-create", town.month.pk), typed(student=child.number, amount="50"))
    assert Entry.objects.latest("pk").on == date(2026, 11, 1)


def test_d14_a_published_price_is_not_changed_behind_what_was_charged(town):
    charged_families(town, 200)
    with pytest.raises(RuleBroken, match="要改请办理变更"):
        save_offering(town.plan, town.plan.offerings.get(), fee_fen=300_00, by=town.clerk)
    charge_month(town.month, by=town.clerk)
    assert Charge.objects.get().net_fen == 200_00


def test_d15_what_the_bank_says_in_whatever_order_moves_the_money_once(town):
    """paid, failed, paid: every order of the bank's answers, each said twice."""
    charged_families(town, 200)
    lock(town)
    row = instruct_refunds(town.month, now=NOW, by=town.reviewer).payouts.get()
    answers = {
        "paid": lambda: payouts_paid([row], paid_on=NOW.date(), by=town.reviewer),
        "failed": lambda: payout_failed(row, reason="户名不符", by=town.reviewer),
    }
    for order in set(permutations(["paid", "failed", "paid"])):
        with transaction.atomic():
            for said in (answer for word in order for answer in [answers[word]] * 2):
                with suppress(RuleBroken):
                    said()
            row.refresh_from_db()
            assert row.state == order[0], "the first answer stands"
            assert Entry.objects.filter(key=f"payout:{row.pk}").count() == (row.state == "paid")
            transaction.set_rollback(True)


@pytest.mark.parametrize("amount", ["-1", "0", "NaN", "1e3", "200.005", "9" * 19, "٢٠٠", "200,00,0"])
def test_d16_what_is_no_amount_is_said_at_its_field(town, clerk, amount):
    family(town)
    answer = clerk.post(address("receipt-create", town.month.pk), typed(amount=amount))
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"amount"}
    assert not Receipt.objects.exists()


def test_d17_a_sheet_says_what_the_books_say_and_is_refused_where_they_no_longer_do(town):
    charged_families(town, *[200] * 6)
    spend(town, "600.00")
    lock(town)
    sheet = compose(town.month, by=town.reviewer)
    said = {line["label"]: line["fen"] for side in ("income", "expense") for line in sheet.content[side]}
    books = balances(town.school, date(2026, 10, 31))
    assert 1200_00 in said.values() and 600_00 in said.values() and books["bank", ""].fen == 600_00
    assert sheet.sha256 == seal(sheet.content)

    sheet.content["income"][0]["fen"] += 1
    Disclosure.objects.filter(pk=sheet.pk).update(content=sheet.content)
    with pytest.raises(RuleBroken):
        publish(sheet, now=NOW, by=town.reviewer)


def test_d18_what_one_teacher_earned_stands_on_no_public_page(town, client):
    charged_families(town, *[200] * 6)
    sheet_of_stipends(town)
    book_stipends(town.month, by=town.clerk)
    lock(town)
    sheet = publish(compose(town.month, by=town.reviewer), now=NOW, by=town.reviewer)
    page = client.get(reverse("disclosures:public-page", args=[town.school.code, OCTOBER])).content.decode()
    told = page + canonical(sheet.content).decode()
    assert page and not {name for name in names_of(town.school) | {"王老师"} if name in told}
    assert personal_data(told, town.school) == ""


def test_d19_a_withdrawal_nobody_settles_keeps_the_month_open(town):
    child = charged_families(town, 200)[0]
    withdraw(child, Charge.objects.get().days[8])
    with pytest.raises(RuleBroken, match="1 个退出还没有结算"):
        draft_settlement(town.month, by=town.clerk)


def test_d20_a_price_that_is_not_in_force_is_not_charged(town):
    family(town)
    town.plan.state = "filed"
    town.plan.save()
    with pytest.raises(RuleBroken, match="不是已生效实施方案公布的标准"):
        charge_month(town.month, by=town.clerk)
    assert not Charge.objects.exists()


def test_nobody_approves_a_cost_of_ones_own(town, clerk):
    own = spend(town, "10", approve=False)
    assert clerk.post(address("expense-approve", own.pk)).status_code == 403
    with pytest.raises(RuleBroken, match="另一个人"):
        approve_expense(own, now=NOW, by=town.clerk)
    own.refresh_from_db()
    assert own.state == "entered" and not Entry.objects.exists()
