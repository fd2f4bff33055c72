"""The least that a deed's rows could cost: the same rows by `INSERT … SELECT` into copies of the same tables.

The copies have the same columns, checks, indexes, keys, foreign keys and triggers, among themselves; a copy's key points at
the copy. What stood there before the deeds is copied without being counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

from billing.models import FeeMonth

KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
"""
TRIGGERS = """
SELECT tgname, pg_get_triggerdef(oid, true), tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass
"""
POINTS_AT = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid <> confrelid AND conrelid = ANY(%s::regclass[]) AND confrelid = ANY(%s::regclass[])
"""
Grown = dict[str, tuple[str, int]]  # table: its key, and the last of it before the deeds


def last_keys() -> Grown:
    """How far every table has come."""
    keyed = [
        model
        for model in apps.get_models()
        if model._meta.pk.get_internal_type().endswith(("AutoField", "OneToOneField"))
    ]
    return {
        model._meta.db_table: (model._meta.pk.column, model._base_manager.aggregate(last=Max("pk"))["last"] or 0)
        for model in keyed
    }


def grown(before: Grown) -> Grown:
    """The tables that hold more rows than before, each behind those it points at."""
    now = last_keys()
    tables = {table: was for table, was in before.items() if now[table][1] > was[1]}
    with connection.cursor() as cursor:
        cursor.execute(POINTS_AT, [list(tables), list(tables)])
        points = cursor.fetchall()
    ordered: Grown = {}
    while len(ordered) < len(tables):
        ready = [t for t in tables if t not in ordered and all(to in ordered for own, to in points if own == t)]
        ordered |= {table: tables[table] for table in ready}
    return ordered


def rows_of(tables: Grown) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table, (key, last) in tables.items():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {key} > {last}')
            found[table] = cursor.fetchone()[0]
        return found


def keep_months_open() -> None:
    """Entries are refused in a locked month: the copy of the months is made before the deeds."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA floor")
        _copy(cursor, FeeMonth._meta.db_table, "true")


def lay(tables: Grown) -> None:
    """Make the copies, with what stood there before, and only then their keys and triggers."""
    months = FeeMonth._meta.db_table
    with connection.cursor() as cursor:
        for table, (key, last) in tables.items():
            _copy(cursor, table, f"{key} <= {last}")
        told = {table: (_told(cursor, KEYS, table), _told(cursor, TRIGGERS, table)) for table in [months, *tables]}
        with _on_the_floor(cursor):
            for table, (keys, triggers) in told.items():
                for name, key in keys:
                    cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {key}')
                for name, trigger, enabled in triggers:
                    cursor.execute(trigger)
                    cursor.execute(f'ALTER TABLE "{table}" ENABLE {"ALWAYS" if enabled == "A" else ""} TRIGGER {name}')
    know_the_tables()


def know_the_tables() -> None:
    """What autovacuum tells the planner within a minute."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(cursor, table: str, which: str) -> None:
    cursor.execute(f'CREATE TABLE floor."{table}" (LIKE public."{table}" INCLUDING ALL)')
    cursor.execute(f'INSERT INTO floor."{table}" SELECT * FROM public."{table}" WHERE {which}')


def _told(cursor, question: str, table: str) -> list[tuple]:
    cursor.execute(question, [table])
    return cursor.fetchall()


@contextmanager
def _on_the_floor(cursor) -> Iterator[None]:
    """Whatever is named is first looked for among the copies."""
    cursor.execute("SET search_path = floor, public")
    yield
    cursor.execute("SET search_path = public")


def write(tables: Grown, school_id: int) -> None:
    """The rows of one school, in one transaction."""
    with connection.cursor() as cursor, _on_the_floor(cursor), transaction.atomic():
        for table, (key, last) in tables.items():
            cursor.execute(
                f'INSERT INTO floor."{table}" SELECT * FROM public."{table}"'
                f" WHERE school_id = {school_id} AND {key} > {last} ORDER BY {key}"
            )
