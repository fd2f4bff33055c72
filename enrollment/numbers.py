"""Numbers that people read out on the phone: SL2026-000123."""

from django.db import connection, models


def numbered(model: type[models.Model], prefix: str, year: int) -> dict:
    """The next key of a table and the number made of it; a number once given is never given again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        pk = cursor.fetchone()[0]
    return {"pk": pk, "number": f"{prefix}{year}-{pk:06}"}
