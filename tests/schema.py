"""The tables of the tests come straight from the models: to walk through every migration takes thirty times as long.

What migrations say in SQL is said here too, and tests/ops/test_run.py compares the outcome with what they make.
"""

from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

KEPT = {"django_content_type", "auth_permission", "django_migrations"}  # Django's own notes about the models
SHAPE = """
SELECT 'column', attrelid::regclass || '.' || attname, concat_ws(' ',
    format_type(atttypid, atttypmod), attnotnull, attidentity, collname, pg_get_expr(adbin, adrelid))
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  LEFT JOIN pg_collation ON pg_collation.oid = attcollation
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    AND relname <> 'auth_group_permissions'
UNION ALL SELECT 'constraint', conrelid::regclass || regexp_replace('.' || conname, '.*_(check|not_null)$', ''),
    pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, concat(tgenabled, pg_get_triggerdef(oid))
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def say_in_sql() -> None:
    """Triggers and their functions, in the order of the migrations."""
    loader = MigrationLoader(connection)
    plan = [loader.graph.nodes[key] for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    with connection.schema_editor() as editor:
        for migration in dict.fromkeys(plan):
            for operation in migration.operations:
                if isinstance(operation, RunSQL):
                    operation.database_forwards(migration.app_label, editor, None, None)
    MigrationRecorder(connection).ensure_schema()


def keep_the_sweeper_out() -> None:
    """Autovacuum would look at a table between two tests and note that it is empty: joins are then planned for one row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")


def wiping(connection, tables: list[str]) -> list[str]:
    """Delete whatever was written. Ink would refuse: here, and only here, the owner of the database lifts its triggers.

    TRUNCATE, which is usual, takes ten times as long: it looks after every empty table too.
    """
    tables = set(tables) - KEPT
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{it}' WHERE EXISTS (SELECT FROM {it})" for it in tables))
        written = [table for (table,) in cursor.fetchall()]
        cursor.execute("SELECT format('%s %I', tgrelid::regclass, tgname) FROM pg_trigger WHERE tgenabled = 'A'")
        ink = [named.split() for (named,) in cursor.fetchall()]
    return [
        "SET session_replication_role = replica",  # every row goes, so no key has to be looked up
        *(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table, trigger in ink if table in written),
        *(f"DELETE FROM {table}" for table in written),
        *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}" for table, trigger in ink if table in written),
        "SET session_replication_role = DEFAULT",
    ]


def shape(cursor) -> set[tuple[str, str, str]]:
    """Every column, constraint, index, trigger and function; not how PostgreSQL named a check by its column of that day,
    nor how wide Django once made the key of a table that nobody uses.
    """
    cursor.execute(SHAPE)
    return set(cursor.fetchall())
