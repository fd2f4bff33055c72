"""The chain through a school's book: what was changed behind every trigger is found and named."""

import hashlib
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from afterschool.access.reach import Actor
from afterschool.money import Money
from billing.ledger.chain import BEGINNING, Said, link
from billing.ledger.models import Book, BookHead, Entry, Transfer
from billing.ledger.posting import Kind, Voucher, number_of, post, post_many, reverse, said
from billing.ledger.verifying import verify

BY = Actor.system("test")
DAY = date(2026, 10, 12)
BANK, OWED, INCOME = (Kind.BANK, ""), (Kind.RECEIVABLE, "student:1"), (Kind.FEE_INCOME, "2026-10")
TABLES = ("ledger_entry", "ledger_transfer", "ledger_account")


@pytest.fixture
def book(haitang):
    """Five vouchers: three of October, one that takes the second back, one of the next year."""
    vouchers = [Voucher(DAY, f"fee-{n}", "收费", [(OWED, INCOME, Money(n * 100))]) for n in (1, 2, 3)]
    post_many(haitang, vouchers, by=BY)
    reverse(Entry.objects.get(key="fee-2"), on=DAY, memo="冲销", key="back", by=BY)
    moves = [(BANK, OWED, Money(100)), (BANK, INCOME, Money(50))]
    post(haitang, moves, on=date(2027, 1, 5), memo="收款", key="paid", by=BY)
    return haitang


