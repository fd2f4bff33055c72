"""补助发放表 as the finance office knows it: the rows of the spreadsheet and of the paper."""

from afterschool.money import Money
from afterschool.policy import stipends
from afterschool.schools.rules import policy_of
from afterschool.xlsx import Column, Sheet

from .models import StipendSheet

MINUTES = ("workday_minutes", "rest_minutes", "holiday_minutes")


def stipend_table(sheet: StipendSheet) -> Sheet:
    """One filterable head row, money as cells of two decimals, one total row, a column to sign."""
    columns = [
        Column("序号", "int", 6),
        Column("姓名", width=12),
        Column("平日（小时）", width=12),
        Column("休息日（小时）", width=12),
        Column("法定节假日（小时）", width=12),
        Column("课时", "int", 8, total=True),
        Column("计算", width=60),
        Column("应发（元）", "money", 14, total=True),
        Column("领款人签字", width=16),
    ]
    rows = [
        [
            number,
            line.person.name,
            *(hours(getattr(line, kind)) for kind in MINUTES),
            line.lessons,
            "；".join(line.steps),
            Money(line.amount_fen),
            "",
        ]
        for number, line in enumerate(_lines(sheet), 1)
    ]
    return Sheet(
        "补助发放表",
        columns,
        rows,
        titles=[f"{sheet.school.name}{sheet.month:%Y年%-m月}课后服务补助发放表", basis(sheet)],
    )


def stipend_paper(sheet: StipendSheet) -> dict:
    rows = [
        (number, line, [hours(getattr(line, kind)) for kind in MINUTES]) for number, line in enumerate(_lines(sheet), 1)
    ]
    return {"sheet": sheet, "school": sheet.school, "rows": rows, "basis": basis(sheet), "cites": _cites(sheet)}


def basis(sheet: StipendSheet) -> str:
    """By what the sheet was worked out, as the policy has it; each line shows its own sum."""
    ruled = stipends.basis(policy_of(sheet.school, sheet.month), sheet.month)
    return f"{ruled.because}（{ruled.cite.label}）" if ruled.cite else ruled.because


def hours(minutes: int) -> str:
    """`2`, `1.5`, or `1 小时 40 分` where hours do not come out even."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}" if not rest else f"{whole}.5" if rest == 30 else f"{whole} 小时 {rest} 分"


def _lines(sheet: StipendSheet):
    return sheet.lines.select_related("person").order_by("person__name", "pk")


def _cites(sheet: StipendSheet) -> list[str]:
    return sorted({cite["label"] for line in sheet.lines.all() for cite in line.cites})
