"""补助发放表 as the finance office knows it: the rows of the spreadsheet and of the paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import partial

from afterschool.money import Money
from afterschool.policy import rates
from afterschool.policy.payslip import number
from afterschool.schools.rules import case_of, law_of
from afterschool.xlsx import Column, Sheet

from .models import StipendLine, StipendSheet

KINDS_OF_DAY = {"workday_minutes": "平日", "rest_minutes": "休息日", "holiday_minutes": "法定节假日"}
COUNTED = {"lesson": "课时", "session": "次数", "day": "天数"}


@dataclass(frozen=True)
class Measure:
    """A column of the sheet: what the policy counts, and where a line has it."""

    name: str
    of: Callable[[StipendLine], int | str]
    unit: str = ""

    @property
    def head(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


def measures(sheet: StipendSheet) -> list[Measure]:
    """The columns by which this sheet's policy pays: time on each kind of day, lessons, sessions, days."""
    units = [unit for ruled in _bases(sheet) for unit in ruled.answer]
    found = []
    if "hour" in units or "minute" in units:
        unit, said = ("分钟", str) if "hour" not in units else ("小时", hours)
        found = [Measure(name, partial(_time, field, said), unit) for field, name in KINDS_OF_DAY.items()]
    return found + [Measure(head, partial(_count, unit)) for unit, head in COUNTED.items() if unit in units]


def measured(lines, columns: Sequence[Measure]):
    """Give each line its `cells`."""
    for line in lines:
        line.cells = [column.of(line) for column in columns]


def _time(field: str, said: Callable[[int], str], line: StipendLine) -> str:
    return said(getattr(line, field))


def _count(unit: str, line: StipendLine) -> int | str:
    much = Fraction(line.counted.get(unit, 0))
    return int(much) if much.denominator == 1 else number(much)


def stipend_table(sheet: StipendSheet) -> Sheet:
    """One filterable head row, money as cells of two decimals, one total row, a column to sign."""
    counted, lines = measures(sheet), list(_lines(sheet))
    columns = [
        Column("序号", "int", 6),
        Column("姓名", width=12),
        *(_column(measure, lines) for measure in counted),
        Column("计算", width=60),
        Column("应发（元）", "money", 14, total=True),
        Column("领款人签字", width=16),
    ]
    rows = [
        [
            place,
            line.person.name,
            *(measure.of(line) for measure in counted),
            "；".join(line.steps),
            Money(line.amount_fen),
            "",
        ]
        for place, line in enumerate(lines, 1)
    ]
    return Sheet(
        "补助发放表",
        columns,
        rows,
        titles=[f"{sheet.school.name}{sheet.month:%Y年%-m月}课后服务补助发放表", basis(sheet)],
    )


def _column(measure: Measure, lines: list[StipendLine]) -> Column:
    whole = all(isinstance(measure.of(line), int) for line in lines)
    return Column(measure.head, "int", 8, total=True) if whole else Column(measure.head, width=12)


def stipend_paper(sheet: StipendSheet) -> dict:
    columns, lines = measures(sheet), list(_lines(sheet))
    measured(lines, columns)
    return {
        "sheet": sheet, "school": sheet.school, "lines": lines, "measures": columns,
        "basis": basis(sheet), "cites": _cites(sheet),
    }  # fmt: skip


def basis(sheet: StipendSheet) -> str:
    """By what the sheet was worked out, as the policy has it; each line shows its own sum."""
    said = [f"{ruled.because}（{ruled.cite.label}）" for ruled in _bases(sheet) if ruled.cite]
    return "；".join(dict.fromkeys(said))


def _bases(sheet: StipendSheet):
    """At the beginning of the month and at its end: another policy may have come between."""
    law, case = law_of(sheet.school), case_of(sheet.school)
    last = (sheet.month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return [rates.basis(law, day, case) for day in (sheet.month, last)]


def hours(minutes: int) -> str:
    """`2`, `1.5`, or `1 小时 40 分` where hours do not come out even."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}" if not rest else f"{whole}.5" if rest == 30 else f"{whole} 小时 {rest} 分"


def _lines(sheet: StipendSheet):
    return sheet.lines.select_related("person").order_by("person__name", "pk")


def _cites(sheet: StipendSheet) -> list[str]:
    return sorted({cite["label"] for line in sheet.lines.all() for cite in line.cites})
