"""From the rows of an export to the children it tells of, and to what is odd about it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from afterschool.xlsx import Row, Unreadable

from ..models import School
from . import cells
from .cells import Refused
from .words import COLUMNS, FLAGS, REQUIRED, heading

REFUSE, SAY = "refuse", "say"
HEADER_WITHIN = 20
NOT_A_STUDENT = ("合计", "总计", "小计", "共", "制表", "填表", "审核", "备注", "说明", "注")
AGES = range(3, 26)


@dataclass(frozen=True)
class Odd:
    """What is odd about a row of the sheet; one refused is not imported."""

    row: int
    say: str
    weight: str = REFUSE


@dataclass(frozen=True)
class Guardian:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class Entry:
    """One child as the export has it."""

    row: int = field(compare=False)
    number: str
    name: str
    sex: str
    born_on: date
    grade: int
    class_number: int
    boards: bool
    guardians: tuple[Guardian, ...]
    is_migrant: bool = False
    is_left_behind: bool = False
    is_orphan: bool = False
    is_disabled: bool = False
    is_registered_poor: bool = False


@dataclass(frozen=True)
class Sheet:
    """`numbers`: every student number in the sheet, those of refused rows too."""

    school_year: int
    entries: list[Entry]
    odd: list[Odd]
    numbers: frozenset[str]


def read_sheet(rows: Sequence[Row], school: School, on: date, progress: Callable[[int], None]) -> Sheet:
    place, columns = _header(rows)
    reader = _Reader(school, _school_year(rows[:place], on), columns)
    for count, row in enumerate(rows[place + 1 :], 1):
        reader.take(row)
        if count % 200 == 0:
            progress(count)
    return Sheet(reader.school_year, list(reader.entries.values()), reader.odd, frozenset(reader.first_rows))


def _header(rows: Sequence[Row]) -> tuple[int, dict[str, int]]:
    """Where the header stands, and the column of each thing."""
    best: dict[str, int] = {}
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        heads = [heading(cell) for cell in row.cells]
        found = {key: heads.index(word) for key, words in COLUMNS.items() for word in reversed(words) if word in heads}
        if not set(REQUIRED) - set(found):
            return place, found
        best = max(best, found, key=len)
    missing = "、".join(word for key, word in REQUIRED.items() if key not in best)
    raise Unreadable(f"表里没有找到这些列：{missing}。请用学籍系统导出的原表，不要改动表头")


def _school_year(titles: Sequence[Row], on: date) -> int:
    """As a title row says (学年：2026-2027学年); else the school year of the day, which begins in August."""
    said = re.search(
        r"(20\d\d)\s*[-—－~至]\s*20\d\d\s*学年", " ".join(str(cell) for row in titles for cell in row.cells)
    )
    return int(said[1]) if said else on.year - (on.month < 8)


class _Reader:
    def __init__(self, school: School, school_year: int, columns: dict[str, int]):
        self.school, self.school_year, self.columns = school, school_year, columns
        self.entries: dict[str, Entry] = {}
        self.odd: list[Odd] = []
        self.first_rows: dict[str, tuple[int, str]] = {}
        self.people: dict[tuple[str, date], Entry] = {}

    def take(self, row: Row) -> None:
        cell = {key: row.cells[at] if at < len(row.cells) else "" for key, at in self.columns.items()}
        if not any(str(cell.get(key, "")).strip() for key in ("name", "number", "born_on")):
            self._skip(row)
            return
        entry = self._entry(row.number, cell)
        if entry and self._is_first(entry):
            self.entries[entry.number] = entry

    def _skip(self, row: Row) -> None:
        """Rows without a child: serial numbers alone go without a word, the rest is named."""
        said = "".join(str(cell) for cell in row.cells).strip()
        if said.startswith(NOT_A_STUDENT):
            self._say(row.number, f"“{said[:20]}”不是学生，已跳过")
        elif not said.isdecimal():
            self._say(row.number, "没有姓名、学籍号和出生日期，没有导入", REFUSE)

    def _say(self, row: int, words: str, weight: str = SAY) -> None:
        self.odd.append(Odd(row, words, weight))

    def _read(self, row: int, word: str, reader: Callable, value: Any, otherwise: Any = None, weight=REFUSE) -> Any:
        try:
            return reader(value)
        except Refused as why:
            self._say(row, f"{word}{why}", weight)
            return otherwise

    def _entry(self, row: int, cell: dict[str, Any]) -> Entry | None:
        """The child of this row; None where something of it was refused."""
        before = len(self.odd)
        number = self._read(row, "学籍号", cells.student_number, cell["number"], "")
        name = self._read(row, "姓名", cells.student_name, cell["name"], "")
        if number:
            self.first_rows.setdefault(number, (row, name))
        grade, class_number = self._class(row, cell)
        facts: dict[str, Any] = {
            "row": row, "number": number, "name": name, "grade": grade, "class_number": class_number,
            "sex": self._read(row, "性别", cells.sex, cell["sex"]),
            "born_on": self._born_on(row, cell["born_on"]),
            "boards": self._boards(row, cell.get("boards", "")),
            "guardians": self._guardians(row, cell),
            **{key: self._read(row, f"是否{word}", cells.flag, cell.get(key, ""), False, SAY) for key, word in FLAGS.items()},
        }  # fmt: skip
        return None if _refused(self.odd[before:]) else Entry(**facts)

    def _born_on(self, row: int, value: Any) -> date | None:
        born_on = self._read(row, "出生日期", cells.born_on, value)
        if born_on and self.school_year - born_on.year not in AGES:
            self._say(row, f"出生日期 {born_on} 不像在校学生，请核对", REFUSE)
        return born_on

    def _class(self, row: int, cell: dict[str, Any]) -> tuple[int | None, int | None]:
        said = (cell.get("grade", ""), cell["class"])
        grade, number = self._read(row, "", cells.class_of, said, (None, None))
        if grade and grade not in self.school.grades:
            words = "".join(map(str, said))
            self._say(row, f"“{words}”不是{self.school.get_stage_display()}的班级，没有导入", REFUSE)
        return grade, number

    def _boards(self, row: int, value: Any) -> bool:
        boards = self._read(row, "就读方式", cells.boards, value, False, SAY)
        if boards and not self.school.boards:
            self._say(row, "就读方式是住校，但本校不是寄宿制学校，请核对")
        return boards

    def _guardians(self, row: int, cell: dict[str, Any]) -> tuple[Guardian, ...]:
        """The first guardian with a phone is the first contact; a wrong phone of the second does not stop the row."""
        found: dict[str, Guardian] = {}
        before = len(self.odd)
        for place, weight in (("1", REFUSE), ("2", SAY)):
            word, read_so_far = f"监护人{place}", len(self.odd)
            name = self._read(row, f"{word}姓名", cells.name, cell.get(f"name{place}", ""), "", weight)
            phone = self._read(row, f"{word}电话", cells.phone, cell.get(f"phone{place}", ""), "", weight)
            relation = self._read(row, f"{word}关系", cells.text, cell.get(f"relation{place}", ""), "", SAY)
            if name and phone and phone not in found:
                found[phone] = Guardian(name, relation[:20] or "监护人", phone)
            elif (name or phone) and len(self.odd) == read_so_far:
                self._say(row, f"{word}{_lacking(name, phone)}，没有登记这位监护人")
        if not found and not _refused(self.odd[before:]):
            self.odd[before:] = [Odd(row, "监护人都没有电话，没有导入")]
        return tuple(found.values())

    def _is_first(self, entry: Entry) -> bool:
        """A number or a child that stood in the sheet before."""
        row, name = self.first_rows[entry.number]
        if row != entry.row:
            if self.entries.get(entry.number) == entry:
                self._say(entry.row, f"与第 {row} 行完全相同，只算一名学生")
            else:
                self._say(
                    entry.row, f"学籍号与第 {row} 行（{name}）相同，第 {entry.row} 行（{entry.name}）没有导入", REFUSE
                )
            return False
        twin = self.people.setdefault((entry.name, entry.born_on), entry)
        if twin is not entry:
            self._say(entry.row, f"姓名和出生日期与第 {twin.row} 行相同，学籍号不同，请核对是不是同一名学生")
        return True


def _refused(odd: Sequence[Odd]) -> bool:
    return any(one.weight == REFUSE for one in odd)


def _lacking(name: str, phone: str) -> str:
    if name and phone:
        return "的电话与监护人1相同"
    return "没有电话" if name else "没有姓名"