@contextmanager
def superuser():
    """Behind the triggers, as only the owner of the database could be."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_ink")


def tamper(sql):
    with superuser() as cursor:
        cursor.execute(sql)


def test_a_voucher_is_linked_to_all_it_says_and_to_the_one_before():
    at = datetime(2026, 10, 12, 8, 30, tzinfo=UTC)
    moves = [("receivable", "student:1", "fee_income", "2026-10", 200_00)]
    one = Said("2026-00001", DAY, "fee", "收费", None, 7, at, moves)

    body = (
        '["2026-00001","2026-10-12","fee","收费",null,7,"2026-10-12T08:30:00.000000+00:00",'
        '[["receivable","student:1","fee_income","2026-10",20000]]]'
    )
    assert link(BEGINNING, one) == hashlib.sha256(("0" * 64 + body).encode()).hexdigest()
    assert link("1" * 64, one) != link(BEGINNING, one) != link(BEGINNING, one._replace(memo="收费。"))


def test_links_follow_in_booking_order_through_years_and_one_school_at_a_time(book, lanting):
    post(lanting, [(OWED, INCOME, Money(1))], on=DAY, memo="收费", key="theirs", by=BY)
    entries = list(Entry.objects.filter(school=book).order_by("place"))

    assert [number_of(entry) for entry in entries] == [
        "2026-00001",
        "2026-00002",
        "2026-00003",
        "2026-00004",
        "2027-00001",
    ]
    assert [entry.place for entry in entries] == [1, 2, 3, 4, 5]
    head = BEGINNING
    for entry in entries:
        moves = [
            ((row.debit.kind, row.debit.subject), (row.credit.kind, row.credit.subject), Money(row.fen))
            for row in entry.transfers.all()
        ]
        head = link(head, said(entry, moves))
        assert entry.chain == head
    findings = verify(book)
    assert findings.sound and (findings.entries, findings.head) == (5, head)
    assert verify(lanting).sound


def test_an_empty_book_is_sound(haitang):
    assert verify(haitang).sound and verify(haitang).head == BEGINNING


THIRD = "WHERE key = 'fee-3'"
OF_THIRD = f"WHERE entry_id = (SELECT id FROM ledger_entry {THIRD})"


@pytest.mark.parametrize(
    "sql, first",
    [
        (f"UPDATE ledger_transfer SET fen = fen - 1 {OF_THIRD}", "2026-00003"),
        (f"UPDATE ledger_transfer SET debit_id = credit_id, credit_id = debit_id {OF_THIRD}", "2026-00003"),
        (f"DELETE FROM ledger_transfer {OF_THIRD}", "2026-00003"),
        (f"UPDATE ledger_entry SET memo = '别的' {THIRD}", "2026-00003"),
        (f"UPDATE ledger_entry SET \"on\" = '2026-10-13' {THIRD}", "2026-00003"),
        (f"UPDATE ledger_entry SET posted_at = posted_at - interval '1 day' {THIRD}", "2026-00003"),
        (f"UPDATE ledger_entry SET key = 'other' {THIRD}", "2026-00003"),
        (f"UPDATE ledger_entry SET number = 9 {THIRD}", "2026-00009"),
        (f"UPDATE ledger_entry SET chain = repeat('0', 64) {THIRD}", "2026-00003"),
        ("UPDATE ledger_entry SET reverses_id = NULL WHERE key = 'back'", "2026-00004"),
        ("UPDATE ledger_account SET subject = 'student:2' WHERE kind = 'receivable'", "2026-00001"),
        (f"DELETE FROM ledger_transfer {OF_THIRD}; DELETE FROM ledger_entry {THIRD}", "2026-00004"),
    ],
)  # fmt: skip
def test_what_was_changed_behind_the_triggers_is_named(book, sql, first):
    tamper(sql)
    findings = verify(book)
    assert not findings.sound and findings.first == first


def test_a_voucher_that_was_slipped_in_is_found(book):
    tamper(
        'INSERT INTO ledger_entry (school_id, "on", number, key, memo, body_sha256, posted_at, place, chain)'
        f" VALUES ({book.pk}, '2026-10-12', 5, 'extra', '', '', now(), 6, repeat('0', 64))"
    )
    assert verify(book).first == "2026-00005"


def test_a_last_voucher_that_was_cut_off_is_missed(book):
    tamper(
        "DELETE FROM ledger_transfer WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'paid');"
        "DELETE FROM ledger_entry WHERE key = 'paid'"
    )
    assert verify(book).faults == ("账本应有 5 张凭证，读到第 4 张为止，末尾对不上",)


def write_anew(school):
    """What somebody with the whole database and this program in hand would do: a lie with all its links."""
    head = BEGINNING
    with superuser():
        for entry in Entry.objects.filter(school=school).order_by("place"):
            moves = [
                ((row.debit.kind, row.debit.subject), (row.credit.kind, row.credit.subject), Money(row.fen))
                for row in entry.transfers.all()
            ]
            head = link(head, said(entry, moves))
            Entry.objects.filter(pk=entry.pk).update(chain=head)
        Book.objects.filter(school=school).update(head=head)


def test_a_whole_book_written_anew_is_found_by_a_head_kept_before(book):
    BookHead.objects.create(school=book, day=DAY, entries=4, head=Entry.objects.get(school=book, place=4).chain)
    tamper(f"UPDATE ledger_transfer SET fen = 1 {OF_THIRD}")
    write_anew(book)

    assert verify(book).faults == ("到凭证 2026-00004 为止，与当天留存的账簿指纹不符",)


def test_a_book_cut_back_behind_a_kept_head_is_found(book):
    last = Entry.objects.get(school=book, place=5)
    BookHead.objects.create(school=book, day=DAY, entries=5, head=last.chain)
    with superuser():
        Transfer.objects.filter(entry=last).delete()
        last.delete()
        Book.objects.update(entries=4, numbers={"2026": 4}, head=Entry.objects.get(school=book, place=4).chain)

    assert verify(book).faults == ("留存账簿指纹时已有 5 张凭证，现在末尾缺了",)


def test_the_command_reads_every_book_and_fails_where_one_is_broken(book, lanting):
    post(lanting, [(OWED, INCOME, Money(1))], on=DAY, memo="收费", key="theirs", by=BY)
    out = StringIO()
    call_command("books", "verify", stdout=out)
    assert f"{book.code} {book}：5 张凭证，指纹 {Book.objects.get(school=book).head}" in out.getvalue()

    tamper(f"UPDATE ledger_transfer SET fen = 1 {OF_THIRD}")
    call_command("books", "verify", "--school", lanting.code, stdout=out)
    with pytest.raises(CommandError, match="1 所学校"):
        call_command("books", "verify", stdout=out)
    assert "✗ 凭证 2026-00003 与记账时写下的校验码不符" in out.getvalue()
    with pytest.raises(CommandError, match="没有标识码为"):
        call_command("books", "verify", "--school", "none")
