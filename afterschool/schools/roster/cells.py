"""What a cell of a student-register export says. Each reader returns a value or raises Refused with the reason."""

import re
import unicodedata
from datetime import date, datetime

from afterschool.access.models import mobile
from afterschool.xlsx import FORMULA_SIGNS, Formula

from ..models import GRADES

CHINESE = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
NUMBER = re.compile(r"\d+|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")
STAGE_STARTS = {"初": 6, "高": 9}
DOTS = str.maketrans(dict.fromkeys("•‧・･∙", "·"))
YES = {"是", "有", "√", "✓", "✔", "Y", "YES", "TRUE", "1", "对"}
NO = {"", "否", "无", "×", "N", "NO", "FALSE", "0", "不是", "没有", "/", "-", "—"}
SEXES = {"男": "M", "男性": "M", "M": "M", "1": "M", "女": "F", "女性": "F", "F": "F", "2": "F"}
# The register's own codes: 1 走读, 2 住校, 3 借宿, 4 其他.
BOARDING = {"走读": False, "1": False, "": False, "借宿": False, "3": False, "其他": False, "4": False,
            "住校": True, "寄宿": True, "住宿": True, "2": True}  # fmt: skip
MOST_DIGITS_OF_A_NUMBER_CELL = 15
LONGEST_NAME = 60


class Refused(Exception):
    """This row cannot be taken, and why."""


def text(value) -> str:
    """What is written there, in half-width characters without blanks around."""
    if isinstance(value, Formula):
        raise Refused("是公式，请改成固定的文字再传")
    return unicodedata.normalize("NFKC", str(value)).strip()


def name(value) -> str:
    """A name as written: rare characters stay, blanks of the export go."""
    if isinstance(value, Formula):
        raise Refused("是公式，请改成固定的文字再传")
    written = "".join(char for char in str(value) if unicodedata.category(char) not in {"Cc", "Cf"})
    # Latin names keep the blank between their words.
    written = re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", " ".join(written.split())).translate(DOTS)
    if written.startswith(FORMULA_SIGNS) or re.search(r"[\d=<>{}\[\]|\\/@#]", written):
        raise Refused(f"“{written}”不像姓名")
    if len(written) > LONGEST_NAME:
        raise Refused("太长，请核对")
    return written


def student_name(value) -> str:
    written = name(value)
    if not written:
        raise Refused("没有填")
    return written


def student_number(value) -> str:
    if isinstance(value, int | float) and len(str(int(value))) > MOST_DIGITS_OF_A_NUMBER_CELL:
        raise Refused("被存成了数字，末几位已经丢失，请把这一列设为文本后重新导出")
    written = re.sub(r"\s", "", text(value)).upper()
    if not re.fullmatch(r"[A-Z]?[0-9]{6,22}[0-9X]", written):
        raise Refused(f"“{written}”不对，应是字母 G 加数字" if written else "没有填")
    return written


def born_on(value) -> date:
    if isinstance(value, datetime | date):
        return date(value.year, value.month, value.day)
    written = text(value)
    parts = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", written) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", written
    )
    if not written:
        raise Refused("没有填")
    try:
        year, month, day = map(int, parts.groups() if parts else ())
        return date(year, month, day)
    except ValueError as error:
        raise Refused(f"“{written}”不是日期，应如 2017-09-01") from error


def sex(value) -> str:
    written = text(value)
    if written.upper() not in SEXES:
        raise Refused(f"“{written}”看不懂，应为“男”或“女”" if written else "没有填")
    return SEXES[written.upper()]


def phone(value) -> str:
    """Eleven digits, whatever stands between them; '' for an empty cell."""
    written = text(value)
    digits = re.sub(r"\D", "", written)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if written and not re.search(mobile.regex, digits):
        raise Refused(f"“{written}”不是 11 位手机号" + (f"（只有 {len(digits)} 位）" if len(digits) < 11 else ""))
    return digits


def grade(value) -> int | None:
    """1–12, from 三年级, 3, 七年级, 初一, 高中二年级; None for an empty cell."""
    written = text(value)
    numbers = _numbers(written)
    if not written:
        return None
    start = next((start for word, start in STAGE_STARTS.items() if word in written), 0)
    count = numbers[0] if numbers else 0
    found = count if count > start else count + start
    if found not in GRADES or not count:
        raise Refused(f"年级“{written}”看不懂，应如“三年级”")
    return found


def class_of(said: tuple) -> tuple[int, int]:
    """Grade and number, from the cells 年级 and 班级; the second often names the grade too: 三(2)班, 3.2班."""
    said_grade, said_class = said
    if isinstance(said_class, float):
        raise Refused(f"班级“{said_class}”被存成了小数，分不清 1 班和 10 班，请写成“三(1)班”")
    numbers = _numbers(text(said_class))
    if not numbers or not 1 <= numbers[-1] <= 99:
        raise Refused(f"班级“{text(said_class)}”看不懂，应如“2班”或“三(2)班”")
    grade_of_class = grade(said_class) if len(numbers) > 1 and numbers[0] in GRADES else None
    grade_said = grade(said_grade) or grade_of_class
    if grade_said is None:
        raise Refused("年级没有填")
    if grade_of_class not in (None, grade_said):
        raise Refused(f"年级是“{text(said_grade)}”，班级却写“{text(said_class)}”，请核对")
    return grade_said, numbers[-1]


def boards(value) -> bool:
    written = text(value)
    if written not in BOARDING:
        raise Refused(f"“{written}”看不懂，先按走读登记")
    return BOARDING[written]


def flag(value) -> bool:
    written = text(value).upper()
    if written in NO or written.startswith(("非", "无", "不")):
        return False
    if written not in YES:
        raise Refused(f"“{written}”看不懂，先按“否”登记")
    return True


def _numbers(written: str) -> list[int]:
    return [int(found) if found.isdecimal() else _chinese(found) for found in NUMBER.findall(written)]


def _chinese(written: str) -> int:
    tens, ten, ones = written.rpartition("十")
    return (CHINESE.get(tens, 1) * 10 if ten else 0) + CHINESE.get(ones, 0)
