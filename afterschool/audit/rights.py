"""The database role that serves: it reads and writes, and may not touch what is written in ink.

Triggers refuse what goes wrong by accident or by a hole in the program; a role that neither owns the tables nor holds
the right cannot switch them off either (D2). Migrations are run by the owner.
"""

from django.db import connection, transaction
from psycopg2 import sql

INK = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgfoid = 'ink()'::regprocedure AND tgtype & 1 = 0 AND tgtype & 16 <> 0
ORDER BY relname
"""  # statement triggers that refuse UPDATE, whatever the row


def inked() -> list[str]:
    """The tables of which no row may ever change. Where only some rows are ink, the triggers decide."""
    with connection.cursor() as cursor:
        cursor.execute(INK)
        return [name for (name,) in cursor.fetchall()]


@transaction.atomic
def let_serve(role: str, password: str) -> list[str]:
    """Make the role, or set its rights anew after a migration. Returns the tables it may only add to."""
    tables = inked()
    words = {
        "role": sql.Identifier(role),
        "password": sql.Literal(password),
        "database": sql.Identifier(connection.settings_dict["NAME"]),
        "ink": sql.SQL(", ").join(map(sql.Identifier, tables)),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        for line in (
            verb + " ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {password}",
            "GRANT CONNECT ON DATABASE {database} TO {role}",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE UPDATE, DELETE ON {ink} FROM {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        ):
            cursor.execute(sql.SQL(line).format(**words))
    return tables
