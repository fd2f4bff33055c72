"""The one door to spreadsheets: sheets go out with typed cells, uploads come in behind guards.

Text stays text: a name that looks like a formula is never one, neither on the way in nor on the way out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter
from python_calamine import CalamineError, CalamineWorkbook

from afterschool.errors import RuleBroken
from afterschool.money import Money

# Writing

Kind = Literal["text", "money", "int", "date", "time", "moment"]
FORMATS: dict[Kind, str] = {
    "text": "@", "money": "#,##0.00", "int": "0", "date": "yyyy-mm-dd", "time": "hh:mm", "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip
# What a spreadsheet may take for the start of a formula, in ASCII and in full width.
FORMULA_SIGNS = tuple("=+-@\t\n＝＋－＠")
TITLE = {"font": Font(bold=True, size=14)}
HEAD = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="F2ECE1"), "alignment": Alignment(wrap_text=True)}
TOTAL = {"font": Font(bold=True), "border": Border(top=Side("double"))}
A4 = 9
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the earliest a zip file can say


@dataclass(frozen=True)
class Column:
    """`kind` says how its cells are typed; money is given as Money or whole fen."""

    head: str
    kind: Kind = "text"
    width: int = 14
    total: bool = False


@dataclass(frozen=True)
class Sheet:
    """Rows of values in the order of the columns; title rows stand above the head, one total row and feet below."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    titles: Sequence[str] = ()
    total_word: str = "合计"
    feet: Sequence[str] = ()


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The same sheets give the same bytes."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = NO_TIME
    for sheet in sheets:
        _write_sheet(book, sheet)
    file = io.BytesIO()
    ExcelWriter(book, _Timeless(file, "w", zipfile.ZIP_DEFLATED)).save()
    return file.getvalue()


class _Timeless(zipfile.ZipFile):
    """Every part bears the same date, whenever it was written."""

    def open(self, name: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
        if mode == "w":
            name.date_time = NO_TIME.timetuple()[:6]
        return super().open(name, mode, *args, **kwargs)


def _write_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet.name)[:31])
    head_row, last_row = len(sheet.titles) + 1, len(sheet.titles) + 1 + len(sheet.rows)
    last_column = get_column_letter(len(sheet.columns))
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = f"A{head_row + 1}"
    page.auto_filter.ref = f"A{head_row}:{last_column}{last_row}"
    page.print_title_rows = f"{head_row}:{head_row}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.oddFooter.center.text = "第 &P / &N 页"

    for title in sheet.titles:
        page.append([_cell(page, title, "text", **TITLE)])
    page.append([_cell(page, column.head, "text", **HEAD) for column in sheet.columns])
    for row in sheet.rows:
        page.append([_cell(page, value, column.kind) for value, column in zip(row, sheet.columns, strict=True)])
    if any(column.total for column in sheet.columns):
        page.append([_cell(page, *total, **TOTAL) for total in _totals(sheet)])
    for foot in sheet.feet:
        page.append([_cell(page, foot, "text")])


def _totals(sheet: Sheet) -> Iterator[tuple[Any, Kind]]:
    """Sums as values, so that what is printed is what the page said."""
    for number, column in enumerate(sheet.columns):
        if column.total:
            values = (row[number] for row in sheet.rows)
            yield sum(_fen(value) if column.kind == "money" else value or 0 for value in values), column.kind
        else:
            yield (sheet.total_word if number == 0 else None), "text"


def _cell(page: Any, value: Any, kind: Kind, **style: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(page)
    if value is not None and value != "":
        if kind == "money":
            cell.value = Decimal(_fen(value)) / 100
        elif kind == "text":
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value).replace("\r", "\n"))
            cell.data_type = "s"
            cell.quotePrefix = cell.value.startswith(FORMULA_SIGNS)
        else:
            cell.value = value
    cell.number_format = FORMATS[kind]
    for name, look in style.items():
        setattr(cell, name, look)
    return cell


def _fen(value: Money | int | None) -> int:
    return value.fen if isinstance(value, Money) else value or 0


# Reading

LARGEST_FILE = 5 * 1024 * 1024
MOST_PARTS = 200
LARGEST_UNPACKED = 60 * 1024 * 1024
HIGHEST_RATIO = 200
MOST_CELLS = 2_000_000
# One long shared text named by a million cells unpacks into gigabytes.
MOST_TEXT = 400 * 1024 * 1024

CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
SHARED_TEXT = re.compile(rb"<(?:\w+:)?si[\s>].*?</(?:\w+:)?si\s*>", re.DOTALL)
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class Unreadable(RuleBroken):
    """The uploaded file is refused, with a sentence for the person who sent it."""


class Formula(str):
    """A cell that computes; its text is the formula, such as `=A1+B1`. An import refuses it."""


@dataclass(frozen=True)
class Row:
    """A row that holds something, with its number in the sheet."""

    number: int
    cells: tuple[Any, ...]


def read_xlsx(file: BinaryIO) -> list[Row]:
    """The rows of the first sheet: text, int, float, bool, date, datetime, time and Formula; an empty cell is ''."""
    data = file.read(LARGEST_FILE + 1)
    has_formulas = _guard(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = book.sheet_names[0]
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        formulas = _formulas(data, name) if has_formulas else {}
    except (CalamineError, zipfile.BadZipFile, IndexError, KeyError, ValueError) as broken:
        raise Unreadable("这个文件打不开，请用 Excel 或 WPS 另存为 .xlsx 再传") from broken
    for place, formula in formulas.items():
        _put(table, place, formula)
    rows = (Row(number, tuple(map(_plain, cells))) for number, cells in enumerate(table, 1))
    return [row for row in rows if any(cell != "" for cell in row.cells)]


def _put(table: list[list[Any]], place: tuple[int, int], value: Any) -> None:
    """A formula without a stored result may stand outside what calamine took for the table."""
    row, column = place
    table.extend([] for _ in range(row - len(table)))
    cells = table[row - 1]
    cells.extend("" for _ in range(column - len(cells)))
    cells[column - 1] = value


def _plain(value: Any) -> Any:
    """Every number of a spreadsheet is a float; a whole one is meant as a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _formulas(data: bytes, name: str) -> dict[tuple[int, int], Formula]:
    """Calamine gives results only; for the few files with formulas openpyxl is asked where they stand."""
    sheet = load_workbook(io.BytesIO(data), read_only=True)[name]
    sheet.reset_dimensions()
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
    return {(cell.row, cell.column): Formula(getattr(cell.value, "text", cell.value)) for cell in cells}


def _guard(data: bytes) -> bool:
    """Refuse what is too large, before and after unpacking. Says whether the file holds formulas."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("文件超过 5 MB，请拆成几份再传")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("这是旧格式 .xls 或加了密码的文件，请另存为不带密码的 .xlsx 再传")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = [_unpack(archive, part) for part in _checked_parts(archive)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as broken:
        raise Unreadable("这不是 .xlsx 文件，请用 Excel 或 WPS 另存为 .xlsx 再传") from broken
    _refuse_hidden_size(parts)
    return any(FORMULA.search(part) for part in parts)


def _checked_parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    parts = archive.infolist()
    if "xl/workbook.xml" not in archive.NameToInfo:
        raise zipfile.BadZipFile("no workbook inside")
    # Duplicate names would let us look at one part and the reader at another.
    if len(parts) > MOST_PARTS or len(archive.NameToInfo) < len(parts) or any(part.flag_bits & 1 for part in parts):
        raise zipfile.BadZipFile("too many, doubled or locked parts")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > LARGEST_UNPACKED or unpacked > HIGHEST_RATIO * max(packed, 1024):
        raise Unreadable("文件展开后太大，没有打开；请只留要导入的一张表再传")
    return parts


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """All there is of one part: a directory that names too small a size is found out, not believed."""
    declared, part.file_size = part.file_size, LARGEST_UNPACKED
    with archive.open(part) as stream:
        content = stream.read(declared + 1)
    part.file_size = declared
    if len(content) != declared:
        raise zipfile.BadZipFile("the directory lies about a size")
    return content


def _refuse_hidden_size(parts: Sequence[bytes]) -> None:
    """A small file can ask for a large table: by one cell far out, or by one long text in many cells."""
    places = [place for part in parts for place in CELL_PLACE.findall(part)]
    rows = max((int(row) for row in {row for _, row in places}), default=0)
    columns = max((_column_number(letters) for letters in {letters for letters, _ in places}), default=0)
    cells = sum(len(CELL.findall(part)) for part in parts)
    longest = max((len(text) for part in parts for text in SHARED_TEXT.findall(part)), default=0)
    if rows * columns > MOST_CELLS or cells > MOST_CELLS or cells * longest > MOST_TEXT:
        raise Unreadable("表太大，没有打开；请删去空行空列，只留要导入的数据再传")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
