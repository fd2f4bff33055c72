"""Ink: tables whose rows PostgreSQL itself refuses to change or remove."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION ink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % refused: written in ink', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def ink(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on `table`, in every replication role."""
    return migrations.RunSQL(
        FUNCTION
        + f"""
        CREATE TRIGGER {table}_ink BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION ink();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_ink;
        """,
        f"DROP TRIGGER {table}_ink ON {table};",
    )
