"""The pages of the book: what an accountant looks up, and that more rows ask no more."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.jobs.book import run_waiting
from afterschool.money import Money
from afterschool.notices.models import Notice
from billing.actions import charge_month
from billing.ledger.balances import balances
from billing.ledger.models import Account, BookHead, Entry
from billing.ledger.posting import Kind, post
from billing.ledger.posting import reverse as take_back
from billing.ledger.tasks import keep_heads
from tests import cast
from tests.billing.conftest import family, pay
from tests.billing.test_ledger_chain import OF_THIRD, tamper
from tests.billing.test_settlement import SCAN, spend


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def books(town, client):
    """October: one child charged and paid, one cost, one voucher taken back in November."""
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 200)
    spend(town, "100.00", voucher=SCAN)
    wrong = Entry.objects.get(key__startswith="expense:")
    take_back(wrong, on=date(2026, 11, 2), memo="冲销记错的支出", key="back", by=town.clerk)
    client.force_login(town.people["principal"])
    town.child = child
    return town


def page(client, name, *args, **asked):
    answer = client.get(reverse(f"ledger:{name}", args=args), asked)
    assert answer.status_code == 200
    return answer


def numbers(answer):
    return [entry.number_said for entry in answer.context["page"]]


def test_vouchers_of_the_latest_month_come_first_and_others_are_asked_for(books, client):
    answer = page(client, "voucher-list", books.school.pk)
    assert numbers(answer) == ["2026-00004"] and "冲销" in answer.content.decode()

    october = page(client, "voucher-list", books.school.pk, month="2026-10")
    assert numbers(october) == ["2026-00001", "2026-00002", "2026-00003"]
    assert october.context["sum_fen"] == 500_00
    assert "三(2)班 陈一诺" in october.content.decode() and "已冲销" in october.content.decode()
    assert len(numbers(page(client, "voucher-list", books.school.pk, month="all"))) == 4
    assert numbers(page(client, "voucher-list", books.school.pk, month="1999-01")) == ["2026-00004"]


@pytest.mark.parametrize(
    "asked, wanted",
    [
        ({"q": "2026-00003"}, ["2026-00003"]),
        ({"q": "3"}, ["2026-00003"]),
        ({"q": "100.00"}, ["2026-00003", "2026-00004"]),
        ({"q": "收据"}, ["2026-00002"]),
        ({"q": "没有"}, []),
        ({"kind": "bank"}, ["2026-00002", "2026-00003", "2026-00004"]),
        ({"kind": "bank", "q": "200"}, ["2026-00002"]),
        ({"q": "9" * 30}, []),
    ],
)
def test_a_voucher_is_found_by_number_amount_memo_and_account(books, client, asked, wanted):
    assert numbers(page(client, "voucher-list", books.school.pk, month="all", **asked)) == wanted


def test_a_voucher_shows_both_sides_its_papers_and_what_took_it_back(books, client):
    first, second, third, fourth = Entry.objects.order_by("place")

    said = page(client, "voucher-detail", third.pk).content.decode()
    assert "记字第 2026-00003 号" in said and third.chain in said and "赵复核" in said
    assert f'已由凭证 <a href="{reverse("ledger:voucher-detail", args=[fourth.pk])}">2026-00004</a> 冲销' in said
    assert reverse("billing:expense-voucher", args=[third.key.removeprefix("expense:")]) in said
    assert "冲销凭证 " in page(client, "voucher-detail", fourth.pk).content.decode()
    assert "收费明细" in page(client, "voucher-detail", first.pk).content.decode()
    assert "收据 1 号" in page(client, "voucher-detail", second.pk).content.decode()


def test_what_moves_between_the_same_accounts_is_one_line(books, client):
    owed, income = (Kind.RECEIVABLE, "student:1"), (Kind.FEE_INCOME, "2026-11")
    moves = [(owed, income, Money(100)), (owed, income, Money(50))]
    entry = post(books.school, moves, on=date(2026, 11, 3), memo="x", key="two", by=Actor.system("test"))
    lines = page(client, "voucher-detail", entry.pk).context["entry"].lines
    assert [(line.debit_fen, line.credit_fen) for line in lines] == [(150, 0), (0, 150)]


def test_the_balances_are_those_of_the_ledger_on_any_day(books, client):
    for first, last in (("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("", "2026-10-12")):
        answer = page(client, "balance-list", books.school.pk, first=first, last=last)
        held = {}
        for (kind, _), money in balances(books.school, date.fromisoformat(last)).items():
            held[kind] = held.get(kind, 0) + money.fen
        assert {row.kind: row.turnover.closing for row in answer.context["rows"]} == held
        sums = answer.context["sums"]
        assert (sums[0], sums[2], sums[4]) == (sums[1], sums[3], sums[5])


def test_the_balances_of_a_day_before_the_first_are_refused_politely(books, client):
    said = page(client, "balance-list", books.school.pk, first="2026-10-20", last="2026-10-01").content.decode()
    assert "结束日期早于开始日期" in said


def test_one_kind_is_spread_out_and_a_child_found_in_it(books, client):
    other = family(books, "周小宇")
    charge_month(books.month, by=books.clerk)
    found = page(client, "account-list", books.school.pk, "receivable", last="2026-10-31")
    assert [account.subject for account, _ in found.context["rows"]] == [
        f"student:{books.child.pk}",
        f"student:{other.pk}",
    ]
    found = page(client, "account-list", books.school.pk, "receivable", last="2026-10-31", q="小宇")
    assert [(account.said, turned.closing) for account, turned in found.context["rows"]] == [("三(2)班 周小宇", 200_00)]
    assert client.get(reverse("ledger:account-list", args=[books.school.pk, "nothing"])).status_code == 404


def test_an_accounts_page_runs_to_its_balance(books, client):
    bank = Account.objects.get(kind="bank")
    whole = page(client, "account-detail", bank.pk)
    assert [row.balance_fen for row in whole.context["page"]] == [200_00, 100_00, 200_00]
    later = page(client, "account-detail", bank.pk, first="2026-11-01", last="2026-11-30")
    assert later.context["turned"].opening == 100_00
    assert [row.balance_fen for row in later.context["page"]] == [200_00]


def test_costs_are_named_as_the_policy_names_them(books, client):
    cost = Account.objects.get(kind="other_expense")
    assert "2026年10月 · 课后服务费 · " in (said := page(client, "account-detail", cost.pk).content.decode())
    assert cost.subject.split(":")[-1] not in said


@pytest.mark.parametrize("name", ["voucher-list", "balance-list", "account-list"])
def test_more_vouchers_ask_no_more(books, client, name):
    args = [books.school.pk, "receivable"] if name == "account-list" else [books.school.pk]

    def queries():
        with CaptureQueriesContext(connection) as seen:
            page(client, name, *args, month="2026-10", last="2026-10-31")
        return len(seen)

    queries()
    few = queries()
    for child in ("甲", "乙", "丙"):
        pay(books, family(books, child), 200)
    charge_month(books.month, by=books.clerk)
    assert queries() == few


def test_a_school_goes_straight_to_its_book_the_bureau_chooses(books, client):
    assert client.get(reverse("ledger:book-list")).url == reverse("ledger:voucher-list", args=[books.school.pk])
    client.force_login(cast.make_person(role=Role.BUREAU_FINANCE, at=books.bureau))
    assert [book.school for book in page(client, "book-list").context["page"]] == [books.school]


def test_each_evening_the_head_is_kept_and_can_be_taken_away(books, client):
    keep_heads()
    keep_heads()
    assert run_waiting() == 1
    head = BookHead.objects.get()
    assert (head.entries, head.head, head.day) == (4, Entry.objects.get(place=4).chain, date(2026, 11, 8))

    assert head.head in page(client, "head-list").content.decode()
    text = page(client, "head-text").content.decode()
    assert text == f"2026-11-08  {books.school.code}        4  {head.head}  海棠路小学\n"
    client.force_login(cast.make_person(role=Role.BUREAU_FINANCE, at=books.bureau))
    assert page(client, "head-text", day="2026-11-08").content.decode() == text
    assert head.head in page(client, "head-list", day="1999-01-01").content.decode()


def test_the_bureaus_finance_hears_of_a_broken_book_and_no_head_is_kept(books):
    finance = cast.make_person(role=Role.BUREAU_FINANCE, at=books.bureau)
    cast.make_person(role=Role.BUREAU_FINANCE, at=cast.make_bureau("别处教育局"))
    tamper(f"UPDATE ledger_transfer SET fen = 1 {OF_THIRD.replace('fee-3', Entry.objects.get(place=3).key)}")
    keep_heads()
    run_waiting()

    assert not BookHead.objects.exists()
    notice = Notice.objects.get(kind="book_broken")
    assert notice.to == finance and "2026-00003" in notice.body
