"""The role that serves: all of the house works under it, and it cannot change the books in six ways."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from psycopg2.errors import InsufficientPrivilege

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.audit.rights import inked, let_serve
from afterschool.money import Money
from billing.ledger.balances import is_balanced, trial_balance
from billing.ledger.posting import Kind, post, reverse
from billing.ledger.verifying import verify

ROLE = "afterschool_app_of_a_test"
DAY = date(2026, 10, 12)
SYSTEM = Actor.system("test")
# Where some rows may still change, as in drafts, triggers look at each row; of these no row ever changes.
WHOLLY_INK = {
    "attendance_gateevent", "attendance_gatelist", "audit_deed", "ledger_account", "ledger_bookhead", "ledger_entry",
    "ledger_transfer",
}  # fmt: skip
SIX_WAYS = {
    "update": "UPDATE {} SET id = id",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {} CASCADE",
    "disable the triggers": "ALTER TABLE {} DISABLE TRIGGER ALL",
    "be a replica": "SET session_replication_role = replica",
    "drop": "DROP TABLE {} CASCADE",
}


@pytest.fixture
def book(haitang):
    moves = [((Kind.RECEIVABLE, "student:1"), (Kind.FEE_INCOME, "2026-10"), Money(200_00))]
    post(haitang, moves, on=DAY, memo="收费", key="fee", by=SYSTEM)
    let_serve(ROLE, "a password' of --a test")
    return haitang


@contextmanager
def serving():
    """What stands in here is done by the role that serves."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor
        cursor.execute("RESET ROLE")


def test_what_is_wholly_ink_is_found_by_its_triggers(db):
    assert set(inked()) == WHOLLY_INK


@pytest.mark.parametrize(
    "table", ["ledger_entry", "ledger_transfer", "ledger_account", "ledger_bookhead", "audit_deed"]
)
@pytest.mark.parametrize("way", SIX_WAYS)
def test_the_role_is_refused(book, way, table):
    with serving() as cursor:
        with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
            cursor.execute(SIX_WAYS[way].format(table))
        assert isinstance(refusal.value.__cause__, InsufficientPrivilege)
    assert verify(book).sound


def test_the_role_books_reverses_and_signs(book):
    with serving():
        moves = [((Kind.BANK, ""), (Kind.RECEIVABLE, "student:1"), Money(200_00))]
        entry = post(book, moves, on=DAY, memo="收款", key="paid", by=SYSTEM)
        reverse(entry, on=DAY, memo="冲销", key="back", by=SYSTEM)
        record(SYSTEM, "posted", entry)
        assert verify(book).sound and is_balanced(trial_balance(book, DAY))


def test_the_role_is_no_owner_and_cannot_make_itself_one(book):
    with serving() as cursor:
        for deed in ("CREATE TABLE other (id int)", f"ALTER ROLE {ROLE} SUPERUSER", "DELETE FROM django_migrations"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(deed)


def test_the_command_reads_the_role_from_the_applications_url(db, settings, capsys):
    settings.APP_DATABASE_URL = f"postgresql://{ROLE}:secret@postgres:5432/afterschool"
    call_command("app_role")
    call_command("app_role")  # after the next migration
    assert "ledger_entry" in capsys.readouterr().out

    for url in ("", "postgresql://afterschool@postgres/afterschool", "postgresql://afterschool:x@postgres/afterschool"):
        settings.APP_DATABASE_URL = url
        with pytest.raises(CommandError):
            call_command("app_role")
