"""Rows by the set: many written by one COPY, many changed by one UPDATE, told as plain tuples.

To PostgreSQL they are rows like any other: checks, keys and triggers hold.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from io import StringIO
from itertools import islice
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Field, ForeignObject, JSONField, Lookup, Model, TextField

AT_ONCE = 5000
NUL = "\0"  # stands in no text that PostgreSQL takes
NOTHING = r"\N"
Column = Sequence[Any]
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write(like: Model, columns: str, rows: Iterable[tuple]) -> list[int]:
    """One row for each tuple, which tells the `columns`; all else is as in `like`. Returns their keys, in order."""
    key, keys = like._meta.pk, []

    def numbered() -> Iterator[list[Column]]:
        for some in _by_columns(rows):
            fresh = _next_keys(key, len(some[0]))
            keys.extend(fresh)
            yield [fresh, *some]

    _copy(like, [key, *_fields(type(like), columns)], numbered())
    return keys


def pour(like: Model, columns: str, rows: Iterable[tuple]) -> None:
    """The same where nobody asks for the keys."""
    _copy(like, _fields(type(like), columns), _by_columns(rows))


def _copy(like: Model, told: Sequence[Field], rows: Iterable[list[Column]]) -> None:
    alike = [field for field in like._meta.concrete_fields if not field.primary_key and field not in told]
    same = [_copied(field, [field.pre_save(like, add=True)])[0] for field in alike]
    line = "\t".join(["%s"] * len(told) + [str(value).replace("%", "%%") for value in same]) + "\n"
    copy = f"COPY {_name(like._meta.db_table)} ({', '.join(map(_column, (*told, *alike)))}) FROM STDIN"
    for some in rows:
        texts = map(line.__mod__, zip(*map(_copied, told, some), strict=True))
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(copy, StringIO("".join(texts)))


def add(things: Sequence[Model]) -> None:
    """The same for objects of one model, whole; they learn their keys."""
    if not things:
        return
    stamped = ("auto_now", "auto_now_add")
    fields = [
        field for field in things[0]._meta.concrete_fields if not any(getattr(field, word, False) for word in stamped)
    ]
    names = [field.attname for field in fields if not field.primary_key]
    keys = write(things[0], " ".join(names), map(attrgetter(*names), things))
    for thing, key in zip(things, keys, strict=True):
        thing.pk, thing._state.adding = key, False


def change(model: type[Model], columns: str, rows: Iterable[tuple]) -> None:
    """Each tuple tells a key and what the `columns` of its row become."""
    _update(model, columns, rows, "{told}")


def grow(model: type[Model], columns: str, rows: Iterable[tuple]) -> None:
    """Each tuple tells a key, once, and what is added to the `columns` of its row: numbers by +."""
    _update(model, columns, rows, "was.{column} + {told}")


def append(model: type[Model], column: str, rows: Iterable[tuple]) -> None:
    """Each tuple tells a key, once, and what is put behind the list of its row."""
    _update(model, column, rows, "was.{column} || {told}")


def _update(model: type[Model], columns: str, rows: Iterable[tuple], becomes: str) -> None:
    key, told = model._meta.pk, _fields(model, columns)
    names, arrays = map(_column, (key, *told)), (f"%s::{_kind(field)}[]" for field in (key, *told))
    source = f"unnest({', '.join(arrays)}) AS told ({', '.join(names)})"
    become = ", ".join(f"{_column(field)} = {_becomes(field, becomes)}" for field in told)
    same = f"was.{_column(key)} = told.{_column(key)}"
    # Every name is a model's own; values travel apart.
    update = f"UPDATE {_name(model._meta.db_table)} AS was SET {become} FROM {source} WHERE {same}"  # noqa: S608
    for some in _by_columns(rows):
        with connection.cursor() as cursor:
            cursor.execute(update, list(map(_array, (key, *told), some)))


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`filter(pk__among=keys)`: as `in`, but thousands of keys travel as one array. Best given as a set."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, before = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        return f"{column} = ANY(%s::{_kind(field)}[])", (*before, _array(field, list(self.rhs)))


def _fields(model: type[Model], columns: str) -> list[Field]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in columns.split()]


def _becomes(field: Field, becomes: str) -> str:
    return becomes.format(column=_column(field), told=f"told.{_column(field)}{_cast(field)}")


def _by_columns(rows: Iterable[tuple]) -> Iterator[list[Column]]:
    """Some thousands at a time, so that memory stays as it is."""
    rest = iter(rows)
    while some := list(islice(rest, AT_ONCE)):
        yield list(zip(*some, strict=True))


def _next_keys(key: Field, many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [_sequence(key), many])
        return [number for (number,) in cursor.fetchall()]


@cache
def _sequence(key: Field) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_name(key.model._meta.db_table), key.column])
        return cursor.fetchone()[0]


def _name(word: str) -> str:
    return connection.ops.quote_name(word)


def _column(field: Field) -> str:
    return _name(str(field.column))


# How values are told


def _copied(field: Field, column: Column) -> Column:
    """As COPY reads them. Numbers and days are what they are."""
    return _told(field, column, _for_copy, NOTHING)


def _array(field: Field, column: Column) -> str:
    """As the literal of an array."""
    told = _told(field, column, _for_array, "NULL")
    return "{" + ",".join(map(str, told)) + "}"


def _told(field: Field, column: Column, escape: Callable[[str], str], nothing: str) -> Column:
    there = [value for value in column if value is not None] if None in column else column
    if isinstance(field, JSONField):
        there = _each(to_json, there)
    elif isinstance(field, ArrayField):
        there = _each(_braces, there)
    if there and _is_text(field):  # all of them at once: no text may hold a NUL
        many, there = len(there), escape(NUL.join(there)).split(NUL)
        if len(there) != many:
            raise ValueError("a text holds a NUL")
    if len(there) == len(column):
        return there
    rest = iter(there)
    return [nothing if value is None else next(rest) for value in column]


def _for_copy(text: str) -> str:
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _for_array(text: str) -> str:
    plain = text.replace("\\", r"\\").replace('"', r"\"")
    return '"' + plain.replace(NUL, f'"{NUL}"') + '"'


def _is_text(field: Field) -> bool:
    return isinstance(field, CharField | TextField | JSONField)


def _kind(field: Field) -> str:
    return "text" if _is_text(field) else str(field.db_type(connection))


def _cast(field: Field) -> str:
    return "::jsonb" if isinstance(field, JSONField) else ""


def _each(tell: Callable[[Any], str], column: Column) -> list[str]:
    """A list that many rows share is told once."""
    known: dict[int, str] = {}
    for value in column:
        if id(value) not in known:
            known[id(value)] = tell(value)
    return [known[id(value)] for value in column]


def _braces(values: Sequence[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
