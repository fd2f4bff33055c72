"""The workbook: an index, what is missing, and the sheets of each record. The same rows give the same bytes."""

from collections.abc import Sequence
from dataclasses import replace

from afterschool.xlsx import Column, Sheet, write_xlsx

from .record import NUMBER, Record

INDEX = [NUMBER, Column("记录", width=34), Column("表", width=22), Column("条数", "int", 10)]


def workbook(title: str, records: Sequence[Record], gaps: Sequence[str]) -> bytes:
    """`title` names school and days, above each sheet."""
    sheets = [sheet for record in records for sheet in record.sheets]
    index = [[record.number, record.name, sheet.name, len(sheet.rows)] for record in records for sheet in record.sheets]
    lacking = [[number, gap] for number, gap in enumerate(gaps, 1)]
    first = [
        Sheet("目录", INDEX, [*index, [None, "缺项", "缺项", len(gaps)]]),
        Sheet("缺项", [NUMBER, Column("缺项", width=100)], lacking),
    ]
    return write_xlsx([replace(one, titles=[f"{title}　{one.name}", *one.titles]) for one in [*first, *sheets]])
