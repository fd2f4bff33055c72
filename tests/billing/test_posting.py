"""The one door of the ledger, and the ink behind it."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from billing.ledger.balances import balance, balances, is_balanced, trial_balance
from billing.ledger.models import Account, Book, Entry, Transfer
from billing.ledger.posting import Kind, Voucher, number_of, post, post_many, reverse
from tests import cast

BY = Actor.system("test")
DAY = date(2026, 10, 12)
BANK, OWED, INCOME = (Kind.BANK, ""), (Kind.RECEIVABLE, "student:1"), (Kind.FEE_INCOME, "2026-10")


def write(school, key="one", fen=200_00, on=DAY, memo="收费", moves=None):
    return post(school, moves or [(OWED, INCOME, Money(fen))], on=on, memo=memo, key=key, by=BY)


def voucher(key, fen=100):
    return Voucher(DAY, key, "收费", [(OWED, INCOME, Money(fen))])


def test_a_voucher_names_both_sides_and_moves_the_balances(haitang):
    entry = write(haitang, moves=[(BANK, OWED, Money(180_00)), (BANK, INCOME, Money(20_00))])

    assert number_of(entry) == "2026-00001"
    assert balances(haitang, DAY) == {BANK: Money(200_00), OWED: Money(-180_00), INCOME: Money(-20_00)}
    assert balance(haitang, BANK, date(2026, 10, 11)) == ZERO
    rows = trial_balance(haitang, DAY)
    assert is_balanced(rows) and rows[0].label == "银行存款（基本户）"


def test_the_same_key_again_gives_the_first_voucher(haitang):
    assert write(haitang) == write(haitang)
    assert (Entry.objects.count(), Transfer.objects.count(), Book.objects.get().entries) == (1, 1, 1)


@pytest.mark.parametrize("other", [{"fen": 201_00}, {"memo": "别的"}, {"on": date(2026, 10, 13)}])
def test_a_used_key_with_other_content_is_refused(haitang, other):
    write(haitang)
    with pytest.raises(RuleBroken, match="内容不同"):
        write(haitang, **other)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("moves", [[], [(OWED, INCOME, ZERO)], [(OWED, INCOME, Money(-1))], [(BANK, BANK, Money(1))]])
def test_nothing_zero_negative_or_in_a_circle_is_written(haitang, moves):
    with pytest.raises(RuleBroken):
        post(haitang, moves, on=DAY, memo="x", key="x", by=BY)
    assert not Entry.objects.exists() and not Book.objects.filter(entries__gt=0).exists()


def test_a_key_belongs_to_its_school(haitang, lanting):
    assert write(haitang) != write(lanting)


def test_a_reversal_is_the_exact_mirror_and_happens_once(haitang):
    entry = write(haitang, moves=[(BANK, OWED, Money(180_00)), (BANK, INCOME, Money(20_00))])
    back = reverse(entry, on=DAY, memo="冲销", key="back", by=BY)

    assert back.reverses == entry
    assert set(balances(haitang, DAY).values()) == {ZERO}
    assert reverse(entry, on=DAY, memo="冲销", key="back", by=BY) == back
    with pytest.raises(RuleBroken, match="已经冲销过"):
        reverse(entry, on=DAY, memo="冲销", key="again", by=BY)
    with pytest.raises(RuleBroken, match="不能再冲销"):
        reverse(back, on=DAY, memo="冲销", key="back-back", by=BY)


def test_vouchers_are_numbered_by_school_and_year(haitang, lanting):
    numbers = post_many(haitang, [voucher("a"), voucher("b")], by=BY)
    later = write(haitang, key="c", on=date(2027, 1, 5))

    assert numbers == ["2026-00001", "2026-00002"]
    assert (number_of(later), number_of(write(lanting))) == ("2027-00001", "2026-00001")


def test_a_batch_takes_a_handful_of_statements(haitang, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        post_many(haitang, [voucher(f"k{n}") for n in range(500)], by=BY)
    assert Entry.objects.count() == 500


def refused(sql, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_transfer", "ledger_account"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET school_id = school_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_ink_refuses_change_removal_and_truncation(haitang, table, deed):
    write(haitang)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks still open would forbid TRUNCATE by themselves
    refused(deed.format(table))
    assert Transfer.objects.count() == 1


def test_ink_holds_where_triggers_of_the_session_are_switched_off(haitang):
    write(haitang)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM ledger_transfer")
    assert Transfer.objects.count() == 1


def test_the_database_refuses_what_the_door_would_never_write(haitang, lanting):
    entry, foreign = write(haitang), write(lanting)
    mine = Account.objects.filter(school=haitang).order_by("pk")
    theirs = Account.objects.filter(school=lanting).first()
    insert = "INSERT INTO ledger_transfer (school_id, entry_id, debit_id, credit_id, fen) VALUES (%s, %s, %s, %s, %s)"

    refused(insert, haitang.pk, entry.pk, mine[0].pk, mine[1].pk, 0)
    refused(insert, haitang.pk, entry.pk, mine[0].pk, mine[1].pk, -5)
    refused(insert, haitang.pk, entry.pk, mine[0].pk, mine[0].pk, 5)
    refused(insert + "; SET CONSTRAINTS ALL IMMEDIATE", haitang.pk, entry.pk, mine[0].pk, theirs.pk, 5)
    refused(insert + "; SET CONSTRAINTS ALL IMMEDIATE", haitang.pk, foreign.pk, mine[0].pk, mine[1].pk, 5)
    refused(
        'INSERT INTO ledger_entry (school_id, "on", number, key, memo, body_sha256, posted_at, place, chain)'
        " VALUES (%s, '2026-10-12', 99, 'one', '', '', now(), 99, '')",
        haitang.pk,
    )


def at_once(times, deed):
    """Run `deed(n)` in that many threads, all let go at the same moment. Returns what was refused or went wrong."""
    start, errors = Barrier(times), []

    def run(n):
        try:
            start.wait()
            deed(n)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


class Undone(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_voucher_numbers_have_no_gaps_under_parallel_posts_and_rollbacks():
    school = cast.make_school(cast.make_bureau())

    def deed(n):
        with transaction.atomic():
            write(school, key=f"key-{n}")
            if n % 3 == 0:
                raise Undone

    errors = at_once(20, deed)

    assert {type(error) for error in errors} == {Undone} and len(errors) == 7
    assert sorted(Entry.objects.values_list("number", flat=True)) == list(range(1, 14))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_under_one_key_are_one_voucher():
    school = cast.make_school(cast.make_bureau())

    assert at_once(20, lambda n: write(school, key="same")) == []
    assert (Entry.objects.count(), Transfer.objects.count()) == (1, 1)
